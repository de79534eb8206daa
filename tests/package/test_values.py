# SPDX-License-Identifier: MIT
"""Values both ways, over the wire."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from support import Client


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("1.0", "1.0"),
        ("1e3", "1000.0"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("1E400", "inf"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775809", "-9223372036854775809"),
        ("NaN", "nan"),
        ("[Infinity, -Infinity]", "[inf, -inf]"),
        (r'"\ud83d\ude00"', "'😀'"),
        (r'"\ud800"', r"'\ud800'"),
        (r'"\u0000\b\f\n\r\t\/\\\""', r"""'\x00\x08\x0c\n\r\t/\\"'"""),
        ('{"b": 1, "a": 2, "b": 3}', "{'b': 3, 'a': 2}"),
        ('{"é": {"": null}}', "{'é': {'': None}}"),
        ("[true, false, null]", "[True, False, None]"),
        ("[" * 400 + "]" * 400, "[" * 400 + "]" * 400),
    ],
)
def test_json_to_python(client: Client, text: str, expected: str) -> None:
    client.send('{"command": {"command": "run", "args": ["builtins:repr", %s]}, "id": 1}' % text)
    assert client.receive()["response"] == expected
    client.send('{"command": {"command": "run", "args": ["helpers:echo"], "kwargs": {"x": %s}}, "id": 1}' % text)
    assert client.receive()["response"] == ["()", "{'x': %s}" % expected]


def test_integers_of_any_size(client: Client) -> None:
    digits = "9" * 6000
    client.send('{"command": {"command": "store", "args": ["huge", [%s]]}, "id": 1}' % digits)
    assert client.receive_text().startswith('{"response": "huge", ')
    client.send('{"command": {"command": "get", "args": ["huge"]}, "id": 1}')
    assert client.receive_text().startswith('{"response": [%s], ' % digits)
    assert client.result("run", "sys:get_int_max_str_digits") == sys.get_int_max_str_digits()


def test_nesting_beyond_the_recursion_limit_is_an_error(client: Client) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    client.send('{"command": {"command": "run", "args": ["builtins:len", %s]}, "id": 1}' % deep)
    reply = client.receive_text()
    assert reply.startswith('{"error": [') and "RecursionError" in reply
    assert client.error("run", "helpers:nested", 100_000).startswith("RecursionError")
    assert client.result("ping") == "pong"


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('{"command": ', "char 12"),
        ("", "char 0"),
        ("{'command': 1}", "char 1"),
        ('{"command": {"command": "ping"},}', "char 32"),
        ('{"a": 01}', "char 7"),
        ('{"a": "é\n"}', "char 8"),
        ('{"a": "\\x"}', "char 7"),
        ('{"a": "\\u12g4"}', "char "),
        ('{"a": "open', "char 6"),
        ('{"a" 1}', "char 5"),
        ("[1, 2", "char 5"),
        ("[1 2]", "char 3"),
        ('{"a": nul}', "char 6"),
        ('{"a": +1}', "char 6"),
        ('{"a": -}', "char 6"),
        ('{"a": 1.}', "char 7"),
        ("{} {}", "char 3"),
        ("nan", "char 0"),
    ],
)
def test_what_is_no_json_is_an_error_that_says_where(client: Client, text: str, position: str) -> None:
    with pytest.raises(ValueError):
        json.loads(text)
    client.send(text)
    reply = client.receive()
    assert reply["error"][-1].startswith("json.decoder.JSONDecodeError: ")
    assert position in reply["error"][-1]
    assert reply["evt"] == {"id": None, "message": text}


def test_long_garbage_is_quoted_by_its_first_200_characters(client: Client) -> None:
    client.send("😀" * 300)
    assert client.receive()["evt"] == {"id": None, "message": "😀" * 200}


def test_binary_frames_hold_the_same_text(client: Client) -> None:
    client.send('{"command": {"command": "run", "args": ["builtins:str", "é"]}, "id": 1}'.encode())
    assert client.receive()["response"] == "é"
    client.send(b'{"command": "\xff"}')
    reply = client.receive()
    assert reply["error"][-1].startswith("UnicodeDecodeError: ")
    assert reply["evt"]["id"] is None
    client.send(b'\xef\xbb\xbf{"command": {"command": "ping"}}')
    assert client.receive()["error"][-1].startswith("json.decoder.JSONDecodeError: Unexpected UTF-8 BOM")


def test_numbers_of_the_message_itself_come_back(client: Client) -> None:
    client.send('{"command": {"command": "ping"}, "id": 123456789012345678901234567890, "x": [1.0, 1e3, 5e-324]}')
    assert client.receive_text().endswith(
        '"evt": {"command": {"command": "ping"}, "id": 123456789012345678901234567890, "x": [1.0, 1e3, 5e-324]}}'
    )


def test_nonfinite_numbers_of_the_message_come_back_as_null(client: Client) -> None:
    client.send('{"command": {"command": "ping"}, "id": NaN, "x": [-Infinity, "NaN", "\\"Infinity"], "Infinity": 1}')
    assert client.receive()["evt"] == {
        "command": {"command": "ping"},
        "id": None,
        "x": [None, "NaN", '"Infinity'],
        "Infinity": 1,
    }


def test_python_to_json(client: Client) -> None:
    assert client.result("run", "helpers:values") | {"generator": 0} == {
        "enum": "Color.RED",
        "int enum": 7,
        "dataclass": {"x": 1, "y": 2.5, "label": "p", "others": [{"x": 0, "y": 0, "label": "p", "others": []}]},
        "bytes": ["aGk=", "aGk=", "aGk="],
        "sets": [[1], [2]],
        "views": [["a"], [1], [["a", 1]]],
        "generator": 0,
    }


def test_nonfinite_numbers_are_null(client: Client) -> None:
    assert client.result("run", "helpers:nonfinite") == [None, None, None]


def test_keys_are_text(client: Client) -> None:
    expected = {"2.5": 2, "true": 3, "null": 4, "(1, 2)": 5, "Color.RED": 6, "7": 7}
    assert client.result("run", "helpers:odd_keys") == expected


def test_order_of_keys_is_kept(client: Client) -> None:
    pairs = [["z", 1], ["a", 2], ["m", 3], ["é", 4]]
    assert list(client.result("run", "helpers:dict_of_pairs", pairs)) == ["z", "a", "m", "é"]
    client.result("init", "ordered", "collections:OrderedDict", pairs)
    client.result("run", "ordered.move_to_end", "z")
    assert list(client.result("get", "ordered")) == ["a", "m", "é", "z"]


@pytest.mark.parametrize(
    ("target", "reference"),
    [
        ("math", "python:///math"),
        ("math:hypot", "python:///math:hypot"),
        ("builtins:len", "python:///builtins:len"),
        ("helpers:Base", {"value": None}),
        ("helpers:Point", "python:///helpers:Point"),
        ("helpers:same", "python:///helpers:same"),
        ("helpers:Base.fromJSON", "python:///helpers:Base.fromJSON"),
    ],
)
def test_references(client: Client, target: str, reference: Any) -> None:
    if target == "helpers:Base":
        reference = "python:///helpers:Base"
    assert client.result("get", target) == reference
    assert client.result("get", reference) == reference


def test_own_form(client: Client) -> None:
    client.result("init", "based", "helpers:Base", [1])
    assert client.result("get", "based") == {"value": [1], "pair": [1, 2]}
    assert client.result("run", "helpers:FailingJSON") == "as text"


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("circular_list", "ValueError: Circular reference detected"),
        ("circular_dict", "ValueError: Circular reference detected"),
        ("FailingText", "ValueError: no text"),
    ],
)
def test_what_cannot_be_written_is_an_error(client: Client, function: str, error: str) -> None:
    assert client.error("run", f"helpers:{function}").startswith(error)
    assert client.result("ping") == "pong"


def test_numpy(client: Client) -> None:
    assert client.result("run", "helpers:arrays") == {
        "float64": 0.5,
        "int64": 5,
        "bool": True,
        "float16": 0.5,
        "longdouble": 0.5,
        "str": "s",
        "datetime": "2024-01-02T03:04:05",
        "nat": None,
        "1d": [0, 1, 2],
        "2d": [[0.0, 1.0], [2.0, 3.0]],
        "fortran": [[0, 1], [2, 3]],
        "strided": [0, 3, 6, 9],
        "0d": 7,
        "empty": [],
        "bigendian": [1, 2],
        "structured": [[1, 2.5]],
        "datetimes": ["2024-01-02T00:00:00.000000000", None],
        "object": [None, "x", 1],
        "nan": [1.0, None],
        "masked": [1, None],
        "complex": "(1+2j)",
        "longdoubles": [0.5, 1.5],
    }
    assert client.result("run", "numpy.random.rand", 2, 2) is not None
    assert len(client.result("run", "numpy:linspace", 0, 1, 5000)) == 5000


def test_pandas(client: Client) -> None:
    assert client.result("run", "helpers:frames") == {
        "series": [1.5, None, 2.0],
        "frame": {"a": [1, 2], "b": ["x", None]},
        "index": [1, 2],
        "missing": [None, None],
        "times": ["2024-01-02 00:00:00", None],
    }


def test_large_reply(client: Client) -> None:
    values = [i / 7 for i in range(40_000)]
    client.result("store", "many", values)
    assert client.result("get", "many") == values
