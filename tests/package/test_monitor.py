# SPDX-License-Identifier: MIT
"""The command monitor: copies of what passes, for those who watch."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest

from support import Client, Server, command_line, environment, serving

#: Seconds for which a process outlives its frontend: see FrontendWatch.
ORPHANED = 10


def copies(watcher: Client, count: int) -> list[Any]:
    """The next so many messages, which must be copies."""
    found = [watcher.receive() for _ in range(count)]
    assert {(copy["tag"], json.dumps(copy["evt"])) for copy in found} == {("monitor", "{}")}
    return found


def test_copies_of_every_message(server: Server, client: Client) -> None:
    with server.client() as watcher:
        before = time.time()
        assert watcher.result("monitor", True) is True
        client.post("run", "math:hypot", 3, 4)
        reply = client.receive_text()
        asked, answered = copies(watcher, 2)
        assert (asked["direction"], answered["direction"]) == ("in", "out")
        assert asked["client"] == answered["client"] > 0
        assert before - 1 < asked["time"] <= answered["time"] < time.time() + 1
        assert json.loads(asked["text"])["command"]["args"] == ["math:hypot", 3, 4]
        assert answered["text"] == reply
        client.send('no JSON: \x01 é 😀 "')
        client.receive()
        assert copies(watcher, 2)[0]["text"] == 'no JSON: \x01 é 😀 "'
        client.result("ping")
        assert [copy["direction"] for copy in copies(watcher, 2)] == ["in", "out"]
        assert watcher.post("monitor", False)
        assert copies(watcher, 1)[0]["direction"] == "in"
        assert watcher.receive()["response"] is False
        client.result("ping")
        assert watcher.result("ping") == "pong"


def test_pushes_are_one_copy(server: Server, client: Client) -> None:
    with server.client() as watcher:
        watcher.result("monitor")
        client.post("run", "liaison.send", {"tag": "alert"})
        found = [watcher.receive() for _ in range(4)]
        pushed = [copy for copy in found if copy["tag"] == "monitor" and copy["client"] is None]
        assert [json.loads(copy["text"])["tag"] for copy in pushed] == ["alert"]
        assert [message["tag"] for message in found].count("alert") == 1


def test_arguments(client: Client) -> None:
    assert client.error("monitor", 1) == "TypeError: on must be true or false, not 1\n"
    assert client.error("monitor", "yes") == 'TypeError: on must be true or false, not "yes"\n'
    assert client.result("run", "companion.monitor") is False


@pytest.mark.parametrize("unread", ["256M", "1M"])
def test_slow_watchers_lose_copies_and_hold_up_nobody(form: str, unread: str) -> None:
    with serving(form, "localhost:0", "--max-unread", unread) as server, server.client() as client:
        with Client(server.url, max_queue=1) as watcher:
            watcher.result("monitor", True)
            text = "x" * 100_000
            count = 300
            for _ in range(count):
                assert len(client.result("run", "builtins:str", text)) == len(text)
            # Nothing has been read; whoever was not to be slowed was not. Now it reads what was kept.
            seen = lost = 0
            while seen + lost < 2 * count:
                copy = watcher.receive()
                assert copy["tag"] == "monitor"
                lost += copy.get("lost", 0)
                seen += "text" in copy
            assert seen + lost == 2 * count
            assert lost > 0 and seen > 0
            assert client.result("info")["refused"]["unread"] == 0


def test_who_merely_watches_keeps_no_process_alive(form: str) -> None:
    with subprocess.Popen(
        [*command_line(form), "localhost:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(form),
        bufsize=0,
    ) as process:
        assert process.stdin and process.stdout
        port = int(process.stdout.read(1000).rsplit(b":")[-1])
        with Client(f"ws://localhost:{port}") as watcher:
            watcher.result("monitor", True)
            process.stdin.close()
            assert process.wait(3 * ORPHANED) == 0
