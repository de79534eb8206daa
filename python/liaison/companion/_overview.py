# SPDX-License-Identifier: MIT
"""What a debugging window shows of a namespace."""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import MappingView
from itertools import islice
from reprlib import Repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Dict, Iterable, List, Set

_LONGEST = 120  # characters
_MOST_ITEMS = 100  # of which a representation of its own may consist
_MOST_BITS = 400
_SIZED = (str, bytes, bytearray, list, tuple, set, frozenset, dict, deque, MappingView)


def overview(namespace: Dict[str, Any]) -> List[Dict[str, str]]:
    """Tell what names stand for, in their order.

    Returns:
        ``{"name", "type", "repr"}`` for each: the qualified name of its type, and a representation on one line of
        at most 120 characters, made without going through large objects.

    """
    return [{"name": name, "type": _type(value), "repr": _short(value)} for name, value in list(namespace.items())]


def _type(value: Any) -> str:
    kind = type(value)
    try:
        module = kind.__module__
        return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
    except Exception:
        return "?"  # a metaclass's code


def _short(value: Any) -> str:
    try:
        text = _repr.repr(value)
    except Exception as error:  # whatever an object's code does
        text = _failed(error)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _failed(error: Exception) -> str:
    return f"<repr failed: {type(error).__name__}>"


class _Repr(Repr):
    """reprlib's, but in the order of the object, and quick whatever the size."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = _LONGEST

    def repr1(self, x: Any, level: int) -> str:
        # reprlib goes by the type's name alone, and a class of that name may be anyone's.
        known = type(x).__module__ in ("builtins", "collections", "array")
        return super().repr1(x, level) if known else self.repr_instance(x, level)

    def repr_int(self, x: int, level: int) -> str:
        bits = x.bit_length()
        return builtins.repr(x) if bits <= _MOST_BITS else f"<int of {bits} bits>"

    def repr_str(self, x: str, level: int) -> str:
        return builtins.repr(x[:_LONGEST])

    def repr_bytes(self, x: bytes, level: int) -> str:
        return builtins.repr(x[:_LONGEST])

    def repr_bytearray(self, x: bytearray, level: int) -> str:
        return builtins.repr(x[:_LONGEST])

    def repr_dict(self, x: Dict[Any, Any], level: int) -> str:
        pairs = (f"{self.repr1(k, level - 1)}: {self.repr1(v, level - 1)}" for k, v in islice(x.items(), self.maxdict))
        return "{" + self._listed(pairs, len(x), self.maxdict, level) + "}"

    def repr_set(self, x: Set[Any], level: int) -> str:
        return "{" + self._elements(x, level) + "}" if x else "set()"

    def repr_frozenset(self, x: frozenset[Any], level: int) -> str:
        return "frozenset({" + self._elements(x, level) + "})" if x else "frozenset()"

    def repr_instance(self, x: Any, level: int) -> str:
        if isinstance(x, int) and x.bit_length() > _MOST_BITS:
            return f"<{type(x).__name__} of {x.bit_length()} bits>"
        if isinstance(x, _SIZED) and len(x) > _MOST_ITEMS:
            return f"<{type(x).__name__} of {len(x)} items>"
        try:
            return builtins.repr(x)
        except Exception as error:  # whatever an object's code does
            return _failed(error)

    def _elements(self, x: Collection[Any], level: int) -> str:
        elements = (self.repr1(element, level - 1) for element in islice(x, self.maxset))
        return self._listed(elements, len(x), self.maxset, level)

    def _listed(self, texts: Iterable[str], count: int, most: int, level: int) -> str:
        if count and level <= 0:
            return "..."
        return ", ".join([*texts, "..."] if count > most else texts)


_repr = _Repr()
