"""Splits a batch that the decoder refuses as a whole into its messages, so that one bad message does not lose the others. Scans
texts and brackets only, once from left to right. Pure.
"""

from __future__ import annotations

import re

# A text (to the end of the body if it is not closed), or one of JSON's delimiters.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z)|[\[\]{},:]', re.DOTALL)
_CLOSING = {b"[": b"]", b"{": b"}"}


def members_of(body: bytes) -> dict[bytes, bytes] | None:
    """The raw members of an object by their raw names; None if brackets do not match."""
    start = body.find(b"{")
    if start < 0 or body[:start].strip():
        return None
    parts = _parts(body, start)
    if parts is None:
        return None
    members: dict[bytes, bytes] = {}
    for part in parts:
        name = _TOKEN.match(part)
        rest = part[name.end() :].lstrip() if name else b""
        if name is None or part[:1] != b'"' or rest[:1] != b":":
            return None
        members[name[0][1:-1]] = rest[1:].strip()
    return members


def elements_of(text: bytes) -> list[bytes] | None:
    """The raw elements of a list; None if it is not one."""
    return _parts(text, 0) if text[:1] == b"[" else None


def _parts(body: bytes, start: int) -> list[bytes] | None:
    """The parts between the commas inside the bracket at ``start``, which must be the last to close."""
    parts: list[bytes] = []
    open_ = [_CLOSING[body[start : start + 1]]]
    begun = start + 1
    for token in _TOKEN.finditer(body, start + 1):
        sign = token[0]
        if sign in _CLOSING:
            open_.append(_CLOSING[sign])
        elif sign == open_[-1]:
            open_.pop()
            if not open_:
                last = body[begun : token.start()].strip()
                parts += [last] if last or parts else []
                return None if body[token.end() :].strip() else parts
        elif sign in b"]}":
            return None
        elif sign == b"," and len(open_) == 1:
            parts.append(body[begun : token.start()].strip())
            begun = token.end()
    return None
