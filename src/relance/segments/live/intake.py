"""From a tick's events to work: which streams each event belongs to, and who is new. No loop over events but to build columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from relance.events.model import Event
from relance.segments.definition.evaluate import Happening
from relance.segments.live.books import Book
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.runs import cut
from relance.segments.live.shard import Shard, Source
from relance.segments.live.tallies import Tally
from relance.segments.live.work import EARLIEST, NEWCOMER, TRAITS, Work, join, nothing

_decode = msgspec.json.Decoder().decode


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

    def __init__(self, streams: Sequence[Source]) -> None:
        self.codes: dict[str, int] = {}
        self.plain: dict[int, list[int]] = {}
        self.choosy: dict[int, list[Source]] = {}  # those that must look into each event
        for stream in streams:
            code = self.codes.setdefault(stream.event, len(self.codes) + 1)
            if looks_inside(stream):
                self.choosy.setdefault(code, []).append(stream)
            else:
                self.plain.setdefault(code, []).append(stream.number)


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


def _hits(listeners: Listeners, columns: Columns, instants: Instants, happened: list[Happening]) -> list[Work]:
    if not listeners.codes or not columns.events:
        return []
    find = listeners.codes.get
    codes = np.array([find(event.name, 0) for event in columns.events], np.int64)
    parts: list[Work] = []
    for chosen in cut(codes):
        code = int(codes[chosen[0]])
        parts += [_work(columns, instants, chosen, number) for number in listeners.plain.get(code, ())]
        choosy = listeners.choosy.get(code)
        if choosy:
            parts += _choose(columns, instants, chosen, choosy, happened)
    return parts


def _choose(
    columns: Columns, instants: Instants, chosen: Ids, streams: Sequence[Source], happened: list[Happening]
) -> list[Work]:
    """Decode each event once, ask each stream's predicates, and write down what books keep."""
    bodies = [read_body(columns.events[index].body) for index in chosen.tolist()]
    parts = []
    for stream in streams:
        passing = np.ones(len(bodies), np.bool_)
        for test in stream.tests:
            passing &= np.fromiter(map(test, bodies), np.bool_, len(bodies))
        passed = passing.nonzero()[0]
        values = np.zeros(passed.size, np.int64)
        if isinstance(stream, Tally):
            counted, values = stream.values([bodies[place] for place in passed.tolist()])
            passed = passed[counted]
        if not passed.size:
            continue
        work = _work(columns, instants, chosen[passed], stream.number)._replace(value=values)
        if isinstance(stream, Book):
            work = work._replace(value=np.arange(len(happened), len(happened) + passed.size))
            told = zip(work.occurred_at.tolist(), columns.position[chosen[passed]].tolist(), passed.tolist(), strict=True)
            happened += [stream.told(occurred_at, position, bodies[place]) for occurred_at, position, place in told]
        parts.append(work)
    return parts


def looks_inside(source: Source) -> bool:
    """Whether it must see an event's properties."""
    return isinstance(source, Book) or bool(source.tests) or (isinstance(source, Tally) and source.looks_inside)


def read_body(body: bytes | str) -> Mapping[str, Any]:
    """The properties of an event; what is no object has none."""
    decoded = _decode(body)
    return decoded if isinstance(decoded, dict) else {}


def _work(columns: Columns, instants: Instants, chosen: Ids, code: int) -> Work:
    codes = np.full(chosen.size, code, np.int64)
    people, occurred_at, late = columns.people[chosen], columns.occurred_at[chosen], columns.late[chosen]
    return Work(people, instants[chosen], occurred_at, late, codes, np.zeros(chosen.size, np.int64))


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
    parts = [Work(people, newest, occurred, late, np.full(people.size, TRAITS, np.int64), np.zeros(people.size, np.int64))]
    strangers = np.flatnonzero(silent & ~shard.known.get(people))
    if strangers.size:
        codes = np.full(strangers.size, NEWCOMER, np.int64)
        parts.append(parts[0].pick(strangers)._replace(code=codes))
    return parts
