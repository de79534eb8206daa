# SPDX-License-Identifier: MIT
"""Every JSON text means to Liaison what it means to Python's json, and what Python has leaves as json writes it.

The rows follow the categories of the JSONTestSuite (Nicolas Seriot, "Parsing JSON is a Minefield"): what every parser
must accept, what it must reject, and what it is free in; there Liaison does as json.loads. The generated documents are
Hypothesis's, each with mutants of it that are valid or nearly so.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import PACKAGE, Client, Server, serving

#: The generated documents are sent to one form only: both have the same parser in them.
EXAMPLES = 2_600
MUTANTS = 39

ACCEPTED = {
    "arrays": [
        "[]",
        "[[]   ]",
        '[""]',
        "[1\n]",
        " [1]",
        "[1,null,null,null,2]",
        "[2] ",
        "[[],[[]]]",
        '[null, 1, "1", {}]',
    ],
    "numbers": [
        "[123e65]",
        "[0e+1]",
        "[0e1]",
        "[ 4]",
        "[-0.000000000000000000000000000000000000000000000001]",
        "[20e1]",
        "[-0]",
        "[-123]",
        "[-1]",
        "[1E22]",
        "[1E-2]",
        "[1E+2]",
        "[123e45]",
        "[123.456e78]",
        "[1e-2]",
        "[1e+2]",
        "[123]",
        "[123.456789]",
        "[0.1]",
        "[-0.0]",
        "[1.0]",
        "[18446744073709551616]",
        "[-9223372036854775809]",
        "0",
        "-1.5e-7",
    ],
    "objects": [
        '{"asd":"sdf", "dfg":"fgh"}',
        '{"asd":"sdf"}',
        '{"a":"b","a":"c"}',
        '{"a":"b","a":"b"}',
        "{}",
        '{"":0}',
        '{"foo\\u0000bar": 42}',
        '{ "min": -1.0e+28, "max": 1.0e+28 }',
        '{"x":[{"id": "xxxx"}], "id": "yyyy"}',
        '{"a":[]}',
        '{"title":"\\u041f\\u043e\\u043b" }',
        '{\n"a": "b"\n}',
        '{"b":1,"a":{"d":[],"c":true}}',
    ],
    "strings": [
        r'["\u0060\u012a\u12AB"]',
        r'["\uD801\udc37"]',
        r'["\ud83d\ude39\ud83d\udc8d"]',
        r'["\"\\\/\b\f\n\r\t"]',
        r'["\\u0000"]',
        r'["\""]',
        '["a/*b*/c/*d//e"]',
        r'["\\a"]',
        r'["\\n"]',
        r'["\u0012"]',
        r'["\uFFFF"]',
        '["asd"]',
        '[ "asd"]',
        r'["\uDBFF\uDFFF"]',
        r'["new\u00A0line"]',
        '["􏿿"]',
        '["\uffff"]',
        r'["\u0000"]',
        r'["\u002c"]',
        '["π"]',
        '["𛿿"]',
        '["asd "]',
        '" "',
        r'["\uD834\uDd1e"]',
        r'["\u0821"]',
        r'["\u0123"]',
        '["\u2028"]',
        '["\u2029"]',
        r'["\u0061\u30af\u30EA\u30b9"]',
        r'["new\u000Aline"]',
        '["\x7f"]',
        r'["\uA66D"]',
        r'["\u005C"]',
        '["⍂㈴⍂"]',
        r'["\u200B"]',
        r'["\u2064"]',
        r'["\uFDD0"]',
        r'["\uFFFE"]',
        r'["\u0022"]',
        '["€𝄞"]',
        '["aa\x7f"]',
        '""',
    ],
    "structure": ["false", "42", "-0.1", "null", '"asd"', "true", '["a"]\n', "[true]", " [] ", "\t[\r\n1\t]\n"],
}

REJECTED = {
    "arrays": [
        "[1 true]",
        "[a]",
        '["": 1]',
        '[""],',
        "[,1]",
        "[1,,2]",
        '["x",,]',
        '["x"]]',
        '["",]',
        '["x"',
        "[x",
        "[3[4]]",
        "[1:2]",
        "[,]",
        "[-]",
        '[   , ""]',
        '["a",\n4\n,1,',
        "[1,]",
        "[1,,]",
        '["\x0ba"\\f]',
        "[*]",
        '[""',
        "[1,",
        "[1,\n1\n,1",
        "[{}",
    ],
    "numbers": [
        "[++1234]",
        "[+1]",
        "[+Inf]",
        "[-01]",
        "[-1.0.]",
        "[-2.]",
        "[-NaN]",
        "[.-1]",
        "[.2e-3]",
        "[0.1.2]",
        "[0.3e+]",
        "[0.3e]",
        "[0.e1]",
        "[0E+]",
        "[0E]",
        "[0e+]",
        "[0e]",
        "[1.0e+]",
        "[1.0e-]",
        "[1.0e]",
        "[1 000.0]",
        "[1eE2]",
        "[2.e+3]",
        "[2.e-3]",
        "[2.e3]",
        "[9.e+]",
        "[Inf]",
        "[0x1]",
        "[0x42]",
        "[infinity]",
        "[0+1]",
        "[-infinity]",
        "[-foo]",
        "[- 1]",
        "[-012]",
        "[-.123]",
        "[-1x]",
        "[1ea]",
        "[1.]",
        "[.123]",
        "[1.2a-3]",
        "[1.8011670033376514H-308]",
        "[012]",
        "[１]",
        "-",
        "01",
        "1.",
    ],
    "literals": ["[fals]", "[nul]", "[tru]", "[True]", "[None]", "[truex]", "nan", "TRUE", "[undefined]", "[NULL]"],
    "objects": [
        '["x", truth]',
        '{[: "x"}',
        '{"x", null}',
        '{"x"::"b"}',
        "{🇨🇭}",
        '{"a":"a" 123}',
        "{key: 'value'}",
        '{"a" b}',
        '{:"b"}',
        '{"a" "b"}',
        '{"a":',
        '{"a"',
        "{1:1}",
        "{9999E9999:1}",
        "{null:null,null:null}",
        '{"id":0,,,,,}',
        "{'a':0}",
        '{"id":0,}',
        '{"a":"b"}/**/',
        '{"a":"b"}/**//',
        '{"a":"b"}//',
        '{"a":"b"}/',
        '{"a":"b",,"c":"d"}',
        '{a: "b"}',
        '{"a":"a',
        '{ "foo" : "bar", "a" }',
        '{"a":"b"}#',
        "{",
        "{]",
        '{"a":1]',
        "{,}",
    ],
    "strings": [
        r'["\uD800\"]',
        r'["\uD800\u"]',
        r'["\uD800\u1"]',
        r'["\uD800\u1x"]',
        "[é]",
        r'["\x00"]',
        r'["\\\"]',
        '["\\\t"]',
        '["\\🌀"]',
        r'["\"]',
        r'["\u00A"]',
        r'["\uD834\uDd"]',
        r'["\uD800\uD800\x"]',
        r'["\a"]',
        r'["\uqqqq"]',
        "[\\n]",
        "['single']",
        "abc",
        '["\\',
        '["new\nline"]',
        '["\t"]',
        '["\x00"]',
        '["\x1f"]',
        r'"\UA66D"',
        '"',
        '"open',
        r'["\u 123"]',
        '["\\\'"]',
    ],
    "structure": [
        "<.>",
        "[<null>]",
        "[1]x",
        "[1]]",
        '["asd]',
        "aå",
        "[True]",
        '{"x": true,',
        "[][]",
        "]",
        "",
        " ",
        "⁠",
        "2@",
        "{}}",
        '{"":',
        '{"a":/*comment*/"b"}',
        '{"a": true} "x"',
        "['",
        "[,",
        '[{"',
        '["a',
        "{,",
        "{[",
        "{'",
        '{"a":"b"}#{}',
        "[⁠]",
        "*",
        "[\x0c]",
        "\xa0[]",
        "\u2003[]",
        "[\u3000]",
        "\ufeff",
        "\ufeff{}",
        '{"a":[1,{"b":2]}',
    ],
}

#: Where parsers are free, json.loads decides.
FREE = {
    "numbers": [
        "[123.456e-789]",
        "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]",
        "[-1e+9999]",
        "[1.5e+9999]",
        "[-123123e100000]",
        "[123123e100000]",
        "[123e-10000000]",
        "[-123123123123123123123123123123]",
        "[100000000000000000000]",
        "[-237462374673276894279832749832423479823246327846]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
    ],
    "strings": [
        r'["\uDADA"]',
        r'["\uD888\u1234"]',
        r'["\uD800\n"]',
        r'["\uDd1ea"]',
        r'["\uD800\uD800\n"]',
        r'["\ud800"]',
        r'["\ud800abc"]',
        r'["\uDd1e\uD834"]',
        r'["\uDFAA"]',
        r'{"\uDFAA":0}',
        r'["\udc00\ud83d\ude00"]',
    ],
    "structure": ["[" * 500 + "]" * 500, "[" * 900 + "1" + "]" * 900],
}

#: Bytes that are no UTF-8, as binary frames.
NO_UTF8 = [
    b'["\xff"]',
    b'["\xe9"]',
    b'["\xed\xa0\x80"]',
    b'["\xc0\xaf"]',
    b'["\xf4\xbf\xbf\xbf"]',
    b'["\xfc\x83\xbf\xbf\xbf\xbf"]',
    b'["\x81"]',
    b"[1e1\xe5]",
    b"[0\xe5]",
    b"[\xff]",
    b'{"\xb9":"0",}',
    b'["\xe6\x97\xa5\xd1\x88\xfa"]',
    b'["\xf0\x9f\x98"]',
    b"\xe5",
    b'["\\u\xe5"]',
    b'\xff\xfe[\x00"\x00\xe9\x00"\x00]\x00',
    b'["\\\xe5"]',
]


def rows(table: dict[str, list[str]]) -> list[Any]:
    """A row for each text, named after its category and its start."""
    return [pytest.param(text, id=f"{category} {text[:40]!a}") for category, texts in table.items() for text in texts]


@pytest.mark.parametrize("text", ["[" * 1500, '[{"":' * 800, "[" * 200_000, "[" * 5000 + "]" * 5000], ids=len)
def test_what_is_nested_too_deeply_is_rejected(client: Client, text: str) -> None:
    for sent in (text, message(text)):
        client.send(sent)
        assert client.receive_text().startswith('{"error": [')
    assert client.result("ping") == "pong"


def message(text: str) -> str:
    """A message with a text as the argument that is to be looked at, and beside it the same as a string."""
    return '{"command": {"command": "run", "args": ["helpers:agrees", %s, %s]}, "id": 1}' % (json.dumps(text), text)


def reason(text: str | bytes) -> str | None:
    """Why Python's json does not take a text; None where it does."""
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        kind = type(error)
        return f"{kind.__module__}.{kind.__qualname__}: {error}\n".replace("builtins.", "")
    return None


