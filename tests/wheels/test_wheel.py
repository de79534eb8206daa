# SPDX-License-Identifier: MIT
"""A wheel as a user has it, in a fresh environment: what it holds, what it loads, whether it stands another Qt.

scripts/wheels says which: LIAISON_TEST_WHEEL is the file, LIAISON_TEST_INSTALLED the interpreter of an environment with
nothing but the wheel. The tests of other Qts want PySide6, PyQt6 and matplotlib there as well, or are left out.
"""

from __future__ import annotations

import email
import os
import re
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any, Iterator

import pytest

from support import INSTALLED, START, STOP, Client, Server, environment, serving

HERE = Path(__file__).parent
WHEEL = Path(os.environ.get("LIAISON_TEST_WHEEL", ""))
CONSTANTS = b'{"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"}'

#: What every Linux with a Python of that version has; all else must be in the wheel.
BASE_LIBRARIES = re.compile(
    r"(ld-linux.*|lib(c|m|dl|rt|util|pthread|resolv|crypt|gcc_s|stdc\+\+|z|nss_\w+|python3(\.\d+)?)(-2\.\d+)?)\.so.*"
)

#: Importing these takes its time where nothing is cached yet.
IMPORT_PATIENCE = 120.0

pytestmark = [
    pytest.mark.skipif(not INSTALLED or not WHEEL.name, reason="scripts/wheels runs these"),
    pytest.mark.timeout(300),
]

with_widgets = pytest.mark.skipif("LIAISON_TEST_WIDGETS" not in os.environ, reason="no other Qt in this environment")


@pytest.fixture
def plain() -> Iterator[Server]:
    """A server that can import widgets.py."""
    with serving("installed", cwd=HERE, QT_QPA_PLATFORM="offscreen") as running:
        yield running


def ask(client: Client, *args: Any) -> Any:
    """What running something slow answers."""
    posted = client.post("run", *args)
    reply = client.receive(IMPORT_PATIENCE)
    assert reply["evt"]["id"] == posted and "response" in reply, reply
    return reply["response"]


def test_size() -> None:
    assert WHEEL.stat().st_size < 30_000_000


def test_metadata() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
    assert metadata["Name"] == "liaison-backend"
    assert metadata.get_all("Provides-Extra") == ["websocket"]
    assert metadata.get_all("Requires-Dist") is None


def test_licences_come_along() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        texts = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if "/licenses/" in name}
    assert "MIT License" in texts["LICENSE"]
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["LGPL-3.0-only.txt"]
    assert "GNU GENERAL PUBLIC LICENSE" in texts["GPL-3.0-only.txt"]
    for library in ("Qt", "OpenSSL", "simdjson", "pybind11"):
        assert library in texts["THIRD-PARTY.txt"]


def test_typed() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        assert {"liaison/py.typed", "liaison/_core.pyi"} <= set(wheel.namelist())


def test_constants() -> None:
    result = subprocess.run(
        [INSTALLED, "-m", "liaison.constants"], capture_output=True, env=environment("installed"), check=True
    )
    assert (result.stdout, result.stderr) == (CONSTANTS, b"")


