# SPDX-License-Identifier: MIT
"""resources/command.schema.json says of every message whether it is one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support import ROOT, SCHEMA, Client, Server
from test_conformance import SCENARIOS

VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads((ROOT / "resources" / "command.schema.json").read_text()) == SCHEMA


def test_it_names_all_commands(server: Server) -> None:
    text = json.dumps(SCHEMA)
    with server.client() as client:
        for name in client.result("run", "builtins:list", "$companion.commands"):
            assert f'"{name}"' in text


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario["name"] for scenario in SCENARIOS])
def test_recorded_messages(scenario: dict[str, Any]) -> None:
    """Whatever was answered with a response is a message; what is none was answered with an error."""
    for message, expected in zip(scenario["messages"], scenario["expect"], strict=True):
        try:
            value = json.loads(message) if isinstance(message, str) else message
        except ValueError:
            continue
        if "response" in expected:
            VALIDATOR.validate(value)
        elif not VALIDATOR.is_valid(value):
            assert "error" in expected


@pytest.mark.parametrize(
    "message",
    [
        5,
        {},
        {"command": "run"},
        {"command": {}},
        {"command": {"command": 5}},
        {"command": {"command": "run"}},
        {"command": {"command": "run", "args": {}}},
        {"command": {"command": "run", "args": [5]}},
        {"command": {"command": "run", "args": ["f"], "kwargs": []}},
        {"command": {"command": "run", "args": ["f"], "references": "all"}},
        {"command": {"command": "init", "args": ["x"]}},
        {"command": {"command": "get"}},
        {"command": {"command": "get", "args": ["x", "y"]}},
        {"command": {"command": "store", "args": ["x"]}},
        {"command": {"command": "store", "args": [5, 1]}},
        {"command": {"command": "register", "args": ["x", "y", "z"]}},
        {"command": {"command": "set", "args": ["x"]}},
        {"command": {"command": "delete", "args": [5]}},
        {"command": {"command": "ping", "args": [1]}},
        {"command": {"command": "info", "kwargs": {"x": 1}}},
        {"command": {"command": "interrupt", "args": [1, 2]}},
        {"command": {"command": "ping"}, "timeout": 0},
        {"command": {"command": "ping"}, "timeout": "1"},
        {"command": {"command": "ping"}, "stream": 1},
        {"command": {"command": "ping"}, "echo": "all"},
    ],
    ids=json.dumps,
)
def test_what_is_no_message_is_answered_with_an_error(client: Client, message: Any) -> None:
    assert not VALIDATOR.is_valid(message)
    client.send(message)
    assert "error" in client.receive()
