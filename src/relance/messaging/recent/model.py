"""The newest events of one name of one person: what the last said, and when those before it were. Pure.

Two of them are joined in any order and any number of times with the same result. So nothing has to be known of late events, of
merges, of repeats, or of what history was read for twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple, TypeAlias

from relance.core.ids import hash64

MOST_INSTANTS = 100  # instants that are kept
LONGEST = 16_384  # bytes of properties that are kept; of more none are
_HALF = 1 << 63
_PAIR = struct.Struct("<qQ")

Instant: TypeAlias = tuple[int, int]
"""When an event happened (ms), and a number that tells it from others of the same instant."""


class Recent(NamedTuple):
    """``last`` is the newest event, ``properties`` what it said, as JSON. ``instants``, newest first, are all that are kept: that
    one alone where nobody counts."""

    last: Instant
    properties: str
    instants: tuple[Instant, ...]


def happened(occurred_at: int, key: str, properties: bytes | str) -> Recent:
    """One event; ``key`` is its ``event_key``."""
    instant = (occurred_at, hash64(key))
    text = properties if isinstance(properties, str) else properties.decode()
    return Recent(instant, text if len(text) <= LONGEST and len(text.encode()) <= LONGEST else "{}", (instant,))


def joined(one: Recent, other: Recent, *, counted: bool) -> Recent:
    """What is known of both together."""
    newest = max(one, other, key=lambda each: each.last)
    if not counted:
        return newest._replace(instants=(newest.last,))
    instants = tuple(nlargest(MOST_INSTANTS, {*one.instants, *other.instants}))
    return newest._replace(instants=instants)


def count_after(recent: Recent, instant: int) -> int:
    """How many of the events happened after an instant, as far as they are kept."""
    return sum(at > instant for at, _ in recent.instants)


def pack(instants: Iterable[Instant]) -> bytes:
    """Instants as they are stored."""
    return b"".join(_PAIR.pack(*each) for each in instants)


def unpack(packed: bytes) -> tuple[Instant, ...]:
    """The same again."""
    return tuple((at, number) for at, number in _PAIR.iter_unpack(packed))


def signed(number: int) -> int:
    """An unsigned number of 64 bits as databases keep it, in the same order."""
    return number - _HALF


def unsigned(number: int) -> int:
    """The same back."""
    return number + _HALF
