# SPDX-License-Identifier: MIT
"""What may go wrong around the process: no descriptors, a full disk, a stolen port, a stopped process, a clock."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from frames import TEXT, RawClient, frame
from support import PATIENCE, START, STOP, Server, command_line, environment, serving


def refused(server: Server, kind: str) -> int:
    """How often something of the kind was turned away."""
    with server.client() as client:
        return int(client.result("info")["refused"][kind])


def test_descriptors_run_out(form: str) -> None:
    """Who is connected is served; who comes gets in when there is room again."""
    with serving(form) as server, server.client() as client:
        pid = server.process.pid
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 5, used + 5))
        with contextlib.ExitStack() as waiting:
            crowd = [waiting.enter_context(RawClient(server, upgrade=False)) for _ in range(20)]
            end = time.monotonic() + PATIENCE
            while client.result("info")["refused"]["connections"] == 0:
                assert time.monotonic() < end
            assert client.result("run", "math:hypot", 3, 4) == 5
            assert client.error("run", "builtins:open", "/dev/null").startswith("OSError: [Errno 24]")
            assert len(crowd) == 20
        with server.client() as late:
            assert late.result("run", "math:hypot", 6, 8) == 10
        code, rest, errors, _ = server.stop()
        assert (code, errors) == (0, b"") and rest.startswith(STOP)


def test_the_disk_is_full_at_start(form: str, tmp_path: Path) -> None:
    """Nothing can be written to any file: the pipes still can."""

    def no_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = subprocess.Popen(
        [*command_line(form), "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(form, TMPDIR=str(tmp_path), HOME=str(tmp_path), PYTHONPYCACHEPREFIX=str(tmp_path)),
        preexec_fn=no_space,
    )
    assert process.stdout
    assert os.read(process.stdout.fileno(), 1000).startswith(START)
    process.terminate()
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, b"")


def test_the_marker_cannot_be_written(form: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*command_line(form), "localhost:0"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(form),
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "cannot write the start marker to standard output: No space left on device" in line


def test_a_port_is_stolen(form: str) -> None:
    """Of several that start at once for a port that was free just now, one serves; the others say why they do not."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    rivals = [
        subprocess.Popen(
            [*command_line(form), f"127.0.0.1:{port}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(form),
        )
        for _ in range(4)
    ]
    losers: list[subprocess.Popen[bytes]] = []
    end = time.monotonic() + PATIENCE
    while len(losers) < 3:
        assert time.monotonic() < end
        losers = [rival for rival in rivals if rival.poll() is not None]
    for loser in losers:
        out, errors = loser.communicate()
        assert (loser.returncode, out) == (1, b"")
        assert len(errors.splitlines()) == 1 and f"127.0.0.1 port {port}".encode() in errors
    (winner,) = (rival for rival in rivals if rival not in losers)
    assert winner.stdout
    assert os.read(winner.stdout.fileno(), 1000) == START + f"127.0.0.1:{port}".encode()
    winner.terminate()
    winner.communicate(timeout=PATIENCE)
    assert winner.returncode == 0


def test_stopped_and_continued(form: str) -> None:
    """A laptop's lid, a debugger: what was sent meanwhile is answered, nobody is thrown out."""
    with serving(form, "localhost:0", "--handshake-time", "30") as server, server.client() as client:
        slow = client.post("run", "time:sleep", 0.5)
        stream = {"command": {"command": "run", "args": ["helpers:count_up", 50]}, "stream": True, "id": "s"}
        server.process.send_signal(signal.SIGSTOP)
        asked = [client.post("run", "operator:add", i, 1) for i in range(100)]
        client.send(stream)
        with RawClient(server, upgrade=False) as late:
            late.send(b"GET / HTTP/1.1\r\n")
            time.sleep(1)
            server.process.send_signal(signal.SIGCONT)
            assert client.replies(slow, *asked)[asked[99]]["response"] == 100
            assert [client.receive().get("item") for _ in range(51)] == [*range(50), None]
            assert refused(server, "handshake") == 0
        assert server.stop()[0] == 0


CLOCK = r"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Each time it is asked, the wall clock is a day before or after what it was. */
static long jump(void) { static long calls; return (++calls % 2 ? 86400 : -86400); }

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += jump();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (result)
        *result = exact.tv_sec;
    return exact.tv_sec;
}
"""


def test_the_clock_jumps(form: str, tmp_path: Path) -> None:
    """Time limits, waiting and the rate of answers go by a clock that does not."""
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    with serving(form, LD_PRELOAD=str(library)) as server, server.client() as client:
        first, second = client.result("run", "time:time"), client.result("run", "time:time")
        assert abs(second - first) > 80_000
        assert 0 <= client.result("info")["uptime"] < PATIENCE
        for i in range(200):
            assert client.result("run", "operator:add", i, 1) == i + 1
        client.send({"command": {"command": "run", "args": ["time:sleep", 60]}, "id": 1, "timeout": 0.2})
        assert client.receive()["error"][-1].startswith("TimeoutError: ")
        client.send({"command": {"command": "run", "args": ["time:sleep", 0.3]}, "id": 2, "timeout": 30})
        assert client.receive()["response"] is None
        assert client.result("run", "asyncio:sleep", 0.1, "slept") == "slept"
        assert server.stop()[0] == 0


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_nothing_is_read(form: str, signal_number: int) -> None:
    """A client that does not read holds up no end."""
    with serving(form) as server, RawClient(server) as silent:
        message = {"command": {"command": "run", "args": ["operator:mul", "x", 30_000_000]}, "echo": "id"}
        silent.send(frame(TEXT, json.dumps(message).encode()))
        with server.client() as client:
            client.result("run", "math:hypot", 3, 4)
        code, rest, errors, seconds = server.stop(signal_number)
        assert (code, errors) == (0, b"") and rest.startswith(STOP)
        assert seconds < PATIENCE
