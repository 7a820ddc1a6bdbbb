"""From a tick's events to work: which streams each event belongs to, and who is new. No loop over events but to build columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from relance.events.model import Batch, Event
from relance.segments.definition.evaluate import Happening
from relance.segments.live.bodies import Bodies
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.runs import cut
from relance.segments.live.sequences import Steps, mark
from relance.segments.live.shard import Shard, Source
from relance.segments.live.tallies import Tally
from relance.segments.live.tracks import Spotted, may_tell
from relance.segments.live.work import EARLIEST, NEWCOMER, TRAITS, Work, join, nothing
from relance.segments.rule.conditions import SPOTTED

_NAME, _BODY, _CONTEXT = attrgetter("name"), attrgetter("body"), attrgetter("context")


class Columns(NamedTuple):
    """The events of one app in a batch, in log order."""

    events: Sequence[Event]
    people: Ids
    occurred_at: Instants
    late: Bools
    position: Ids

    def pick(self, chosen: Bools | Ids) -> Columns:
        events = [self.events[index] for index in np.arange(len(self.events))[chosen].tolist()]
        people, occurred_at, late = self.people[chosen], self.occurred_at[chosen], self.late[chosen]
        return Columns(events, people, occurred_at, late, self.position[chosen])


class Listeners:
    """What listens to which event names."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.codes: dict[str, int] = {}
        self.plain: dict[int, list[int]] = {}
        self.choosy: dict[int, list[Source]] = {}  # those that must look into each event
        self.names: dict[int, frozenset[str]] = {}  # what they look at
        for source in sources:
            for event in source.events if isinstance(source, Steps) else (source.event,):
                code = self.codes.setdefault(event, len(self.codes) + 1)
                if isinstance(source, Stream) and not source.where:
                    self.plain.setdefault(code, []).append(source.number)
                    continue
                self.choosy.setdefault(code, []).append(source)
                names = source.names(event) if isinstance(source, Steps) else source.names
                self.names[code] = self.names.get(code, frozenset()) | names


def take_in(
    shard: Shard, listeners: Listeners, columns: Columns, traits: Mapping[int, Any], now: int
) -> tuple[Work, Sequence[Happening]]:
    """The work that these events, and the changed traits of these people, are for the app; and the events that books keep."""
    people = shard.root_of(columns.people)
    if people is not columns.people:
        columns = columns._replace(people=people)
        alive = people > 0
        if not alive.all():
            columns = columns.pick(alive)
    instants = np.maximum(columns.occurred_at, shard.last)
    happened: list[Happening] = []
    parts = _hits(listeners, columns, instants, happened)
    parts += _newcomers(shard, columns, instants)
    if shard.knows_firsts:
        earlier = (columns.occurred_at < shard.firsts.get(columns.people)).nonzero()[0]
        parts.append(_work(columns, instants, earlier, EARLIEST))
    if traits:
        parts += _traits(shard, columns, instants, np.array(sorted(traits), np.int64), now)
    return join(parts) if parts else nothing(), happened


def cut_by_app(batch: Batch, with_traits: Iterable[int], present: AbstractSet[int]) -> list[tuple[int, Columns]]:
    """The batch cut by app, for those ``present``: apps that it tells of, or whose people have new traits."""
    events = batch.events
    everything = Columns(
        events,
        np.array(batch.persons, np.int64),
        np.array([event.occurred_at for event in events], np.int64),
        np.array(batch.late, np.bool_),
        np.array(batch.positions, np.int64)
        if batch.positions
        else np.arange(batch.first_position, batch.first_position + len(events)),
    )
    apps = {event.app_id for event in events}
    if len(apps) == 1 and apps.issuperset(with_traits):
        (app_id,) = apps
        return [(app_id, everything)] if app_id in present else []
    ids = np.array([event.app_id for event in events], np.int64)
    wanted = sorted((apps | set(with_traits)) & present)
    return [(app_id, everything.pick(np.flatnonzero(ids == app_id))) for app_id in wanted]


