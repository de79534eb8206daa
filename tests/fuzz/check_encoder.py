# SPDX-License-Identifier: MIT
"""What fuzz_encoder writes, and what the protocol says should come of it."""

from __future__ import annotations

import array
import base64
import codecs
import collections
import dataclasses
import enum
import json
import math
import struct
import types
from typing import Any, Callable

import fuzzed

#: Containers within containers: of what lies deeper, nothing is built.
DEEPEST = 60

#: Containers that may be used again: more would be written as often as 2 to the power of their number.
REUSES = 5

#: Formats of memory that hold numbers, and some that do not.
FORMATS = "?bBhHiIlLqQnNfdcP"

#: What texts are made from bytes with; found now, since a fuzzer imports nothing later.
ENCODINGS = [codecs.lookup(name).name for name in ("ascii", "latin-1", "utf-8", "utf-8", "utf-16-le", "utf-32-le")]


class Sized(enum.IntEnum):
    """An int with a repr of its own."""

    SMALL = 1
    LARGE = 2**70


class Named(collections.OrderedDict):  # type: ignore[type-arg]
    """A dict of a derived class."""


class Text(str):
    """A str of a derived class."""


class Number(float):
    """A float with a repr of its own."""

    def __repr__(self) -> str:
        return "a number"


class Own:
    """What has a form of its own, which may fail."""

    def __init__(self, form: Any, fails: bool) -> None:
        self.form = form
        self.fails = fails

    def getJSON(self) -> Any:
        """What is written instead of it."""
        if self.fails:
            raise ValueError("no form")
        return self.form

    def __str__(self) -> str:
        return "its own"


@dataclasses.dataclass
class Pair:
    """What is written as an object of its fields."""

    left: Any
    right: Any


