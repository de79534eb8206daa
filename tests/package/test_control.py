# SPDX-License-Identifier: MIT
"""Answers while Python works: ping, info, interrupt, time limits, awaited results, streams."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from support import PATIENCE, PRELOAD, Client, Server


def send(client: Client, command: str, *args: Any, id: Any = None, inner: Any = (), **options: Any) -> Any:  # noqa: A002
    """Send a command with options beside it; answer its id."""
    client.last_id += 1
    name = client.last_id if id is None else id
    client.send({**options, "command": {"command": command, "args": list(args), **dict(inner)}, "id": name})
    return name


def last(reply: Any) -> str:
    """The last line of an error reply."""
    return str(reply["error"][-1])


def wait_until_running(client: Client, name: Any) -> None:
    """Ask until a command has begun."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        running = client.result("info")["running"]
        if running == name:
            return
    raise AssertionError(f"{name} does not run")


BLOCKERS: dict[str, tuple[str, list[Any]]] = {
    "sleep": ("time:sleep", [60]),
    "a loop": ("helpers:spin", [60]),
    "a socket": ("helpers:read_socket", []),
    "a child process": ("subprocess:run", [["sleep", "60"]]),
    "a lock": ("helpers:wait_for_lock", []),
    "a queue of its own": ("helpers:wait_for_queue", []),
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_interrupt_ends(server: Server, blocker: str) -> None:
    target, args = BLOCKERS[blocker]
    with server.client() as client, server.client() as other:
        name = send(client, "run", target, *args, id="blocked")
        wait_until_running(other, name)
        assert other.result("interrupt", name) is True
        reply = client.receive()
        assert last(reply) == "KeyboardInterrupt\n"
        assert reply["exception"]["type"] == "KeyboardInterrupt"
        assert client.result("ping") == "pong"
        assert client.result("run", "math:hypot", 3, 4) == 5
        assert other.result("interrupt", name) is False


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_timeout_ends(client: Client, blocker: str) -> None:
    target, args = BLOCKERS[blocker]
    send(client, "run", target, *args, timeout=0.2)
    reply = client.receive()
    assert last(reply) == "TimeoutError: the command took longer than its timeout of 0.2 s\n"
    assert reply["exception"]["type"] == "TimeoutError"
    assert client.result("run", "math:hypot", 3, 4) == 5


def test_an_interrupted_import_can_be_done_again(client: Client, server: Server) -> None:
    with server.client() as other:
        name = send(client, "get", "slowpackage:answer", id="imports")
        wait_until_running(other, name)
        client.result("ping")
        assert other.result("interrupt", name) is True
        assert last(client.receive()) == "KeyboardInterrupt\n"
        assert client.result("run", "sys:modules.__contains__", "slowpackage.first") is False
        client.result("run", "os:environ.__setitem__", "SLOWPACKAGE_QUICK", "1")
        assert client.result("get", "slowpackage:answer") == [1, 2]
        for module in ("slowpackage", "slowpackage.first", "slowpackage.second"):
            client.result("run", "sys:modules.pop", module)
        client.result("run", "os:environ.pop", "SLOWPACKAGE_QUICK")


def test_timeouts_leave_others_alone(client: Client) -> None:
    send(client, "run", "time:sleep", 0.01, timeout=30)
    assert client.receive()["response"] is None
    send(client, "run", "helpers:spin", 0.3, timeout=1e9)
    assert client.receive()["response"] is None
    send(client, "try", "time:sleep", 60, timeout=0.1)
    assert last(client.receive()).startswith("TimeoutError: ")


@pytest.mark.parametrize("timeout", [0, -1, "1", None, True, [1]])
def test_what_is_no_timeout(client: Client, timeout: Any) -> None:
    send(client, "run", "math:hypot", 3, 4, timeout=timeout)
    expected = f'ValueError: "timeout" must be a positive number of seconds, not {json.dumps(timeout)}\n'
    assert last(client.receive()) == expected


def test_interrupt_of_whatever_runs(server: Server) -> None:
    with server.client() as client, server.client() as other:
        name = send(client, "try", "time:sleep", 60, id="any")
        wait_until_running(other, name)
        assert other.result("interrupt") is True
        assert last(client.receive()) == "KeyboardInterrupt\n"
    with server.client() as client:
        assert client.result("interrupt") is False
        assert client.result("interrupt", "nobody's id") is False


def test_a_queued_command_is_removed(server: Server) -> None:
    with server.client() as client, server.client() as other:
        first = send(client, "run", "helpers:spin", 60, id=["first"])
        second = send(client, "store", "never", 1, id={"second": 2})
        third = send(client, "store", "stored", 1, id=3)
        wait_until_running(other, first)
        assert other.result("info")["queued"] == 2
        assert other.result("interrupt", second) is True
        reply = client.receive()
        assert reply["evt"]["id"] == second
        assert last(reply) == "KeyboardInterrupt: the command was interrupted\n"
        assert other.result("interrupt", first) is True
        assert client.receive()["evt"]["id"] == first
        assert client.receive()["evt"]["id"] == third
        assert client.result("exists", "never") is False
        assert client.result("get", "stored") == 1


def test_own_commands_come_first(server: Server) -> None:
    """Ids are each client's own business."""
    with server.client() as client, server.client() as other, server.client() as third:
        send(client, "run", "time:sleep", 60, id=1)
        wait_until_running(third, 1)
        send(other, "store", "never_too", 1, id=1)
        while third.result("info")["queued"] == 0:
            pass
        other.send({"command": {"command": "interrupt", "args": [1]}, "id": 2})
        assert {other.receive()["evt"]["id"], other.receive()["evt"]["id"]} == {1, 2}
        assert third.result("interrupt", 1) is True
        assert last(client.receive()) == "KeyboardInterrupt\n"


def test_a_call_may_swallow_the_interrupt(server: Server) -> None:
    with server.client() as client, server.client() as other:
        name = send(client, "run", "helpers:swallow", id="swallows")
        wait_until_running(other, name)
        assert other.result("interrupt", name) is True
        assert client.receive()["response"] == "swallowed 1"


def test_a_call_that_went_on_may_be_interrupted_again(server: Server) -> None:
    with server.client() as client, server.client() as other:
        name = send(client, "run", "helpers:swallow_first", id="swallows one")
        wait_until_running(other, name)
        assert other.result("interrupt", name) is True
        end = time.monotonic() + PATIENCE
        while other.result("ping") and other.result("interrupt", name):
            assert time.monotonic() < end
        assert last(client.receive()) == "KeyboardInterrupt\n"


@pytest.mark.parametrize("command", ["exists", "try"])
def test_who_asks_is_told_of_the_interrupt(server: Server, command: str) -> None:
    """Not that the target does not exist, or fails."""
    with server.client() as client, server.client() as other:
        client.result("init", "slow", "helpers:Slow")
        target = "slow.attr" if command == "exists" else "slow.__getattribute__"
        args = [] if command == "exists" else ["attr"]
        name = send(client, command, target, *args, id="asks")
        wait_until_running(other, name)
        assert other.result("interrupt", name) is True
        assert last(client.receive()) == "KeyboardInterrupt\n"
        send(client, command, target, *args, timeout=0.1)
        assert last(client.receive()).startswith("TimeoutError: ")


def test_code_with_its_own_handler_of_sigint(server: Server) -> None:
    with server.client() as client, server.client() as other:
        client.result("run", "helpers:take_sigint")
        name = send(client, "run", "time:sleep", 60, id="with handler")
        wait_until_running(other, name)
        assert other.result("interrupt", name) is True
        assert last(client.receive()) == "KeyboardInterrupt\n"
        client.result("run", "helpers:give_back_sigint")


def test_late_interrupts_hit_nothing_else(server: Server) -> None:
    """Each command is answered with its own result or interrupted; one that nobody named never is."""
    count = 2000
    with server.client() as client, server.client() as other:
        done = threading.Event()

        def interrupt() -> None:
            i = 0
            while not done.is_set():
                i += 1
                other.result("interrupt", f"named {i % count}")

        thread = threading.Thread(target=interrupt)
        thread.start()
        interrupted = 0
        for i in range(count):
            named = send(client, "run", "helpers:short_loop", i, id=f"named {i}")
            unnamed = send(client, "run", "helpers:short_loop", -i, id=f"unnamed {i}")
            found = client.replies(named, unnamed)
            assert found[unnamed].get("response") == -i, found[unnamed]
            if "error" in found[named]:
                interrupted += 1
                assert last(found[named]).startswith("KeyboardInterrupt")
            else:
                assert found[named]["response"] == i
        done.set()
        thread.join()


def test_ping_and_info_while_c_code_holds_the_gil(server: Server) -> None:
    with server.client() as client, server.client() as other:
        name = send(client, "run", "helpers:hold_gil", 1.0, id="holds")
        wait_until_running(other, name)
        for each in (client, other):
            each.send({"command": {"command": "ping"}, "id": "p"})
            assert each.receive()["evt"]["id"] == "p"
        info = other.result("info")
        assert info["running"] == name and info["clients"] == 2
        assert client.receive()["evt"]["id"] == name


def test_info(server: Server) -> None:
    with server.client() as client:
        info = client.result("info")
        assert set(info["versions"]) == {"liaison", "protocol", "python", "qt"}
        assert info["pid"] == server.process.pid
        assert info["executable"] == client.result("get", "sys:executable")
        assert info["running"] is None and info["queued"] == 0 and info["clients"] == 1
        assert info["uptime"] > 0 and "stream" in info["features"]


AWAITED = {
    "a coroutine": "helpers:sleep_async",
    "a thread's future": "helpers:sleeping_future",
    "an asyncio task": "helpers:sleeping_task",
}


@pytest.mark.parametrize("awaited", AWAITED)
def test_awaited_results_are_given_up(client: Client, awaited: str) -> None:
    name = send(client, "run", AWAITED[awaited], 60, id="awaited")
    assert client.result("run", "math:hypot", 3, 4) == 5
    other = send(client, "interrupt", name, id="interrupts")
    found = client.replies(name, other)
    assert found[other]["response"] is True
    assert last(found[name]).startswith("KeyboardInterrupt")
    name = send(client, "run", AWAITED[awaited], 60, id="late", timeout=0.2)
    reply = client.receive()
    assert reply["evt"]["id"] == name
    assert last(reply) == "TimeoutError: the command took longer than its timeout of 0.2 s\n"
    send(client, "run", AWAITED[awaited], 0.01, timeout=30)
    assert client.receive()["response"] == "slept"


def test_what_is_given_up_is_cancelled(server: Server) -> None:
    with server.client() as client, server.client() as other:
        client.result("run", "helpers:forget_cancelled")
        send(client, "run", "helpers:remember_cancelled", 60, timeout=0.1)
        assert last(client.receive()).startswith("TimeoutError")
        end = time.monotonic() + PATIENCE
        while client.result("get", "helpers:cancelled") != 1:
            assert time.monotonic() < end
        # Also while another command runs.
        name = send(client, "run", "helpers:remember_cancelled", 60, id="second")
        running = send(client, "run", "helpers:wait_until_cancelled", 2, id="running")
        wait_until_running(other, running)
        assert other.result("interrupt", name) is True
        found = client.replies(name, running)
        assert found[running]["response"] is True


def test_a_failing_coroutine_has_its_own_traceback(client: Client) -> None:
    send(client, "run", "helpers:fail_async")
    lines = client.receive()["error"]
    assert "in fail_async" in lines[1] and lines[-1].startswith("ValueError: ")
    assert not any("_awaiting" in line for line in lines)


STREAMS = {
    "a generator": ("helpers:count_up", [0, 1, 2, 3, 4]),
    "an async generator": ("helpers:count_up_async", [0, 1, 2, 3, 4]),
    "an iterator": ("helpers:iterator", [0, 1, 2, 3, 4]),
    "a coroutine that returns a generator": ("helpers:generator_later", [0, 1, 2, 3, 4]),
}


@pytest.mark.parametrize("stream", STREAMS)
def test_streams(client: Client, stream: str) -> None:
    target, expected = STREAMS[stream]
    name = send(client, "run", target, 5, stream=True, id="streams")
    messages = [client.receive() for _ in range(6)]
    assert messages[:5] == [{"item": item, "tag": "item", "evt": {"id": name}} for item in expected]
    assert messages[5]["response"] == 5 and messages[5]["evt"]["stream"] is True
    assert client.result("run", "math:hypot", 3, 4) == 5


def test_items_go_out_at_once(client: Client) -> None:
    send(client, "run", "helpers:items_then_sleep", stream=True, id="live")
    assert client.receive()["item"] == 1
    send(client, "interrupt", "live", id="stop")
    found = client.replies("live", "stop")
    assert last(found["live"]) == "KeyboardInterrupt\n"


@pytest.mark.skipif("tsan" in PRELOAD, reason="ThreadSanitizer keeps signals back while Python calls nothing")
def test_a_stream_that_arrived_later_can_be_stopped(client: Client) -> None:
    send(client, "run", "helpers:spin_later", stream=True, timeout=0.2)
    assert last(client.receive()).startswith("TimeoutError: ")
    name = send(client, "run", "helpers:spin_later", stream=True, id="spins")
    wait_until_running(client, name)
    stopped = client.replies(name, send(client, "interrupt", name, id="stop"))[name]
    assert last(stopped).startswith("KeyboardInterrupt")
    assert client.result("run", "math:hypot", 3, 4) == 5
    # Nobody else's coroutine is held up meanwhile.
    send(client, "run", "helpers:spin_later", stream=True, timeout=0.5, id="spins again")
    send(client, "run", "asyncio:sleep", 0.1, "slept", id="sleeps")
    assert client.receive()["evt"]["id"] == "sleeps"
    assert client.receive()["evt"]["id"] == "spins again"


def test_a_file_in_use_stays_open(client: Client) -> None:
    client.result("init", "file", "helpers:open_lines")
    send(client, "run", "file.__iter__", stream=True)
    assert [client.receive().get("item") for _ in range(3)] == ["one\n", "two\n", None]
    assert client.result("get", "file.closed") is False
    client.result("run", "file.close")


@pytest.mark.parametrize("target", ["builtins:len", "builtins:list", "builtins:str"])
def test_what_is_no_stream(client: Client, target: str) -> None:
    send(client, "run", target, [1, 2], stream=True)
    assert last(client.receive()).startswith('TypeError: "stream" needs an iterator or an async iterator as result')
    send(client, "run", "math:hypot", 3, 4, stream="yes")
    assert last(client.receive()) == 'ValueError: "stream" must be true or false, not "yes"\n'


def test_a_stream_that_fails(client: Client) -> None:
    send(client, "run", "helpers:fail_after", 2, stream=True)
    assert [client.receive().get("item") for _ in range(2)] == [0, 1]
    reply = client.receive()
    assert last(reply) == "ValueError: no more\n"
    assert "in fail_after" in reply["error"][1]


@pytest.mark.parametrize("target", ["helpers:endless", "helpers:endless_async"])
def test_a_slow_reader_slows_the_stream(server: Server, target: str) -> None:
    with server.client() as watcher:
        with server.client(max_queue=1, close_timeout=0.5) as client:
            send(client, "run", target, 100_000, stream=True, id="endless")
            assert client.receive()["item"] is not None
            time.sleep(1)
            counts = [watcher.ask("ping") and _produced(watcher, target)]
            time.sleep(0.5)
            counts.append(_produced(watcher, target))
            assert counts[0] == counts[1] < 500, counts
        # Nobody reads any more: the generator is closed, and others are served.
        end = time.monotonic() + PATIENCE
        while not watcher.result("get", "helpers:endless_closed"):
            assert time.monotonic() < end


def _produced(client: Client, target: str) -> Any:
    """How many items a stream has made so far: told by a push, since commands wait for a generator's end."""
    if target.endswith("_async"):
        return client.result("get", "helpers:produced")
    from pathlib import Path

    pid = client.result("info")["pid"]
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 10_000


def test_set(client: Client) -> None:
    client.result("store", "box", {"rows": [{"x": 1}, {"x": 2}], "key": 1})
    assert client.result("set", "box['key']", [1, 2]) == "box['key']"
    client.result("set", "box.rows[0]['x']", 5)
    client.result("set", "box.key2", "$box")
    assert client.result("get", "box") == {"rows": [{"x": 5}, {"x": 2}], "key": [1, 2], "key2": "$box"}
    client.result("init", "thing", "types:SimpleNamespace")
    client.result("set", "thing.attr", 5)
    assert client.result("get", "thing.attr") == 5
    client.result("set", "bare", 7)
    assert client.result("get", "bare") == 7
    client.result("set", "helpers:assigned", [1])
    assert client.result("get", "helpers.assigned") == [1]
    client.result("set", "box['rows'][-1]['x']", None)
    assert client.result("get", "box['rows'][1]['x']") is None


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("f()", "ValueError: target 'f()': expected a name, an attribute"),
        ("a b", "ValueError: target 'a b': expected"),
        ("", "ValueError: target '': expected"),
        ("nowhere.attr", "ModuleNotFoundError: "),
        ("nowhere['x']", "NameError: name 'nowhere' is not defined"),
        (5, "TypeError: target must be a string, not int"),
        ("math.pi.real", "AttributeError: "),
    ],
)
def test_set_fails(client: Client, target: Any, error: str) -> None:
    assert client.error("set", target, 1).startswith(error)


