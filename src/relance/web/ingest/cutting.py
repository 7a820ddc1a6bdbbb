"""A batch cut into its messages where the decoder refuses it as a whole: what is wrong with one of them is no reason to lose the
others. Only texts and brackets are looked at, from the left to the right, once. Pure.
"""

from __future__ import annotations

import re

# A text (to the end of the body where nothing closes it), or one of the signs that JSON is cut by.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z)|[\[\]{},:]', re.DOTALL)
_CLOSING = {b"[": b"]", b"{": b"}"}


def members_of(body: bytes) -> dict[bytes, bytes] | None:
    """The members of an object as they came, by the texts of their names; None where brackets do not fit together."""
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
    """The elements of a list as they came; None where it is none."""
    return _parts(text, 0) if text[:1] == b"[" else None


def _parts(body: bytes, start: int) -> list[bytes] | None:
    """What stands between the commas within the bracket at ``start``, which must be the last thing to close."""
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
