# SPDX-License-Identifier: MIT
"""The package as a library, in programs of one's own."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from support import PATIENCE, START, STOP, environment

PRELUDE = """
import json, threading, time
import liaison
from websockets.sync.client import connect

def serve(server):
    thread = threading.Thread(target=server.start)
    thread.start()
    while not server.alive:
        time.sleep(0.01)
    return thread

def ask(server, command, *args):
    with connect(f"ws://localhost:{server.port}", compression=None) as socket:
        socket.send(json.dumps({"command": {"command": command, "args": args}, "id": 1}))
        return json.loads(socket.recv(20))
"""


def run(code: str) -> str:
    """Run a program; answer what it printed, without the markers."""
    result = subprocess.run(
        [sys.executable, "-u", "-c", PRELUDE + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env=environment("module"),
        timeout=PATIENCE * 2,
        cwd=Path(__file__).parent,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def test_names() -> None:
    assert (
        run(
            """
            assert liaison.constants.START_MARKER == "LIAISON:CONNECTED"
            assert liaison.constants.STOP_MARKER == "LIAISON:DISCONNECTED"
            assert liaison.Companion is liaison.companion.Companion
            assert liaison.WebsocketLiaison is liaison.websocket.WebsocketLiaison
            server = liaison.websocket.WebsocketLiaison("localhost", "8001")
            assert (server.host, server.port, server.alive, server.messages) == ("localhost", 8001, False, [])
            assert server.companion.namespace["liaison"] is server
            assert server.companion.namespace["companion"] is server.companion
            server.stop()
            server.send("to nobody")
            try:
                liaison.no_such_name
            except AttributeError:
                print("ok")
            """
        )
        == "ok\n"
    )


def test_companion_without_a_server() -> None:
    run(
        """
        companion = liaison.Companion()
        assert companion.store("x", [1, 2]) == "x"
        assert companion.call("builtins:len", "$x") == 2
        assert companion.initialize("y", "builtins:dict", a="$x") == "y"
        assert companion.resolve("y.a[1]") == 2
        assert companion.exists("y.b") is False
        assert companion.attempt("math:sqrt", -1)["success"] is False
        assert companion.register(None, "math:hypot") == "hypot"
        assert companion.ping() == "pong"
        """
    )


def test_start_in_a_thread_and_stop() -> None:
    output = run(
        """
        server = liaison.websocket.WebsocketLiaison("localhost", 0)
        for _ in range(3):
            thread = serve(server)
            reply = ask(server, "run", "threading:get_ident")
            assert reply["response"] == thread.ident, reply
            server.stop()
            thread.join(10)
            assert not thread.is_alive() and not server.alive
        """
    )
    assert output.count("LIAISON:CONNECTED@localhost:") == output.count("LIAISON:DISCONNECTED@localhost:") == 3


def test_several_at_once() -> None:
    run(
        """
        servers = [liaison.websocket.WebsocketLiaison("127.0.0.1", 0) for _ in range(3)]
        threads = [serve(server) for server in servers]
        for i, server in enumerate(servers):
            ask(server, "store", "which", i)
        assert [ask(server, "get", "which")["response"] for server in servers] == [0, 1, 2]
        for server in servers:
            server.stop()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        """
    )


def test_companion_of_ones_own() -> None:
    run(
        """
        class Own(liaison.Companion):
            def __init__(self):
                super().__init__()
                self.commands["double"] = self.double

            def double(self, value):
                return 2 * value

            def call(self, fcn, *args, **kwargs):
                return ["called", super().call(fcn, *args, **kwargs)]

        server = liaison.websocket.WebsocketLiaison("localhost", 0, Own())
        thread = serve(server)
        assert ask(server, "double", 21)["response"] == 42
        assert ask(server, "run", "math:hypot", 3, 4)["response"] == ["called", 5.0]
        assert "double" in ask(server, "nonsense")["error"][-1]
        server.stop()
        thread.join(10)
        """
    )


def test_what_cannot_be_served_is_an_error() -> None:
    run(
        """
        first = liaison.websocket.WebsocketLiaison("localhost", 0)
        thread = serve(first)
        for arguments, error in [
            (("localhost", first.port), OSError),
            (("8.8.8.8", 0), OSError),
            (("localhost", 65536), ValueError),
            (("localhost", "http"), ValueError),
        ]:
            try:
                liaison.websocket.WebsocketLiaison(*arguments).start()
            except error:
                pass
            else:
                raise AssertionError(arguments)
        try:
            first.start()
        except OSError as error:
            assert "already" in str(error)
        else:
            raise AssertionError("started twice")
        first.stop()
        thread.join(10)
        """
    )


def test_pushes_from_a_thread_of_ones_own() -> None:
    run(
        """
        server = liaison.websocket.WebsocketLiaison("localhost", 0)
        thread = serve(server)
        with connect(f"ws://localhost:{server.port}", compression=None) as socket:
            socket.send('{"command": {"command": "ping"}}')
            socket.recv(20)
            server.send({"tag": "alert"}, timeout=1)
            assert json.loads(socket.recv(20)) == {"tag": "alert", "evt": {}}
            server.send("é")
            assert socket.recv(20) == "é"
            for wrong in ("\\ud800", circular := [1]):
                if wrong is circular:
                    circular.append(circular)
                try:
                    server.send(wrong)
                except ValueError:
                    pass
                else:
                    raise AssertionError(wrong)
        server.stop()
        thread.join(10)
        """
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_start_in_the_main_thread(number: int) -> None:
    code = """
        import signal, sys
        before = signal.getsignal(signal.SIGINT)
        liaison.websocket.WebsocketLiaison("localhost", 0).start()
        assert signal.getsignal(signal.SIGINT) is before
        time.sleep(2)  # nothing ends the program now
        print("after")
        """
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", PRELUDE + textwrap.dedent(code)], stdout=subprocess.PIPE, env=environment("module")
    )
    assert process.stdout
    assert process.stdout.read(len(START)) == START
    time.sleep(0.2)
    process.send_signal(number)
    rest = process.stdout.read()
    assert process.wait(PATIENCE) == 0
    assert STOP in rest and rest.endswith(b"after\n")
