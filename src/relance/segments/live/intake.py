"""From a tick's events to work: which streams each event belongs to, and who is new. No loop over events but to build columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from relance.events.model import Event
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.runs import cut
from relance.segments.live.shard import Shard
from relance.segments.live.work import NEWCOMER, TRAITS, Work, join, nothing

_decode = msgspec.json.Decoder().decode


class Columns(NamedTuple):
    """The events of one app in a batch, in log order."""

    events: Sequence[Event]
    people: Ids
    occurred_at: Instants
    late: Bools

    def pick(self, chosen: Bools | Ids) -> Columns:
        events = [self.events[index] for index in np.arange(len(self.events))[chosen].tolist()]
        return Columns(events, self.people[chosen], self.occurred_at[chosen], self.late[chosen])


class Listeners:
    """Which streams listen to which event names."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.codes: dict[str, int] = {}
        self.plain: dict[int, list[int]] = {}
        self.choosy: dict[int, list[Stream]] = {}  # streams whose predicates must be asked
        for stream in streams:
            code = self.codes.setdefault(stream.event, len(self.codes) + 1)
            if stream.tests:
                self.choosy.setdefault(code, []).append(stream)
            else:
                self.plain.setdefault(code, []).append(stream.number)


def take_in(shard: Shard, listeners: Listeners, columns: Columns, traits: Mapping[int, Any], now: int) -> Work:
    """The work that these events, and the changed traits of these people, are for the app."""
    people = shard.root_of(columns.people)
    if people is not columns.people:
        columns = columns._replace(people=people)
        alive = people > 0
        if not alive.all():
            columns = columns.pick(alive)
    instants = np.maximum(columns.occurred_at, shard.last)
    parts = _hits(listeners, columns, instants)
    parts += _newcomers(shard, columns, instants)
    if traits:
        parts += _traits(shard, columns, instants, np.array(sorted(traits), np.int64), now)
    return join(parts) if parts else nothing()


def _hits(listeners: Listeners, columns: Columns, instants: Instants) -> list[Work]:
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
            parts += _choose(columns, instants, chosen, choosy)
    return parts


def _choose(columns: Columns, instants: Instants, chosen: Ids, streams: Sequence[Stream]) -> list[Work]:
    """Decode each event once, and ask each stream's predicates."""
    bodies = [_properties(columns.events[index].body) for index in chosen.tolist()]
    parts = []
    for stream in streams:
        passing = np.fromiter(map(stream.tests[0], bodies), np.bool_, len(bodies))
        for test in stream.tests[1:]:
            passing &= np.fromiter(map(test, bodies), np.bool_, len(bodies))
        if passing.any():
            parts.append(_work(columns, instants, chosen[passing], stream.number))
    return parts


def _properties(body: bytes) -> Mapping[str, Any]:
    decoded = _decode(body)
    return decoded if isinstance(decoded, dict) else {}


def _work(columns: Columns, instants: Instants, chosen: Ids, code: int) -> Work:
    codes = np.full(chosen.size, code, np.int64)
    return Work(columns.people[chosen], instants[chosen], columns.occurred_at[chosen], columns.late[chosen], codes)


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
    parts = [Work(people, newest, occurred, late, np.full(people.size, TRAITS, np.int64))]
    strangers = np.flatnonzero(silent & ~shard.known.get(people))
    if strangers.size:
        codes = np.full(strangers.size, NEWCOMER, np.int64)
        parts.append(parts[0].pick(strangers)._replace(code=codes))
    return parts
