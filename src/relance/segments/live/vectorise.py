"""Turns a tick's events into columnar work: the sources of each event, and new people. Loops over events only to build
columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from relance.core.places import may_hold_spot
from relance.events.batch_columns import columns_of
from relance.events.model import OWN_NAMES, Batch, Event, heard_name
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.changes.tick_input import Arrivals
from relance.segments.live.changes.timeline import EARLIEST, NEWCOMER, TRAITS, ListedEvents, join, nothing
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.live.columns.runs import by_person, cut, is_run_start
from relance.segments.live.shard import Shard
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.locations import Spotted
from relance.segments.live.sources.source import Arrived, FoldedSource, Source
from relance.segments.rule.conditions import SPOTTED

_BODY, _CONTEXT = map(attrgetter, ("body", "context"))


class EventColumns(NamedTuple):
    """The events of one app in a batch: ``events`` in log order; the columns have those at ``place``.

    ``name`` indexes ``names``, and covers all events in log order.
    """

    events: Sequence[Event]
    place: Ids
    people: Ids
    occurred_at: Instants
    late: Bools
    position: Ids
    name: Ids
    names: Sequence[str]

    def pick(self, chosen: Bools | Ids) -> EventColumns:
        place, people, occurred_at = self.place[chosen], self.people[chosen], self.occurred_at[chosen]
        late, position = self.late[chosen], self.position[chosen]
        return EventColumns(self.events, place, people, occurred_at, late, position, self.name, self.names)


class Codes(dict[str, int]):
    """Numbers of the event names that have listeners; 0 is any other."""

    def __missing__(self, name: str) -> int:
        return 0


class Listeners:
    """The listeners by event name. ``asks`` are the outermost members that any of them needs, of any event."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.codes = Codes()
        self.plain: dict[int, list[int]] = {}
        self.choosy: dict[int, list[Source]] = {}  # those that need the properties of each event
        self.asks: frozenset[str] = frozenset()
        for source in sources:
            for event in source.events:
                code = self.codes.setdefault(event, len(self.codes) + 1)
                if not source.looks_inside:
                    self.plain.setdefault(code, []).append(source.number)
                    continue
                self.choosy.setdefault(code, []).append(source)
                self.asks |= source.names(event)
        self.is_choosy = np.zeros(len(self.codes) + 1, np.bool_)
        self.is_choosy[list(self.choosy)] = True
        self.is_own = np.zeros(len(self.codes) + 1, np.bool_)
        self.is_own[[code for name, code in self.codes.items() if name in OWN_NAMES]] = True
        self.knows_own = bool(self.is_own.any())


def take_in(shard: Shard, listeners: Listeners, columns: EventColumns, traits: Mapping[int, Any], now: int) -> Arrivals:
    """The app's input: these events, and the changed traits of these people."""
    people = shard.root_of(columns.people)
    if people is not columns.people:
        columns = columns._replace(people=people)
        alive = people > 0
        if not alive.all():
            columns = columns.pick(alive)
    instants = np.maximum(columns.occurred_at, shard.last)
    order = by_person(columns.people, instants)
    columns, instants = columns.pick(order), instants[order]
    intake = _Intake(columns, instants)
    intake.hear(listeners)
    intake.take_newcomers(shard)
    if shard.knows_firsts:
        intake.take((columns.occurred_at < shard.firsts.get(columns.people)).nonzero()[0], EARLIEST)
    changed_traits = _traits(shard, columns, instants, np.array(sorted(traits), np.int64), now) if traits else nothing()
    return intake.arrivals(changed_traits)


def cut_by_app(batch: Batch, with_traits: Iterable[int], present: AbstractSet[int]) -> list[tuple[int, EventColumns]]:
    """The batch split by app, for those ``present``: apps with events in it, or whose people have new traits."""
    columns = columns_of(batch)
    everything = EventColumns(
        batch.events,
        np.arange(len(batch)),
        columns.person,
        columns.occurred_at,
        columns.late,
        columns.position,
        columns.name,
        columns.names,
    )
    apps = set(np.unique(columns.app_id).tolist())
    if len(apps) == 1 and apps.issuperset(with_traits):
        (app_id,) = apps
        return [(app_id, everything)] if app_id in present else []
    wanted = sorted((apps | set(with_traits)) & present)
    return [(app_id, everything.pick(np.flatnonzero(columns.app_id == app_id))) for app_id in wanted]


