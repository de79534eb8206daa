# SPDX-License-Identifier: MIT
"""The process as a black box: markers, exit codes, signals, output, the environment that it serves."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from support import EXECUTABLE, PATIENCE, PYTHON, START, STOP, command_line, environment, in_the_build_tree, serving

CONSTANTS = b'{"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"}'

#: Seconds from SIGTERM to the end. A frontend is promised two; a loaded machine takes its own, and what would hold off
#: the end in these tests lasts a minute.
LONGEST_END = 10.0

BUSY = {
    "in a blocking system call": ("time:sleep", 60),
    "in a pure Python loop": ("helpers:spin",),
    "in C code that holds the GIL": ("helpers:hold_gil", 60),
}


def run(form: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end, which must come by itself."""
    return subprocess.run(
        [*command_line(form), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(form, **variables),
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@in_the_build_tree
def test_constants_of_the_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "liaison.constants"], capture_output=True, env=environment("module"), check=True
    )
    assert (result.stdout, result.stderr) == (CONSTANTS, b"")


@in_the_build_tree
def test_constants_of_the_executable() -> None:
    result = subprocess.run([EXECUTABLE, "--constants"], capture_output=True, check=True)
    assert (result.stdout, result.stderr) == (CONSTANTS, b"")


@in_the_build_tree
def test_constants_import_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import liaison.constants; print(sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment("module"), check=True)
    # typing alone comes along, and what typing needs.
    assert b"liaison._core" not in result.stdout
    assert b"asyncio" not in result.stdout
    assert b"json" not in result.stdout


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_markers_are_whole_chunks(form: str, host: str) -> None:
    address = f"{host}:{free_port()}"
    with serving(form, address) as server:
        assert server.first_chunk == START + address.encode()
        code, rest, errors, _ = server.stop()
        assert (code, rest, errors) == (0, STOP + address.encode(), b"")


def test_address_is_given_back_as_it_was_given(form: str) -> None:
    port = free_port()
    with serving(form, f"LocalHost:{port:05}") as server:
        assert server.first_chunk == START + f"LocalHost:{port:05}".encode()


def test_port_zero_is_named_by_the_marker(form: str) -> None:
    with serving(form, "localhost:0") as server:
        assert server.port > 0
        with server.client() as client:
            assert client.result("ping") == "pong"
            assert client.result("get", "liaison.port") == server.port
        assert server.stop()[1] == STOP + f"localhost:{server.port}".encode()


def test_marker_newline(form: str) -> None:
    with serving(form, "localhost:0", "--marker-newline") as server:
        assert server.first_chunk.endswith(b"\n")
        assert server.stop()[1].endswith(b"\n")


def test_localhost_is_both_loopback_addresses(form: str) -> None:
    with serving(form) as server:
        for host in ("127.0.0.1", "::1"):
            with socket.create_connection((host, server.port), timeout=PATIENCE):
                pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_idle_process_stops(form: str, number: int) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("ping") == "pong"
        code, rest, errors, seconds = server.stop(number)
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)
        assert seconds < LONGEST_END


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("call", BUSY.values(), ids=BUSY.keys())
def test_busy_process_stops(form: str, call: tuple[object, ...], number: int) -> None:
    with serving(form) as server, server.client() as client:
        client.post("run", "builtins:print", "before")
        client.receive()
        client.post("run", *call)
        assert client.ask("ping")["response"] == "pong"
        time.sleep(0.2)
        code, rest, errors, seconds = server.stop(number)
        assert (code, errors) == (0, b"")
        assert rest.count(STOP) == 1 and rest.endswith(STOP + f"localhost:{server.port}".encode())
        assert seconds < LONGEST_END


def test_interrupted_and_waiting_commands_get_their_error(form: str) -> None:
    with serving(form) as server, server.client() as client:
        running = client.post("run", "time:sleep", 60)
        waiting = client.post("run", "math:hypot", 3, 4)
        assert client.ask("ping")["response"] == "pong"
        time.sleep(0.2)
        server.process.terminate()
        replies = {reply["evt"]["id"]: reply for reply in (client.receive(), client.receive())}
        assert replies[running]["error"][-1].startswith("KeyboardInterrupt")
        assert "Liaison stops" in replies[waiting]["error"][-1]
        assert server.wait()[0] == 0


