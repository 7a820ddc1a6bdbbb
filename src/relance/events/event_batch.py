"""Derived events of many people as columns: in the outbox they take a fraction of the space and time of single events."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from relance.events.model import Event, Kind

_DERIVED = Kind.DERIVED.value


class EventTemplate(NamedTuple):
    """What the events of one kind share. An id is ``beginning``, the person and the instant, joined by hyphens."""

    app_id: int
    name: str
    beginning: str
    body: bytes
    context: bytes = b"{}"


class EventBatch(msgspec.Struct, frozen=True, gc=False):
    """Derived events that differ only in person and time: columns of 64-bit integers, in order.

    ``words`` index ``kinds``.
    """

    kinds: list[EventTemplate]
    words: bytes
    persons: bytes
    instants: bytes
    flags: bytes

    def __len__(self) -> int:
        return len(self.words) // 8

    def parts(self, most: int) -> Iterator[tuple[int, EventBatch]]:
        """Batches of one app and at most this many people each, every one in order."""
        apps = [word.app_id for word in self.kinds]
        if len(set(apps)) == 1 and len(self) <= most:
            yield apps[0], self
            return
        columns = [_numbers(column) for column in (self.words, self.persons, self.instants, self.flags)]
        for app_id, its in _of_each_app(columns, apps):
            for start in range(0, len(its[0]), most):
                yield app_id, self._picked(*(column[start : start + most] for column in its))

    def _picked(self, words: array[int], *rest: array[int]) -> EventBatch:
        """A selection, with only the kinds it uses."""
        numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
        picked = array("q", map(numbers.__getitem__, words))
        return EventBatch([self.kinds[word] for word in numbers], picked.tobytes(), *(column.tobytes() for column in rest))

    def events(self) -> list[Event]:
        """The events themselves."""
        kinds = self.kinds
        words, *rest = (_numbers(column) for column in (self.words, self.persons, self.instants, self.flags))
        return [
            Event(app_id, _DERIVED, name, f"{beginning}-{person}-{at}", "", "", at, at, body, context, flags, person)
            for (app_id, name, beginning, body, context), person, at, flags in zip(
                map(kinds.__getitem__, words), *rest, strict=True
            )
        ]


def _of_each_app(columns: Sequence[array[int]], apps: Sequence[int]) -> Iterator[tuple[int, Sequence[array[int]]]]:
    """Each app's share of the columns; ``apps`` are the apps of the kinds."""
    if len(set(apps)) == 1:  # nearly always
        yield apps[0], columns
        return
    places: dict[int, list[int]] = {}
    for place, word in enumerate(columns[0]):
        places.setdefault(apps[word], []).append(place)
    for app_id, its in places.items():
        yield app_id, [array("q", [column[place] for place in its]) for column in columns]


def _numbers(column: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(column)
    return numbers
