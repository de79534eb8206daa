# SPDX-License-Identifier: MIT
"""Qt in user code, in a process whose Liaison runs with the machine's Qt.

The distribution's PyQt6 shares it. A package that brings another is refused by the linker, and the user is told what
collides; the package here is made up, so that nothing is fetched, and ``scripts/check-qt`` tries the real ones.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from support import Server, environment, in_the_build_tree, serving

pytestmark = in_the_build_tree

QT = r"""
const char version[] = "\0Qt 6.99.0 (made up)";
int future(void) { return 0; }
"""
VERSIONS = "Qt_6 {};\nQt_6.99 { global: future; } Qt_6;\n"
QTCORE = """
int future(void);
void *PyInit_QtCore(void) { future(); return 0; }
"""


def compiled(source: str, library: Path, *options: str | Path) -> None:
    """Make a shared library of some C."""
    command = ["cc", "-shared", "-fPIC", "-xc", "-", "-xnone", *options, "-o", library]
    subprocess.run(command, input=source.encode(), check=True)


#: What a command may do with a QApplication; the first function has but a local name for it.
CODE = """
from PyQt6 import QtCore, QtWidgets

def made(cls=QtWidgets.QApplication):
    application = cls([])
    return type(application).__name__

def core():
    return made(QtCore.QCoreApplication)

def taken():
    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    return [type(application).__name__, type(QtCore.QCoreApplication.instance()).__name__]

def looped():
    QtCore.QTimer.singleShot(0, QtWidgets.QApplication.instance().quit)
    return QtWidgets.QApplication.instance().exec()

def left():
    QtWidgets.QApplication.quit()
    QtCore.QCoreApplication.exit(3)

def drawn():
    label = QtWidgets.QLabel("Liaison")
    label.setStyleSheet("background: #ff0000")
    label.resize(80, 40)
    label.show()
    return label.grab().toImage().pixelColor(1, 1).name()
"""


@pytest.fixture
def sharing(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the distribution's Python, for which there is the distribution's PyQt6."""
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    (tmp_path / "shared.py").write_text(CODE)
    with serving(form, cwd=tmp_path, QT_QPA_PLATFORM="offscreen") as server:
        yield server


@pytest.mark.parametrize("first", ["made", "taken"])
def test_an_application_is_shared(sharing: Server, first: str) -> None:
    """It outlives the command that made it, and Liaison goes on."""
    with sharing.client() as client:
        assert client.result("get", "shared:QtWidgets.QApplication.instance") is not None
        assert client.result("run", "shared:" + first) in ("QApplication", ["QApplication", "QApplication"])
        for _ in range(2):
            assert client.result("run", "shared:taken") == ["QApplication", "QApplication"]
            assert client.result("run", "shared:drawn") == "#ff0000"
            assert client.result("run", "shared:looped") == 0
            assert client.result("run", "shared:left") is None
            assert client.result("run", "math:hypot", 3, 4) == 5
        assert sharing.stop()[::2] == (0, b"")


@pytest.mark.parametrize("second", ["made", "core"])
def test_a_second_application_is_refused(sharing: Server, second: str) -> None:
    with sharing.client() as client:
        assert client.result("run", "shared:made") == "QApplication"
        assert client.error("run", "shared:" + second).startswith("RuntimeError: there is a QApplication already, ")
        assert client.result("run", "shared:drawn") == "#ff0000"
        assert sharing.stop()[0] == 0


def test_widgets_may_follow(sharing: Server) -> None:
    with sharing.client() as client:
        assert client.result("run", "shared:core") == "QCoreApplication"
        assert client.result("run", "shared:taken") == ["QApplication", "QApplication"]
        assert client.result("run", "shared:drawn") == "#ff0000"
        assert sharing.stop()[0] == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a package PyQt6 is that brings Qt 6.99.0, and a module that is no library at all."""
    place = tmp_path_factory.mktemp("packages")
    libraries = place / "PyQt6" / "Qt6" / "lib"
    libraries.mkdir(parents=True)
    (place / "PyQt6" / "__init__.py").touch()
    (place / "versions").write_text(VERSIONS)
    library = libraries / "libQt6Core.so.6"
    compiled(QT, library, "-Wl,-soname,libQt6Core.so.6", f"-Wl,--version-script={place / 'versions'}")
    compiled(QTCORE, place / "PyQt6" / "QtCore.abi3.so", library, "-Wl,-rpath,$ORIGIN/Qt6/lib")
    (place / "PyQt6" / "QtGui.abi3.so").touch()
    return place


@pytest.mark.parametrize("target", ["PyQt6.QtCore:qVersion", "PyQt6.QtCore"])
def test_a_collision_is_explained(form: str, folder: Path, target: str) -> None:
    with serving(form, cwd=folder) as server, server.client() as client:
        qt = client.ask("info")["response"]["versions"]["qt"]
        reply = client.ask("run", target) if ":" in target else client.ask("run", "importlib:import_module", target)
        last = reply["error"][-1]
        assert last.startswith(f"ImportError: PyQt6 brings Qt 6.99.0, but Liaison runs with the machine's Qt {qt} (/")
        assert '"python -m liaison.websocket" from a wheel' in last
        assert reply["exception"]["type"] == "ImportError"
        assert "Qt_6.99" in reply["exception"]["cause"]["message"]
        assert client.result("run", "math:hypot", 3, 4) == 5


def test_other_failures_stay_what_they_are(form: str, folder: Path) -> None:
    with serving(form, cwd=folder) as server, server.client() as client:
        assert client.error("run", "PyQt6.QtGui:answer").endswith("QtGui.abi3.so: file too short\n")


def test_the_other_qt_came_first(folder: Path) -> None:
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1]); import liaison.websocket"
    result = subprocess.run(
        [sys.executable, "-c", code, folder / "PyQt6" / "QtCore.abi3.so"],
        capture_output=True,
        text=True,
        env=environment("module"),
        check=False,
    )
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith(
        "ImportError: this Liaison was compiled for the machine's Qt, but PyQt6 has loaded Qt 6.99.0"
    )
