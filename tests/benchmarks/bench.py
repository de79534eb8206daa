# SPDX-License-Identifier: MIT
"""Liaison beside a bare QWebSocket echo, the original liaison-py and pythonia, in one run.

    python bench.py BUILD NODE_FOLDER OUTPUT_FOLDER

Rounds alternate between the servers, so that a noisy machine is noisy for all; what is printed are medians and ratios.
Writes OUTPUT_FOLDER/bench.json and OUTPUT_FOLDER/bench.svg. Run by scripts/bench, with a Python that has liaison-py,
numpy, matplotlib and websockets.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

from websockets.sync.client import connect

ROUNDS = 5
SECONDS = 0.6
STARTS = 7

HYPOT = '{"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": "m"}'
PING = '{"command": {"command": "ping"}, "id": "m"}'
DOUBLES = json.dumps([i / 7 for i in range(40_000)])
COUNT = '{"command": {"command": "run", "args": ["builtins:len", %s]}, "id": "m", "echo": "id"}' % DOUBLES
COPY = '{"command": {"command": "run", "args": ["builtins:list", %s]}, "id": "m"}' % DOUBLES


def progress(text: str) -> None:
    """Say on standard error what goes on."""
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A server, up to its start marker."""

    def __init__(self, command: List[str], **environment: str) -> None:
        start = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        assert self.process.stdout
        text = os.read(self.process.stdout.fileno(), 1000).decode()
        self.started_s = time.perf_counter() - start
        self.port = int(text.strip().rsplit(":")[-1])

    def status_kb(self, field: str) -> int:
        """A figure of /proc/PID/status, in kB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split(field + ":")[1].split()[0])

    def stop(self) -> None:
        """End it; the original does not always."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