def test_delete(client: Client) -> None:
    client.result("store", "gone", 1)
    client.result("store", "gone_too", 1)
    assert client.result("delete", "gone", "never_there", "gone_too", "gone") == ["gone", "gone_too"]
    assert client.result("exists", "gone") is False
    assert client.result("delete") == []
    assert client.error("delete", "gone", 5) == "TypeError: name must be a string, not int\n"


def test_describe(client: Client) -> None:
    described = client.result("describe", "helpers:Described")
    assert described["type"] == "type" and described["module"] == "helpers"
    assert described["signature"] == "(x: 'int', *, y: 'str' = 'a') -> 'None'"
    assert described["summary"] == "Is described." and described["doc"] == "Is described.\n\nAt length."
    kinds = {member["name"]: member["kind"] for member in described["members"]}
    assert kinds == {
        "prop": "property",
        "method": "method",
        "static": "method",
        "Inner": "class",
        "constant": "attribute",
    }
    client.result("init", "described", "helpers:Described", 1)
    assert {m["name"] for m in client.result("describe", "described")["members"]} == {*kinds, "x"}
    assert client.result("describe", "math:hypot")["type"] == "builtin_function_or_method"
    assert client.result("describe", "math")["type"] == "module"
    client.result("store", "five", 5)
    assert client.result("describe", "five")["signature"] is None
    assert client.error("describe", "nothing_there").startswith("ModuleNotFoundError: ")
    assert client.error("describe").startswith("TypeError: ")


