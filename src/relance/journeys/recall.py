"""Reads people's past events from history, for events that arrived after something they should have preceded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from relance.core.ids import event_key
from relance.events.causes import read_causes
from relance.events.model import Kind, Name, heard_name
from relance.events.service import EVENTS, MERGED

HEARD_KINDS = frozenset((Kind.TRACK.value, Kind.DERIVED.value, Kind.PAGE.value, Kind.SCREEN.value))
_AT_ONCE = 2_000  # people per query


class SettledEvent(msgspec.Struct, frozen=True, gc=False):
    """A settled event of a person. ``late``: it arrived too late to start anything, or was imported."""

    name: str
    key: str  # ``event_key``
    occurred_at: int
    late: bool
    body: str  # its properties as JSON
    caused_by: tuple[int, ...] = ()  # the journeys that caused it


class Recalling(Protocol):
    """Returns past events."""

    def __call__(
        self, app_id: int, persons: Collection[int], names: Collection[str], since: int
    ) -> dict[int, list[SettledEvent]]:
        """For each person, the events of these names at ``since`` or later, in order of receipt."""
        ...


class RecallHistory(Protocol):
    """What recall needs of history."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...


class Recall:
    """Queries history. Includes everything appended before the call."""

    def __init__(self, history: RecallHistory) -> None:
        self._history = history

    def __call__(
        self, app_id: int, persons: Collection[int], names: Collection[str], since: int
    ) -> dict[int, list[SettledEvent]]:
        found: dict[int, list[SettledEvent]] = {}
        for some in _portions(sorted(persons)):
            owner = self._owners(app_id, some)
            selected = ("person_id", "event", "kind", "occurred_at", "late", "properties", "context")
            columns = [EVENTS.c[name] for name in (*selected, "message_id", "user_id", "anonymous_id")]
            mine = (EVENTS.c.app_id == app_id, EVENTS.c.occurred_at >= since)
            theirs = (EVENTS.c.event.in_(sorted(names)), EVENTS.c.person_id.in_(sorted(owner)))
            query = sa.select(*columns).where(*mine, *theirs).order_by(EVENTS.c.position, EVENTS.c.partition)
            for person, name, kind, occurred_at, late, body, context, message_id, *ids in self._history.run(query):
                if is_heard(kind, name):
                    caused_by = read_causes(kind, name, context.encode()).caused_by
                    key = event_key(message_id, name, *ids)
                    found.setdefault(owner[person], []).append(SettledEvent(name, key, occurred_at, late, body, caused_by))
        return found

    def _owners(self, app_id: int, persons: Sequence[int]) -> dict[int, int]:
        """These persons and everyone merged into one of them → that one. History resolves later merges."""
        owner = {person: person for person in persons}
        query = sa.select(MERGED.c.from_id, MERGED.c.into_id).where(MERGED.c.app_id == app_id, MERGED.c.into_id.in_(persons))
        owner.update(self._history.run(query.order_by(MERGED.c.position)))
        return owner


@lru_cache(maxsize=1_024)
def is_heard(kind: str, name: str) -> bool:
    """Whether journeys react to it: an event under a reserved name may have been sent by anyone with a write key.

    Reports of test sends neither move nor start runs.
    """
    return kind in HEARD_KINDS and bool(heard_name(name, kind)) and name != Name.MESSAGE_TESTED


def recall_nothing(app_id: int, persons: Collection[int], names: Collection[str], since: int) -> dict[int, list[SettledEvent]]:  # noqa: ARG001
    """For journeys without history: everything is applied as it comes."""
    return {}


def _portions(persons: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(persons), _AT_ONCE):
        yield persons[start : start + _AT_ONCE]
