# SPDX-License-Identifier: MIT
"""The extension module: Liaison's core."""

from typing import Any, Dict, List, Sequence

class Targets:
    """Finds what targets point to."""

    def __init__(self) -> None: ...
    def resolve(self, namespace: Dict[str, Any], target: str) -> Any: ...
    def call(self, namespace: Dict[str, Any], target: str, args: Sequence[Any], kwargs: Dict[str, Any]) -> Any: ...

class Service:
    """Serves a companion."""

    def __init__(self, host: str, port: int, **options: Any) -> None: ...
    def run(self, companion: Any) -> None: ...
    def stop(self) -> None: ...
    def push(self, message: Any, timeout: float = 1.0) -> None: ...
    def messages(self) -> List[str]: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def alive(self) -> bool: ...

def main(argv: List[str]) -> int:
    """Serve as the command line says; answers the process's exit code."""

def attribute_or_item(value: Any, name: str) -> Any:
    """An attribute; of a mapping without that attribute, its item."""

def traceback_lines(exception: BaseException) -> List[str]:
    """An exception as ``traceback.format_exception()`` gives it, without Liaison's own frames at its top."""

def encode(value: Any) -> str:
    """A value as the JSON that clients get of it."""
