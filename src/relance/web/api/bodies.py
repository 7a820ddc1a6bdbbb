"""Checks on every request before it is decoded: no NUL (PostgreSQL cannot store it), no number beyond 64 bits, no deep
nesting.
"""

from __future__ import annotations

import codecs
import json
import re
from contextlib import suppress
from typing import Any

import msgspec
from litestar.types import Receive, ReceiveMessage

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mismatch import unreadable

LARGEST_BODY = 1_000_000  # bytes; definitions are far smaller
DEEPEST = 80  # a rule of 32 levels has 64 objects and lists, plus those of its conditions
_SMALLEST_INT, _LARGEST_INT = -(2**63), 2**63 - 1

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|[][{}:,]')
_HALF = re.compile("[\ud800-\udfff]")
_LONGEST_NAME = 40  # of a path in an error message


def without_mark(receive: Receive) -> Receive:
    """The body without the byte-order mark that some programs put before UTF-8."""
    begun = False

    async def next_message() -> ReceiveMessage:  # type: ignore[type-arg,unused-ignore]
        nonlocal begun
        message = await receive()
        if begun or message["type"] != "http.request":
            return message
        begun = True
        while message["more_body"] and len(message["body"]) < len(codecs.BOM_UTF8):
            following = await receive()
            if following["type"] != "http.request":
                return following
            message = {**following, "body": message["body"] + following["body"]}
        return {**message, "body": message["body"].removeprefix(codecs.BOM_UTF8)}

    return next_message


def check_body(body: bytes) -> None:
    """Raises ``InvalidError`` naming the place; an empty body passes."""
    if not body:
        return
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise _too_deep(_first_too_deep(body)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _check_halves(body)
        raise InvalidError(unreadable(error), path="") from error
    _check(value, 1, "")


def _check_halves(body: bytes) -> None:
    """For undecodable bodies: raises ``InvalidError`` naming the text with half of a surrogate pair, if that is the reason."""
    with suppress(ValueError, RecursionError):  # what no decoder accepts
        _check_texts(json.loads(body), "")


def _check_texts(value: Any, path: str) -> None:
    if isinstance(value, str):
        if _HALF.search(value):
            raise InvalidError(ErrorText("text_surrogate", "A text contains an unpaired surrogate."), path=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _HALF.search(key):
                raise InvalidError(ErrorText("field_name_surrogate", "A field name contains an unpaired surrogate."), path=path)
            _check_texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check_texts(inner, f"{path}[{number}]")


def check_query(query: bytes) -> None:
    """Raises ``InvalidError`` for a query string with a NUL character."""
    if b"%00" in query or b"\x00" in query:
        raise InvalidError(ErrorText("parameter_nul", "A parameter contains a NUL character."), path="")


def _check(value: Any, depth: int, path: str) -> None:
    if depth > DEEPEST:
        raise _too_deep(path)
    if isinstance(value, str):
        if "\x00" in value:
            raise InvalidError(ErrorText("text_has_nul", "A text contains a NUL character."), path=path)
    elif isinstance(value, int):
        if not _SMALLEST_INT <= value <= _LARGEST_INT:
            raise InvalidError(ErrorText("integer_64_bits", "An integer does not fit in 64 bits: send it as text."), path=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "\x00" in key:
                raise InvalidError(ErrorText("field_name_nul", "A field name contains a NUL character."), path=path)
            _check(inner, depth + 1, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, depth + 1, f"{path}[{number}]")


def _too_deep(path: str) -> InvalidError:
    return InvalidError(
        ErrorText("body_depth", "Objects and lists must be nested at most {most} levels deep.", most=DEEPEST), path=path
    )


def _first_too_deep(body: bytes) -> str:
    """Where JSON that is too deep for any decoder first exceeds the limit."""
    steps: list[str | int] = []  # the name or number of the place within each surrounding object or list
    text = b""
    for token in _TOKEN.finditer(body):
        sign = token[0][:1]
        if sign == b'"':
            text = token[1]
        elif sign == b":":
            steps[-1:] = [text.decode(errors="replace")[:_LONGEST_NAME]]
        elif sign == b"," and steps and isinstance(steps[-1], int):
            steps[-1] += 1
        elif sign in b"[{":
            if len(steps) == DEEPEST:
                break
            steps.append(0 if sign == b"[" else "")
        elif sign in b"]}":
            steps[-1:] = []
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
