"""A closer check of JSON that the decoder skips unread: NUL characters, numbers nothing can hold, deep nesting.

The quick searches have false positives but no false negatives; on a hit, ``examine`` builds the values and walks them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from relance.core.error_text import ErrorText
from relance.events.model import Reason

DEEPEST = 32
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**63 - 1

# Digits become 0 and exponent letters e: then a few searches find every number that could be too large.
_FOLD = bytes.maketrans(b"123456789E", b"000000000e")
_LONG_NUMBER = b"0" * 19  # the shortest integer beyond 64 bits has 19 digits
_LARGE_EXPONENT, _LARGE_SIGNED_EXPONENT = b"0e000", b"0e+000"  # 1e100 and beyond; small ones underflow to 0, which is fine

_decode = msgspec.json.Decoder().decode


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """A record cannot be accepted; ``path`` names the field at fault."""

    def __init__(self, reason: Reason, path: str, text: ErrorText) -> None:
        super().__init__(text)
        self.reason = reason
        self.path = path
        self.text = text


def may_hold_nul(text: bytes) -> bool:
    """Whether some JSON could hold an escaped NUL character; a raw one is invalid JSON."""
    return text.find(b"\\") >= 0 and text.find(b"\\u0000") >= 0  # the first search is twenty times faster than the second


def is_suspicious(body: bytes) -> bool:
    """Whether an object could hold a number that exceeds 64 bits, or nest deeply."""
    # ``find`` rather than ``in``, which costs twice as much on bytes; cheapest searches first.
    folded = body.translate(_FOLD)
    return (
        folded.find(_LARGE_EXPONENT) >= 0
        or folded.find(_LARGE_SIGNED_EXPONENT) >= 0
        or folded.find(_LONG_NUMBER) >= 0
        or body.count(b"{") + body.count(b"[") > DEEPEST
    )


def examine(message: bytes, path: str = "") -> None:
    """Build the values at ``path`` and check each. Raises ``Refused``, or what the decoder raises."""
    _walk(_decode(message), 1, path)


def _walk(value: Any, depth: int, path: str) -> None:
    if type(value) is str:
        if "\x00" in value:
            raise Refused(Reason.NUL_BYTE, path, ErrorText("text_has_nul", "A text contains a NUL character."))
    elif type(value) is int:
        if not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
            raise Refused(
                Reason.NUMBER_OUT_OF_RANGE,
                path,
                ErrorText("integer_64_bits", "An integer does not fit in 64 bits: send it as text."),
            )
    elif type(value) is dict or type(value) is list:
        if depth > DEEPEST:
            raise Refused(
                Reason.TOO_DEEP,
                "",
                ErrorText("body_depth", "Objects and lists must be nested at most {most} levels deep.", most=DEEPEST),
            )
        pairs = value.items() if type(value) is dict else enumerate(value)
        for key, inner in pairs:
            if type(key) is str and "\x00" in key:
                raise Refused(Reason.NUL_BYTE, path, ErrorText("field_name_nul", "A field name contains a NUL character."))
            _walk(inner, depth + 1, f"{path}.{key}" if path else str(key))
