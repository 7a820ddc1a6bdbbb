"""Events themselves, kept for each person: what a condition that is no plain count is decided by."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.needs import Keep
from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.live.columns.property_columns import Where
from relance.segments.live.columns.runs import is_run_start
from relance.segments.live.sources.locations import Spotted, is_track, spot_in
from relance.segments.rule.conditions import Happens
from relance.segments.rule.window import EVER

Line = Sequence[RuleEvent]

_BYTES_AN_EVENT = 400  # of a tuple, its properties and its place in a list, about


class EventListSource:
    """The events of one name that pass all ``tests``, each person's in order, as far back as some condition looks."""

    def __init__(self, number: int, step: Happens, keeps: Iterable[Keep]) -> None:
        self.number = number
        self.event = step.event
        self.is_track = is_track(step.event)
        self.where = Spotted() if self.is_track else Where(step.where)
        self.members: frozenset[str] = frozenset()
        self._keeps: list[Keep] = []
        self._spare = 0
        self._pruned_to = EVER  # at or before this instant only ``spare`` events are kept, if any
        self._lines: dict[int, list[RuleEvent]] = {}
        self._before: dict[int, Line] | None = None  # while a copy is taken: lines as they were at its beginning
        self.keep(keeps)

    def keep(self, keeps: Iterable[Keep]) -> None:
        """What is to be kept from now on."""
        self._keeps = list(keeps)
        self._spare = max(each.spare for each in self._keeps)
        self.members = frozenset().union(*(each.members for each in self._keeps))

    def covers(self, keeps: Iterable[Keep], now: int) -> bool:
        """Whether what is kept can serve these."""
        return all(
            each.members <= self.members
            and (self._pruned_to == EVER or (each.spare <= self._spare and each.floor(now) >= self._pruned_to))
            for each in keeps
        )

    def floor(self, now: int) -> int:
        """The instant up to which only ``spare`` events of each person matter; it never goes back."""
        return min(each.floor(now) for each in self._keeps)

    def since(self, now: int) -> int:
        """History up to this instant need not be read."""
        return EVER if self._spare else self.floor(now)

    def told(self, occurred_at: int, position: int, properties: Mapping[str, Any]) -> RuleEvent:
        """An event, with what is kept of its properties; a track reads contexts in their place, and keeps where they tell."""
        if self.is_track:
            return RuleEvent(self.event, occurred_at, position, {}, spot_in(properties))
        kept = {name: properties[name] for name in self.members if name in properties}
        return RuleEvent(self.event, occurred_at, position, kept)

    @property
    def reads_text(self) -> bool:
        """Whether it keeps anything of what is in an event."""
        return self.is_track or bool(self.members)

    @property
    def names(self) -> frozenset[str]:
        """The outermost members that must be read of each event."""
        return self.where.names

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
        """It is filled from history with what its conditions look at now, and with nothing before that."""
        self._pruned_to = max(self._pruned_to, self.floor(now))

    def reaches(self, people: Ids, instants: Ids, now: int) -> Bools:
        """Which of these events are kept: all after the floor, and the newest of the others. In order of person and instant."""
        floor = self.floor(now)
        old = instants <= floor
        following = np.append(is_run_start(people)[1:], True).nonzero()[0] + 1  # where the next person begins
        counted = np.append(0, np.cumsum(old))
        of = np.searchsorted(following, np.arange(people.size), "right")
        older_after = counted[following[of]] - counted[1:]  # old ones of the same person that come after each
        kept: Bools = ~old | (older_after < self._spare)
        return kept

    def put(self, lines: Iterable[tuple[int, list[RuleEvent]]]) -> None:
        """Begin with what ``reaches``: whole lines, in order, of people who are not here yet."""
        self._lines.update(lines)

    def of(self, person: int) -> Line:
        """One person's events, in order."""
        return self._lines.get(person, ())

    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        if self._before is not None:
            self._note(source, self._before)
        moved = self._lines.pop(source, [])
        self.add([into] * len(moved), moved, now)

    def forget(self, person: int) -> None:
        if self._before is not None:
            self._note(person, self._before)
        self._lines.pop(person, None)

    def begin_copy(self) -> Ids:
        """From now on ``copied`` gives the lines as they are now, whatever is folded in meanwhile. Returns whose there are."""
        self._before = {}
        return self.people()

    def copied(self, people: Iterable[int]) -> list[tuple[int, Line]]:
        """Lines of some of these people; each is asked for once at most."""
        before = self._before or {}
        return [(person, before[person] if person in before else tuple(self._lines[person])) for person in people]

    def end_copy(self) -> None:
        self._before = None

    def _note(self, person: int, before: dict[int, Line]) -> None:
        if person not in before:
            before[person] = tuple(self._lines.get(person, ()))

    @property
    def extent(self) -> tuple[list[str], int, int]:
        """What ``covers`` goes by: names of properties, spare events, and up to where only these were kept."""
        return sorted(self.members), self._spare, self._pruned_to

    def restore(self, extent: tuple[Sequence[str], int, int], lines: Iterable[tuple[int, Iterable[RuleEvent]]]) -> None:
        """Be what was copied."""
        members, self._spare, self._pruned_to = extent
        self.members = frozenset(members)
        self._lines = {person: list(line) for person, line in lines}

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return np.array(sorted(self._lines), np.int64)

    def sweep(self, now: int) -> None:
        """Give back what no window can reach any more."""
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
