# SPDX-License-Identifier: MIT
"""What type checkers make of the package in a program that uses all of it, and whether its stubs tell the truth."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import EXECUTABLE, PACKAGE, environment, in_the_build_tree

PROGRAM = """
import fractions
import threading
from typing import Any, List

import liaison
from liaison import Companion, WebsocketLiaison
from liaison.constants import START_MARKER


class Own(Companion):
    def __init__(self) -> None:
        super().__init__()
        self.commands["double"] = self.double

    def double(self, value: int) -> int:
        return 2 * value

    def call(self, fcn: str, *args: Any, **kwargs: Any) -> Any:
        return super().call(fcn, *args, **kwargs)


@liaison.encode.register(fractions.Fraction)
def _(value: fractions.Fraction) -> object:
    return {"numerator": value.numerator}


server = liaison.websocket.WebsocketLiaison("localhost", 0, Own(), max_message_size=1 << 20, token="token")
threading.Thread(target=server.start, daemon=True).start()
host: str = server.host
port: int = server.port
alive: bool = server.alive
messages: List[str] = server.messages
companion: Companion = server.companion
stored: str = companion.store("x", 1)
text: str = liaison.encode([1]) + START_MARKER + liaison.constants.STOP_MARKER + liaison.__version__
server.send({"tag": "alert"}, timeout=0.5)
other: WebsocketLiaison = WebsocketLiaison("::1", "8001")


async def push() -> None:
    await server.broadcast({"tag": "alert"})


server.stop()
"""

WRONG = {
    "server.send()": "call-arg",
    "WebsocketLiaison(port=[])": "arg-type",
    "companion.store(1, 2)": "arg-type",
    "server.alive = True": "misc",
    "host = server.port": "assignment",
    "liaison.no_such_name": "attr-defined",
}

pytestmark = in_the_build_tree


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the package."""
    folder = tmp_path_factory.mktemp("typing") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    shutil.copytree(PACKAGE / "liaison", site / "liaison", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "bin" / "python"


def checked(python: Path, program: str, folder: Path) -> str:
    """What mypy --strict says of a program on an interpreter."""
    (folder / "program.py").write_text(program)
    return subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"),
            *(f"--cache-dir={python.parents[1] / 'cache'}", f"--python-executable={python}", "program.py"),
        ],
        cwd=folder,
        env=environment("installed"),
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_program(python: Path, tmp_path: Path) -> None:
    assert checked(python, PROGRAM, tmp_path) == ""


def test_mistakes_are_found(python: Path, tmp_path: Path) -> None:
    found = checked(python, PROGRAM + "\n".join(WRONG), tmp_path)
    assert re.findall(r"\[([\w-]+)\]$", found, re.MULTILINE) == list(WRONG.values()), found


def test_stubs_tell_the_truth(python: Path, tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("liaison._core.(Service|Targets)\n")  # pybind11's metaclass
    (site,) = python.parents[1].glob("lib/python3*/site-packages")
    result = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "liaison", "--allowlist", tmp_path / "allowed"],
        cwd=tmp_path,
        env={**environment("installed"), "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_both_forms_have_the_same_options() -> None:
    def options(*command: str | Path) -> list[str]:
        shown = subprocess.run(
            [*command, "--help"], env=environment("module"), capture_output=True, text=True, check=True
        )
        described = re.sub(r"\s+", " ", shown.stdout.partition("Options:")[2])
        described = re.sub(r" (?=--?[a-z][\w-]*(,| <|  | [A-Z]))", "\n", described)
        return [line.strip() for line in described.splitlines()]

    executable = options(EXECUTABLE)
    own = [line for line in executable if line.startswith(("--python ", "--constants ", "--tray ", "--attach "))]
    assert len(own) == 4
    assert options(sys.executable, "-m", "liaison.websocket") == [line for line in executable if line not in own]


def test_everything_public_has_a_docstring(python: Path) -> None:
    code = """
import inspect, liaison
for owner in (liaison.Companion, liaison.WebsocketLiaison, type(liaison.encode)):
    assert owner.__doc__, owner
    for name, member in vars(owner).items():
        if name[0] != "_" and (callable(member) or isinstance(member, property)):
            assert inspect.getdoc(member), name
for module in (liaison, liaison.companion, liaison.constants, liaison.websocket, liaison._core):
    assert module.__doc__, module
"""
    subprocess.run([python, "-c", code], env=environment("installed"), check=True)
