# SPDX-License-Identifier: MIT
"""The package as a library, in programs of one's own."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from support import PATIENCE, START, STOP, Client, environment

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


def test_what_is_asked_while_it_stops_does_no_harm() -> None:
    """Other threads know nothing of its end."""
    run(
        """
        server = liaison.websocket.WebsocketLiaison("localhost", 0)
        is_over = False

        def pester():
            while not is_over:
                server.send({"tag": "alert"}, timeout=0)
                server.messages
                server.alive
                server.port

        threads = [threading.Thread(target=pester, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(40):
            serving = serve(server)
            server.stop()
            serving.join(10)
            assert not serving.is_alive()
        is_over = True
        for thread in threads:
            thread.join()
        """
    )


def test_started_and_stopped_without_a_leak() -> None:
    """Descriptors and threads are back to the number that they had, memory stops to grow."""
    run(
        """
        import os

        def counts():
            return [len(os.listdir(f"/proc/self/{kind}")) for kind in ("fd", "task")]

        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        def cycle(server, times):
            for _ in range(times):
                thread = serve(server)
                assert ask(server, "run", "math:hypot", 3, 4)["response"] == 5.0
                server.stop()
                thread.join(10)
                assert not thread.is_alive()

        same = liaison.websocket.WebsocketLiaison("localhost", 0)
        cycle(same, 20)
        time.sleep(0.1)
        before, size = counts(), resident()
        cycle(same, 60)
        for _ in range(60):
            cycle(liaison.websocket.WebsocketLiaison("localhost", 0), 1)
        end = time.monotonic() + 10
        while counts() != before and time.monotonic() < end:  # threads are joined a little before they are gone
            time.sleep(0.01)
        assert counts() == before, (counts(), before)
        assert resident() - size < 5 << 20, resident() - size
        """
    )


@pytest.mark.parametrize("manner", ["idles", "is asked", "computes", "sleeps"])
def test_daemon_thread_ends_with_the_program(manner: str) -> None:
    output = run(
        f"""
        import helpers, os, subprocess, sys
        server = liaison.websocket.WebsocketLiaison("localhost", 0)
        threading.Thread(target=server.start, daemon=True).start()
        while not server.alive:
            time.sleep(0.01)
        socket = connect(f"ws://localhost:{{server.port}}", compression=None).__enter__()
        def post(*args):
            socket.send(json.dumps({{"command": {{"command": "run", "args": args}}, "id": 1}}))
        def ask_for_ever():
            try:
                while True:
                    post("math:hypot", 3, 4)
                    socket.recv(20)
            except Exception:
                pass
        {
            {
                "idles": "pass",
                "is asked": "threading.Thread(target=ask_for_ever, daemon=True).start(); time.sleep(0.2)",
                "computes": "post('builtins:print', 'begun'); socket.recv(20); post('helpers:spin', 60)",
                "sleeps": "post('builtins:print', 'begun'); socket.recv(20); post('time:sleep', 60)",
            }[manner]
        }
        """
    )
    if manner in ("idles", "is asked"):
        assert output.count("LIAISON:DISCONNECTED@localhost:") == 1


def test_forked_child_of_a_program_that_serves() -> None:
    """The server is its parent's."""
    run(
        """
        import os, sys
        server = liaison.websocket.WebsocketLiaison("localhost", 0)
        thread = serve(server)
        child = os.fork()
        if child == 0:
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert ask(server, "ping")["response"] == "pong"
        server.stop()
        thread.join(10)
        """
    )


def test_in_a_notebook() -> None:
    """A kernel has an event loop and a main thread of its own, and its interrupts are meant for cells."""
    manager, kernel = start_new_kernel(kernel_name="python3", env=environment("module"), cwd=str(Path(__file__).parent))

    def execute(code: str, value: str = "None", status: str = "ok") -> str:
        reply = kernel.execute(
            textwrap.dedent(code), user_expressions={"value": value}, reply=True, timeout=PATIENCE, store_history=False
        )["content"]
        assert reply["status"] == status, reply
        return str(reply["user_expressions"]["value"]["data"]["text/plain"]) if status == "ok" else ""

    try:
        for _ in range(2):
            port = execute(
                """
                import asyncio, threading, time
                import liaison

                class Own(liaison.Companion):
                    def __init__(self):
                        super().__init__()
                        self.commands["double"] = lambda value: 2 * value

                server = liaison.websocket.WebsocketLiaison("localhost", 0, Own())
                thread = threading.Thread(target=server.start)
                thread.start()
                while not server.alive:
                    await asyncio.sleep(0.01)
                """,
                "server.port",
            )
            with Client(f"ws://localhost:{port}") as client:
                assert client.result("double", 21) == 42
                assert client.result("run", "helpers:slow_value", "later", 0.01) == "later"
                assert client.result("store", "seen", [1, 2]) == "seen"
                assert execute("server.send({'tag': 'alert'})", "server.companion.namespace['seen']") == "[1, 2]"
                assert client.receive() == {"tag": "alert", "evt": {}}
                posted = kernel.execute("server.send({'tag': 'begun'}); time.sleep(60)")
                assert client.receive()["tag"] == "begun"
                reply = {"parent_header": {"msg_id": ""}}
                while reply["parent_header"]["msg_id"] != posted:
                    manager.interrupt_kernel()  # again, as a call that is about to block may miss it
                    with contextlib.suppress(queue.Empty):
                        reply = kernel.get_shell_msg(timeout=1)
                assert reply["content"]["ename"] == "KeyboardInterrupt"
                assert client.result("ping") == "pong"
            assert execute("server.stop(); thread.join(10)", "(thread.is_alive(), server.alive)") == "(False, False)"
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel()
