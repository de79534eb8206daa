# SPDX-License-Identifier: MIT
"""Tray mode as a frontend launches it: the same process, seen from outside, with a window that nobody sees."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from support import EXECUTABLE, NODE, PATIENCE, ROOT, START, STOP, TRAY, Client, Server, environment, serving

pytestmark = pytest.mark.skipif(not TRAY.exists(), reason="the debugging window is not built")


@contextlib.contextmanager
def launched(*arguments: str, program: Path = EXECUTABLE, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Tray mode, with all three pipes."""
    with subprocess.Popen(
        [program, *(["--tray"] if program == EXECUTABLE else []), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment("executable", QT_QPA_PLATFORM="offscreen", HOME="/nonexistent", **variables),
        bufsize=0,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address_of(process: subprocess.Popen[bytes]) -> str:
    """What the start marker names, which must be a chunk of its own."""
    assert process.stdout
    found = re.fullmatch(rb"LIAISON:CONNECTED@(localhost:\d+)", process.stdout.read(1000))
    assert found
    return found[1].decode()


def errors_of(process: subprocess.Popen[bytes]) -> bytes:
    """What it wrote to standard error, but for what the platform without a screen says of itself."""
    assert process.stderr
    said = process.stderr.read()
    return re.sub(rb"(QStandardPaths: .*|This plugin does not support .*|propagateSizeHints.*)\n", b"", said)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_markers_prints_and_signals_pass_through(number: int) -> None:
    with launched("localhost:0") as process:
        address = address_of(process)
        assert process.stdout
        with Client(f"ws://{address}") as client:
            assert client.result("run", "math:hypot", 3, 4) == 5
            client.result("run", "builtins:print", "hello")
            assert process.stdout.read(1000) == b"hello\n"
            client.post("run", "time:sleep", 60)
            assert client.result("ping") == "pong"
            process.send_signal(number)
            assert process.wait(PATIENCE) == 0
        assert process.stdout.read() == STOP + address.encode()
        assert errors_of(process) == b""


def test_what_the_child_cannot_do_is_said_as_it_says_it() -> None:
    with launched("--fly") as process:
        assert process.wait(PATIENCE) == 2
        assert errors_of(process).startswith(b"liaison: Unknown option 'fly'")
    with serving("executable") as server, launched(f"localhost:{server.port}") as process:
        assert process.wait(PATIENCE) == 1
        assert errors_of(process).startswith(b"liaison: cannot listen on ")


def test_the_child_ends_with_it() -> None:
    with launched("localhost:0") as process:
        address = address_of(process)
        with Client(f"ws://{address}") as client:
            child = client.result("info")["pid"]
            assert child != process.pid
            process.kill()
            process.wait()
            end = time.monotonic() + PATIENCE
            while Path(f"/proc/{child}/stat").exists():
                if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                    break
                assert time.monotonic() < end
                time.sleep(0.05)


def test_its_environment_is_the_childs(tmp_path: Path) -> None:
    with launched("--marker-newline", "localhost:0", LIAISON_TOKEN="secret", ANYTHING="else") as process:
        assert process.stdout
        chunk = process.stdout.read(1000)
        assert chunk.startswith(START) and chunk.endswith(b"\n")
        url = "ws://" + chunk.strip().split(b"@")[1].decode()
        with Client(url, additional_headers={"Authorization": "Bearer secret"}) as client:
            assert client.result("run", "os:getenv", "ANYTHING") == "else"
            # It watches, so it has shown the token, too.
            end = time.monotonic() + PATIENCE
            while client.result("info")["clients"] < 2:
                assert time.monotonic() < end
                time.sleep(0.05)


def test_attached_it_leaves_no_trace(form: str) -> None:
    with serving(form) as server, server.client() as client:
        with launched("--attach", f"localhost:{server.port}", program=TRAY) as process:
            end = time.monotonic() + PATIENCE
            while client.result("info")["clients"] < 2:
                assert time.monotonic() < end
                time.sleep(0.05)
            process.terminate()
            assert process.wait(PATIENCE) == 0
            assert process.stdout
            assert (process.stdout.read(), errors_of(process)) == (b"", b"")
        assert client.result("run", "math:hypot", 3, 4) == 5


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "part"),
    [
        (["--attach", "localhost"], {}, 2, b"liaison-tray: --attach: the address must be host:port"),
        (["--token-file", "/no/such/file"], {}, 2, b"liaison-tray: cannot read the token file"),
        (["localhost:0"], {"QT_QPA_PLATFORM": ""}, 1, b"liaison-tray: there is no desktop"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], variables: dict[str, str], code: int, part: bytes
) -> None:
    own: dict[str, Any] = environment("executable", **{"QT_QPA_PLATFORM": "offscreen", **variables})
    own = {name: text for name, text in own.items() if text and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    result = subprocess.run(
        [EXECUTABLE, "--tray", *arguments], capture_output=True, env=own, timeout=PATIENCE, check=False
    )
    errors = re.sub(rb"QStandardPaths: .*\n", b"", result.stderr)
    assert result.returncode == code
    assert errors.startswith(part) and errors.count(b"\n") == 1


def test_without_the_window_one_line_says_so(tmp_path: Path) -> None:
    alone = tmp_path / "liaison"
    shutil.copy(EXECUTABLE, alone)
    result = subprocess.run([alone, "--tray"], capture_output=True, env=environment("executable"), check=False)
    assert result.returncode == 1
    assert result.stderr.startswith(b"liaison: --tray needs the program liaison-tray beside this one")
    assert b"Qt Widgets" in result.stderr and result.stderr.count(b"\n") == 1


def test_saved_traffic_can_be_replayed(server: Server, tmp_path: Path) -> None:
    lines = [
        '{"time": 1.5, "client": 1, "duration": 0.1, '
        '"message": {"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": "a"}, '
        '"answer": {"response": 5.0, "tag": "response", "evt": {"id": "a"}}}',
        '{"time": 1.6, "client": null, "duration": null, "message": null, "answer": {"tag": "alert", "evt": {}}}',
        '{"time": 1.7, "client": 2, "duration": 0.1, '
        '"message": {"command": {"command": "run", "args": ["math:sqrt", -1]}}, '
        '"answer": {"error": ["ValueError: math domain error\\n"], "tag": "error", "evt": {}}}',
        '{"time": 1.8, "client": 2, "duration": 0.1, "message": {"command": {"command": "ping"}, "id": "b"}, '
        '"answer": {"response": "another", "tag": "response", "evt": {"id": "b"}}}',
    ]
    path = tmp_path / "traffic.jsonl"
    path.write_text("\n".join(lines) + "\n")
    script = ROOT / "resources" / "examples" / "node" / "replay.mjs"
    result = subprocess.run(
        [NODE, script, path, f"ws://localhost:{server.port}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=dict(os.environ),
    )
    assert result.returncode == 1, result.stderr
    *differences, summary = result.stdout.splitlines()
    assert summary == "3 messages were sent again: 2 answers are the same, 1 differs"
    assert len(differences) == 1 and '"pong"' in differences[0] and '"another"' in differences[0]
