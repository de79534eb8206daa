# SPDX-License-Identifier: MIT
"""A frame to call from."""

from typing import Any, Callable, Dict, Tuple


def call(function: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    """Call a function that asks which frame it was called from, as eval, exec, globals and sys._getframe do."""
    return function(*args, **kwargs)
