"""Checks on every request before it is decoded: no NUL (PostgreSQL holds none), no number beyond 64 bits, no deep nesting."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.core.errors import InvalidError

LARGEST_BODY = 1_000_000  # bytes; definitions are far smaller
DEEPEST = 32
_SMALLEST_INT, _LARGEST_INT = -(2**63), 2**63 - 1


def check_body(body: bytes) -> None:
    """Raises ``InvalidError`` naming the place; an empty body passes."""
    if not body:
        return
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise InvalidError("Objects and lists are nested too deep.", path="") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"The body is no JSON: {error}.", path="") from error
    _check(value, 1, "")


def check_query(query: bytes) -> None:
    """Raises ``InvalidError`` for a query string with a NUL character."""
    if b"%00" in query or b"\x00" in query:
        raise InvalidError("A parameter holds a NUL character.", path="")


def _check(value: Any, depth: int, path: str) -> None:
    if depth > DEEPEST:
        raise InvalidError(f"Objects and lists may be nested {DEEPEST} deep.", path=path)
    if isinstance(value, str):
        if "\x00" in value:
            raise InvalidError("A text holds a NUL character.", path=path)
    elif isinstance(value, int):
        if not _SMALLEST_INT <= value <= _LARGEST_INT:
            raise InvalidError("An integer does not fit 64 bits; send it as a text.", path=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "\x00" in key:
                raise InvalidError("The name of a field holds a NUL character.", path=path)
            _check(inner, depth + 1, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, depth + 1, f"{path}.{number}" if path else str(number))
