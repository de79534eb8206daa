# SPDX-License-Identifier: MIT
"""The Debian package where nothing else is: scripts/package --check has installed it into a clean root."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support import START, STOP, Client

ROOT_FOLDER = os.environ.get("LIAISON_TEST_ROOT", "")

pytestmark = pytest.mark.skipif(not ROOT_FOLDER, reason="scripts/package --check runs these")

#: Nothing of this machine's environment.
PLAIN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def there(*command: str) -> str:
    """What a command in the clean root prints."""
    return subprocess.run(
        ["chroot", ROOT_FOLDER, *command], env=PLAIN, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_serves() -> None:
    with subprocess.Popen(
        ["chroot", ROOT_FOLDER, "liaison", "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=PLAIN,
        bufsize=0,
    ) as process:
        try:
            assert process.stdout and process.stderr
            first = process.stdout.read(1000)
            assert first.startswith(START), process.stderr.read()
            with Client(f"ws://localhost:{int(first.rsplit(b':')[-1])}") as client:
                assert client.result("run", "math:hypot", 3, 4) == 5
                assert client.result("get", "sys:executable") == "/usr/bin/python3"
                assert client.result("get", "liaison:__file__").startswith("/usr/share/liaison/python/")
                # Compiled when it was installed, for users cannot write there.
                assert client.result("run", "os.path:exists", client.result("get", "liaison:__cached__")) is True
                # A module in C, with libraries of its own.
                assert client.result("run", "ssl:create_default_context")
            process.terminate()
            assert process.wait(20) == 0
            assert process.stdout.read().startswith(STOP)
            assert process.stderr.read() == b""
        finally:
            process.kill()


def test_speaks_tls(tmp_path: Path) -> None:
    """Without Qt's plugin for TLS it would say at its start that it cannot."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", key, "-out", certificate),
        ],
        stderr=subprocess.DEVNULL,
        check=True,
    )
    inside = [Path("/tmp") / path.name for path in (certificate, key)]
    for outer, inner in zip((certificate, key), inside):
        Path(ROOT_FOLDER + str(inner)).write_bytes(outer.read_bytes())
    with subprocess.Popen(
        [
            *("chroot", ROOT_FOLDER, "liaison", "--tls-certificate", inside[0], "--tls-key", inside[1]),
            "localhost:0",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=PLAIN,
        bufsize=0,
    ) as process:
        try:
            assert process.stdout and process.stderr
            assert process.stdout.read(1000).startswith(START), process.stderr.read()
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_leaves_nothing_behind() -> None:
    """Last, for afterwards it is gone."""
    there("liaison", "--version")
    there("dpkg", "--purge", "liaison")
    left = [str(path) for path in Path(ROOT_FOLDER, "usr").rglob("*liaison*") if path.exists()]
    assert left == []
