"""A limit on an app's event names: anyone with a key could invent any number of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import sqlalchemy as sa

from relance.events.model import Event, Kind
from relance.events.model_tables import EVENTS

MOST_NAMES = 10_000  # per app
_TRACK = Kind.TRACK.value


class _History(Protocol):
    def run(self, select: sa.Select[tuple[str]]) -> list[tuple[str]]: ...


class EventNames:
    """The event names in history, of the apps seen so far: a cache of what is committed. One per process, shared by all
    partitions.
    """

    def __init__(self, history: _History, most: int = MOST_NAMES) -> None:
        self._history = history
        self._most = most
        self._known: dict[int, set[str]] = {}

    def refused(self, events: Sequence[Event]) -> set[tuple[int, str]]:
        """Those of the events' (app, name) pairs that are new and over the limit; the others are known from now on."""
        found: set[tuple[int, str]] = set()
        for app_id, name in dict.fromkeys([(event.app_id, event.name) for event in events if event.kind == _TRACK]):
            known = self._known.get(app_id)
            if known is None:
                known = self._known[app_id] = self._read(app_id)
            if name in known:
                continue
            if len(known) < self._most:
                known.add(name)
            else:
                found.add((app_id, name))
        return found

    def has_all(self, apps: Collection[int], named: Iterable[tuple[str, str]]) -> bool:
        """Whether each of these apps has each of the names, given with their kinds: true in nearly every tick."""
        names = {name for kind, name in named if kind == _TRACK}
        return not names or all(names <= self._known.get(app_id, frozenset()) for app_id in apps)

    def drop(self) -> None:
        """Clear the cache: some of it may not have been committed."""
        self._known.clear()

    def _read(self, app_id: int) -> set[str]:
        mine = (EVENTS.c.app_id == app_id, EVENTS.c.kind == _TRACK)
        return {name for (name,) in self._history.run(sa.select(EVENTS.c.event).where(*mine).distinct())}
