# SPDX-License-Identifier: MIT
"""Assigning to what a target points to."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .. import _core
from ._expression import AttributeOrItem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import Companion


def assign(companion: Companion, target: str, value: Any) -> None:
    """Assign to a name of the namespace, to an attribute or to an item.

    Raises:
        ValueError: the target is nothing that can be assigned to.
        BaseException: what resolving or the assignment raises.

    """
    if target.isidentifier():
        companion.store(target, value)
        return
    head, colon, attribute = target.rpartition(":")
    if colon and attribute.isidentifier():
        setattr(companion.resolve(head), attribute, value)
        return
    head, dot, attribute = target.rpartition(".")
    if dot and head and attribute.isidentifier():
        _set_attribute(companion.resolve(head), attribute, value)
        return
    _set_item(companion, target, value)


def _set_attribute(owner: Any, name: str, value: Any) -> None:
    """As attributes are read: of a mapping without the attribute, the item is meant."""
    if isinstance(owner, Mapping) and not hasattr(owner, name):
        owner[name] = value  # type: ignore[index]
    else:
        setattr(owner, name, value)


def _set_item(companion: Companion, target: str, value: Any) -> None:
    try:
        item = ast.parse(target, mode="eval").body
    except (SyntaxError, ValueError):
        item = None
    if not isinstance(item, ast.Subscript):
        raise ValueError(
            f"target {target!r}: expected a name, an attribute such as obj.attr or package.module:attr, "
            "or an item such as d['key']"
        )
    AttributeOrItem().visit(item)
    item.ctx = ast.Store()
    assignment = ast.Assign(targets=[item], value=ast.Name(id="__liaison_value__", ctx=ast.Load()))
    code = compile(ast.fix_missing_locations(ast.Module(body=[assignment], type_ignores=[])), "<target>", "exec")
    exec(
        code,
        {**companion.namespace, "__liaison_attribute__": _core.attribute_or_item, "__liaison_value__": value},
    )
