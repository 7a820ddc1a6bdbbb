"""What history tells of people's events: asked where an event comes after what it should have come before."""

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
_AT_ONCE = 2_000  # people in one query


class SettledEvent(msgspec.Struct, frozen=True, gc=False):
    """An event of a person that is settled. ``late``: it came in too late to start anything, or was imported."""

    name: str
    key: str  # ``event_key``
    occurred_at: int
    late: bool
    body: str  # its properties as JSON
    caused_by: tuple[int, ...] = ()  # the journeys that brought it about


class Recalling(Protocol):
    """Tells past events."""

    def __call__(
        self, app_id: int, persons: Collection[int], names: Collection[str], since: int
    ) -> dict[int, list[SettledEvent]]:
        """Of each person the events of these names that happened at ``since`` or later, in the order they were received."""
        ...


class RecallHistory(Protocol):
    """What is needed of history."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...


class Recall:
    """Asks history. What was appended before the call is found."""

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
        """These persons and everyone folded into one of them → that one. History joins whoever was folded into them, too."""
        owner = {person: person for person in persons}
        query = sa.select(MERGED.c.from_id, MERGED.c.into_id).where(MERGED.c.app_id == app_id, MERGED.c.into_id.in_(persons))
        owner.update(self._history.run(query.order_by(MERGED.c.position)))
        return owner


@lru_cache(maxsize=1_024)
def is_heard(kind: str, name: str) -> bool:
    """Whether journeys hear it: what was sent under a name of ours could be said by whoever has a write key, which is public.

    What became of a test moves and starts no run.
    """
    return kind in HEARD_KINDS and bool(heard_name(name, kind)) and name != Name.MESSAGE_TESTED


def recall_nothing(app_id: int, persons: Collection[int], names: Collection[str], since: int) -> dict[int, list[SettledEvent]]:  # noqa: ARG001
    """For journeys without a history: everything is heard as it comes."""
    return {}


def _portions(persons: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(persons), _AT_ONCE):
        yield persons[start : start + _AT_ONCE]