OVERVIEW = "liaison.companion._overview:overview"


def test_overview(client: Client) -> None:
    client.result("init", "hard", "helpers:hard_to_show")
    seen = {row["name"]: (row["type"], row["repr"]) for row in client.result("run", OVERVIEW, "$hard")}
    zeros = r"\x00" * 30
    assert list(seen.items()) == [
        ("z", ("int", "5")),
        ("a", ("str", "'" + "x" * 118 + "…")),
        ("line", ("str", r"'two\nlines'")),
        ("broken", ("helpers.BrokenRepr", "<repr failed: ValueError>")),
        ("inner", ("list", "[<repr failed: ValueError>, {'b': 1, 'a': [[...]]}]")),
        ("talkative", ("helpers.TalkativeRepr", r"two\nlines\x1b[31m" + "!" * 101 + "…")),
        ("surrogate", ("str", r"'\ud800é😀'")),
        ("list", ("list", "[0, 1, 2, 3, 4, 5, ...]")),
        ("own", ("helpers.LongList", "<LongList of 1000000 items>")),
        ("dict", ("dict", "{0: 0, 1: 1, 2: 2, 3: 3, ...}")),
        ("keys", ("dict_keys", "<dict_keys of 1000000 items>")),
        ("set", ("set", "{0, 1, 2, 3, 4, 5, ...}")),
        ("empty", ("list", "[set(), frozenset(), {}, b'', bytearray(b'')]")),
        ("frozen", ("frozenset", "frozenset({5})")),
        ("bytes", ("bytes", ("b'" + zeros)[:119] + "…")),
        ("huge", ("int", "<int of 10000001 bits>")),
        ("class", ("type", "<class 'helpers.BrokenRepr'>")),
        ("namesake", ("helpers.list", "mine")),
        ("not a name", ("NoneType", "None")),
    ]


