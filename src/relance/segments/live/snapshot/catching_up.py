"""What history has settled since a snapshot was true, folded into what was restored from it. Each part has its own position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.bodies import Bodies
from relance.segments.live.building import Past
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Ids, Instants
from relance.segments.live.past import last_position, merged_since, seen_since, spotted_between, told_between
from relance.segments.live.sequences import Steps, mark
from relance.segments.live.shard import Source
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
    """Events of one name, in order of person, instant and position. ``bodies`` are empty where nobody looks inside."""

    people: Ids
    occurred_at: Instants
    position: Ids
    bodies: Sequence[str]


class Since:
    """What a partition settled of one app after a position."""

    def __init__(self, past: Past, app_id: int, partition: int, after: int) -> None:
        self._past, self._of, self._after = past, (app_id, partition), after
        self.upto: int = past.run(last_position(*self._of))[0][0] or 0

    def seen(self) -> Seen:
        columns = [column.astype(np.int64) for column in self._past.arrays(seen_since(*self._of, self._after))]
        order = columns[0].argsort()
        return Seen(*(column[order] for column in columns))

    def merges(self) -> list[Merged]:
        """In order."""
        return [Merged(*row) for row in self._past.run(merged_since(*self._of, self._after))]

    def told(self, names: Iterable[str], inside: Iterable[str]) -> Iterator[tuple[str, Told]]:
        """(name, events) of some names, of which those named ``inside`` come with their properties; in several portions."""
        choosy = sorted(set(inside))
        plain = sorted(set(names) - set(choosy))
        spotted = [name for name in (*choosy, *plain) if is_track(name)]
        for start in range(self._after, self.upto, PORTION):
            for wanted, with_bodies in ((plain, False), (choosy, True)):
                if wanted:
                    select = told_between(wanted, *self._of, start, start + PORTION, inside=with_bodies)
                    yield from _by_name(self._past.arrays(select))
            if spotted:
                yield from _by_name(self._past.arrays(spotted_between(*self._of, start, start + PORTION)))


def _by_name(columns: Sequence[NDArray[Any]]) -> Iterator[tuple[str, Told]]:
    """Of (person, occurred_at, position, name) and perhaps bodies, those of each name."""
    people, instants, positions = (column.astype(np.int64) for column in columns[:3])
    named, bodies = columns[3], columns[4] if len(columns) > 4 else None
    for name in dict.fromkeys(named.tolist()):
        places = (named == name).nonzero()[0]
        order = places[np.lexsort((positions[places], instants[places], people[places]))]
        yield name, Told(people[order], instants[order], positions[order], [] if bodies is None else bodies[order].tolist())


def events_of(source: Source) -> Sequence[str]:
    """The names of the events that are folded into a source."""
    return source.events if isinstance(source, Steps) else (source.event,)


def looks_inside(source: Source) -> bool:
    """Whether it must see an event's properties."""
    return not isinstance(source, Stream) or bool(source.where)


def fold_in(source: Source, event: str, told: Told, after: int, now: int) -> None:
    """Fold the events that were settled after a position into a source of their name; ``now`` is when all is settled up to."""
    places = (told.position > after).nonzero()[0]
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
