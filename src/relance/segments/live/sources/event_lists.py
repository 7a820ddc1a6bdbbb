"""Event lists: the events themselves, kept per person, for conditions that need more than an aggregate."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.needs import Keep, events_key
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.property_columns import Bodies, Where
from relance.segments.live.columns.runs import is_run_start
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.sources.locations import Spotted, is_track, spot_in
from relance.segments.live.sources.source import Arrays, SourceKey, WrittenSource
from relance.segments.rule.conditions import Happens
from relance.segments.rule.window import EVER

Line = Sequence[RuleEvent]

_BYTES_AN_EVENT = 400  # approximate size of a tuple, its properties and its place in a list


class EventListNeed(NamedTuple):
    """What conditions need of the events of a step."""

    step: Happens
    keeps: tuple[Keep, ...]

    @property
    def key(self) -> SourceKey:
        return EventListSource.kind, events_key(self.step)

    def joined(self, other: EventListNeed) -> EventListNeed:
        """A need that covers both."""
        return EventListNeed(self.step, (*self.keeps, *other.keeps))

    def make(self, number: int, _identities: Identities) -> EventListSource:
        """An empty source for it."""
        return EventListSource(number, self.step, self.keeps)

    def restore(self, number: int, _identities: Identities, written: WrittenSource) -> EventListSource:
        """The stored source, which from now on keeps what this need asks."""
        source, about = EventListSource(number, self.step, self.keeps), written.about
        source.restore((about["members"], about["spare"], about["pruned_to"]), written.lines(self.step.event))
        return source


class EventListSource:
    """The events of one name that pass all ``tests``, each person's in order, as far back as some condition looks."""

    kind: ClassVar[str] = "book"  # as in snapshots
    looks_inside = True

    def __init__(self, number: int, step: Happens, keeps: Iterable[Keep]) -> None:
        self.number = number
        self.event = step.event
        self.events = (step.event,)
        self.is_track = is_track(step.event)
        self.where = Spotted() if self.is_track else Where(step.where)
        self.members: frozenset[str] = frozenset()
        self._keeps: list[Keep] = []
        self._spare = 0
        self._pruned_to = EVER  # up to this instant only ``spare`` events are kept, if any
        self._lines: dict[int, list[RuleEvent]] = {}
        self._before: dict[int, Line] | None = None  # during a copy: people's events as of its start
        self._keep(keeps)

    def _keep(self, keeps: Iterable[Keep]) -> None:
        self._keeps = list(keeps)
        self._spare = max(each.spare for each in self._keeps)
        self.members = frozenset().union(*(each.members for each in self._keeps))

    def keep(self, need: EventListNeed) -> None:
        """Keep this from now on."""
        self._keep(need.keeps)

    def covers(self, need: EventListNeed, now: int) -> bool:
        """Whether what is kept can serve this."""
        return all(
            each.members <= self.members
            and (self._pruned_to == EVER or (each.spare <= self._spare and each.floor(now) >= self._pruned_to))
            for each in need.keeps
        )

    def floor(self, now: int) -> int:
        """The instant up to which only ``spare`` events of each person matter; never decreases."""
        return min(each.floor(now) for each in self._keeps)

    def since(self, now: int) -> int:
        """History up to this instant need not be read."""
        return EVER if self._spare else self.floor(now)

    def event_of(self, occurred_at: int, position: int, properties: Mapping[str, Any]) -> RuleEvent:
        """An event with the properties kept of it; a track reads contexts instead and keeps the location."""
        if self.is_track:
            return RuleEvent(self.event, occurred_at, position, {}, spot_in(properties))
        kept = {name: properties[name] for name in self.members if name in properties}
        return RuleEvent(self.event, occurred_at, position, kept)

    @property
    def reads_text(self) -> bool:
        """Whether it keeps anything of an event's content."""
        return self.is_track or bool(self.members)

    def names(self, _event: str) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        return self.where.names

    def pick(self, bodies: Bodies, instants: Instants, positions: Ids) -> tuple[Ids, list[RuleEvent]]:
        """Of events with these properties: the places of those that are kept, and what is kept of them."""
        places, properties = self.where.passing(bodies).nonzero()[0], bodies.mappings()
        rows = zip(instants[places].tolist(), positions[places].tolist(), places.tolist(), strict=True)
        return places, [self.event_of(occurred_at, position, properties[place]) for occurred_at, position, place in rows]

    def add(self, people: Iterable[int], events: Iterable[RuleEvent], now: int) -> None:
        """Fold events in."""
        floor = self.floor(now)
        for person, event in zip(people, events, strict=True):
            if self._before is not None:
                self._note(person, self._before)
            line = self._lines.setdefault(person, [])
            insort(line, event, key=_order)
            if line[0].occurred_at <= floor:
                self._prune(person, line, floor)

    def begin(self, now: int) -> None:
        """Start filling from history with what its conditions need now, and nothing older."""
        self._pruned_to = max(self._pruned_to, self.floor(now))

    def reaches(self, people: Ids, instants: Ids, now: int) -> Bools:
        """Which of these events are kept: all after the floor, and the newest of the others. In order of person and instant."""
        floor = self.floor(now)
        old = instants <= floor
        following = np.append(is_run_start(people)[1:], True).nonzero()[0] + 1  # where the next person begins
        counted = np.append(0, np.cumsum(old))
        of = np.searchsorted(following, np.arange(people.size), "right")
        older_after = counted[following[of]] - counted[1:]  # older ones of the same person after each
        kept: Bools = ~old | (older_after < self._spare)
        return kept

    def put(self, lines: Iterable[tuple[int, list[RuleEvent]]]) -> None:
        """Start with the events that ``reaches`` selected: complete, in order, of people who are not here yet."""
        self._lines.update(lines)

    def of(self, person: int) -> Line:
        """One person's events, in order."""
        return self._lines.get(person, ())

    def merge(self, source: int, into: int, now: int) -> None:
        """Merge ``source`` into ``into``."""
        if self._before is not None:
            self._note(source, self._before)
        moved = self._lines.pop(source, [])
        self.add([into] * len(moved), moved, now)

    def forget(self, person: int) -> None:
        if self._before is not None:
            self._note(person, self._before)
        self._lines.pop(person, None)

    def begin_copy(self) -> Ids:
        """From now on ``copied`` returns the events as they are now, whatever is folded in meanwhile. Returns their people."""
        self._before = {}
        return self.people()

    def copied(self, people: Iterable[int]) -> list[tuple[int, Line]]:
        """The events of some of these people; each person may be requested once."""
        before = self._before or {}
        return [(person, before[person] if person in before else tuple(self._lines[person])) for person in people]

    def end_copy(self) -> None:
        self._before = None

    def _note(self, person: int, before: dict[int, Line]) -> None:
        if person not in before:
            before[person] = tuple(self._lines.get(person, ()))

    def about(self) -> dict[str, Any]:
        """The input of ``covers``: property names, spare events, and up to where only these were kept."""
        return {"members": sorted(self.members), "spare": self._spare, "pruned_to": self._pruned_to}

    def arrays(self) -> Arrays:
        """None: its events are copied separately (``begin_copy``)."""
        return {}

    def restore(self, extent: tuple[Sequence[str], int, int], lines: Iterable[tuple[int, Iterable[RuleEvent]]]) -> None:
        """Restore what was copied."""
        members, self._spare, self._pruned_to = extent
        self.members = frozenset(members)
        self._lines = {person: list(line) for person, line in lines}

    def people(self) -> Ids:
        """Everyone with anything in this source, ascending."""
        return np.array(sorted(self._lines), np.int64)

    def sweep(self, now: int) -> None:
        """Free what no window can reach any more."""
        floor = self.floor(now)
        for person, line in list(self._lines.items()):
            if self._before is not None:
                self._note(person, self._before)
            self._prune(person, line, floor)

    def _prune(self, person: int, line: list[RuleEvent], floor: int) -> None:
        gone = bisect_right(line, floor, key=_instant) - self._spare
        if gone > 0:
            del line[:gone]
            self._pruned_to = max(self._pruned_to, floor)
            if not line:
                del self._lines[person]

    @property
    def nbytes(self) -> int:
        return _BYTES_AN_EVENT * sum(map(len, self._lines.values()))


def _order(event: RuleEvent) -> tuple[int, int]:
    return event.occurred_at, event.position


def _instant(event: RuleEvent) -> int:
    return event.occurred_at
