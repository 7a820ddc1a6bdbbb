"""What history has settled since a snapshot was true, folded into what was restored from it. Each part has its own position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.live.fill.building import BuildHistory
from relance.segments.live.fill.history_queries import (
    Between,
    SettledShare,
    last_position,
    merged_since,
    newest_merges,
    seen_between,
    spotted_between,
    told_between,
)
from relance.segments.live.shard import Source
from relance.segments.live.sources.aggregates import AggregateSource
from relance.segments.live.sources.counts import CountSource
from relance.segments.live.sources.locations import is_track
from relance.segments.live.sources.sequences import SequenceSource, mark

PORTION = 50_000  # positions read at once


class SettledSince(NamedTuple):
    """Everybody of whom something was settled since: the newest position of it, and the earliest instant."""

    people: Ids
    newest: Ids
    earliest: Instants


class LaterMerge(NamedTuple):
    """One person became part of another."""

    source: int
    into: int
    position: int


class EventsSince(NamedTuple):
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

    def __init__(self, past: BuildHistory, app_id: int, share: PartitionShare, after: int) -> None:
        self._past, self._of = past, SettledShare(app_id, share, after)
        self.upto: int = past.run(last_position(app_id, share.partition))[0][0] or 0
        self._came: dict[int, LaterMerge] = {} if share.is_all else self._who_came()

    def merges(self) -> list[LaterMerge]:
        """In order. Beside other partitions only the last of each person, who comes with all that ever happened."""
        if not self._of.share.is_all:
            return list(self._came.values())
        return [
            LaterMerge(*row) for row in self._past.run(merged_since(self._of.app_id, self._of.share.partition, self._of.after))
        ]

    def _who_came(self) -> dict[int, LaterMerge]:
        last = {row[0]: row for row in self._past.run(newest_merges(self._of))}
        return {person: LaterMerge(*row[:3]) for person, row in last.items() if row[3] == self._of.share.partition}

    def seen(self) -> Iterator[SettledSince]:
        """Everybody; in several portions."""
        people, *rest = self._past.arrays(seen_between(self._of, (self._of.after, self.upto)))
        mine = self._of.share.has(people.astype(np.int64))
        yield _seen([people[mine], *(column[mine] for column in rest)])
        if self._came:
            before = (
                (self._came[row[0]], row[2]) for row in self._past.run(seen_between(self._of, None)) if row[0] in self._came
            )
            found: dict[int, tuple[int, int, int]] = {}
            for merge, earliest in before:
                _, newest, first = found.get(merge.into, (0, merge.position, earliest))
                found[merge.into] = merge.into, max(newest, merge.position), min(first, earliest)
            yield _seen(list(np.array(list(found.values()), np.int64).reshape(-1, 3).T))

    def told(self, names: Iterable[str], inside: Iterable[str]) -> Iterator[tuple[str, EventsSince]]:
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

    def _by_name(self, select: sa.Select[Any], *, came: bool) -> Iterator[tuple[str, EventsSince]]:
        """Of a query for (person, occurred_at, position, name) and perhaps bodies, those of each name."""
        columns = self._past.arrays(select)
        people, instants, positions = (column.astype(np.int64) for column in columns[:3])
        named, bodies = columns[3], columns[4] if len(columns) > 4 else None
        people, since, mine = self._who_of(people, positions) if came else (people, positions, self._of.share.has(people))
        for name in dict.fromkeys(named.tolist()):
            places = ((named == name) & mine).nonzero()[0]
            order = places[np.lexsort((positions[places], instants[places], people[places]))]
            theirs = [] if bodies is None else bodies[order].tolist()
            yield name, EventsSince(people[order], instants[order], positions[order], theirs, since[order])

    def _who_of(self, people: Ids, positions: Ids) -> tuple[Ids, Ids, Bools]:
        """Whom people became part of, by a merge at which position, and who of them came."""
        merges = list(map(self._came.get, people.tolist()))
        into = np.array([person if each is None else each.into for each, person in zip(merges, people.tolist(), strict=True)])
        since = np.array([at if each is None else each.position for each, at in zip(merges, positions.tolist(), strict=True)])
        return into.astype(np.int64), since.astype(np.int64), np.array([each is not None for each in merges], np.bool_)


def _seen(columns: Sequence[NDArray[Any]]) -> SettledSince:
    people, newest, earliest = (column.astype(np.int64) for column in columns)
    order = people.argsort()
    return SettledSince(people[order], newest[order], earliest[order])


def events_of(source: Source) -> Sequence[str]:
    """The names of the events that are folded into a source."""
    return source.events if isinstance(source, SequenceSource) else (source.event,)


def looks_inside(source: Source) -> bool:
    """Whether it must see an event's properties."""
    return not isinstance(source, CountSource) or bool(source.where)


def fold_in(source: Source, event: str, told: EventsSince, after: int, now: int) -> None:
    """Fold the events that count since after a position into a source of their name; ``now`` is when all is settled up to."""
    places = (told.since > after).nonzero()[0]
    if not places.size:
        return
    people, instants, positions = told.people[places], told.occurred_at[places], told.position[places]
    if isinstance(source, CountSource) and not source.where:
        source.add(people, instants, now)
        return
    names = source.names(event) if isinstance(source, SequenceSource) else source.names
    bodies = Bodies([told.bodies[place] for place in places.tolist()], names)
    if isinstance(source, SequenceSource):
        chosen, keys, roles = source.read(event, bodies)
        source.add(people[chosen], instants[chosen], keys, mark(positions[chosen], roles), now)
    elif isinstance(source, AggregateSource):
        chosen, values = source.read(bodies)
        source.add(people[chosen], instants[chosen], values, now)
    else:
        chosen = source.where.passing(bodies).nonzero()[0]
        if isinstance(source, CountSource):
            source.add(people[chosen], instants[chosen], now)
            return
        properties = bodies.mappings()
        order = zip(instants[chosen].tolist(), positions[chosen].tolist(), chosen.tolist(), strict=True)
        events = [source.told(occurred_at, position, properties[place]) for occurred_at, position, place in order]
        source.add(people[chosen].tolist(), events, now)
