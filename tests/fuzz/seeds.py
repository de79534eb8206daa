# SPDX-License-Identifier: MIT
"""Write what each fuzzer starts from into a folder: seeds.py FOLDER."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[1] / "conformance" / "reference.json"

#: Options and ids, in front of a command.
MEMBERS = [
    '"id": 1, "timeout": 1.5',
    '"id": "7c9e", "echo": "id"',
    '"id": [1.0, {"a": 2.50}], "echo": "id", "stream": true',
    '"id": NaN, "echo": "id"',
    '"id": "\\ud800", "timeout": null',
    '"id": 123456789012345678901234567890, "stream": 0',
    '"\\u0069d": true, "id": false, "echo": "all"',
]

COMMANDS = [
    '{"command": "ping"}',
    '{"command": "interrupt", "kwargs": {"id": {"a": 1e3}}, "references": "deep"}',
    '{"command": "interrupt", "args": [[null, "\\u00e9"]], "references": "none"}',
    '{"command": "run", "args": ["a", NaN, -Infinity], "kwargs": {}, "args": 5}',
    '{"command": "\ufeffget", "args": ["x"], "references": 1}',
]

DOCUMENTS = [
    "null",
    "[true, false, NaN, Infinity, -Infinity]",
    "[0, -0, 1.0, -0.0, 1e3, 1E400, 2.50, 5e-324, 9223372036854775808, 18446744073709551616, -123456789012345678901]",
    "[1.7976931348623157e308, 0.1, 123.456e-789, 1e-400, 9007199254740993]",
    r'["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000", "\ud800", "\ude00\ud83d", "é€😀"]',
    '{"b": 1, "a": {"d": [], "c": true}, "b": [], "": {"": ""}, "\\u0061": 2, "\ufeffb": 3}',
    "[" * 40 + "]" * 40,
    '[{"":' * 20 + "0" + "}]" * 20,
    "[" + "1" * 700 + ', "' + "a" * 700 + '"]',
    " \t\r\n[ 1 , 2 ]\n",
    '{"a": 1,}',
    "[1.e5, .5, 01, +1, 1.5e]",
    r'["\x", "\u12", "' + "\t",
    "\ufeff[]",
    "é" * 3 + "x",
]

TARGETS = [
    *("e.k", "row.x", "row.broken", "e.items", "view.a.b", "math.hypot", "d.d", "odd name", "python:///x", "é", "1"),
    *("json", "json.decoder:JSONDecoder", "math:hypot", "collections.abc.Mapping", "os.path:sep", "nosuch.x"),
    *("python:///json.decoder:JSONDecoder", "python:///math", "python:///", ":", "json:", ":x", "a..b", "a.", ""),
    *("e.get('k')[1]", "e['k'][-1]", "e.__len__()", "e.rows[0].x", "f(e.rows)", "[r.x for r in e.rows]"),
    *("e and [r.x for r in e.rows if r.x]", "row.x if isinstance(row, object) else 0", "f(\n e.k\n)", "row = 5"),
    *("e.get(", "$e.k", "$f", "$$f", "$ 5", "$a-b", "$1.2", "$é", "$json.decoder", "$a\n", "\ud800", "$\ud800", "e.\0"),
]


def frame(first: int, payload: bytes) -> bytes:
    """A client's frame whose mask changes nothing."""
    size = len(payload)
    length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + struct.pack("!H", size)
    return bytes([first]) + length + bytes(4) + payload


def frames() -> list[bytes]:
    """Frames of all kinds, right and wrong."""
    euro = "€".encode()
    return [
        frame(0x81, b"text") + frame(0x82, b"\xff") + frame(0x88, b"\x03\xe8bye"),
        frame(0x01, euro[:1]) + frame(0x89, b"ping") + frame(0x00, b"") + frame(0x80, euro[1:]),
        frame(0x81, b"x" * 126) + frame(0x81, b"x" * 301),
        frame(0x8A, b"pong") + frame(0x88, b""),
        *(frame(first, b"x") for first in (0x83, 0xC1, 0x09, 0x80)),
        b"\x81\xff" + bytes(7) + b"\x05mask12345",
        b"\x81\x01x",
    ]


def messages() -> list[bytes]:
    """Those of the reference, and some with options."""
    scenarios = json.loads(REFERENCE.read_text(encoding="utf-8"))["scenarios"]
    recorded = [message for scenario in scenarios for message in scenario["messages"]]
    texts = [message if isinstance(message, str) else json.dumps(message) for message in recorded]
    texts += ['{%s, "command": %s}' % (members, command) for members in MEMBERS for command in COMMANDS]
    return [text.encode("utf-8", "surrogatepass") for text in texts if len(text) < 1000]


def values() -> list[bytes]:
    """Bytes for the encoder to build a value from: one of each kind, alone and in lists and dicts."""
    number = struct.pack("<d", 0.1)
    inner = [bytes([kind]) + number + bytes(8) for kind in range(0, 256, 5)]
    inner += [
        bytes([4, size, encoding]) + 'aé€😀"\\\n'.encode() * 4 for size in (0, 9, 63, 250) for encoding in range(6)
    ]
    memory = [bytes([200, code, 1, 1, 2, 0, step]) + number * 6 for code in range(17) for step in range(4)]
    lists = [bytes([0, 11 + 16 * 3, form]) + b"".join(inner[form : form + 3]) for form in range(8)]
    return [bytes([start]) + value for value in inner for start in (0, 130)] + memory + lists


def main(folder: Path) -> None:
    """Write every seed into a file named after its contents."""
    seeds: dict[str, list[Any]] = {
        "message": messages(),
        "decoder": [document.encode("utf-8", "surrogatepass") for document in DOCUMENTS] + messages(),
        "encoder": values(),
        "frames": frames(),
        "target": [target.encode("utf-8", "surrogatepass") for target in TARGETS],
    }
    for name, contents in seeds.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for content in contents:
            (folder / name / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    (folder / "written").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
