"""What is wrong with an event that no decoder takes: told once it was refused, so that it may take its time.

Programs write JSON that is none: NaN and Infinity (Python, PHP), half of a surrogate pair (JavaScript that cuts texts), bytes of
another encoding. That is the fault of one event, and its sender is told which and where.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from relance.events.model import Reason

_LONGEST_INTEGER = 40  # digits: beyond 64 bits in any case, and Python refuses to read some thousands
_HALF = re.compile("[\ud800-\udfff]")


class _Beyond:
    """A number that nobody can hold."""


_BEYOND = _Beyond()


def fault_of(message: bytes) -> tuple[Reason, str, str]:
    """The reason, the path of the field at fault ("" where it is the event as a whole), and a sentence."""
    try:
        return _fault_of(message)
    except RecursionError:
        return Reason.TOO_DEEP, "", "Objects and lists are nested too deep."


def _fault_of(message: bytes) -> tuple[Reason, str, str]:
    try:
        text = message.decode()
    except UnicodeDecodeError as error:
        return Reason.INVALID_TEXT, "", f"The event is not UTF-8: byte {error.start} of it cannot be read."
    try:
        value = json.loads(text, strict=False, parse_constant=float, parse_int=_integer)
    except ValueError as error:
        return Reason.UNREADABLE, "", f"The event is no JSON: {error}."
    return _within(value, "") or (Reason.UNREADABLE, "", "A text holds a control character that must be escaped.")


def _integer(digits: str) -> Any:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else _BEYOND


def _within(value: Any, path: str) -> tuple[Reason, str, str] | None:
    if isinstance(value, float) and not math.isfinite(value):
        return (
            Reason.NUMBER_OUT_OF_RANGE,
            path,
            "NaN, Infinity and what no 64 bits can hold are no numbers: leave them out, or send null.",
        )
    if value is _BEYOND:
        return Reason.NUMBER_OUT_OF_RANGE, path, "An integer does not fit 64 bits; send it as a text."
    if isinstance(value, str):
        return _in_text(value, path)
    if isinstance(value, dict):
        for key, inner in value.items():
            found = _in_text(key, path) or _within(inner, f"{path}.{key}" if path else key)
            if found:
                return found
    if isinstance(value, list):
        for place, inner in enumerate(value):
            found = _within(inner, f"{path}.{place}" if path else str(place))
            if found:
                return found
    return None


def _in_text(text: str, path: str) -> tuple[Reason, str, str] | None:
    if "\x00" in text:
        return Reason.NUL_BYTE, path, "A text holds a NUL character."
    if _HALF.search(text):
        return Reason.INVALID_TEXT, path, "A text holds half of a surrogate pair."
    return None
