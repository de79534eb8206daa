# SPDX-License-Identifier: MIT
"""What a command prints, and where it goes."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from support import PATIENCE, START, STOP, Client, Server, serving


@pytest.fixture
def streaming(form: str) -> Iterator[tuple[Server, Client]]:
    """A server that sends output to clients, and a client of it."""
    with serving(form, "localhost:0", "--stream-output") as server, server.client() as client:
        yield server, client


def output_of(client: Client, command: str, *args: Any) -> tuple[dict[str, str], Any]:
    """What came before the reply to a command, by tag, and the reply."""
    sent = client.post(command, *args)
    text = {"stdout": "", "stderr": ""}
    while True:
        message = client.receive()
        if message["tag"] in text:
            assert message["evt"] == {"id": sent}
            assert list(message) == ["tag", "text", "evt"]
            text[message["tag"]] += message["text"]
            continue
        assert message["evt"]["id"] == sent
        return text, message


@contextlib.contextmanager
def standard_output_read(server: Server) -> Iterator[list[int]]:
    """Read the server's standard output meanwhile; gives the sizes of the chunks."""
    assert server.process.stdout
    out = server.process.stdout.fileno()
    sizes: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if select.select([out], [], [], 0.1)[0]:
                sizes.append(len(os.read(out, 1 << 20)))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield sizes
    finally:
        done.set()
        reader.join()


def memory_of(server: Server) -> int:
    """The resident memory of the server, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


@pytest.mark.parametrize(
    ("target", "args", "stdout", "stderr"),
    [
        ("builtins:print", ["a", 1], "a 1\n", ""),
        ("sys:stdout.write", ["é😀"], "é😀", ""),
        ("helpers:write_to_stderr", ["no newline"], "", "no newline"),
        ("helpers:log", ["logged"], "", "WARNING:root:logged\n"),
        ("os:system", ["echo out; echo err >&2"], "out\n", "err\n"),
        ("helpers:print_from_c", ["from C\n"], "from C\n", ""),
        ("helpers:print_much", [50_000], "x" * 50_000, ""),
        ("math:hypot", [3, 4], "", ""),
    ],
)
def test_output_comes_before_the_reply(
    streaming: tuple[Server, Client], target: str, args: list[Any], stdout: str, stderr: str
) -> None:
    server, client = streaming
    assert output_of(client, "run", target, *args)[0] == {"stdout": stdout, "stderr": stderr}
    # It also goes where it would have gone.
    code, rest, errors, _ = server.stop()
    assert code == 0
    assert rest == stdout.encode() + STOP + f"localhost:{server.port}".encode()
    assert errors == stderr.encode()


def test_output_of_a_failure(streaming: tuple[Server, Client]) -> None:
    _, client = streaming
    text, reply = output_of(client, "run", "helpers:print_then_fail", "before")
    assert text["stdout"] == "before\n"
    assert reply["error"][-1] == "ValueError: after\n"


def test_output_comes_live(streaming: tuple[Server, Client]) -> None:
    server, client = streaming
    sent = client.post("run", "helpers:print_then_sleep", "live", 60)
    assert client.receive() == {"tag": "stdout", "text": "live", "evt": {"id": sent}}
    assert server.read_chunk() == b"live"
    with server.client() as other:
        assert other.result("interrupt", sent) is True


def test_progress_bars_come_live(streaming: tuple[Server, Client]) -> None:
    _, client = streaming
    text, reply = output_of(client, "run", "helpers:progress", 5)
    assert reply["response"] == 5
    assert "\r" in text["stderr"] and "100%" in text["stderr"]
    assert text["stdout"] == ""


def test_everyone_gets_their_own(form: str) -> None:
    with serving(form, "localhost:0", "--stream-output") as server:
        with server.client() as first, server.client() as second:
            for i in range(200):
                for client in (first, second):
                    client.post("run", "builtins:print", f"{i}")
            for client in (first, second):
                found: dict[int, str] = {}
                answered = 0
                while answered < 200:
                    message = client.receive()
                    name = message["evt"]["id"]
                    if message["tag"] == "stdout":
                        # Python may write a line and its end one after the other.
                        found[name] = found.get(name, "") + message["text"]
                    else:
                        answered += 1
                        assert found[name] == f"{name - 1}\n"


def test_markers_are_chunks_of_their_own(form: str) -> None:
    with serving(form, "localhost:0", "--stream-output") as server, server.client() as client:
        assert server.first_chunk.startswith(START)
        client.result("run", "os:getpid")
        server.process.terminate()
        assert server.read_chunk() == STOP + f"localhost:{server.port}".encode()
        assert server.process.wait(PATIENCE) == 0


def test_output_that_nobody_reads_stops_nobody_else(form: str) -> None:
    """The frontend does not read standard output: the printing command waits, as ever; ping does not."""
    with serving(form, "localhost:0", "--stream-output") as server, server.client() as client:
        client.post("run", "helpers:print_much", 20_000_000)
        with server.client() as other:
            for _ in range(5):
                assert other.result("ping") == "pong"
                time.sleep(0.05)
        with standard_output_read(server) as read:
            text = 0
            while "text" in (message := client.receive()):
                text += len(message["text"])
            assert text == 20_000_000
            while sum(read) < 20_000_000:
                assert server.process.poll() is None


def test_output_that_its_client_does_not_read_waits(form: str) -> None:
    """Who prints is slowed by a client that reads slowly, so that the server's memory does not grow."""
    with serving(form, "localhost:0", "--stream-output") as server, server.client(max_queue=1) as client:
        sent = client.post("run", "helpers:print_much", 300_000_000)
        with server.client() as other, standard_output_read(server):
            before = memory_of(server)
            while other.result("info")["running"] != sent or memory_of(server) > before + 50_000_000:
                before = min(before, memory_of(server))
            for _ in range(10):
                assert other.result("ping") == "pong"
                time.sleep(0.05)
            assert memory_of(server) < before + 100_000_000
            assert other.result("interrupt") is True
        while client.receive()["tag"] != "error":
            pass
        assert client.result("ping") == "pong"


def test_the_log_does_not_wait_for_itself(form: str) -> None:
    """It is written by the thread that empties the pipe of standard error."""
    with serving(form, "localhost:0", "--stream-output", "--verbose") as server, server.client() as client:
        assert server.process.stderr
        errors = server.process.stderr
        reader = threading.Thread(target=errors.read)
        reader.start()
        client.post("run", "os:system", "head -c 3000000 /dev/zero | tr '\\0' x >&2")
        text = 0
        while "text" in (message := client.receive()):
            text += len(message["text"])
            assert "joined" not in message["text"]
            if text % 7 == 0:
                server.client().open.close()
        assert text == 3_000_000
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        reader.join()


def test_without_the_option_nothing_is_sent(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "builtins:print", "quiet") is None
        assert server.read_chunk() == b"quiet\n"
