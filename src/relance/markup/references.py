"""Character references of HTML (``&amp;``, ``&#233;``), read as browsers do: not alike in text and in attributes. Pure.

In an attribute a name without its semicolon stays as written where a letter, a digit or ``=`` follows, so that
``?a=1&region=eu`` is not taken for ``®``. ``html.unescape`` knows text alone, and raises on numbers of thousands of digits.
"""

from __future__ import annotations

import re
from html.entities import html5

_REFERENCE = re.compile(r"&(?:#([0-9]++);?+|#[xX]([0-9a-fA-F]++);?+|([A-Za-z][A-Za-z0-9]*+)(;?+))")
_WITHOUT_SEMICOLON = frozenset(name for name in html5 if not name.endswith(";"))
_LONGEST_BARE = max(map(len, _WITHOUT_SEMICOLON))
_LARGEST = 0x10FFFF
_UNKNOWN = "\ufffd"


def in_attribute(value: str) -> str:
    """An attribute's value as a browser reads it."""
    if "\r" in value:  # line ends are made one before anything is read
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    if "&" not in value:
        return value.replace("\x00", _UNKNOWN)

    def read(found: re.Match[str]) -> str:
        name = found[3]
        if name is None:
            return _numbered(found)
        if found[4]:
            known = html5.get(f"{name};")
            return known if known is not None else found[0]
        following = value[found.end() : found.end() + 1]
        return html5[name] if name in _WITHOUT_SEMICOLON and following != "=" else found[0]

    return _REFERENCE.sub(read, value).replace("\x00", _UNKNOWN)


def in_text(value: str) -> str:
    """Text between tags as a browser reads it."""
    return _REFERENCE.sub(_of_text, value) if "&" in value else value


def _of_text(found: re.Match[str]) -> str:
    name = found[3]
    if name is None:
        return _numbered(found)
    if found[4] and (known := html5.get(f"{name};")) is not None:
        return known
    for length in range(min(len(name), _LONGEST_BARE), 1, -1):  # the longest name that the text begins with
        if name[:length] in _WITHOUT_SEMICOLON:
            return html5[name[:length]] + name[length:] + found[4]
    return found[0]


def _numbered(found: re.Match[str]) -> str:
    digits, base = (found[1], 10) if found[1] is not None else (found[2], 16)
    digits = digits.lstrip("0")
    number = int(digits or "0", base) if len(digits) <= 7 else _LARGEST + 1
    if not number or number > _LARGEST or 0xD800 <= number <= 0xDFFF:
        return _UNKNOWN
    if 0x80 <= number <= 0x9F:  # what authors mean who count in Windows-1252
        return bytes((number,)).decode("cp1252", "ignore") or chr(number)
    return chr(number)
