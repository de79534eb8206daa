# SPDX-License-Identifier: MIT
"""Commands, targets, references, errors, results that arrive later, pushes; and what a real frontend sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support import Client, Server, serving


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ({"command": "ping", "args": [1]}, ["ping", "1"]),
        ({"command": "ping", "kwargs": {"x": 1}}, ["ping", "'x'"]),
        ({"command": "get"}, ["resolve", "'target'"]),
        ({"command": "get", "args": ["math", "pi"]}, ["resolve"]),
        ({"command": "exists", "kwargs": {"nothing": 1}}, ["exists", "'nothing'"]),
        ({"command": "run"}, ["call", "'fcn'"]),
        ({"command": "run", "args": ["math:hypot"], "kwargs": {"fcn": 1}}, ["call", "'fcn'"]),
        ({"command": "try"}, ["attempt", "'fcn'"]),
        ({"command": "init", "args": ["x"]}, ["initialize", "'cls'"]),
        ({"command": "init"}, ["initialize", "'name'", "'cls'"]),
        ({"command": "register", "args": ["x"]}, ["register", "'target'"]),
        ({"command": "store", "args": ["x"]}, ["store", "'value'"]),
        ({"command": "store", "args": ["x", 1], "kwargs": {"y": 2}}, ["store", "'y'"]),
        ({"command": "store", "args": [5, 6]}, ["name", "int"]),
        ({"command": "init", "args": [5, "builtins:int"]}, ["name", "int"]),
        ({"command": "register", "args": [None, "math:pi"]}, ["name", "math:pi"]),
    ],
)
def test_wrong_arguments_are_named(client: Client, command: dict[str, Any], names: list[str]) -> None:
    client.send({"command": command, "id": 1})
    reply = client.receive()
    assert reply["error"][-1].startswith("TypeError: ")
    for name in names:
        assert name in reply["error"][-1]
    assert not any("liaison" in line for line in reply["error"]), "a frame of the server's own"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"id": 1}, '"command" is missing'),
        ({"command": "ping"}, '"command" must be an object'),
        ({"command": None}, "not null"),
        ({"command": {}}, '"command" in "command" is missing'),
        ({"command": {"command": 5}}, "must be a string, the command's name, not a number"),
        ({"command": {"command": "run", "args": {}}}, '"args" must be an array, not an object'),
        ({"command": {"command": "run", "args": None}}, '"args" must be an array, not null'),
        ({"command": {"command": "run", "kwargs": []}}, '"kwargs" must be an object, not an array'),
        ({"command": {"command": "ping", "kwargs": True}}, '"kwargs" must be an object, not a boolean'),
        (
            {"command": {"command": "frob"}},
            "delete, describe, exists, get, info, init, interrupt, monitor, ping, register, run, set, store, try",
        ),
    ],
)
def test_faults_of_a_message_are_named(client: Client, message: Any, says: str) -> None:
    client.send(message)
    reply = client.receive()
    assert says in reply["error"][-1]
    assert reply["evt"] == message


def test_integers_past_64_bits_go_the_same_ways(client: Client) -> None:
    client.send('{"command": {"command": "ping", "args": [123456789012345678901]}, "id": 1}')
    assert "2 were given" in client.receive()["error"][-1]
    client.send('{"command": {"command": "ping", "kwargs": {"a\\u0062c": 123456789012345678901}}, "id": 1}')
    assert "'abc'" in client.receive()["error"][-1]
    client.send('{"command": {"command": 123456789012345678901}, "id": 1}')
    assert "not a number" in client.receive()["error"][-1]


def test_own_parameters_by_keyword(client: Client) -> None:
    assert client.result("store", name="kw", value=[1]) == "kw"
    assert client.result("get", target="kw") == [1]
    assert client.result("run", fcn="helpers:echo", x=1) == ["()", "{'x': 1}"]
    assert client.result("try", fcn="helpers:echo", x=1) == {"success": True, "result": ["()", "{'x': 1}"]}
    assert client.result("init", name="kwi", cls="helpers:echo", x=1) == "kwi"
    assert client.result("init", "kwj", cls="helpers:echo") == "kwj"
    assert client.result("get", "kwi") == ["()", "{'x': 1}"]
    assert client.result("register", name=None, target="helpers:same") == "same"
    assert client.result("run", "same", 5) == 5


def test_targets(client: Client) -> None:
    client.result("store", "d", {"rows": [{"x": 1}, {"x": 2}], "key": {"inner": 5}, "a:b": 3, "get": 7})
    for target, expected in {
        "d.key.inner": 5,
        "d.rows[1].x": 2,
        "d['a:b']": 3,
        "d.rows[0:1]": [{"x": 1}],
        "[r.x for r in d.rows]": None,
        "d.get('key').inner": 5,
        "d.__len__()": 4,
        "d.rows[0].x + d.rows[1].x": 3,
        "helpers:Base.items.key.inner": [1, 2, 3],
        "helpers.Base.attribute": "of the class",
        "helpers:Base.attribute": "of the class",
        "python:///helpers:Base.attribute": "of the class",
        "python:///math": "python:///math",
        "os.path.sep": "/",
        "os:environ.HOME": "/",
        "math.pi": 3.141592653589793,
        "xml.dom.minidom.Node.ELEMENT_NODE": 1,
    }.items():
        if expected is None:
            assert client.error("get", target).startswith("ValueError")
        elif target == "os:environ.HOME":
            assert isinstance(client.result("get", target), str)
        else:
            assert client.result("get", target) == expected, target
            assert client.result("exists", target) is True


def test_namespace_wins_over_modules(client: Client) -> None:
    client.result("store", "string", {"digits": "mine"})
    assert client.result("get", "string.digits") == "mine"
    assert client.result("get", "string:digits") == "0123456789"


def test_names_of_any_form_can_be_stored_and_had(client: Client) -> None:
    assert client.result("store", "two words", 5) == "two words"
    assert client.result("get", "two words") == 5


def test_attributes_may_be_reassigned(client: Client) -> None:
    client.result("init", "obj", "types:SimpleNamespace", val=1)
    assert client.result("get", "obj.val") == 1
    client.result("run", "obj.__setattr__", "val", "")
    assert client.result("get", "obj.val") == ""


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("definitely_not_here", "ModuleNotFoundError"),
        ("math:nope", "AttributeError"),
        ("math.nope", "AttributeError"),
        ("math:pi.nope", "AttributeError"),
        ("no_module:x", "ModuleNotFoundError"),
        ("json.no_submodule", "AttributeError"),
        ("a b", "ValueError"),
        ("", "ValueError"),
        (".", "ValueError"),
        ("math:", "ValueError"),
        (":pi", "ValueError"),
        ("a..b", "ValueError"),
        ("python:///", "ValueError"),
        ("companion +", "SyntaxError"),
        ("companion.namespace['no such key']", "KeyError"),
        ("companion.no_such", "AttributeError"),
        ("\x00", "ValueError"),
    ],
)
def test_targets_that_lead_nowhere(client: Client, target: str, error: str) -> None:
    reply = client.ask("get", target)
    assert reply["error"][-1].startswith(error + ":"), reply
    assert not any("liaison" in line for line in reply["error"][:-1])
    assert client.result("exists", target) is False


def test_target_of_lone_surrogates(client: Client) -> None:
    client.send('{"command": {"command": "get", "args": ["\\ud800"]}, "id": 1}')
    assert client.receive()["error"][-1].startswith("UnicodeEncodeError")


def test_exists_is_never_an_error(client: Client) -> None:
    targets: list[Any] = [None, 5, 1.5, [], {}, True, "sys.exit()", "companion.no()"]
    for target in targets:
        assert client.result("exists", target) is False


def test_references(client: Client) -> None:
    client.result("store", "ref", {"inner": "word"})
    client.result("store", "name", "keyword")
    assert client.result("run", "helpers:echo", "$ref.inner", k="$ref.inner", **{"$name": 1}) == [
        "('word',)",
        "{'k': 'word', 'keyword': 1}",
    ]
    for literal in (
        "$ 5",
        "cost $5",
        "$",
        "$ref-b",
        "$$ref",
        "$ref:b",
        "$ref.",
        "$.ref",
        "$ref..inner",
        "$ref\n",
        " $ref",
    ):
        assert client.result("run", "helpers:same", literal) == literal
    assert client.result("run", "helpers:same", ["$ref", {"$ref": "$ref"}]) == ["$ref", {"$ref": "$ref"}]
    assert client.result("store", "text", "$ref") == "text"
    assert client.result("get", "text") == "$ref"
    assert client.result("try", "helpers:same", "$ref.inner") == {"success": True, "result": "word"}
    client.result("init", "made", "helpers:same", "$ref")
    assert client.result("get", "made.inner") == "word"


def test_tracebacks_hold_the_called_code_alone(client: Client) -> None:
    reply = client.ask("run", "helpers:fail_in_python", "why")
    assert reply["error"][0] == "Traceback (most recent call last):\n"
    assert "helpers.py" in reply["error"][1] and "fail_in_python" in reply["error"][1]
    assert reply["error"][-1] == "LookupError: why\n"
    assert len(reply["error"]) == 3
    chained = "".join(client.ask("run", "helpers:fail_with_cause")["error"])
    assert "ValueError: invalid literal" in chained and "direct cause" in chained
    client.result("register", "failing", "helpers:fail_in_python")
    reply = client.ask("get", "failing('in an expression')")
    assert reply["error"][-1] == "LookupError: in an expression\n" and len(reply["error"]) == 3
    attempt = client.result("run", "companion.attempt", "helpers:fail_in_python", "x")
    assert attempt["result"][0].startswith("Traceback") and len(attempt["result"]) == 3


@pytest.mark.parametrize("command", ["run", "try"])
@pytest.mark.parametrize("call", [("sys:exit", 3), ("helpers:interrupt_myself",), ("builtins:exit",)])
def test_exits_do_not_end_the_process(client: Client, command: str, call: tuple[Any, ...]) -> None:
    reply = client.ask(command, *call)
    lines = reply["error"] if command == "run" else reply["response"]["result"]
    assert lines[-1].startswith(("SystemExit", "KeyboardInterrupt"))
    assert client.result("ping") == "pong"
    assert client.result("run", "math:hypot", 3, 4) == 5.0


def test_failing_init_keeps_the_old_value(client: Client) -> None:
    client.result("store", "kept", 1)
    client.error("init", "kept", "builtins:int", "x")
    assert client.result("get", "kept") == 1


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (("helpers:slow_value", 5), 5),
        (("helpers:task_of", 5), 5),
        (("helpers:Awaitable",), "awaited"),
        (("helpers:pool_future", [1, 2]), [1, 2]),
        (("asyncio:sleep", 0.05, "slept"), "slept"),
    ],
)
def test_results_that_arrive_later(client: Client, call: tuple[Any, ...], value: Any) -> None:
    later = client.post("run", *call)
    tried = client.post("try", *call)
    sooner = client.post("run", "math:hypot", 3, 4)
    replies = [client.receive() for _ in range(3)]
    assert [reply["evt"]["id"] for reply in replies][0] == sooner
    by_id = {reply["evt"]["id"]: reply["response"] for reply in replies}
    assert by_id[later] == value
    assert by_id[tried] == {"success": True, "result": value}


def test_failures_that_arrive_later(client: Client) -> None:
    reply = client.ask("run", "helpers:slow_failure")
    assert reply["error"][-1] == "LookupError: later\n"
    assert "slow_failure" in reply["error"][1] and len(reply["error"]) == 3
    attempt = client.result("try", "helpers:slow_failure")
    assert attempt["success"] is False and attempt["result"][-1] == "LookupError: later\n"
    assert client.error("run", "helpers:failing_future") == "LookupError: in the pool\n"


def test_init_stores_the_future_itself(client: Client) -> None:
    assert client.result("init", "future", "helpers:pool_future", "there") == "future"
    assert client.result("run", "future.done") in (True, False)
    assert client.result("get", "future") == "there"


def test_pushes_reach_everyone(server: Server) -> None:
    with server.client() as first, server.client() as second:
        first.result("ping")
        second.result("ping")
        for message, received in [
            ({"tag": "alert"}, {"tag": "alert", "evt": {}}),
            ({"evt": {"id": 1}}, {"evt": {"id": 1}}),
            ({}, {"evt": {}}),
            ({"x": {"evt": 1}}, {"x": {"evt": 1}, "evt": {}}),
            ([{"x": 1}], [{"x": 1}]),
            (5, 5),
        ]:
            first.post("run", "liaison.send", message)
            replies = [first.receive(), first.receive()]
            assert received in replies
            assert any(isinstance(reply, dict) and reply.get("response", 1) is None for reply in replies)
            assert second.receive() == received
        for way in ("liaison.broadcastSync", "liaison.broadcast", "helpers:send_from_thread"):
            arguments = ["$liaison"] if way.startswith("helpers") else []
            second.post("run", way, *arguments, "text as it is")
            texts = [second.receive_text(), second.receive_text()]
            assert "text as it is" in texts
            assert first.receive_text() == "text as it is"


def test_pushes_of_dataclasses_and_own_forms_have_an_evt(server: Server) -> None:
    with server.client() as client:
        client.result("init", "point", "helpers:Point", 1, 2)
        client.result("init", "own", "helpers:Base", 1)
        for name in ("point", "own"):
            client.post("run", "liaison.send", "$" + name)
            assert any(reply["evt"] == {} for reply in (client.receive(), client.receive()))


def test_push_that_cannot_be_written_is_an_error(client: Client) -> None:
    client.result("init", "circular", "helpers:circular_list")
    assert client.error("run", "liaison.send", "$circular").startswith("ValueError")


def test_liaison_object(server: Server, client: Client) -> None:
    assert client.result("get", "liaison.host") == "localhost"
    assert client.result("get", "liaison.port") == server.port
    assert client.result("get", "liaison.alive") is True
    assert client.result("run", "builtins:getattr", "$liaison.companion", "ping") is not None
    assert client.result("run", "liaison.companion.store", "through", 1) == "through"
    assert client.result("get", "companion.namespace.through") == 1


def test_messages_are_the_last_thousand(form: str) -> None:
    with serving(form) as server, server.client() as client:
        for _ in range(1100):
            client.post("ping")
        for _ in range(1100):
            client.receive()
        last = client.post("get", "liaison.messages")
        messages = client.receive()["response"]
        assert len(messages) == 1000
        assert json.loads(messages[-1])["id"] == last
        assert json.loads(messages[0])["id"] == last - 999


def test_custom_commands(client: Client) -> None:
    client.result("run", "companion.commands.__setitem__", "double", "not callable")
    assert client.error("double").startswith("TypeError")
    client.result("run", "operator:setitem", "$companion.commands", "same", "$helpers.same")
    assert client.result("same", "$not_a_reference") == "$not_a_reference"


def test_commands_run_in_the_order_received(client: Client) -> None:
    client.result("store", "order", [])
    ids = [client.post("run", "order.append", i) for i in range(200)]
    assert [client.receive()["evt"]["id"] for _ in ids] == ids
    assert client.result("get", "order") == list(range(200))


def test_ping_passes_other_commands(client: Client) -> None:
    slow = client.post("run", "time:sleep", 0.5)
    assert client.ask("ping")["response"] == "pong"
    assert client.receive()["evt"]["id"] == slow


def test_what_a_real_frontend_sends(client: Client) -> None:
    assert client.result("exists", "no_such_package_is_installed") is False
    assert client.result("init", "colour", "helpers:echo", [0.1, 0.2, 0.3]) == "colour"
    client.result("init", "array", "numpy:array", [0.1, 0.2, 0.3])
    assert client.result("run", "numpy:ndarray.tolist", "$array") == [0.1, 0.2, 0.3]
    assert client.result("run", "helpers:Base.made", 5) == "Base 5"
    assert client.result("get", "helpers:Base.attribute") == "of the class"
    subclasses = client.result("run", "helpers:Base.__subclasses__")
    assert subclasses == ["python:///helpers:Sub", "python:///helpers:OtherSub"]
    for subclass in subclasses:
        assert client.result("init", "device", subclass.removeprefix("python:///"), 1) == "device"
        assert client.result("init", "device", subclass, 1) == "device"
    assert client.result("init", "item", "helpers:Base.items.__getitem__", "key") == "item"
    assert client.result("get", "item") == {"inner": [1, 2, 3]}
    assert client.result("run", "device.__setattr__", "value", "") is None
    assert client.result("get", "device.value") == ""
    assert client.result("run", "device.fromJSON", {"a": [1, {"b": None}]}) is None
    assert client.result("get", "device") == {"value": {"a": [1, {"b": None}]}, "pair": [1, 2]}
    assert client.result("try", "helpers:echo", a=1, b="x") == {"success": True, "result": ["()", "{'a': 1, 'b': 'x'}"]}
