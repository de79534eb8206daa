# SPDX-License-Identifier: MIT
"""What might keep the process from its end, or end what should go on."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from support import PATIENCE, STOP, Client, Server, command_line, environment, in_the_build_tree, serving

#: Seconds from SIGTERM to the end. A frontend is promised two; a loaded machine takes its own.
LONGEST_END = 10.0


def check_end(server: Server, number: int = signal.SIGTERM) -> bytes:
    """End the server; answer the rest of its output."""
    code, rest, errors, seconds = server.stop(number)
    assert (code, errors) == (0, b"")
    assert seconds < LONGEST_END
    return rest


def test_flood_of_pushes(form: str) -> None:
    with serving(form) as server:
        readers = [server.client() for _ in range(4)]
        for reader in readers:
            reader.result("ping")
        readers[0].post("run", "helpers:flood", "$liaison", "x")
        time.sleep(0.5)
        with server.client() as late:
            late.post("ping")
            for _ in range(200_000):
                if late.receive_text() != "x":
                    break
        check_end(server)


def test_coroutine_that_exits(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.error("run", "helpers:exit_later").startswith("SystemExit")
        assert client.result("run", "helpers:slow_value", 5, 0.01) == 5
        check_end(server)


def test_result_that_is_still_being_written(form: str) -> None:
    with serving(form) as server, server.client() as client:
        for _ in range(3):
            client.post("run", "helpers:slow_text")
        client.post("ping")
        time.sleep(0.3)
        code, rest, errors, seconds = server.stop()
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)
        assert seconds < LONGEST_END


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_handlers_that_were_taken_and_given_back(form: str, number: int) -> None:
    with serving(form) as server:
        with server.client() as client:
            client.result("run", "helpers:save_and_restore", int(number))
        assert check_end(server, number).startswith(STOP)


def test_second_start_is_refused_and_changes_nothing(form: str) -> None:
    with serving(form) as server:
        with server.client() as client:
            assert "already" in client.error("run", "liaison.start")
        assert check_end(server).startswith(STOP)


def test_output_that_nobody_reads(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.post("run", "helpers:print_much_and_sleep", 300_000)
        client.ask("ping")
        time.sleep(0.5)
        start = time.monotonic()
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert time.monotonic() - start < LONGEST_END


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_while_python_ends(form: str, number: int) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:sleep_at_exit", 1.0)
        server.process.send_signal(number)
        time.sleep(0.5)
        assert check_end(server, number).startswith(STOP)


def test_forked_child_does_not_stop_its_parent(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "helpers:terminate_child_that_restores_handlers") == -signal.SIGTERM
        assert client.result("run", "math:hypot", 3, 4) == 5.0
        check_end(server)


def test_server_within_a_server(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "helpers:serve_inside") == "served"
        assert check_end(server).endswith(STOP + f"localhost:{server.port}".encode())


def test_failure_is_told_however_long_the_end_takes(form: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import atexit, time\natexit.register(time.sleep, 3)\n")
    with serving(form) as server:
        variables = environment(form)
        variables["PYTHONPATH"] = f"{tmp_path}:{variables.get('PYTHONPATH', '')}"
        result = subprocess.run(
            [*command_line(form), f"localhost:{server.port}"], env=variables, capture_output=True, check=False
        )
        assert (result.returncode, result.stdout) == (1, b"")


def test_closed_descriptors(form: str) -> None:
    line = " ".join(f"'{word}'" for word in command_line(form))
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line} --verbose localhost:0 <&- >&-"], stderr=subprocess.PIPE, env=environment(form)
    )
    assert process.stderr
    port = 0
    while not port:
        words = process.stderr.readline().split()
        port = int(words[-1]) if b"port" in words else 0
    with Client(f"ws://localhost:{port}") as client:
        assert client.result("run", "builtins:print", "nowhere") is None
        assert client.result("run", "math:hypot", 3, 4) == 5.0
    process.terminate()
    assert process.wait(PATIENCE) == 0
    process.stderr.close()


@in_the_build_tree
def test_interrupt_during_start_leaves_no_traceback() -> None:
    for milliseconds in range(5, 65, 10):
        process = subprocess.Popen(
            [*command_line("executable"), "localhost:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment("executable"),
        )
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        assert errors == b""
        assert process.returncode in (0, -signal.SIGINT)


def test_quick_reply_does_not_wait_for_the_next_command(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:hold_gil_in_thread", 0.4)
        time.sleep(0.2)
        quick = client.post("run", "math:hypot", 3, 4)
        client.post("run", "time:sleep", 60)
        assert client.receive()["evt"]["id"] == quick


def test_targets_that_ask_for_targets(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("init", "asking", "helpers:busy_namespace", "$companion")
        assert client.result("get", "asking.a.b.c.d.last") == "reached"


def test_byte_order_mark_is_text(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.post("run", "liaison.send", "\ufefftext")
        assert "\ufefftext" in (client.receive_text(), client.receive_text())


@pytest.mark.parametrize("name", ["SIGALRM", "SIGUSR1", "SIGCHLD"])
def test_signal_handlers_run_while_it_idles(form: str, name: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:push_signals", "$liaison", name)
        if name == "SIGUSR1":
            server.process.send_signal(signal.SIGUSR1)
        assert client.receive() == {"tag": "signal", "name": name, "evt": {}}
        # An event loop that user code runs takes the descriptor that wakes Python, and gives it up.
        client.result("run", "helpers:run_loop_with_signals")
        client.result("run", "helpers:push_signals", "$liaison", "SIGALRM")
        assert client.receive()["name"] == "SIGALRM"
        check_end(server)


@pytest.mark.parametrize("maker", ["os.fork", "multiprocessing"])
def test_children_that_outlive_it_hold_nothing(form: str, maker: str) -> None:
    with serving(form) as server, server.client() as client:
        child = client.result("run", "helpers:leave_child", maker)
        try:
            # Not to the end of standard output: that is the child's as well.
            server.process.terminate()
            assert server.process.wait(LONGEST_END) == 0
            # The port is free, and the client was told.
            with serving(form, f"localhost:{server.port}") as again, again.client() as other:
                assert other.result("ping") == "pong"
            with pytest.raises(ConnectionClosed):
                client.receive()
        finally:
            os.kill(child, signal.SIGKILL)


def test_ten_clients_with_full_queues(form: str) -> None:
    with serving(form) as server, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.client()) for _ in range(10)]
        first = clients[0].post("run", "time:sleep", 60)
        assert clients[0].result("ping") == "pong"  # so that it has come before what the others send
        sent = {i: [client.post("run", "math:hypot", 3, 4) for _ in range(50)] for i, client in enumerate(clients)}
        for i, client in enumerate(clients):
            assert client.ask("ping")["evt"]["id"] == sent[i][-1] + 1
        server.process.terminate()
        server.process.terminate()
        for i, client in enumerate(clients):
            found = []
            with contextlib.suppress(ConnectionClosed):
                while True:
                    found.append(client.receive())
            errors = {reply["evt"]["id"]: reply["error"][-1] for reply in found}
            if i == 0:
                assert errors.pop(first).startswith("KeyboardInterrupt")
            assert errors == dict.fromkeys(sent[i], "ConnectionAbortedError: Liaison stops; this command was not run\n")
            assert client.socket.close_code == 1001
        code, rest, errors_text = server.wait()
        assert (code, errors_text) == (0, b"")
        assert rest.count(STOP) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("call", [None, ("helpers:hold_gil", 60)])
def test_exit_with_parent(form: str, number: int, call: Any) -> None:
    """However the parent ends, and whatever Python does; here stdin is no pipe that could tell."""
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
        "print(f'@{p.pid}@', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, *command_line(form), "--exit-with-parent", "--stay", "localhost:0"],
        stdout=subprocess.PIPE,
        env=environment(form),
        cwd=Path(__file__).parent,
    )
    assert parent.stdout
    text = b""
    while text.count(b"@") < 3 or not text.rsplit(b":", 1)[-1].strip().isdigit():
        text += os.read(parent.stdout.fileno(), 1000)
    found = re.search(rb"CONNECTED@localhost:(\d+)", text)
    assert found
    with Client(f"ws://localhost:{int(found[1])}") as client:
        if call:
            client.post("run", *call)
        assert client.ask("info")["response"]["clients"] == 1
        parent.send_signal(number)
        parent.wait()
        with contextlib.suppress(ConnectionClosed):
            while True:
                client.receive()
    # Whoever holds standard output is gone, after the stop marker.
    rest = parent.stdout.read()
    assert rest.count(STOP) == 1
    parent.stdout.close()


def test_a_thread_of_the_parent_may_end(form: str) -> None:
    """The system tells of the end of the thread that launched it as well."""
    started: list[Server] = []
    thread = threading.Thread(target=lambda: started.append(Server(form, "localhost:0", "--exit-with-parent")))
    thread.start()
    thread.join()
    (server,) = started
    try:
        time.sleep(0.7)
        with server.client() as client:
            assert client.result("ping") == "pong"
        check_end(server)
    finally:
        server.close()


def test_an_interrupted_evaluation_is_no_interrupted_process(form: str) -> None:
    """Python takes note of it, and would end as if Ctrl-C had been pressed."""
    with serving(form) as server, server.client() as client, server.client() as other:
        # What is imported to tell of an error evaluates text as well.
        assert client.error("run", "math:sqrt", -1)
        posted = client.post("run", "builtins:exec", "while True: pass")
        while other.result("info")["running"] != posted:
            pass
        assert other.result("interrupt", posted) is True
        assert client.receive()["error"][-1] == "KeyboardInterrupt\n"
        assert server.stop()[::2] == (0, b"")