@pytest.mark.parametrize("text", rows(ACCEPTED) + rows(FREE))
def test_what_python_takes_arrives_as_the_same_object(client: Client, text: str) -> None:
    assert reason(text) is None
    client.send(message(text))
    assert client.receive().get("response") is True


@pytest.mark.parametrize("text", rows(REJECTED))
def test_what_python_rejects_is_rejected_in_the_same_words(client: Client, text: str) -> None:
    expected = reason(text)
    assert expected
    # A byte order mark at the start of a text frame is Qt's business; of a binary frame, it is ours.
    client.send(text.encode() if text.startswith("\ufeff") else text)
    reply = client.receive()
    assert reply["error"] == [expected.replace(" (decode using utf-8-sig)", "")]
    assert reply["evt"] == {"id": None, "message": text[:200]}


@pytest.mark.parametrize("text", NO_UTF8, ids=ascii)
def test_what_is_no_utf8_is_rejected(client: Client, text: bytes) -> None:
    client.send(text)
    assert client.receive()["error"] == ["UnicodeDecodeError: a message must be UTF-8\n"]
    assert client.result("ping") == "pong"


spaces = st.sampled_from(["", "", "", " ", "\n", "\t \r\n"])
numbers = st.one_of(
    st.integers(-100, 100).map(str),
    st.integers().map(str),
    st.integers(-(2**200), 2**200).map(str),
    st.floats().map(json.dumps),
    st.sampled_from(["-0", "-0.0", "0e5", "1E400", "-1e-400", "1e+2", "2.50", "5e-324", "18446744073709551615"]),
    st.builds("{}.{}e{}".format, st.integers(-9, 9), st.integers(0, 10**19), st.integers(-330, 310)),
)
strings = st.one_of(
    st.text(max_size=20).map(json.dumps),
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\'), max_size=20).map('"{}"'.format),
    st.lists(
        st.sampled_from([r"\ud83d", r"\ude00", r"\u0000", r"\n", r"\/", r"\"", r"\\", "é", "😀", "a" * 9, "\x7f"]),
        max_size=6,
    ).map(lambda parts: '"' + "".join(parts) + '"'),
)
scalars = st.one_of(numbers, strings, st.sampled_from(["true", "false", "null"]))


