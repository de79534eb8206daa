# SPDX-License-Identifier: MIT
"""The Debian packages: what they say, what they hold, and that what they hold runs.

``scripts/package --check`` also installs one where nothing else is.
"""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from support import BUILD, PATIENCE, ROOT, START, STOP, TRAY, environment, serving

with_window = pytest.mark.skipif(not TRAY.exists(), reason="the debugging window is not built")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files, by the packages' names."""
    folder = tmp_path_factory.mktemp("packages")
    subprocess.run(
        ["cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", folder],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return {path.name.split("_")[0]: path for path in folder.glob("*.deb")}


def field(package: Path, name: str) -> str:
    """What a package's control file says."""
    return subprocess.run(
        ["dpkg-deb", "--field", package, name], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def dependencies(package: Path) -> dict[str, list[str]]:
    """The packages that one depends on, with what is demanded of their versions."""
    found: dict[str, list[str]] = {}
    for entry in field(package, "Depends").split(", "):
        name, _, demand = entry.partition(" ")
        found.setdefault(name, []).append(demand)
    return found


def extracted(package: Path, folder: Path) -> Path:
    """A folder with all that a package holds."""
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    return folder


def test_names(packages: dict[str, Path]) -> None:
    assert set(packages) == {"liaison", "liaison-dev", *(["liaison-tray"] if TRAY.exists() else [])}
    version = re.search(r"^project\(liaison VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)
    assert version
    for name, path in packages.items():
        assert (field(path, "Package"), field(path, "Version")) == (name, version[1])


def test_dependencies(packages: dict[str, Path]) -> None:
    """What is linked, and the interpreter that is served: of the minor version that is embedded, no other."""
    found = dependencies(packages["liaison"])
    (embedded,) = (name for name in found if name.startswith("libpython3."))
    minor = int(embedded.removeprefix("libpython3.").partition("t")[0])
    assert sorted(found["python3"]) == [f"(<< 3.{minor + 1})", f"(>= 3.{minor})"]
    for library in ("libc6", "libqt6core6", "libqt6network6", "libqt6websockets6", "libsimdjson", "libstdc++6"):
        assert [name for name in found if name.startswith(library)], library
    # Nothing that only builds need.
    assert not [name for name in found if name.endswith("-dev")]


def test_dependencies_of_who_builds(packages: dict[str, Path]) -> None:
    found = dependencies(packages["liaison-dev"])
    assert found["liaison"] == [f"(= {field(packages['liaison'], 'Version')})"]
    assert {"libsimdjson-dev", "pybind11-dev", "python3-dev", "qt6-base-dev", "qt6-websockets-dev"} <= set(found)


@with_window
def test_dependencies_of_the_window(packages: dict[str, Path]) -> None:
    """Nobody who merely serves needs them."""
    found = dependencies(packages["liaison-tray"])
    assert found["liaison"] == [f"(= {field(packages['liaison'], 'Version')})"]
    assert [name for name in found if name.startswith("libqt6widgets6")]
    assert not [name for name in dependencies(packages["liaison"]) if "widgets" in name or "gui" in name]


def test_contents(packages: dict[str, Path], tmp_path: Path) -> None:
    root = extracted(packages["liaison"], tmp_path / "liaison")
    files = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
    package = {f"usr/share/liaison/python/{path.relative_to(ROOT / 'python')}" for path in ROOT.glob("python/**/*.py")}
    assert package <= files
    assert {"usr/bin/liaison", "usr/share/man/man1/liaison.1.gz", "usr/share/doc/liaison/copyright"} <= files
    assert (root / "usr/share/doc/liaison/copyright").read_text() == (ROOT / "LICENSE").read_text()
    assert not [name for name in files if not re.match(r"usr/(bin/liaison|share/(doc|liaison|man)/)", name)]
    for path in root.rglob("*"):
        assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH), path


def test_contents_for_who_builds(packages: dict[str, Path], tmp_path: Path) -> None:
    root = extracted(packages["liaison-dev"], tmp_path / "development")
    assert (root / "usr/include/liaison/embedding.h").exists()
    (package,) = root.rglob("liaisonConfig.cmake")
    assert package.with_name("liaisonTargets.cmake").exists()
    for name in root.rglob("*.cmake"):
        assert str(ROOT) not in name.read_text()


@with_window
def test_the_extracted_window_watches(packages: dict[str, Path], tmp_path: Path) -> None:
    root = extracted(packages["liaison"], tmp_path / "both")
    extracted(packages["liaison-tray"], root)
    with subprocess.Popen(
        [root / "usr/bin/liaison", "--tray", "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment("executable", QT_QPA_PLATFORM="offscreen"),
        bufsize=0,
    ) as process:
        assert process.stdout
        first = process.stdout.read(1000)
        assert first.startswith(START)
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read().startswith(STOP)


def test_the_extracted_program_serves(
    packages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = extracted(packages["liaison"], tmp_path / "liaison")
    monkeypatch.setattr("support.EXECUTABLE", root / "usr/bin/liaison")
    with serving("executable") as server, server.client() as client:
        assert client.result("get", "liaison:__file__").startswith(str(root))
        assert client.result("get", "sys:prefix") == sys.prefix
        assert client.result("run", "math:hypot", 3, 4) == 5
        assert server.stop()[::2] == (0, b"")