class Builder:
    """Makes a value of bytes; what is missing at their end counts as zeros."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.containers: list[Any] = []
        self.reuses = 0

    def take(self, count: int) -> bytes:
        """So many bytes."""
        taken = self.data[self.position : self.position + count]
        self.position += count
        return taken.ljust(count, b"\0")

    def byte(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def number(self) -> float:
        """Any double."""
        (number,) = struct.unpack("<d", self.take(8))
        return float(number)

    def integer(self) -> int:
        """An integer of up to 600 digits, small ones mostly."""
        size = self.byte()
        return int(int.from_bytes(self.take(size % 10), "little", signed=True) ** (1 + size // 10))

    def text(self) -> str:
        """Any text, with lone surrogates and long runs."""
        size = self.byte()
        encoding = ENCODINGS[self.byte() % len(ENCODINGS)]
        handler = "ignore" if encoding == "ascii" else "surrogatepass"
        raw = self.take(size % 64)
        try:
            text = raw.decode(encoding, handler)
        except UnicodeDecodeError:
            text = raw.decode(encoding, "replace")
        return text * (1, 1, 1, 70)[size // 64]

    def memory(self) -> Any:
        """Numbers in memory, of some format, shape and stride."""
        code = FORMATS[self.byte() % len(FORMATS)]
        shape = [1 + self.byte() % 4 for _ in range(1 + self.byte() % 3)]
        start, step = self.byte() % 3, (1, 2, -1, -2)[self.byte() % 4]
        view: Any = memoryview(self.take(math.prod(shape) * struct.calcsize(code)))
        return view.cast(code, shape=shape)[start::step]

    def value(self, depth: int = 0) -> Any:
        """Any value that the encoder has a rule for."""
        kind = self.byte()
        if self.position >= len(self.data):
            return None
        makers: tuple[Callable[[], Any], ...] = (
            lambda: (None, True, False, Sized.SMALL, Sized.LARGE)[kind // 51 % 5],
            self.integer,
            self.number,
            lambda: Number(self.number()),
            self.text,
            lambda: Text(self.text()),
            lambda: (bytes, bytearray, memoryview)[kind % 3](self.take(self.byte() % 16)),
            lambda: array.array("dfqB"[kind % 4], (self.byte() for _ in range(kind % 7))),
            lambda: {self.integer() % 7},
            lambda: (math, math.hypot, Pair, Builder.value, types.SimpleNamespace(), 1j)[self.byte() % 6],
            lambda: self.again(kind),
            lambda: self.container(kind, depth),
            lambda: self.container(kind, depth),
            lambda: self.container(kind, depth),
            lambda: self.container(kind, depth),
            lambda: self.container(kind, depth),
        )
        return makers[kind % 16]()

    def again(self, index: int) -> Any:
        """A container that is there already, perhaps one that this will lie in."""
        self.reuses += 1
        if not self.containers or self.reuses > REUSES:
            return None
        return self.containers[index // 16 % len(self.containers)]

    def container(self, kind: int, depth: int) -> Any:
        """A container with more values."""
        if depth >= DEEPEST:
            return None
        size = kind // 16 % 8
        form = self.byte() % 8
        if form < 2:
            items: list[Any] = []
            self.containers.append(items)
            items.extend(self.value(depth + 1) for _ in range(size))
            return items
        if form < 5:
            members = {} if form < 4 else Named()
            self.containers.append(members)
            for _ in range(size):
                members[self.key()] = self.value(depth + 1)
            return members
        if form == 5:
            return tuple(self.value(depth + 1) for _ in range(size))
        if form == 6:
            return Pair(self.value(depth + 1), self.value(depth + 1))
        return Own(self.value(depth + 1), fails=size == 0)

    def key(self) -> Any:
        """Any key that a dict takes."""
        kind = self.byte() % 10
        return (
            self.text()
            if kind < 5
            else self.integer()
            if kind == 5
            else self.number()
            if kind == 6
            else (None, True, False, Sized.LARGE, b"k", (1, 2), "evt")[self.byte() % 7]
        )


def key_text(key: Any) -> str:
    """A key of an object, as the protocol has it."""
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, (int, float)) or key is None:
        return str(next(iter(json.loads(json.dumps({key: 0})))))
    return str(key)


def plain(value: Any, around: tuple[int, ...] = ()) -> Any:
    """The value that a frontend should get, built of the types of JSON."""
    if isinstance(value, str):
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, types.ModuleType):
        return f"python:///{value.__name__}"
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return f"python:///{value.__module__}:{value.__qualname__}"
    if id(value) in around:
        raise ValueError("Circular reference detected")
    around = (*around, id(value))
    if isinstance(value, (list, tuple, set)):
        return [plain(item, around) for item in value]
    if isinstance(value, dict):
        return {key_text(key): plain(item, around) for key, item in value.items()}
    if isinstance(value, Pair):
        return {"left": plain(value.left, around), "right": plain(value.right, around)}
    if isinstance(value, Own) and not value.fails:
        return plain(value.form, around)
    return str(value)


def refuse(constant: str) -> Any:
    """What strict JSON has no word for."""
    raise AssertionError(f"{constant} is not JSON")


def check_value(value: Any, ensures_evt: bool) -> None:
    """Write a value and read it again."""
    try:
        wanted = plain(value)
    except ValueError:
        wanted = ValueError
    try:
        text = fuzzed.encoded(value, ensures_evt).decode()
    except ValueError as error:
        assert wanted is ValueError and not isinstance(error, UnicodeError), error
        return
    got = json.loads(text, parse_constant=refuse)
    if ensures_evt and isinstance(got, dict):
        wanted.setdefault("evt", {})
    assert repr(got) == repr(wanted), (text, wanted)


def check_numbers(view: Any) -> None:
    """Write memory and read it again."""
    text = fuzzed.numbers(view)
    if text is None:
        assert view.format in "cP"
        return
    got = json.loads(text, parse_constant=refuse)
    wanted = plain(view.tolist())
    assert repr(got) == repr(wanted), (text, wanted)


def check(data: bytes) -> None:
    """Build a value and look at what is written of it."""
    builder = Builder(data)
    kind = builder.byte()
    if kind >= 192:
        check_numbers(builder.memory())
    else:
        check_value(builder.value(), ensures_evt=kind >= 128)
