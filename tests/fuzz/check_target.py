# SPDX-License-Identifier: MIT
"""What fuzz_target asks of targets, and what may be asked: nothing that does more than look."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import re
import types
import warnings
from typing import Any, Callable

import fuzzed

#: The built-in functions that an expression may name, and the methods that it may call: what they cost is bounded by
#: the length of their arguments.
FUNCTIONS = {"len", "str", "repr", "isinstance", "object", "dict", "list", "bool", "getattr"}
METHODS = {"get", "keys", "values", "items", "index", "count", "upper", "double", "__len__", "__getitem__", "__repr__"}

#: Parts of expressions that can only look; what repeats or formats may take for ever.
LOOKING = (
    *(ast.Expression, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Subscript, ast.Slice, ast.Call, ast.keyword),
    *(ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Starred, ast.IfExp, ast.BoolOp, ast.And, ast.Or),
    *(ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.BitOr, ast.Compare, ast.cmpop, ast.Lambda),
    *(ast.arguments, ast.arg, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
)

#: So many loops within one another take no time to speak of.
LOOPS = 3


class Row:
    """An object with attributes, a method and items."""

    def __init__(self, x: object) -> None:
        self.x = x

    def double(self) -> tuple[object, object]:
        """Twice the same."""
        return (self.x, self.x)

    @property
    def broken(self) -> object:
        """What cannot be looked at."""
        raise RuntimeError("broken")

    def __getitem__(self, key: object) -> object:
        return key

    def __repr__(self) -> str:
        return f"Row({self.x!r})"


NAMESPACE: dict[str, Any] = {
    "e": {"k": [10, 20], "items": "hidden", "rows": [Row(1), Row(2)], "": 0, "é": {"": ()}},
    "row": Row(7),
    "math": types.SimpleNamespace(hypot="mine"),
    "d.d": "a name with a dot",
    "odd name": "a name with space",
    "python:///x": "a name with a scheme",
    "é": "beyond ASCII",
    "1": "a digit",
    "view": types.MappingProxyType({"a": {"b": 5}}),
    "none": None,
    "f": len,
}

#: What it is made of, to find out whether anything was changed.
CONTENTS = {name: repr(value) for name, value in NAMESPACE.items()}


def only_looks(text: str) -> bool:
    """Whether an expression can be evaluated without harm. What is none is refused by the compiler alone."""
    try:
        tree = ast.parse(text, mode="eval")
    except Exception:
        return True
    nodes = list(ast.walk(tree))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}

    def is_harmless(node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in FUNCTIONS or node.id in stored or not hasattr(builtins, node.id)
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                return called.id in FUNCTIONS or called.id in NAMESPACE
            return isinstance(called, ast.Attribute) and called.attr in METHODS
        return isinstance(node, LOOKING)

    loops = sum(isinstance(node, ast.comprehension) for node in nodes)
    # What is called by these names must be what they stand for.
    if not stored.isdisjoint(FUNCTIONS | NAMESPACE.keys()):
        return False
    return loops <= LOOPS and all(is_harmless(node) for node in nodes)


def outcome(function: Callable[[], object]) -> tuple[str, str]:
    """What became of a call: the type of its result, or the exception."""
    try:
        return ("value", type(function()).__name__)
    except SystemError:
        raise
    except Exception as error:
        return (type(error).__name__, str(error))


def looked_up(value: Any, names: list[str]) -> Any:
    """Follow attributes, and keys of mappings."""
    for name in names:
        try:
            value = getattr(value, name)
        except AttributeError:
            if not isinstance(value, collections.abc.Mapping) or name not in value:
                raise
            value = value[name]
    return value


def check_names(targets: fuzzed.Targets, text: str) -> None:
    """Names of the namespace lead where looking them up leads."""
    if text in NAMESPACE:
        assert targets.resolve(NAMESPACE, text) is NAMESPACE[text]
    elif re.fullmatch(r"\w+(\.\w+)*", text) and text.split(".")[0] in NAMESPACE:
        first, *rest = text.split(".")
        wanted = outcome(lambda: looked_up(NAMESPACE[first], rest))
        got = outcome(lambda: targets.resolve(NAMESPACE, text))
        assert got[0] == wanted[0], (got, wanted)


def check_references(targets: fuzzed.Targets, text: str) -> None:
    """References are told from literals, and literals stay as they are."""
    reference = re.fullmatch(r"\$(\w+)(\.\w+)*", text) is not None
    assert fuzzed.is_reference(text) == reference, text
    top, deep, none = fuzzed.References.TOP, fuzzed.References.DEEP, fuzzed.References.NONE
    assert targets.argument(NAMESPACE, text, none) is text
    if reference:
        wanted = outcome(lambda: targets.resolve(NAMESPACE, text[1:]))
        assert outcome(lambda: targets.argument(NAMESPACE, text, top)) == wanted
        assert outcome(lambda: targets.argument(NAMESPACE, {"a": [text]}, deep)["a"][0]) == wanted
        assert outcome(lambda: targets.callee(NAMESPACE, text)) == wanted
    else:
        assert targets.argument(NAMESPACE, text, top) is text
        nested = [text, {text: [text]}]
        assert targets.argument(NAMESPACE, nested, top) is nested
        literal = text[1:] if text.startswith("$$") else text
        assert targets.argument(NAMESPACE, nested, deep) == [literal, {text: [literal]}]


def check(data: bytes) -> None:
    """Resolve one text in every way there is."""
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    targets = fuzzed.Targets()
    check_references(targets, text)
    if not only_looks(text):
        return
    check_names(targets, text)
    # The first time it is read, the second time remembered.
    first, second = (outcome(lambda: targets.resolve(NAMESPACE, text)) for _ in range(2))
    assert first == second, (first, second)
    assert {name: repr(value) for name, value in NAMESPACE.items()} == CONTENTS


warnings.simplefilter("ignore")