def _array(items: list[str], space: str) -> str:
    return "[" + space + ("," + space).join(items) + space + "]"


def _object(members: list[tuple[str, str]], space: str) -> str:
    return "{" + space + ("," + space).join(name + space + ":" + space + value for name, value in members) + "}"


documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(_array, st.lists(inner, max_size=5), spaces),
        st.builds(_object, st.lists(st.tuples(strings, inner), max_size=5), spaces),
    ),
    max_leaves=12,
)

FRAGMENTS = [
    *'[]{},:"\\ \n0123456789.eE+-',
    "null",
    "true",
    "NaN",
    "Infinity",
    "\\u",
    "\\ud800",
    "é",
    "\x00",
    '""',
    "[]",
    "{}",
]


def mutants(text: str, seed: int) -> Iterator[str]:
    """The text itself, then texts that are a few steps from it."""
    yield text
    dice = random.Random(seed)
    for _ in range(MUTANTS):
        mutant = text
        for _ in range(dice.randint(1, 3)):
            start = dice.randint(0, len(mutant))
            end = min(len(mutant), start + dice.choice([0, 0, 1, 1, 2, 5]))
            mutant = mutant[:start] + dice.choice(["", *FRAGMENTS, mutant[start:end] * 2]) + mutant[end:]
        yield mutant