class Pythonia:
    """A Node process that measures pythonia from within."""

    def __init__(self, node_folder: Path) -> None:
        self.process = subprocess.Popen(
            [str(node_folder / "node_modules/.bin/node"), "pythonia.mjs"],
            cwd=node_folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHON_BIN": sys.executable},
        )
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"

    def measure(self, task: str, window: int) -> Dict[str, float]:
        """One round."""
        assert self.process.stdin and self.process.stdout
        print(json.dumps({"task": task, "window": window, "seconds": SECONDS}), file=self.process.stdin, flush=True)
        return dict(json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


@dataclasses.dataclass
class Row:
    """One measure: what each column reached, as a ratio; None where it cannot be had."""

    measure: str
    against: str
    columns: Dict[str, Optional[float]]
    target: float
    more_is_better: bool = False

    @property
    def reached(self) -> bool:
        """Whether the executable, or the module where the executable has no such figure, is where it should be."""
        value = self.columns.get("liaison", self.columns.get("module"))
        assert value is not None
        return value >= self.target if self.more_is_better else value <= self.target


class Bench:
    """All measures, and what they need."""

    def __init__(self, build: Path, node_folder: Path, output: Path) -> None:
        self.build = build
        self.output = output
        self.node_folder = node_folder
        self.rows: List[Row] = []
        self.raw: Dict[str, Any] = {}
        python = {"PYTHONPATH": str(build / "python")}
        self.commands: Dict[str, Callable[[], Process]] = {
            "echo": lambda: Process([str(build / "tests/benchmarks/liaison-echo")]),
            "liaison": lambda: Process([str(build / "app/liaison"), "--python", sys.executable, "localhost:0"]),
            "module": lambda: Process([sys.executable, "-m", "liaison.websocket", "localhost:0"], **python),
            "original": lambda: Process([sys.executable, "-m", "liaison.websocket", f"localhost:{free_port()}"]),
        }

    def load(
        self, port: int, message: str, window: int, through_node: bool = False, seconds: float = SECONDS
    ) -> Dict[str, float]:
        """One round of load: count, rate, median_us."""
        client = (
            [str(self.node_folder / "node_modules/.bin/node"), str(self.node_folder / "load.mjs")]
            if through_node
            else [str(self.build / "tests/benchmarks/liaison-load")]
        )
        result = subprocess.run(
            [*client, str(port), str(window), str(seconds)], input=message.encode(), capture_output=True, check=True
        )
        return dict(json.loads(result.stdout))

    def rounds(
        self, label: str, message: str, window: int, field: str, task: Optional[str] = None, through_node: bool = False
    ) -> Dict[str, float]:
        """The median of all rounds, for each server."""
        progress(f"measuring {label}")
        found: Dict[str, List[float]] = {}
        for _ in range(ROUNDS):
            for name, server in self.servers.items():
                found.setdefault(name, []).append(self.load(server.port, message, window, through_node)[field])
            if task:
                found.setdefault("pythonia", []).append(self.pythonia.measure(task, window)[field])
        self.raw[label] = found
        return {name: statistics.median(values) for name, values in found.items()}

    def add(
        self,
        measure: str,
        against: str,
        figures: Dict[str, float],
        base: float,
        target: float,
        more_is_better: bool = False,
    ) -> None:
        """Add a row of ratios."""
        ratios: Dict[str, Optional[float]] = {name: value / base for name, value in figures.items()}
        self.rows.append(Row(measure, against, ratios, target, more_is_better))

    def measure_speed(self) -> None:
        """Rates and round trips, all servers side by side."""
        self.servers = {name: start() for name, start in self.commands.items()}
        self.pythonia = Pythonia(self.node_folder)
        time.sleep(0.5)
        try:
            for through_node, client in ((False, ""), (True, ", from Node")):
                label = "run math:hypot 3 4, 64 in flight, rate" + client
                rate = self.rounds(label, HYPOT, 64, "rate", "hypot", through_node)
                self.add(label, "echo", rate, rate["echo"], 0.40, True)
                label = "ping, 64 in flight, rate" + client
                rate = self.rounds(label, PING, 64, "rate", None, through_node)
                self.add(label, "echo", rate, rate["echo"], 0.65, True)
                label = "run math:hypot 3 4, one at a time, round trip" + client
                trip = self.rounds(label, HYPOT, 1, "median_us", "hypot", through_node)
                self.add(label, "echo", trip, trip["echo"], 1.20)
            label = "40,000 doubles in, a count out, time"
            trip = self.rounds(label, COUNT, 1, "median_us", "count")
            self.add(label, "the original", trip, trip["original"], 0.12)
            label = "40,000 doubles in and out, time"
            trip = self.rounds(label, COPY, 1, "median_us", "copy")
            self.add(label, "the original", trip, trip["original"], 0.15)
        finally:
            for server in self.servers.values():
                server.stop()
            self.pythonia.stop()

    def measure_array(self) -> None:
        """A numpy array as JSON, in one and the same Python."""
        label = "1,000,000 doubles of numpy as a list, time"
        progress(f"measuring {label}")
        code = (
            "import json, statistics, sys, time, numpy\n"
            f"sys.path.insert(0, {str(self.build / 'python')!r})\n"
            "import liaison\n"
            "a = numpy.random.default_rng(1).random(1_000_000)\n"
            "def timed(f):\n"
            "    start = time.perf_counter(); f(); return time.perf_counter() - start\n"
            "ours, json_s = zip(*((timed(lambda: liaison.encode(a)), timed(lambda: json.dumps(a.tolist())))"
            " for _ in range(7)))\n"
            "assert json.loads(liaison.encode(a)) == a.tolist()\n"
            "print(json.dumps([statistics.median(ours), statistics.median(json_s)]))"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        ours, standard = json.loads(result.stdout)
        self.add(label, "json.dumps(a.tolist())", {"module": ours}, standard, 0.20)

    def measure_start(self) -> None:
        """How long until the marker, and until the constants are printed."""
        progress("measuring start-up")
        found: Dict[str, List[float]] = {}
        for _ in range(STARTS):
            for name in ("liaison", "module", "original"):
                server = self.commands[name]()
                found.setdefault(name, []).append(server.started_s)
                server.stop()
        median = {name: statistics.median(values) for name, values in found.items()}
        self.raw["start"] = found
        executable = {name: median[name] for name in ("liaison", "original")}
        module = {name: median[name] for name in ("module", "original")}
        self.add("start of the executable to its marker", "the original", executable, median["original"], 0.20)
        self.add(
            "python -m liaison.websocket to its marker",
            "the original",
            module,
            median["original"],
            0.45,
        )
        self.measure_constants()

    def measure_constants(self) -> None:
        """What frontends run at their own start."""
        empty = self.output / "empty"
        (empty / "nothing").mkdir(parents=True, exist_ok=True)
        (empty / "nothing" / "__init__.py").touch()
        (empty / "nothing" / "__main__.py").touch()
        paths = {"module": self.build / "python", "nothing": empty}
        times: Dict[str, List[float]] = {"pass": [], "nothing": [], "module": [], "original": []}
        for _ in range(STARTS * 3):
            for name, arguments in (
                ("pass", ["-c", "pass"]),
                ("module", ["-m", "liaison.constants"]),
                ("original", ["-m", "liaison.constants"]),
                ("nothing", ["-m", "nothing"]),
            ):
                path = {"PYTHONPATH": str(paths[name])} if name in paths else {}
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, *arguments], check=True, capture_output=True, env={**os.environ, **path}
                )
                times[name].append(time.perf_counter() - start)
        median = {name: statistics.median(values) for name, values in times.items()}
        bare, nothing = median.pop("pass"), median.pop("nothing")
        self.add("python -m liaison.constants, time", "python -c pass", median, bare, 1.3)
        self.add("python -m liaison.constants, time", "python -m of an empty package", median, nothing, 1.3)

    def measure_memory(self) -> None:
        """Resident memory at rest, after many commands, and with a large message."""
        progress("measuring memory")
        rest: Dict[str, float] = {}
        for name in ("liaison", "module", "original"):
            server = self.commands[name]()
            time.sleep(0.5)
            rest[name] = server.status_kb("VmRSS")
            server.stop()
        self.add("resident memory at rest", "the original", rest, rest["original"], 0.8)

        growth: Dict[str, float] = {}
        peaks: Dict[str, float] = {}
        for name in ("liaison", "module"):
            server = self.commands[name]()
            growth[name] = self.growth(server)
            server.stop()
            server = self.commands[name]()
            peaks[name] = self.peak(server)
            server.stop()
        self.add("50 MB of text in and out, peak memory beyond rest", "its size", peaks, 1, 10)
        self.add("resident memory after a million commands", "after ten thousand", growth, 1, 1.02)

    def growth(self, server: Process) -> float:
        """Resident memory after a million commands, by that after ten thousand."""
        done = 0
        before = 0
        while done < 1_000_000:
            seconds = SECONDS if before else 0.03
            done += int(self.load(server.port, HYPOT, 64, seconds=seconds)["count"])
            if not before and done >= 10_000:
                before = server.status_kb("VmRSS")
        return server.status_kb("VmRSS") / before

    def peak(self, server: Process) -> float:
        """The most memory beyond that at rest, in multiples of the text's size."""
        size = 50_000_000
        time.sleep(0.3)
        rest = server.status_kb("VmRSS")
        with connect(f"ws://127.0.0.1:{server.port}", max_size=None, compression=None, ping_interval=None) as client:
            client.send('{"command": {"command": "run", "args": ["builtins:str", "%s"]}, "id": 1}' % ("x" * size))
            assert len(client.recv()) > 2 * size
        return (server.status_kb("VmHWM") - rest) * 1024 / size


