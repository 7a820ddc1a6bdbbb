"""Trimming of input from people and spreadsheets: invisible characters around a text are not part of it."""

from __future__ import annotations

from typing import Any

import msgspec

# Joiners, directional marks, byte-order marks and the like: not white space to Python, but invisible.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
)
_INVISIBLE = frozenset(INVISIBLE)


def trimmed(text: str) -> str:
    """The text without leading and trailing white space and invisible characters."""
    if not text or (text.isascii() and " " < text[0] < "\x7f" and " " < text[-1] < "\x7f"):
        return text
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def event_name(text: str) -> str:
    """An event's name as ingestion stores it. Blank names, and names no event can have, are left as they are."""
    return text if "\x00" in text else trimmed(text) or text


def trim_event(holder: Any) -> None:
    """Normalise the event named in a definition to the form in which events arrive."""
    name = event_name(holder.event)
    if name != holder.event:
        msgspec.structs.force_setattr(holder, "event", name)


def holds_invisible(text: str) -> bool:
    """Whether the text contains an invisible character."""
    return not text.isascii() and not _INVISIBLE.isdisjoint(text)


def _is_blank(character: str) -> bool:
    return character.isspace() or character in _INVISIBLE or character < " " or character == "\x7f"