@pytest.mark.timeout(600)
def test_a_hundred_thousand_documents() -> None:
    counts = {"taken": 0, "rejected": 0}
    with serving("executable") as server, server.client() as client:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(documents, st.integers(0, 2**32))
        def check(document: str, seed: int) -> None:
            taken, rejected = [], []
            for text in mutants(document, seed):
                expected = reason(message(text))
                # One that closes the argument and opens others is another message than it seems.
                if expected is None and reason(text) is not None:
                    continue
                client.send(message(text))
                if expected is None:
                    taken.append(text)
                else:
                    rejected.append((text, expected))
            replies = [client.receive() for _ in range(len(taken) + len(rejected))]
            # What is no command is answered at once, whatever waits.
            assert [reply["error"] for reply in replies if reply["evt"]["id"] is None] == [[why] for _, why in rejected]
            answers = [reply.get("response", reply) for reply in replies if reply["evt"]["id"] is not None]
            assert list(zip(taken, answers)) == [(text, True) for text in taken]
            counts["taken"] += len(taken)
            counts["rejected"] += len(rejected)

        check()
    print(counts)
    assert sum(counts.values()) >= 100_000
    assert min(counts.values()) >= 10_000


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=6),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()), inner, max_size=6),
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def encode() -> Iterator[Any]:
    """The module's own liaison.encode, without a server."""
    sys.path.insert(0, str(PACKAGE))
    import liaison

    yield liaison.encode
    sys.path.remove(str(PACKAGE))


@settings(max_examples=2_000, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(value=values)
def test_values_leave_as_json_writes_them(encode: Any, value: Any) -> None:
    text = encode(value)
    assert text == json.dumps(value, ensure_ascii=False)
    text.encode()


@settings(max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(value=st.text(st.characters(codec=None)))
def test_any_text_leaves_as_utf8_and_comes_back(encode: Any, value: str) -> None:
    text = encode([value, {value: value}])
    text.encode()
    assert json.loads(text) == [value, {value: value}]


def test_messages_are_parsed_once(server: Server) -> None:
    """What simdjson takes goes nowhere near Python's own parser."""
    with server.client() as client:
        client.result("run", "helpers:count_loads")
        client.result("run", "helpers:echo", [1.5, {"a": "é"}], x=[None])
        assert client.result("run", "helpers:counted_loads") == 0
        client.send('{"command": {"command": "run", "args": ["helpers:echo", %d, NaN]}, "id": 1}' % 2**70)
        client.receive()
        assert client.result("run", "helpers:counted_loads") == 1
        client.result("run", "helpers:uncount_loads")


def test_echo_of_the_id_alone(client: Client) -> None:
    client.send({"command": {"command": "run", "args": ["builtins:len", [0] * 1000]}, "id": {"a": 1}, "echo": "id"})
    assert client.receive_text() == '{"response": 1000, "tag": "response", "evt": {"id": {"a": 1}}}'
    client.send({"command": {"command": "run", "args": ["builtins:len", 5]}, "id": "é", "echo": "id"})
    assert client.receive()["evt"] == {"id": "é"}
    client.send({"command": {"command": "ping"}, "id": 1, "echo": "all"})
    assert client.receive()["error"] == ['ValueError: "echo" must be "id", not "all"\n']


def test_registered_forms(client: Client) -> None:
    client.result("run", "helpers:register_form")
    assert client.result("run", "helpers:Registered", [1.0]) == {"registered": [1.0]}
    assert client.error("run", "helpers:Registered", None) == "ZeroDivisionError: division by zero\n"
