# SPDX-License-Identifier: MIT
"""README's code blocks run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support import EXECUTABLE, NODE, PATIENCE, ROOT, START, STOP, Server, command_line, environment, serving

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The code blocks in a language."""
    return [text for name, text in BLOCKS if name == language]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    assert {name for name, _ in BLOCKS} == {"cmake", "cpp", "js", "json", "python", "sh"}


def test_frontend(form: str, tmp_path: Path) -> None:
    (block,) = blocks("js")
    assert len(block.splitlines()) <= 16
    with serving(form) as server:
        script = tmp_path / "frontend.mjs"
        script.write_text(block.replace("localhost:8001", f"localhost:{server.port}"))
        result = subprocess.run([NODE, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, result.stdout) == (0, "5\n"), result.stderr


@pytest.mark.parametrize("block", blocks("python"))
def test_program(block: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, env=environment("module"), timeout=PATIENCE, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")
    if "start()" in block:
        assert result.stdout.startswith(START)
        assert STOP in result.stdout


@pytest.mark.parametrize(("language", "name"), [("cpp", "engine.cpp"), ("cmake", "CMakeLists.txt")])
def test_embedding(language: str, name: str) -> None:
    """What is shown is what test_cmake_package.py builds and runs, but for the line with the licence."""
    (block,) = blocks(language)
    _, built = (ROOT / "tests" / "embedding" / name).read_text().split("\n", 1)
    assert block == built
    assert len([line for line in block.splitlines() if line]) <= 10


def test_messages(server: Server) -> None:
    """Messages are answered; where a block shows a reply, it is the reply to its evt."""
    seen = 0
    with server.client() as client:
        for line in (line for block in blocks("json") for line in block.splitlines()):
            shown = json.loads(line)
            client.send(shown.get("evt", shown))
            reply = client.receive()
            if "evt" in shown:
                assert reply == shown
                assert list(reply) == list(shown)
            else:
                assert "response" in reply, reply
            seen += 1
    assert seen >= 6


def test_tables_name_all_options_and_commands(server: Server) -> None:
    shown = subprocess.run([EXECUTABLE, "--help"], capture_output=True, text=True, check=True).stdout
    table = README.split("## Options")[1].split("##")[0]
    assert set(re.findall(r"--[a-z][\w-]*", table)) == set(re.findall(r"--[a-z][\w-]*", shown))
    with server.client() as client:
        names = set(client.result("run", "builtins:list", "$companion.commands"))
    assert names <= set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, tmp_path: Path) -> None:
    """Serving commands come to their start marker; others are run, or known to be run by this very test run."""
    words = shlex.split(command)
    variables = dict(word.split("=", 1) for word in words if re.match(r"^\w+=", word))
    program, *arguments = [word for word in words if "=" not in word]
    if program == "scripts/run":
        variables["VIRTUAL_ENV"] = sys.prefix if "VIRTUAL_ENV" in variables else ""
        process = subprocess.Popen(
            [ROOT / program, *arguments[:-1], "localhost:0"],
            stdout=subprocess.PIPE,
            cwd=tmp_path,
            env={**environment("executable"), "QT_QPA_PLATFORM": "offscreen", **variables},
        )
        assert process.stdout
        assert process.stdout.read(len(START)) == START
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()
    elif program == "node":
        result = subprocess.run(
            [NODE, *arguments, *command_line("executable")], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        assert "p = " in result.stdout
    elif command.startswith("python3 -m venv"):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    elif program.endswith("pip") and arguments[-1].startswith("."):
        # test_install.py does so.
        assert (ROOT / "pyproject.toml").exists()
    elif program.endswith("pip"):
        # The tests' own environment was made by just this.
        subprocess.run([sys.executable, "-m", "pip", "show", "--quiet", *arguments[1:]], check=True)
    elif command.startswith("cmake --install build/release --prefix"):
        # test_cmake_package.py does so, into another folder.
        assert (ROOT / "packaging" / "CMakeLists.txt").exists()
    elif program.endswith("python"):
        assert all((ROOT / argument).exists() for argument in arguments)
    else:
        # What is being run, and what takes minutes: the benchmark's parts have tests of their own.
        assert program in (
            "scripts/test",
            "scripts/bench",
            "scripts/check-qt",
            "scripts/fuzz",
            "scripts/package",
            "scripts/sanitize",
            "scripts/screenshot",
            "scripts/soak",
            "scripts/wheels",
        )
        assert os.access(ROOT / program, os.X_OK)
