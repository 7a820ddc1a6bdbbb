"""Finds what is wrong with JSON that the decoder refused. Runs only after a refusal, so it may be slow.

Programs write invalid JSON: NaN and Infinity (Python, PHP), half of a surrogate pair (JavaScript cutting texts), bytes in another
encoding. Only the event at fault is refused, and its sender learns which and where. Beside the events of a batch, only the field
at fault is lost (``without_faults``).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NamedTuple

from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.events.model import Reason
from relance.events.screening import DEEPEST, LARGEST_INTEGER, SMALLEST_INTEGER

_LONGEST_INTEGER = 40  # digits: beyond 64 bits in any case, and Python refuses to read a few thousand
MOST_FAULTS = 20  # reported per object
_HALF = re.compile("[\ud800-\udfff]")


class _Mark:
    """A placeholder for a value."""


_BEYOND = _Mark()  # a number that nothing can hold
_FAULTY = _Mark()  # left out


def fault_of(message: bytes) -> tuple[Reason, str, ErrorText]:
    """The reason, the path of the field at fault ("" for the event as a whole), and a sentence."""
    try:
        return _fault_of(message)
    except RecursionError:
        return Reason.TOO_DEEP, "", ErrorText("json_depth", "Objects and lists are nested too deeply.")


def _fault_of(message: bytes) -> tuple[Reason, str, ErrorText]:
    try:
        text = message.decode()
    except UnicodeDecodeError as error:
        return (
            Reason.INVALID_TEXT,
            "",
            ErrorText("event_not_utf8", "The event is not UTF-8: byte {byte} of it cannot be read.", byte=error.start),
        )
    try:
        value = json.loads(text, strict=False, parse_constant=float, parse_int=_integer)
    except ValueError as error:
        return Reason.UNREADABLE, "", _no_json(error)
    return _within(value, "") or (
        Reason.UNREADABLE,
        "",
        ErrorText("control_unescaped", "A text contains a control character that must be escaped."),
    )


def _no_json(error: ValueError) -> ErrorText:
    if not isinstance(error, json.JSONDecodeError):
        return ErrorText("event_no_json", "This is not valid JSON.")
    return ErrorText("event_json", "This is not valid JSON: character {character} is not expected there.", character=error.pos)


def _integer(digits: str) -> Any:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else _BEYOND


class Fault(NamedTuple):
    """A field that was left out, and why."""

    path: str
    text: ErrorText


def without_faults(raw: bytes, path: str) -> tuple[bytes, list[Fault]]:
    """An object without the fields that cannot be stored, and the first of these faults. Anything but an object becomes an empty
    one.

    In lists null takes their place, so that the other items keep theirs.
    """
    faults: list[Fault] = []
    try:
        text = raw.decode("utf-8", "surrogateescape")  # invalid UTF-8 becomes surrogates
        value = json.loads(text, strict=False, parse_constant=float, parse_int=_integer)
    except RecursionError:
        return b"{}", [Fault(path, ErrorText("json_depth", "Objects and lists are nested too deeply."))]
    except ValueError as error:
        return b"{}", [Fault(path, _no_json(error))]
    if not isinstance(value, dict):
        return b"{}", [Fault(path, ErrorText("must_be_object_at", "{field} must be an object.", field=path))]
    kept = _pruned(value, path, 1, faults)
    return (to_json(kept).encode() if faults else raw), faults[:MOST_FAULTS]


def _pruned(value: Any, path: str, depth: int, faults: list[Fault]) -> Any:
    """A value without its faults; ``_FAULTY`` if it is one itself."""
    if not isinstance(value, dict | list):
        found = _in_text(value, path) if isinstance(value, str) else _in_number(value, path)
        if found:
            faults.append(Fault(path, found[2]))
        return _FAULTY if found else value
    if depth > DEEPEST:
        faults.append(
            Fault(path, ErrorText("body_depth", "Objects and lists must be nested at most {most} levels deep.", most=DEEPEST))
        )
        return _FAULTY
    if isinstance(value, list):
        parts = [_pruned(inner, f"{path}.{place}", depth + 1, faults) for place, inner in enumerate(value)]
        return [None if each is _FAULTY else each for each in parts]
    members: dict[str, Any] = {}
    for key, inner in value.items():
        found = _in_text(key, path)
        if found:
            faults.append(Fault(path, found[2]))
            continue
        each = _pruned(inner, f"{path}.{key}", depth + 1, faults)
        if each is not _FAULTY:
            members[key] = each
    return members


def _within(value: Any, path: str) -> tuple[Reason, str, ErrorText] | None:
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
    return _in_number(value, path)


def _in_number(value: Any, path: str) -> tuple[Reason, str, ErrorText] | None:
    if isinstance(value, float) and not math.isfinite(value):
        text = ErrorText("no_number", "NaN, Infinity and numbers beyond 64 bits are not valid: leave them out, or send null.")
        return Reason.NUMBER_OUT_OF_RANGE, path, text
    if value is _BEYOND or (isinstance(value, int) and not SMALLEST_INTEGER <= value <= LARGEST_INTEGER):
        return (
            Reason.NUMBER_OUT_OF_RANGE,
            path,
            ErrorText("integer_64_bits", "An integer does not fit in 64 bits: send it as text."),
        )
    return None


def _in_text(text: str, path: str) -> tuple[Reason, str, ErrorText] | None:
    if "\x00" in text:
        return Reason.NUL_BYTE, path, ErrorText("text_has_nul", "A text contains a NUL character.")
    if _HALF.search(text):
        return Reason.INVALID_TEXT, path, ErrorText("text_surrogate", "A text contains an unpaired surrogate.")
    return None
