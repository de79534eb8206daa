# SPDX-License-Identifier: MIT
"""What ``cmake --install`` leaves: a program that runs, and a library that other programs are built against."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import BUILD, EXECUTABLE, ROOT, serving

# Where nothing has been compiled before, it takes its time.
pytestmark = pytest.mark.timeout(600)

#: Qt, Python and pybind11 are found as a user's CMake finds them, whatever environment the tests run in.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}

HEADERS = """cmake_minimum_required(VERSION 3.22)
project(headers LANGUAGES CXX)
find_package(liaison 0.1 REQUIRED)
add_library(headers OBJECT headers.cpp)
target_link_libraries(headers PRIVATE liaison::embedding)
"""


def installed_files(folder: Path) -> set[str]:
    """The paths of all files below a folder, as seen from it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed, under a name that needs care."""
    folder = tmp_path_factory.mktemp("prefix") / "its own földer"
    subprocess.run(["cmake", "--install", BUILD, "--prefix", folder], stdout=subprocess.DEVNULL, check=True)
    return folder


def build(source: Path, folder: Path, prefix: Path) -> None:
    """Configure and build somebody else's program, who treats warnings as errors."""
    settings = {
        "CMAKE_PREFIX_PATH": str(prefix),
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_CXX_FLAGS": "-Wall -Wextra -Wconversion -Werror",
        "CMAKE_CXX_COMPILER_LAUNCHER": "ccache",
    }
    definitions = [f"-D{name}={value}" for name, value in settings.items()]
    subprocess.run(["cmake", "-S", source, "-B", folder, "-G", "Ninja", *definitions], env=PLAIN, check=True)
    subprocess.run(["cmake", "--build", folder], env=PLAIN, check=True)


def test_files(prefix: Path) -> None:
    files = installed_files(prefix)
    libraries = {Path(name).name for name in files if name.startswith("lib")}
    assert {"libliaison_base.a", "libliaison_core.a", "libliaison_embedding.a"} <= libraries
    assert {"liaisonConfig.cmake", "liaisonConfigVersion.cmake", "liaisonTargets.cmake"} <= libraries
    sources = {path.name for folder in ("app", "core") for path in (ROOT / folder).glob("*.h")}
    assert {f"include/liaison/{name}" for name in sources - {"paths.h"} | {"version.h"}} <= files
    package = {f"share/liaison/python/{path.relative_to(ROOT / 'python')}" for path in ROOT.glob("python/**/*.py")}
    assert package <= files
    assert "bin/liaison" in files
    # What belongs into a wheel, and what Python leaves beside its files, are none of these.
    assert not [name for name in files if "__pycache__" in name or not name.startswith(("bin", "include", "lib", "sh"))]


def test_package_stays_where_it_is_put(prefix: Path) -> None:
    for name in prefix.glob("lib/**/*.cmake"):
        assert str(ROOT) not in name.read_text()
        assert str(prefix) not in name.read_text()


def test_executable(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.EXECUTABLE", prefix / "bin" / EXECUTABLE.name)
    with serving("executable") as server, server.client() as client:
        package = str(prefix / "share" / "liaison" / "python" / "liaison" / "__init__.py")
        assert client.result("get", "liaison:__file__") == package
        assert client.result("run", "math:hypot", 3, 4) == 5
        assert server.stop()[0] == 0


def test_program(prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """README's ten lines; their module is imported by who sends commands, beside everything else."""
    build(ROOT / "tests" / "embedding", tmp_path / "build", prefix)
    monkeypatch.setattr("support.EXECUTABLE", tmp_path / "build" / "engine")
    with serving("executable") as server, server.client() as client:
        assert client.result("run", "engine:twice", 21) == 42
        assert client.result("get", "sys:prefix") == sys.prefix
        assert server.stop()[0] == 0


def test_headers(prefix: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in (prefix / "include" / "liaison").iterdir())
    (tmp_path / "CMakeLists.txt").write_text(HEADERS)
    (tmp_path / "headers.cpp").write_text("".join(f"#include <liaison/{name}>\n" for name in names))
    build(tmp_path, tmp_path / "build", prefix)