COLUMNS = ("original", "pythonia", "echo", "module", "liaison")


def table(rows: List[Row]) -> str:
    """The rows as text."""
    heads = ("measure", "against", *COLUMNS, "to reach", "")
    lines: List[Sequence[str]] = [heads]
    for row in rows:
        cells = []
        for name in COLUMNS:
            value = row.columns.get(name)
            cells.append("-" if value is None else f"{value:.3f}")
        bound = f"{'≥' if row.more_is_better else '≤'} {row.target:.2f}"
        lines.append((row.measure, row.against, *cells, bound, "yes" if row.reached else "NO"))
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))).rstrip()
        for line in lines
    )


def draw(rows: List[Row], path: Path) -> None:
    """The same as a picture: one bar a column, the figure to reach as a line."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot

    colours = dict(zip(COLUMNS, ("#b0413e", "#c98f3d", "#9a9a9a", "#7fa8d1", "#2f6db0")))
    across = 2
    down = -(-len(rows) // across)
    figure, axes = pyplot.subplots(down, across, figsize=(13, 1.5 * down), layout="constrained")
    for axis, row in zip(axes.flat, rows):
        present = [(name, row.columns[name]) for name in COLUMNS if row.columns.get(name) is not None]
        names = [name for name, _ in present]
        values = [float(value or 0) for _, value in present]
        bars = axis.barh(names, values, color=[colours[name] for name in names])
        axis.bar_label(bars, [f" {value:.3g}" for value in values], fontsize=8, zorder=3)
        axis.axvline(row.target, color="#2e7d32", linestyle="--", linewidth=1, alpha=0.7)
        # From zero where that shows the differences, else by orders of magnitude.
        if max(values) > 20 * min(values):
            axis.set_xscale("log")
        axis.margins(x=0.15)
        better = "more is better" if row.more_is_better else "less is better"
        axis.set_title(f"{row.measure}\nagainst {row.against}, {better}", fontsize=9, loc="left")
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in list(axes.flat)[len(rows) :]:
        axis.set_visible(False)
    figure.suptitle("Liaison in one run; the dashed line is the figure to reach", fontsize=11)
    figure.savefig(path)


def main() -> None:
    """Measure, print, write."""
    build, node_folder, output = (Path(argument).resolve() for argument in sys.argv[1:4])
    start = time.monotonic()
    # Whoever installs a package has its modules compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bench = Bench(build, node_folder, output)
    bench.measure_speed()
    bench.measure_array()
    bench.measure_start()
    bench.measure_memory()
    output.mkdir(parents=True, exist_ok=True)
    report = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "rows": [{**dataclasses.asdict(row), "reached": row.reached} for row in bench.rows],
        "raw": bench.raw,
    }
    (output / "bench.json").write_text(json.dumps(report, indent=1))
    with contextlib.suppress(ImportError):
        draw(bench.rows, output / "bench.svg")
    print(table(bench.rows))
    progress(f"{time.monotonic() - start:.0f} s; also in {output}/bench.json and bench.svg")


if __name__ == "__main__":
    main()