def test_clients_are_told_goodbye(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("ping")
        server.process.terminate()
        with pytest.raises(Exception, match="1001"):
            client.receive()
        assert server.wait()[0] == 0


def test_atexit_functions_run_before_the_stop_marker(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:print_at_exit", "goodbye")
        assert server.stop()[:3] == (0, b"goodbye\n" + STOP + f"localhost:{server.port}".encode(), b"")


def test_hanging_atexit_function_does_not_keep_the_process(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:hang_at_exit")
        code, rest, _, seconds = server.stop()
        assert code == 0
        assert rest.startswith(STOP)
        assert seconds < LONGEST_END


def test_thread_that_goes_on_does_not_keep_the_process(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:start_thread_that_sleeps", 60)
        code, rest, _, seconds = server.stop()
        assert code == 0
        assert rest.startswith(STOP)
        assert seconds < LONGEST_END


def test_stop_from_python(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "liaison.stop") is None
        code, rest, errors = server.wait()
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)


def test_port_is_free_again(form: str) -> None:
    with serving(form) as first, first.client() as client:
        client.result("ping")
        first.stop()
        with serving(form, f"localhost:{first.port}") as second, second.client() as other:
            assert other.result("ping") == "pong"


def test_forked_children_leave_the_server_alone(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "helpers:fork_and_wait", 7) == 7
        assert client.result("run", "os:fork") > 0
        assert client.result("run", "helpers:terminate_forked_child") == -signal.SIGTERM
        assert client.result("run", "math:hypot", 3, 4) == 5.0
        code, rest, errors, _ = server.stop()
        assert (code, errors) == (0, b"")
        assert rest.count(STOP) == 1


def test_orphan_ends_after_its_last_client(form: str) -> None:
    with serving(form) as server:
        with server.client() as client:
            assert server.process.stdin
            server.process.stdin.close()
            time.sleep(1)
            assert client.result("ping") == "pong"
        start = time.monotonic()
        code, rest, errors = server.wait(PATIENCE)
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)
        assert time.monotonic() - start > 9


def test_orphan_stays_when_asked_to(form: str) -> None:
    with serving(form, "localhost:0", "--stay") as server:
        assert server.process.stdin
        server.process.stdin.close()
        with server.client() as client:
            client.result("ping")
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(12)


def test_port_taken(form: str) -> None:
    with serving(form) as server:
        result = run(form, f"localhost:{server.port}")
        assert (result.returncode, result.stdout) == (1, b"")
        assert re.fullmatch(rb"liaison: cannot listen on 127\.0\.0\.1 port \d+: .+\n", result.stderr), result.stderr


def test_port_taken_on_the_other_loopback_address(form: str) -> None:
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        result = run(form, f"localhost:{taken.getsockname()[1]}")
        assert (result.returncode, result.stdout) == (1, b"")
        assert re.fullmatch(rb"liaison: cannot listen on ::1 port \d+: .+\n", result.stderr), result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["localhost"],
        ["localhost:"],
        ["localhost:abc"],
        ["localhost:65536"],
        [":8001"],
        ["::1:8001"],
        ["[localhost]:8001"],
        ["localhost:8001", "localhost:8002"],
        ["0.0.0.0:8001"],
        ["no-such-host.invalid:8001"],
        ["--no-such-option"],
        ["--max-message-size", "lots"],
        ["--max-message-size", "0"],
        ["--max-message-size", "9999G"],
        ["--max-message-size"],
    ],
    ids=" ".join,
)
def test_bad_usage(form: str, arguments: list[str]) -> None:
    result = run(form, *arguments)
    assert (result.returncode, result.stdout) == (2, b"")
    assert re.fullmatch(rb"liaison: .+\n", result.stderr), result.stderr


def test_help_and_version(form: str) -> None:
    shown = run(form, "--help")
    assert (shown.returncode, shown.stderr) == (0, b"")
    for option in (b"--max-message-size", b"--verbose", b"--version", b"--help", b"--stay", b"ADDRESS"):
        assert option in shown.stdout
    assert re.fullmatch(rb"liaison \d+\.\d+\.\d+\n", run(form, "--version").stdout)


def test_verbose_log_goes_to_stderr(form: str) -> None:
    with serving(form, "localhost:0", "--verbose") as server:
        with server.client() as client:
            client.result("ping")
        _, rest, errors, _ = server.stop()
        assert rest.startswith(STOP)
        assert b"listening on" in errors
        assert b"joined" in errors


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"LC_ALL": "no_SUCH.LOCALE"}, {"LANG": ""}], ids=str)
def test_no_locale_makes_noise(form: str, variables: dict[str, str]) -> None:
    with serving(form, **variables) as server, server.client() as client:
        assert client.result("run", "builtins:str", "é") == "é"
        assert client.result("run", "locale:localeconv")["decimal_point"] == "."
        assert server.stop()[0:3:2] == (0, b"")


