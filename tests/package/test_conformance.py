# SPDX-License-Identifier: MIT
"""The recorded scenarios of the protocol, over a real socket, against both forms of the program."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support import Server

REFERENCE = json.loads((Path(__file__).parents[1] / "conformance" / "reference.json").read_text())
SCENARIOS = REFERENCE["scenarios"]


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON: 5 and 5.0 differ, 0.0 and -0.0 too, order counts."""
    return json.dumps(left) == json.dumps(right)


def is_traceback_of(lines: Any, name: str) -> bool:
    """Whether lines are a traceback whose last line names the exception."""
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        return False
    return name == "*" or re.match(rf"([\w.]+\.)?{name}\b", lines[-1]) is not None


def matches(expected: Any, actual: Any) -> bool:
    """Whether a response is the one expected, where a string "traceback:X" stands for a list of lines."""
    if isinstance(expected, str) and expected.startswith("traceback:"):
        return is_traceback_of(actual, expected.removeprefix("traceback:"))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return list(expected) == list(actual) and all(matches(expected[key], actual[key]) for key in expected)
    return equal(expected, actual)


def as_recorded(response: Any) -> Any:
    """A response as it was where the scenarios were recorded, where math is part of the interpreter itself."""
    if isinstance(response, str):
        return re.sub(r"^<module 'math' from '.*'>$", "<module 'math' (built-in)>", response)
    return response


def check(message: Any, expected: dict[str, Any], reply: Any) -> None:
    """Hold one reply against what the scenario expects."""
    assert isinstance(reply, dict)
    kind = "error" if "error" in expected else "response"
    assert list(reply) == ([kind, "exception", "tag", "evt"] if kind == "error" else [kind, "tag", "evt"]), reply
    assert reply["tag"] == kind
    if "error" in expected:
        assert is_traceback_of(reply["error"], expected["error"]), reply
    elif "matches" in expected:
        assert re.search(expected["matches"], reply["response"]), reply
    else:
        assert matches(expected["response"], as_recorded(reply["response"])), reply
    if expected.get("evt") == "object":
        assert isinstance(reply["evt"], dict)
    else:
        assert equal(reply["evt"], json.loads(message) if isinstance(message, str) else message)


def test_the_reference_is_whole() -> None:
    assert len(SCENARIOS) == 117
    assert sum(len(scenario["messages"]) for scenario in SCENARIOS) == 175


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario["name"] for scenario in SCENARIOS])
def test_scenario(server: Server, scenario: dict[str, Any]) -> None:
    with server.client() as client:
        for message, expected in zip(scenario["messages"], scenario["expect"], strict=True):
            client.send(message)
            check(message, expected, client.receive())
