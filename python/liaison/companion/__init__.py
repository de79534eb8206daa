# SPDX-License-Identifier: MIT
"""The Companion: a namespace, and the commands that work on it."""

from __future__ import annotations

from .. import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

__all__ = ["Companion"]


class Companion:
    """Keeps a namespace and runs the commands of clients.

    Derive from it to add or change commands. A target is text that points to a Python object: a name of the
    namespace with attributes (``"obj.attr"``), a module and attributes (``"package.module:attr"``,
    ``"package.module.attr"``, ``"python:///package.module:attr"``), or an expression that starts with a name of
    the namespace (``"d['key'][0]"``).

    Attributes:
        namespace: what clients have stored, by name; also holds ``companion``, this object.
        commands: what clients may call, by the name they call it.

    """

    namespace: Dict[str, Any]
    commands: Dict[str, Callable[..., Any]]

    def __init__(self) -> None:
        self._targets = _core.Targets()
        self.namespace = {"companion": self}
        self.commands = {
            "get": self.resolve,
            "exists": self.exists,
            "init": self.initialize,
            "run": self.call,
            "try": self.attempt,
            "register": self.register,
            "store": self.store,
            "set": self.set,
            "delete": self.delete,
            "describe": self.describe,
            "ping": self.ping,
            "info": self.info,
            "interrupt": self.interrupt,
            "monitor": self.monitor,
        }

    def resolve(self, target: str) -> Any:
        """Answer what a target points to.

        Raises:
            TypeError: the target is no string.
            ValueError: the target has none of the forms of a target.
            ModuleNotFoundError: it starts with neither a name of the namespace nor a module.
            AttributeError: there is no such attribute, nor such a key of a mapping.

        """
        return self._targets.resolve(self.namespace, target)

    def exists(self, target: str) -> bool:
        """Answer whether a target points to something; whatever goes wrong on the way there means that it does not."""
        try:
            self.resolve(target)
        except BaseException as error:  # a question, which is never answered with an error
            if _is_interrupt(error):
                raise
            return False
        return True

    def initialize(self, name: str, cls: str, *args: Any, **kwargs: Any) -> str:
        """Call a class, or any target that can be called, store what it returns under a name, and answer the name.

        Raises:
            TypeError: the name is no string.
            BaseException: whatever the call raises; then the old value stays.

        """
        key = _checked(name)
        self.namespace[key] = self.call(cls, *args, **kwargs)
        return name

    def call(self, fcn: str, *args: Any, **kwargs: Any) -> Any:
        """Call a target and answer what it returns.

        Arguments, keyword arguments and their names that have the form ``$name.attr`` are replaced by what the
        rest points to.

        Raises:
            BaseException: what :meth:`resolve` or the call raises.

        """
        return self._targets.call(self.namespace, fcn, args, kwargs)

    def attempt(self, fcn: str, *args: Any, **kwargs: Any) -> Dict[str, Any]:
        """Do as :meth:`call`, and answer whether it went well.

        Returns:
            ``{"success": True, "result": value}``, or ``{"success": False, "result": [traceback lines]}``.

        """
        try:
            result = self.call(fcn, *args, **kwargs)
        except BaseException as error:  # a client asked to be told of any
            if _is_interrupt(error):
                raise
            return {"success": False, "result": _core.traceback_lines(error)}
        return {"success": True, "result": result}

    def register(self, name: Optional[str], target: str) -> str:
        """Store what a target points to under a name, and answer the name.

        Args:
            name: None takes the ``__name__`` of what the target points to.
            target: as for :meth:`resolve`.

        Raises:
            TypeError: the name is no string, or None where the target has no ``__name__``.

        """
        element = self.resolve(target)
        if name is None:
            name = getattr(element, "__name__", None)
            if not isinstance(name, str):
                raise TypeError(f"name must be given: what {target!r} points to has no __name__")
        self.namespace[_checked(name)] = element
        return name

    def store(self, name: str, value: Any) -> str:
        """Store a value as it is under a name, and answer the name.

        Raises:
            TypeError: the name is no string.

        """
        self.namespace[_checked(name)] = value
        return name

    def set(self, target: str, value: Any) -> str:
        """Assign to what a target points to, and answer the target.

        Args:
            target: a bare name, which is stored; an attribute (``"obj.attr"``, ``"package.module:attr"``), of a
                mapping without that attribute the item; or an item (``"d['key'].rows[0]"``).
            value: is assigned as it is.

        Raises:
            TypeError: the target is no string.
            ValueError: it is nothing that can be assigned to.
            BaseException: what resolving or the assignment raises.

        """
        if not isinstance(target, str):
            raise TypeError(f"target must be a string, not {type(target).__name__}")
        from ._assignment import assign

        assign(self, target, value)
        return target

    def delete(self, *names: str) -> List[str]:
        """Drop names from the namespace, and answer those that were there.

        Raises:
            TypeError: a name is no string; then none is dropped.

        """
        for name in names:
            _checked(name)
        missing = object()
        return [name for name in dict.fromkeys(names) if self.namespace.pop(name, missing) is not missing]

    def describe(self, target: str) -> Dict[str, Any]:
        """Describe what a target points to, for editors and inspectors. Asks no property for its value.

        Returns:
            ``type`` and ``module``: names; ``signature``: text such as ``"(x, /, *, y=1)"``, None where there is
            none; ``summary`` and ``doc``: the first line and the whole of the docstring, or None; ``members``: a
            list of ``{"name", "kind"}``, without names that begin with an underscore, where the kind is
            ``"module"``, ``"class"``, ``"function"``, ``"method"``, ``"property"`` or ``"attribute"``.

        Raises:
            BaseException: as :meth:`resolve`.

        """
        from ._description import described

        return described(self.resolve(target))

    def ping(self) -> str:
        """Answer "pong". The commands ``ping``, ``info`` and ``interrupt`` are answered without Python."""
        return "pong"

    def info(self) -> Dict[str, Any]:
        """Answer what is known without a server: clients get more, whatever Python does."""
        import os
        import platform
        import sys

        from .. import __version__

        versions = {"liaison": __version__, "python": platform.python_version()}
        return {"versions": versions, "executable": sys.executable, "pid": os.getpid()}

    def interrupt(self, id: Any = None) -> bool:  # noqa: A002 (the wire's name)
        """Interrupt nothing: it is the server that can stop the command with an id, or whatever runs."""
        return False

    def monitor(self, on: bool = True) -> bool:
        """Send no copies: it is the server that can show a client what passes."""
        return False


def _is_interrupt(error: BaseException) -> bool:
    """Whether a client, or a time limit, stopped the command: who asked for that is told so."""
    return getattr(error, "_liaison_interrupt", False) is True


def _checked(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"name must be a string, not {type(name).__name__}")
    return name
