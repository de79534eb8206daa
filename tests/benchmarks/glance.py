# SPDX-License-Identifier: MIT
"""A first look at speed: this project beside a bare QWebSocket echo and beside the original, in one run.

    python glance.py BUILD [PYTHON_WITH_THE_ORIGINAL]

Rounds alternate between the servers, so that a noisy machine is noisy for all; medians and ratios are printed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROUNDS = 5
SECONDS = 1.0

MESSAGES = {
    "run math:hypot 3 4": '{"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": "m"}',
    "ping": '{"command": {"command": "ping"}, "id": "m"}',
}


def started(command: list[str], **environment: str) -> tuple[subprocess.Popen[bytes], int]:
    """A server and its port, once it says that it is there."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    assert process.stdout
    text = os.read(process.stdout.fileno(), 1000).decode()
    return process, int(text.strip().rsplit(":")[-1])


def measured(build: Path, port: int, message: str, window: int) -> dict[str, Any]:
    """One round of load."""
    load = [str(build / "tests" / "benchmarks" / "liaison-load"), str(port), str(window), str(SECONDS)]
    result = subprocess.run(load, input=message.encode(), capture_output=True, check=True)
    return dict(json.loads(result.stdout))


def main() -> None:
    """Measure and print."""
    build = Path(sys.argv[1]).resolve()
    commands = {
        "echo": ([str(build / "tests" / "benchmarks" / "liaison-echo")], {}),
        "executable": ([str(build / "app" / "liaison"), "localhost:0"], {}),
        "module": (
            ["/usr/bin/python3", "-m", "liaison.websocket", "localhost:0"],
            {"PYTHONPATH": str(build / "python")},
        ),
    }
    if len(sys.argv) > 2:
        commands["original"] = ([sys.argv[2], "-m", "liaison.websocket", "localhost:18733"], {})
    servers = {name: started(command, **environment) for name, (command, environment) in commands.items()}
    time.sleep(0.5)
    try:
        for label, message in MESSAGES.items():
            for window, field in ((64, "rate"), (1, "median_us")):
                rounds: dict[str, list[float]] = {name: [] for name in servers}
                for _ in range(ROUNDS):
                    for name, (_, port) in servers.items():
                        rounds[name].append(measured(build, port, message, window)[field])
                medians = {name: statistics.median(values) for name, values in rounds.items()}
                print(f"{label}, {window} in flight, {field}:")
                for name, value in medians.items():
                    print(f"  {name:11} {value:12.1f}   {value / medians['echo']:.3f} of the echo")
    finally:
        for process, _ in servers.values():
            process.kill()


if __name__ == "__main__":
    main()