def test_command_serves_as_the_module_does(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("answer = 42\n")
    command = Path(INSTALLED).with_name("liaison")
    with subprocess.Popen(
        [command, "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment("installed"),
        cwd=tmp_path,
        bufsize=0,
    ) as process:
        assert process.stdout and process.stderr
        first = process.stdout.read(1000)
        assert first.startswith(START)
        port = int(first.rsplit(b":")[-1])
        with Client(f"ws://localhost:{port}") as client:
            assert client.result("get", "beside:answer") == 42
            assert str(command.parent) not in client.result("get", "sys:path")
        process.terminate()
        assert process.wait(20) == 0
        assert process.stdout.read().startswith(STOP)
        assert process.stderr.read() == b""


def test_nothing_of_the_machine_is_loaded(plain: Server) -> None:
    with plain.client() as client:
        assert client.result("run", "widgets:supports_tls") is True
        loaded = [Path(path) for path in client.result("run", "widgets:loaded_files")]
    ours = {path.resolve() for path in loaded if path.parent.name == "liaison_backend.libs" or "liaison" in path.parts}
    assert {
        "_core",
        "libQt6Core",
        "libQt6Network",
        "libQt6WebSockets",
        "libqopensslbackend",
        "libssl",
        "libcrypto",
    } <= {re.split(r"[-.]", path.name)[0] for path in ours}
    listed = subprocess.run(["ldd", *map(str, ours)], capture_output=True, text=True, check=True).stdout
    assert "not found" not in listed
    needed = {Path(path).resolve() for path in re.findall(r"^\t(?:\S+ => )?(/\S+) \(", listed, re.MULTILINE)}
    assert {path.name for path in needed - ours if not BASE_LIBRARIES.fullmatch(path.name)} == set()
    assert {path.resolve() for path in loaded if "Qt6" in path.name} <= ours


def test_no_symbol_is_shared_with_another_qt() -> None:
    site = Path(INSTALLED).parents[1].glob("lib/python3*/site-packages")
    libraries = [path for folder in site for path in folder.glob("liaison*/**/*.so*")]
    assert len(libraries) > 5
    for library in libraries:
        listed = subprocess.run(["readelf", "-W", "--dyn-syms", library], capture_output=True, text=True, check=True)
        # One of a kind in the process, even among libraries that were loaded apart.
        unique = [line.split()[7] for line in listed.stdout.splitlines() if " UNIQUE " in line]
        assert [name for name in unique if re.search(r"Q[A-Z]|Qt", name)] == [], library


def test_ends_cleanly(plain: Server) -> None:
    with plain.client() as client:
        assert client.result("run", "widgets:supports_tls") is True
    assert plain.stop()[0::2][:2] == (0, b"")


@with_widgets
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_widgets_of_another_qt(plain: Server, binding: str) -> None:
    with plain.client() as client:
        assert client.result("run", "math:hypot", 3, 4) == 5
        own = client.result("info")["versions"]["qt"]
        for color in ("#ff0000", "#0000ff"):
            shown = ask(client, "widgets:grab", binding, color)
            assert shown.pop("version") != own
            assert shown == {"platform": "offscreen", "visible": True, "size": [80, 40], "color": color}
            assert client.result("run", "math:hypot", 3, 4) == 5
        copies = [path for path in client.result("run", "widgets:loaded_files") if "libQt6Core" in path]
        assert len(copies) == 2
        code, rest, errors, _ = plain.stop()
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)


@with_widgets
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_event_loop_of_another_qt(plain: Server, binding: str) -> None:
    with plain.client() as client:
        assert ask(client, "widgets:loop", binding, 100) == ["finished", "read", "thread"]
        running = client.post("run", "widgets:loop", binding, 1000)
        start = time.monotonic()
        assert client.result("ping") == "pong"
        assert time.monotonic() - start < 1
        reply = client.receive()
        assert (reply["evt"]["id"], reply["response"]) == (running, ["finished", "read", "thread"])
        assert client.result("run", "math:hypot", 3, 4) == 5
        assert plain.stop()[0] == 0


@with_widgets
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_another_qt_comes_first(binding: str) -> None:
    code = (
        f"import widgets; widgets.grab('{binding}', 'red'); import liaison;"
        "liaison.websocket.WebsocketLiaison('localhost', 0).start()"
    )
    with subprocess.Popen(
        [INSTALLED, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment("installed", QT_QPA_PLATFORM="offscreen"),
        cwd=HERE,
        bufsize=0,
    ) as process:
        assert process.stdout and process.stderr
        port = int(process.stdout.read(1000).rsplit(b":")[-1])
        with Client(f"ws://localhost:{port}") as client:
            assert client.result("run", "widgets:grab", binding, "#ff0000")["color"] == "#ff0000"
            assert client.result("run", "math:hypot", 3, 4) == 5
        process.terminate()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


@with_widgets
def test_figures_without_widgets(plain: Server) -> None:
    with plain.client() as client:
        for _ in range(2):
            assert ask(client, "widgets:figure", "agg") == {
                "canvas": "FigureCanvasAgg",
                "shape": [50, 100, 4],
                "corner": [0, 255, 0, 255],
                "bindings": [],
            }
            assert client.result("run", "math:hypot", 3, 4) == 5
        assert plain.stop()[0] == 0


@with_widgets
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_figures_by_another_qt(binding: str) -> None:
    with serving("installed", cwd=HERE, QT_QPA_PLATFORM="offscreen", QT_API=binding.lower()) as server:
        with server.client() as client:
            assert client.result("run", "math:hypot", 3, 4) == 5
            assert ask(client, "widgets:figure", "agg")["canvas"] == "FigureCanvasAgg"
            for _ in range(2):
                drawn = ask(client, "widgets:figure", "qtagg", binding)
                assert drawn["canvas"] == "FigureCanvasQTAgg"
                assert drawn["corner"] == [0, 255, 0, 255]
                assert client.result("run", "math:hypot", 3, 4) == 5
            assert drawn["bindings"] == [binding]
            assert client.result("run", "math:hypot", 3, 4) == 5
        code, _, errors, _ = server.stop()
        # What the platform "offscreen" says of windows.
        assert code == 0 and not re.sub(rb"This plugin does not support \w+\(\)\n", b"", errors)


@with_widgets
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_plugins_of_another_qt_are_left_alone(binding: str) -> None:
    found = subprocess.run(
        [INSTALLED, "-c", f"import {binding}; print({binding}.__path__[0])"], capture_output=True, text=True, check=True
    )
    plugins = Path(found.stdout.strip()) / ("Qt" if binding == "PySide6" else "Qt6") / "plugins"
    assert (plugins / "tls").is_dir()
    with serving("installed", cwd=HERE, QT_QPA_PLATFORM="offscreen", QT_PLUGIN_PATH=str(plugins)) as server:
        with server.client() as client:
            assert client.result("run", "widgets:supports_tls") is True
            assert ask(client, "widgets:grab", binding, "#ff0000")["color"] == "#ff0000"
        assert server.stop()[0] == 0
