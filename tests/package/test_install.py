# SPDX-License-Identifier: MIT
"""What a clone becomes: a source distribution, a wheel of that, an environment that has it, a command served there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support import BUILD, ROOT, START, Client

CONSTANTS = b'{"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"}'

# Where nothing has been compiled before, it takes its time.
pytestmark = pytest.mark.timeout(900)

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture(scope="module")
def source() -> Path:
    """What a source distribution holds. Always in the same folder, for ccache goes by paths, too."""
    folder = BUILD / "sdist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    code = "import sys, scikit_build_core.build as backend; print(backend.build_sdist(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", code, folder], cwd=ROOT, env=PLAIN, stdout=subprocess.PIPE, text=True, check=True
    )
    name = made.stdout.split()[-1]
    shutil.unpack_archive(folder / name, folder)
    return folder / name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel. Its build folder is kept, and it is compiled as the build is, which ccache remembers."""
    folder = tmp_path_factory.mktemp("wheel")
    settings = (f"build-dir={BUILD / 'wheel'}", "cmake.define.CMAKE_CXX_COMPILER_LAUNCHER=ccache")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder),
            *(f"--config-settings={setting}" for setting in settings),
            source,
        ],
        env={**PLAIN, "CXX": "c++"},
        check=True,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    interpreter = folder / "bin" / "python"
    subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--no-index", f"{wheel}[websocket]"], check=True)
    return interpreter


def test_source_is_whole(source: Path) -> None:
    folders = ("app", "core", "packaging", "python", "resources", "scripts", "tests")
    names = {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert [name for name in sorted(names) if "__pycache__" not in name and not (source / name).exists()] == []


def test_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {str(path.relative_to(ROOT / "python")) for path in (ROOT / "python").rglob("*.py*")}
    assert {name for name in sources if "__pycache__" not in name} <= names
    assert "liaison/py.typed" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("tests", "share", "bin"))]


def test_constants(python: Path) -> None:
    result = subprocess.run([python, "-m", "liaison.constants"], capture_output=True, env=PLAIN, check=True)
    assert (result.stdout, result.stderr) == (CONSTANTS, b"")


def test_version(python: Path) -> None:
    result = subprocess.run(
        [python, "-c", "import importlib.metadata, liaison; print(importlib.metadata.version('liaison-backend'))"],
        capture_output=True,
        text=True,
        env=PLAIN,
        check=True,
    )
    shown = subprocess.run(
        [python.with_name("liaison"), "--version"], capture_output=True, text=True, env=PLAIN, check=True
    )
    assert shown.stdout == f"liaison {result.stdout}"


POOL = """
import concurrent.futures, multiprocessing

answer = 42


def square(number):
    return number * number


def squares(*numbers):
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(square, numbers))
"""


@pytest.mark.parametrize("form", ["module", "script"])
def test_a_command_is_served(python: Path, form: str, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text(POOL)
    program = [python, "-m", "liaison.websocket"] if form == "module" else [python.with_name("liaison")]
    with subprocess.Popen(
        [*program, "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=PLAIN,
        bufsize=0,
    ) as process:
        try:
            assert process.stdout and process.stderr
            first = process.stdout.read(1000)
            assert first.startswith(START)
            with Client(f"ws://localhost:{int(first.rsplit(b':')[-1])}") as client:
                assert client.result("get", "beside:answer") == 42
                assert client.result("get", "sys:path")[0] == str(tmp_path)
                assert str(python.parent) not in client.result("get", "sys:path")
                assert client.result("run", "beside:squares", 2, 3) == [4, 9]
            process.terminate()
            assert process.wait(20) == 0
            assert process.stderr.read() == b""
        finally:
            process.kill()


def test_isolated_script(python: Path, tmp_path: Path) -> None:
    """It does not look into the current folder, and loses none of the others."""
    (tmp_path / "beside.py").write_text("answer = 42\n")
    with subprocess.Popen(
        [python, "-I", python.with_name("liaison"), "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=PLAIN,
        bufsize=0,
    ) as process:
        try:
            assert process.stdout
            with Client(f"ws://localhost:{int(process.stdout.read(1000).rsplit(b':')[-1])}") as client:
                plain = subprocess.run(
                    [python, "-I", "-c", "import sys; print(sys.path)"], capture_output=True, text=True, check=True
                )
                assert repr(client.result("get", "sys:path")) == plain.stdout.strip()
        finally:
            process.kill()
