"""What history has settled since a snapshot was true, folded into what was restored from it. Each part has its own position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from relance.segments.live.bodies import Bodies
from relance.segments.live.building import Past
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Ids, Instants
from relance.segments.live.past import (
    Between,
    Settled,
    last_position,
    merged_since,
    newest_merges,
    seen_between,
    spotted_between,
    told_between,
)
from relance.segments.live.sequences import Steps, mark
from relance.segments.live.shard import Source
from relance.segments.live.share import Share
from relance.segments.live.tallies import Tally
from relance.segments.live.tracks import is_track

PORTION = 50_000  # positions read at once


class Seen(NamedTuple):
    """Everybody of whom something was settled since: the newest position of it, and the earliest instant."""

    people: Ids
    newest: Ids
    earliest: Instants


class Merged(NamedTuple):
    """One person became part of another."""

    source: int
    into: int
    position: int


class Told(NamedTuple):
    """Events of one name, in order of person, instant and position. ``bodies`` are empty where nobody looks inside.

    ``since`` is from which position on each counts: its own, or that of the merge that brought it.
    """

    people: Ids
    occurred_at: Instants
    position: Ids
    bodies: Sequence[str]
    since: Ids


class Since:
    """What a partition settled of one app after a position."""

    def __init__(self, past: Past, app_id: int, share: Share, after: int) -> None:
        self._past, self._of = past, Settled(app_id, share, after)
        self.upto: int = past.run(last_position(app_id, share.partition))[0][0] or 0
        self._came: dict[int, Merged] = {} if share.is_all else self._who_came()

    def merges(self) -> list[Merged]:
        """In order. Beside other partitions only the last of each person, who comes with all that ever happened."""
        if not self._of.share.is_all:
            return list(self._came.values())
        return [Merged(*row) for row in self._past.run(merged_since(self._of.app_id, self._of.share.partition, self._of.after))]

    def _who_came(self) -> dict[int, Merged]:
        last = {row[0]: row for row in self._past.run(newest_merges(self._of))}
        return {person: Merged(*row[:3]) for person, row in last.items() if row[3] == self._of.share.partition}

    def seen(self) -> Iterator[Seen]:
        """Everybody; in several portions."""
        yield _seen(self._past.run(seen_between(self._of, (self._of.after, self.upto))))
        if self._came:
            before = (
                (self._came[row[0]], row[2]) for row in self._past.run(seen_between(self._of, None)) if row[0] in self._came
            )
            found: dict[int, tuple[int, int, int]] = {}
            for merge, earliest in before:
                _, newest, first = found.get(merge.into, (0, merge.position, earliest))
                found[merge.into] = merge.into, max(newest, merge.position), min(first, earliest)
            yield _seen(list(found.values()))

    def told(self, names: Iterable[str], inside: Iterable[str]) -> Iterator[tuple[str, Told]]:
        """(name, events) of some names, of which those named ``inside`` come with their properties; in several portions."""
        choosy = sorted(set(inside))
        plain = sorted(set(names) - set(choosy))
        spotted = [name for name in (*choosy, *plain) if is_track(name)]
        of, starts = self._of, range(self._of.after, self.upto, PORTION)
        portions: list[Between | None] = [(start, start + PORTION) for start in starts]
        for between in [*portions, *([None] if self._came else [])]:
            for wanted, with_bodies in ((plain, False), (choosy, True)):
                if wanted:
                    yield from self._by_name(told_between(wanted, of, between, inside=with_bodies), came=between is None)
            if spotted:
                yield from self._by_name(spotted_between(of, between), came=between is None)

    def _by_name(self, select: sa.Select[Any], *, came: bool) -> Iterator[tuple[str, Told]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for row in self._past.run(select):
            if not came or row[0] in self._came:
                found.setdefault(row[3], []).append(row)
        for name, theirs in found.items():
            since = np.array([self._came[row[0]].position if came else row[2] for row in theirs], np.int64)
            columns = np.array([row[:3] for row in theirs], np.int64)
            if came:
                columns[:, 0] = [self._came[row[0]].into for row in theirs]
            order = np.lexsort((columns[:, 2], columns[:, 1], columns[:, 0]))
            people, instants, positions = (np.ascontiguousarray(column) for column in columns[order].T)
            bodies = [theirs[place][4] for place in order.tolist()] if len(theirs[0]) > 4 else []
            yield name, Told(people, instants, positions, bodies, since[order])


def _seen(rows: Sequence[tuple[Any, ...]]) -> Seen:
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Seen(*(np.ascontiguousarray(column) for column in table[table[:, 0].argsort()].T))


def events_of(source: Source) -> Sequence[str]:
    """The names of the events that are folded into a source."""
    return source.events if isinstance(source, Steps) else (source.event,)


def looks_inside(source: Source) -> bool:
    """Whether it must see an event's properties."""
    return not isinstance(source, Stream) or bool(source.where)


def fold_in(source: Source, event: str, told: Told, after: int, now: int) -> None:
    """Fold the events that count since after a position into a source of their name; ``now`` is when all is settled up to."""
    places = (told.since > after).nonzero()[0]
    if not places.size:
        return
    people, instants, positions = told.people[places], told.occurred_at[places], told.position[places]
    if isinstance(source, Stream) and not source.where:
        source.add(people, instants, now)
        return
    names = source.names(event) if isinstance(source, Steps) else source.names
    bodies = Bodies([told.bodies[place] for place in places.tolist()], names)
    if isinstance(source, Steps):
        chosen, keys, roles = source.read(event, bodies)
        source.add(people[chosen], instants[chosen], keys, mark(positions[chosen], roles), now)
    elif isinstance(source, Tally):
        chosen, values = source.read(bodies)
        source.add(people[chosen], instants[chosen], values, now)
    else:
        chosen = source.where.passing(bodies).nonzero()[0]
        if isinstance(source, Stream):
            source.add(people[chosen], instants[chosen], now)
            return
        properties = bodies.mappings()
        order = zip(instants[chosen].tolist(), positions[chosen].tolist(), chosen.tolist(), strict=True)
        events = [source.told(occurred_at, position, properties[place]) for occurred_at, position, place in order]
        source.add(people[chosen].tolist(), events, now)
