# SPDX-License-Identifier: MIT
"""What an editor or an inspector wants to know of an object."""

from __future__ import annotations

import inspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def described(value: Any) -> Dict[str, Any]:
    """Describe an object; see :meth:`liaison.Companion.describe`."""
    doc = _doc(value)
    return {
        "type": type(value).__qualname__,
        "module": _module(value),
        "signature": _signature(value),
        "summary": doc.strip().split("\n", 1)[0] if doc else None,
        "doc": doc,
        "members": _members(value),
    }


def _module(value: Any) -> Optional[str]:
    """Where the object, if it says so, or else its type was defined."""
    for owner in (value, type(value)):
        name = inspect.getattr_static(owner, "__module__", None)
        if isinstance(name, str):
            return name
    name = getattr(type(value), "__module__", None)
    return name if isinstance(name, str) else None


def _doc(value: Any) -> Optional[str]:
    try:
        return inspect.getdoc(value)
    except Exception:
        return None


def _signature(value: Any) -> Optional[str]:
    try:
        return str(inspect.signature(value)) if callable(value) else None
    except Exception:
        return None  # C code that tells none


def _members(value: Any) -> List[Dict[str, str]]:
    try:
        names = sorted(name for name in dir(value) if isinstance(name, str) and not name.startswith("_"))
    except Exception:
        return []
    return [{"name": name, "kind": _kind(value, name)} for name in names]


def _kind(owner: Any, name: str) -> str:
    """Tell the kind of a member without running its code."""
    try:
        member = inspect.getattr_static(owner, name)
    except AttributeError:
        return "attribute"
    if isinstance(member, property) or type(member).__name__ in ("cached_property", "getset_descriptor"):
        return "property"
    if inspect.ismodule(member):
        return "module"
    if inspect.isclass(member):
        return "class"
    if isinstance(member, (staticmethod, classmethod)) or inspect.ismethoddescriptor(member):
        return "method"
    if inspect.isroutine(member):
        return "function" if inspect.ismodule(owner) else "method"
    return "attribute"