def test_prints_arrive_when_printed(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.post("run", "helpers:print_then_sleep", "é without a newline", 60)
        assert server.read_chunk().decode() == "é without a newline"


def test_stderr_arrives_when_written(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.result("run", "helpers:write_to_stderr", "oops")
        assert server.process.stderr
        assert os.read(server.process.stderr.fileno(), 100) == b"oops"


def test_stdin_belongs_to_python_code(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert server.process.stdin
        server.process.stdin.write(b"typed\n")
        assert client.result("run", "builtins:input") == "typed"


def test_it_is_the_environment_of_the_interpreter(form: str) -> None:
    plain = json.loads(
        subprocess.run(
            [PYTHON, "-c", "import helpers, json; print(json.dumps(helpers.environment()))"],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parent,
            env=environment("executable"),
        ).stdout
    )
    with serving(form) as server, server.client() as client:
        served = client.result("run", "helpers:environment")
    plain["path"] = [entry for entry in plain["path"] if entry]
    served["path"] = [entry for entry in served["path"] if not entry.endswith("build/release/python")]
    assert served.pop("path") == [str(Path(__file__).parent), *plain.pop("path")]
    assert served == plain


@in_the_build_tree
def test_activated_environment_is_the_default() -> None:
    result = subprocess.Popen(
        [EXECUTABLE, "localhost:0"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment("executable", VIRTUAL_ENV=sys.prefix),
    )
    try:
        assert result.stdout
        port = int(os.read(result.stdout.fileno(), 1000).rsplit(b":")[-1])
        from support import Client

        with Client(f"ws://localhost:{port}") as client:
            assert client.result("get", "sys:prefix") == sys.prefix
    finally:
        result.kill()
        result.wait()


@in_the_build_tree
def test_interpreter_that_is_none() -> None:
    result = subprocess.run(
        [EXECUTABLE, "--python", "/no/such/python", "localhost:0"], capture_output=True, check=False
    )
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr == b'liaison: "/no/such/python" is no Python interpreter that runs\n'


@in_the_build_tree
@pytest.mark.parametrize("maker", ["an interpreter", "a virtual environment"])
def test_interpreter_of_another_version(tmp_path: Path, maker: str) -> None:
    interpreter = tmp_path / "bin" / "python"
    interpreter.parent.mkdir()
    interpreter.write_text('#!/bin/sh\necho 3.5\necho "$0"\n')
    interpreter.chmod(0o755)
    if maker == "a virtual environment":
        (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.5.2\n")
    result = subprocess.run([EXECUTABLE, "--python", str(interpreter), "localhost:0"], capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (1, b"")
    assert re.fullmatch(rb'liaison: ".+" is Python 3\.5, but this program embeds Python 3\.\d+: .+\n', result.stderr)


def test_large_messages_are_taken(form: str) -> None:
    with serving(form) as server, server.client() as client:
        assert client.result("run", "builtins:len", "x" * (3 << 20)) == 3 << 20


def test_larger_messages_than_the_limit_close_with_1009(form: str) -> None:
    with serving(form, "localhost:0", "--max-message-size", "1K") as server:
        with server.client() as client, server.client() as other:
            assert client.result("run", "builtins:len", "x" * 512) == 512
            client.post("run", "builtins:len", "x" * 2048)
            with pytest.raises(Exception, match="1009"):
                client.receive()
            assert other.result("ping") == "pong"


def test_client_that_leaves_in_the_middle_of_its_call(form: str) -> None:
    with serving(form) as server, server.client() as other:
        leaving = server.client()
        leaving.post("run", "time:sleep", 0.3)
        leaving.post("store", "left_behind", 5)
        leaving.result("ping")
        leaving.open.close()
        assert other.result("get", "left_behind") == 5


def test_client_that_vanishes_without_goodbye(form: str) -> None:
    with serving(form) as server, server.client() as other:
        vanishing = server.client()
        vanishing.post("run", "builtins:list", "x" * 100_000)
        vanishing.socket.socket.shutdown(socket.SHUT_RDWR)
        assert other.result("run", "math:hypot", 3, 4) == 5.0
        assert server.stop()[0] == 0


def test_client_that_never_reads(form: str) -> None:
    with serving(form) as server, server.client() as other:
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as deaf:
            deaf.sendall(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            assert deaf.recv(12) == b"HTTP/1.1 101"
            text = json.dumps({"command": {"command": "run", "args": ["builtins:str", "y" * 60_000]}}).encode()
            frame = b"\x81\xfe" + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text
            for _ in range(200):
                deaf.sendall(frame)
            for _ in range(20):
                assert other.result("run", "math:hypot", 3, 4) == 5.0
            code, _, errors, seconds = server.stop()
            assert (code, errors) == (0, b"")
            assert seconds < LONGEST_END


def test_ping_is_answered_while_python_is_busy(form: str) -> None:
    with serving(form) as server, server.client() as busy, server.client() as other:
        for call in BUSY.values():
            held = busy.post("run", call[0], 0.5)
            assert other.result("ping") == "pong"
            assert busy.ask("ping")["response"] == "pong"
            assert busy.receive()["evt"]["id"] == held


def test_many_clients_at_once(form: str) -> None:
    with serving(form) as server:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                with server.client() as client:
                    for i in range(50):
                        assert client.result("run", "builtins:divmod", number * 1000 + i, 7) == list(
                            divmod(number * 1000 + i, 7)
                        )
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures


def test_crash_leaves_a_traceback(form: str) -> None:
    with serving(form) as server, server.client() as client:
        client.post("run", "helpers:crash")
        code, _, errors = server.wait()
        assert code == -signal.SIGSEGV
        assert b"helpers.py" in errors
