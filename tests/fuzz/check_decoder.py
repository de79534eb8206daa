# SPDX-License-Identifier: MIT
"""What fuzz_decoder holds against Python's own json."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable

import fuzzed

#: The least that Python takes for a limit of digits: what lifts it shall have something to lift.
DIGITS = 640


def limit_digits(digits: int) -> None:
    """Set the limit, where this Python has one."""
    if sys.version_info >= (3, 11):
        sys.set_int_max_str_digits(digits)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the bit, of the same types and in the same order."""
    limit_digits(0)
    try:
        return repr(one) == repr(other)
    except RecursionError:
        return True
    finally:
        limit_digits(DIGITS)


def raised(function: Callable[[bytes], object], data: bytes) -> str | None:
    """Tell what a call raises, as text."""
    try:
        function(data)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def expected(text: str, **options: Any) -> Any:
    """What json.loads makes of a text, however long its integers are."""
    limit_digits(0)
    try:
        return json.loads(text, **options)
    finally:
        limit_digits(DIGITS)


def check_members(data: bytes, text: str) -> None:
    """Take an object or array apart without building its values."""
    pairs = expected(text, object_pairs_hook=list)
    if text.strip(" \t\r\n").startswith("{"):
        members = fuzzed.members(data)
        assert [name for name, _ in members] == [name for name, _ in pairs]
        values = [expected(value.decode(), object_pairs_hook=list) for _, value in members]
        assert same(values, [value for _, value in pairs])
    elif text.strip(" \t\r\n").startswith("["):
        assert fuzzed.element_count(data) == len(pairs)
    strict = fuzzed.without_non_finite(data).decode()
    assert same(expected(strict, parse_constant=None.__getattribute__), expected(text, parse_constant=lambda _: None))


def check(data: bytes) -> None:
    """Hold all that reads JSON against json.loads."""
    fault = fuzzed.fault(data)
    loading = raised(fuzzed.loaded, data)
    try:
        parsed = fuzzed.parsed(data) if not data.startswith(b"\xef\xbb\xbf") else ()
        text = data.decode()
        value = expected(text)
    except UnicodeDecodeError:
        assert parsed == ()
        assert loading and loading.startswith("UnicodeDecodeError: "), loading
    except json.JSONDecodeError as error:
        assert parsed == ()
        said = str(error).replace(" (decode using utf-8-sig)", "")
        # Later versions of Python have another sentence for these.
        assert fault == said or "trailing comma" in said, (fault, said)
        assert loading == f"JSONDecodeError: {error}", loading
    except RecursionError:
        pass
    else:
        assert fault is None, fault
        assert loading is None or loading.startswith("RecursionError"), loading
        if loading is None:
            assert same(fuzzed.loaded(data), value)
        if parsed:
            assert same(parsed[0], value)
        check_members(data, text)


limit_digits(DIGITS)
