"""What the program tells of many people at once, as columns: in the outbox it takes a fraction of the room and time of events."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import msgspec

from relance.events.model import Event, Kind

_DERIVED = Kind.DERIVED.value


class Word(NamedTuple):
    """What events of one kind have in common. An id is ``beginning``, the person and the instant, with hyphens between."""

    app_id: int
    name: str
    beginning: str
    body: bytes
    context: bytes = b"{}"


class Told(msgspec.Struct, frozen=True, gc=False):
    """Derived events that are alike but for whose they are, and when: columns of 64-bit integers, in order.

    ``words`` are places in ``kinds``.
    """

    kinds: list[Word]
    words: bytes
    persons: bytes
    instants: bytes
    flags: bytes

    def __len__(self) -> int:
        return len(self.words) // 8

    def events(self) -> list[Event]:
        """Each of them."""
        kinds = self.kinds
        words, *rest = (_numbers(column) for column in (self.words, self.persons, self.instants, self.flags))
        return [
            Event(app_id, _DERIVED, name, f"{beginning}-{person}-{at}", "", "", at, at, body, context, flags, person)
            for (app_id, name, beginning, body, context), person, at, flags in zip(
                map(kinds.__getitem__, words), *rest, strict=True
            )
        ]


def _numbers(column: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(column)
    return numbers