def living_traits(shard: Shard, traits: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Traits of people who have not been merged or removed meanwhile, if any segment needs people or traits.

    Otherwise the people become known all the same: a later segment may match them.
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


class _Intake:
    """Determines what each event is for."""

    def __init__(self, columns: EventColumns, instants: Instants) -> None:
        self._columns = columns
        self._instants = instants
        self._kept: dict[int, Arrived] = {}
        self._parts: list[ListedEvents] = []
        self._happened: list[RuleEvent] = []
        self._is_heard = np.zeros(instants.size, np.bool_)
        self._heard_by: dict[int, list[Ids]] = {}  # places in the columns, by the number of the source
        self._kept_last: Ids | None = None
        self._whose_and_when: tuple[Ids, Instants, Instants] = instants, instants, instants

    def hear(self, listeners: Listeners) -> None:
        """The events that a source keeps."""
        columns = self._columns
        if not listeners.codes or not columns.place.size:
            return
        self._hear_of_places(listeners)
        heard = np.array([listeners.codes[name] for name in columns.names], np.int64)[columns.name]
        if listeners.knows_own:  # someone else may have used reserved names
            for place in listeners.is_own[heard].nonzero()[0].tolist():
                if not heard_name(columns.events[place].name, columns.events[place].kind):
                    heard[place] = 0
        asked = listeners.is_choosy[heard].nonzero()[0].tolist()
        events = columns.events
        some = events if len(asked) == len(events) else [events[place] for place in asked]
        bodies = Bodies(list(map(_BODY, some)), listeners.asks)  # in memory order
        places = np.empty(heard.size, np.int64)
        places[asked] = np.arange(len(asked))
        codes, places = heard[columns.place], places[columns.place]
        for chosen in cut(codes):
            code = int(codes[chosen[0]])
            for number in listeners.plain.get(code, ()):
                self._keep(number, chosen, columns.occurred_at[chosen], chosen)
            choosy = listeners.choosy.get(code)
            if choosy:
                theirs, name = bodies.at(places[chosen]), columns.events[int(columns.place[chosen[0]])].name
                for source in choosy:
                    self._choose(chosen, name, theirs, source)

    def _hear_of_places(self, listeners: Listeners) -> None:
        """Locations, in events of any name."""
        tracks = listeners.choosy.get(listeners.codes.get(SPOTTED, 0), ())
        if not tracks:
            return
        contexts = list(map(_CONTEXT, self._columns.events))
        if not may_hold_spot(b"".join(contexts)):  # as in most ticks of most apps
            return
        with_spot = np.fromiter(map(may_hold_spot, contexts), np.bool_, len(contexts))
        chosen = with_spot[self._columns.place].nonzero()[0]
        bodies = Bodies([contexts[place] for place in self._columns.place[chosen].tolist()], Spotted.names)
        for track in tracks:
            self._choose(chosen, SPOTTED, bodies, track)

    def _choose(self, chosen: Ids, name: str, bodies: Bodies, source: Source) -> None:
        """What a source takes of events of one name; what event lists keep is added to ``happened``."""
        instants, positions = self._columns.occurred_at[chosen], self._columns.position[chosen]
        if isinstance(source, FoldedSource):
            places, values, marks = source.pick(name, bodies, instants, positions)
            self._keep(source.number, _at(chosen, places), values, marks)
        elif isinstance(source, EventListSource):
            places, happened = source.pick(bodies, instants, positions)
            first = len(self._happened)
            self._happened += happened
            self.take(_at(chosen, places), source.number, np.arange(first, len(self._happened)))

    def _keep(self, number: int, chosen: Ids, values: Ids, marks: Ids) -> None:
        if not chosen.size:
            return
        if chosen is not self._kept_last:  # otherwise several sources keep them
            columns, self._kept_last, self._is_heard[chosen] = self._columns, chosen, True
            self._whose_and_when = columns.people[chosen], self._instants[chosen], columns.occurred_at[chosen]
        self._heard_by.setdefault(number, []).append(chosen)
        came = Arrived(*self._whose_and_when, values, marks)
        before = self._kept.get(number)
        if before is not None:  # steps of several names
            both = [np.concatenate(pair) for pair in zip(before, came, strict=True)]
            order = by_person(both[0], both[1])
            came = Arrived(*(column[order] for column in both))
        self._kept[number] = came

    def take(self, chosen: Ids, code: int, values: Ids | None = None) -> None:
        """Add these events as work of a code."""
        columns = self._columns
        self._is_heard[chosen] = True
        self._heard_by.setdefault(code, []).append(chosen)
        zeros = np.zeros(chosen.size, np.int64)
        people, occurred_at, late = columns.people[chosen], columns.occurred_at[chosen], columns.late[chosen]
        codes = np.full(chosen.size, code, np.int64)
        self._parts.append(
            ListedEvents(people, self._instants[chosen], occurred_at, late, codes, zeros if values is None else values)
        )

    def take_newcomers(self, shard: Shard) -> None:
        """People seen for the first time, as of their first event."""
        fresh = (~shard.known.get(self._columns.people)).nonzero()[0]
        if fresh.size:
            self.take(fresh[is_run_start(self._columns.people[fresh])], NEWCOMER)

    def arrivals(self, changed_traits: ListedEvents) -> Arrivals:
        """Everything, with the changed traits."""
        columns, heard = self._columns, self._is_heard.nonzero()[0]
        return Arrivals(
            self._kept,
            join([*self._parts, changed_traits]),
            self._happened,
            np.concatenate([columns.people[heard], changed_traits.person]),
            np.concatenate([self._instants[heard], changed_traits.instant]),
            np.concatenate([columns.occurred_at[heard], changed_traits.occurred_at]),
            np.concatenate([columns.late[heard], changed_traits.late]),
            partial(self._places_heard, heard, changed_traits.person.size),
        )

    def _places_heard(self, heard: Ids, trait_count: int, number: int) -> Ids:
        """The rows of a source's input within ``heard``, which is followed by the changed traits."""
        if number == TRAITS:
            return np.arange(heard.size, heard.size + trait_count)
        chosen = self._heard_by.get(number)
        return heard.searchsorted(np.concatenate(chosen)) if chosen else heard[:0]


def _at(chosen: Ids, places: Ids) -> Ids:
    return chosen if places.size == chosen.size else chosen[places]


def _traits(shard: Shard, columns: EventColumns, instants: Instants, people: Ids, now: int) -> ListedEvents:
    """Traits change at the person's newest event of the batch, which changed them; without one (an edit), now."""
    newest = np.full(people.size, -1, np.int64)
    occurred = np.full(people.size, -1, np.int64)
    late = np.ones(people.size, np.bool_)
    places = np.minimum(people.searchsorted(columns.people), people.size - 1)
    theirs = people[places] == columns.people
    np.maximum.at(newest, places[theirs], instants[theirs])
    np.maximum.at(occurred, places[theirs], columns.occurred_at[theirs])
    np.logical_and.at(late, places[theirs], columns.late[theirs])
    silent = newest < 0  # changed by no event of this batch
    newest[silent], occurred[silent], late[silent] = now, now, False
    changed_traits = ListedEvents(
        people, newest, occurred, late, np.full(people.size, TRAITS, np.int64), np.zeros(people.size, np.int64)
    )
    strangers = (silent & ~shard.known.get(people)).nonzero()[0]
    if not strangers.size:
        return changed_traits
    return join([changed_traits, changed_traits.pick(strangers)._replace(code=np.full(strangers.size, NEWCOMER, np.int64))])
