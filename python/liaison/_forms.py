# SPDX-License-Identifier: MIT
"""Values as JSON, and the forms that types bring themselves."""

import functools
import typing
from typing import Any, Callable, Mapping, Optional, TypeVar

from . import _core

__all__ = ["encode", "registered"]

_Form = TypeVar("_Form", bound=Callable[[Any], Any])

#: What JSON has a form for. Subclasses of these may have another.
_PLAIN = (type(None), bool, int, float, str, list, tuple, dict)


@functools.singledispatch
def _form(value: object) -> object:
    """Stand for types that have no registered form."""
    return value


class Encode:
    """Writes values as the JSON that clients get of them; keeps the forms that types bring themselves.

    In the style of :func:`functools.singledispatch`: a form is registered for a type and holds for its subclasses,
    unless they have one of their own. A form comes before ``getJSON()`` and before all other rules::

        @liaison.encode.register(fractions.Fraction)
        def _(value):
            return {"numerator": value.numerator, "denominator": value.denominator}
    """

    def __call__(self, value: object) -> str:
        """Write a value as JSON.

        Returns:
            strict JSON, as it stands in a reply.

        Raises:
            ValueError: the value lies within itself.
            RecursionError: it is nested too deeply.
            BaseException: what its ``str()``, or a form that was registered, raises.

        """
        return _core.encode(value)

    @typing.overload
    def register(self, cls: type, function: None = None) -> Callable[[_Form], _Form]: ...
    @typing.overload
    def register(self, cls: type, function: _Form) -> _Form: ...
    @typing.overload
    def register(self, cls: _Form) -> _Form: ...
    def register(self, cls: Any, function: Optional[Callable[..., Any]] = None) -> Any:
        """Register a form for a type; to be used as a decorator, as singledispatch's.

        Args:
            cls: the type; or, as a plain decorator, a function whose first parameter is annotated with it.
            function: takes a value of the type and answers a value that stands for it; None if it is decorated.

        Returns:
            the function; a decorator where none was given.

        Raises:
            TypeError: JSON has a form for the type already (None, bool, int, float, str, list, tuple and dict
                themselves), or it is none.

        """
        if not isinstance(cls, type) and function is None:
            function = cls
            cls = next(iter(typing.get_type_hints(function).values()), None)
        if cls in _PLAIN or cls is object:
            raise TypeError(f"a form is for types that JSON has none for, not for {cls.__name__} itself")
        if function is None:
            return lambda decorated: self.register(cls, decorated)
        return _form.register(cls, function)

    def dispatch(self, cls: type) -> Callable[..., Any]:
        """Answer the function that is used for a type."""
        return _form.dispatch(cls)

    @property
    def registry(self) -> Mapping[Any, Callable[..., Any]]:
        """The registered forms by type."""
        return _form.registry


encode = Encode()

_standard = _form.dispatch(object)


def registered(cls: type) -> Optional[Callable[..., Any]]:
    """Answer the form that was registered for a type or the nearest of its bases; None without one."""
    if len(_form.registry) == 1:
        return None
    try:
        function = _form.dispatch(cls)
    except Exception:
        return None  # a type that cannot be looked up, since its metaclass has no hash
    return None if function is _standard else function