def living_traits(shard: Shard, traits: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Traits of people who were not merged away or forgotten in the meantime, where any segment asks for people or traits.

    Where none does they are known from now on all the same: a segment that is made later may hold them.
    """
    if not traits:
        return {}
    people: Ids = np.array(sorted(traits), np.int64)
    living = people[shard.root_of(people) == people]
    asked = bool(shard.trait_leaves) or shard.zones is not None
    if not (asked or any(each.holds_for_strangers for each in shard.segments.values())):
        shard.known.set(living, True)
        return {}
    return {person: traits[person] for person in living.tolist()}


def _hits(listeners: Listeners, columns: Columns, instants: Instants, happened: list[Happening]) -> list[Work]:
    if not listeners.codes or not columns.events:
        return []
    parts = _spotted(listeners, columns, instants, happened)
    find = listeners.codes.get
    codes = np.array([find(name, 0) for name in map(_NAME, columns.events)], np.int64)
    raw = list(map(_BODY, columns.events)) if listeners.choosy else []
    for chosen in cut(codes):
        code = int(codes[chosen[0]])
        parts += [_work(columns, instants, chosen, number) for number in listeners.plain.get(code, ())]
        choosy = listeners.choosy.get(code)
        if choosy:
            bodies = Bodies([raw[place] for place in chosen.tolist()], listeners.names[code])
            parts += [_choose(columns, instants, chosen, bodies, source, happened) for source in choosy]
    return parts


def _spotted(listeners: Listeners, columns: Columns, instants: Instants, happened: list[Happening]) -> list[Work]:
    """What is told of where people are, by events of any name."""
    tracks = listeners.choosy.get(listeners.codes.get(SPOTTED, 0), ())
    if not tracks:
        return []
    contexts = list(map(_CONTEXT, columns.events))
    if not may_tell(b"".join(contexts)):  # as in most ticks of most apps
        return []
    chosen = np.fromiter(map(may_tell, contexts), np.bool_, len(contexts)).nonzero()[0]
    bodies = Bodies([contexts[place] for place in chosen.tolist()], Spotted.names)
    return [_choose(columns, instants, chosen, bodies, track, happened) for track in tracks]


def _choose(columns: Columns, instants: Instants, chosen: Ids, bodies: Bodies, source: Source, happened: list[Happening]) -> Work:
    """What a source takes of events of one name; what books keep is written down in ``happened``."""
    if isinstance(source, Steps):
        places, values, roles = source.read(columns.events[int(chosen[0])].name, bodies)
        work = _work(columns, instants, chosen[places], source.number)
        return work._replace(value=values, mark=mark(columns.position[chosen[places]], roles))
    if isinstance(source, Tally):
        places, values = source.read(bodies)
        return _work(columns, instants, chosen[places], source.number)._replace(value=values)
    places = source.where.passing(bodies).nonzero()[0]
    work = _work(columns, instants, chosen[places], source.number)
    if isinstance(source, Stream):
        return work
    told = zip(work.occurred_at.tolist(), columns.position[chosen[places]].tolist(), places.tolist(), strict=True)
    first, properties = len(happened), bodies.mappings()
    happened += [source.told(occurred_at, position, properties[place]) for occurred_at, position, place in told]
    return work._replace(value=np.arange(first, len(happened)))


def _work(columns: Columns, instants: Instants, chosen: Ids, code: int) -> Work:
    codes = np.full(chosen.size, code, np.int64)
    people, occurred_at, late = columns.people[chosen], columns.occurred_at[chosen], columns.late[chosen]
    zeros = np.zeros(chosen.size, np.int64)
    return Work(people, instants[chosen], occurred_at, late, codes, zeros, zeros)


def _newcomers(shard: Shard, columns: Columns, instants: Instants) -> list[Work]:
    """Who is seen for the first time, from their first event on."""
    fresh = np.flatnonzero(~shard.known.get(columns.people))
    if not fresh.size:
        return []
    order = fresh[np.lexsort((instants[fresh], columns.people[fresh]))]
    people = columns.people[order]
    is_first = np.append(True, people[1:] != people[:-1])
    return [_work(columns, instants, order[is_first], NEWCOMER)]


def _traits(shard: Shard, columns: Columns, instants: Instants, people: Ids, now: int) -> list[Work]:
    """Traits change at the person's newest event of the batch, which changed them; without one (an edit), now."""
    newest = np.full(people.size, -1, np.int64)
    occurred = np.full(people.size, -1, np.int64)
    late = np.ones(people.size, np.bool_)
    places = np.minimum(np.searchsorted(people, columns.people), people.size - 1)
    theirs = people[places] == columns.people
    np.maximum.at(newest, places[theirs], instants[theirs])
    np.maximum.at(occurred, places[theirs], columns.occurred_at[theirs])
    np.logical_and.at(late, places[theirs], columns.late[theirs])
    silent = newest < 0  # changed by no event of this batch
    newest[silent], occurred[silent], late[silent] = now, now, False
    zeros = np.zeros(people.size, np.int64)
    parts = [Work(people, newest, occurred, late, np.full(people.size, TRAITS, np.int64), zeros, zeros)]
    strangers = np.flatnonzero(silent & ~shard.known.get(people))
    if strangers.size:
        codes = np.full(strangers.size, NEWCOMER, np.int64)
        parts.append(parts[0].pick(strangers)._replace(code=codes))
    return parts
