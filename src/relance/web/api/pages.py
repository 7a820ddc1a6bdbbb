"""Lists in pages: ``{"items": […], "next": cursor | null}``. A cursor is opaque to callers and checked when it comes back."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from relance.core.error_text import ErrorText
from relance.core.errors import CursorError

T = TypeVar("T")
Item = TypeVar("Item")

_LARGEST = 2**63
_HISTORY_PLACE = re.compile(r"[0-9]{1,18}\.[0-9]{1,9}\.[0-9]{1,18}")


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page of a list. ``next`` is null on the last page."""

    items: list[Item]
    next: str | None


def write_cursor(place: object) -> str:
    """Encode a place in a list (an id, or a list of sort values) as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def read_cursor(text: str | None, shape: type[T]) -> T | None:
    """The place a cursor stands for. Raises ``CursorError`` if it does not have this shape."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(raw, type=shape)
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError) as error:
        raise CursorError(ErrorText("cursor", "This cursor does not belong to this list."), path="cursor") from error
    values = place if isinstance(place, list | tuple) else [place]
    if any(isinstance(value, int) and not -_LARGEST <= value < _LARGEST for value in values):
        raise CursorError(ErrorText("cursor", "This cursor does not belong to this list."), path="cursor")
    return place


def read_history_cursor(text: str | None) -> str | None:
    """The place in history a cursor stands for: ``occurred_at.partition.position``."""
    place = read_cursor(text, str)
    if place is not None and not _HISTORY_PLACE.fullmatch(place):
        raise CursorError(ErrorText("cursor", "This cursor does not belong to this list."), path="cursor")
    return place


def page(found: Sequence[Item], limit: int, place: Callable[[Item], object]) -> Page[Item]:
    """A page, given one more item than ``limit`` if there are more."""
    items = list(found[:limit])
    return Page(items, write_cursor(place(items[-1])) if len(found) > limit else None)