def test_overview_of_the_namespace(client: Client) -> None:
    client.result("store", "shown", [1, 2])
    rows = client.result("run", OVERVIEW, "$companion.namespace")
    assert {"name": "shown", "type": "list", "repr": "[1, 2]"} in rows
    assert {"companion", "liaison"} <= {row["name"] for row in rows}


def test_references(client: Client) -> None:
    client.result("store", "n", 5)

    def echoed(references: str | None, *args: Any) -> Any:
        inner = {} if references is None else {"references": references}
        send(client, "run", "helpers:echo_args", *args, inner=inner)
        reply = client.receive()
        return reply.get("response", reply)

    nested = ["$n", ["$n", {"a": "$n", "$n": "$$n"}], "$$n", "$ 5"]
    assert echoed(None, *nested) == [5, ["$n", {"a": "$n", "$n": "$$n"}], "$$n", "$ 5"]
    assert echoed("top", *nested) == echoed(None, *nested)
    assert echoed("deep", *nested) == [5, [5, {"a": 5, "$n": "$n"}], "$n", "$ 5"]
    assert echoed("none", *nested) == nested
    assert echoed("deep", ["$no_such_name"])["exception"]["type"] == "ModuleNotFoundError"
    assert last(echoed("all", 1)) == 'ValueError: "references" must be "top", "deep" or "none", not "all"\n'


def test_structured_exception(client: Client) -> None:
    reply = client.ask("run", "helpers:fail_outer")
    assert reply["exception"] == {
        "type": "CustomError",
        "module": "helpers",
        "message": "outer",
        "cause": {"type": "ValueError", "module": "builtins", "message": "inner", "cause": None},
    }
    reply = client.ask("fly")
    assert reply["exception"]["type"] == "ValueError"
    client.send("nonsense")
    reply = client.receive()
    assert reply["exception"] == {
        "type": "JSONDecodeError",
        "module": "json.decoder",
        "message": "Expecting value: line 1 column 1 (char 0)",
        "cause": None,
    }


def test_custom_commands(client: Client) -> None:
    client.result("run", "helpers:add_command", "$companion")
    assert client.result("double", 21) == 42
    assert client.error("double").startswith("TypeError: ")
    name = send(client, "sleep_async", 0.01)
    assert client.receive() == {
        "response": "slept",
        "tag": "response",
        "evt": {"command": {"command": "sleep_async", "args": [0.01]}, "id": name},
    }
    client.result("run", "helpers:remove_command", "$companion")
    assert client.error("double", 21).startswith('ValueError: unknown command "double": expected one of ')
