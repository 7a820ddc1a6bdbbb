"""Conditions as live state: what is kept of each person's events, and where each condition stands for each person.

Events of one name that pass one set of predicates are a *stream*; all conditions over them share its state. A *leaf* is one
distinct condition, shared by every segment of the app that has it.
"""

from __future__ import annotations

import numpy as np

from relance.segments.definition.needs import Need
from relance.segments.live.answers import NOBODY, Answers
from relance.segments.live.bodies import Where
from relance.segments.live.paged import Bools, Ids, Instants, Paged
from relance.segments.live.rings import NEVER, Rings, View
from relance.segments.live.runs import is_run_start
from relance.segments.rule.conditions import Behaviour


class Stream:
    """Events of one name that pass all ``tests``: each person's newest instants, and how many there ever were."""

    def __init__(self, number: int, condition: Behaviour, need: Need) -> None:
        self.number = number
        self.event = condition.event
        self.where = Where(condition.where)
        self.need = need
        self.rings = Rings(need.depth) if need.depth else None
        self.totals = Paged(np.int32, 0) if need.total else None

    @property
    def names(self) -> frozenset[str]:
        """The outermost members that must be read of each event."""
        return self.where.names

    def add(self, people: Ids, instants: Instants, now: int) -> None:
        """Fold events in; ``people`` is sorted and may repeat. Nothing at or before ``now`` − span is kept."""
        if self.rings is not None:
            self.rings.add(people, instants, now - self.need.span)
        if self.totals is not None:
            starts = is_run_start(people).nonzero()[0]
            self.add_totals(people[starts], np.diff(starts, append=people.size))

    def add_totals(self, people: Ids, counts: Ids) -> None:
        """Count more events; ``people`` are distinct."""
        if self.totals is not None:
            self.totals.set(people, self.totals.get(people) + counts)

    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        if self.rings is not None:
            moved = self.rings.all_of(source)
            self.rings.remove(source)
            self.rings.add(np.full(moved.size, into, np.int64), moved, now - self.need.span)
        if self.totals is not None:
            both = self.totals.one(into) + self.totals.one(source)
            self.totals.set(np.array([source, into]), np.array([0, both]))

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        kept = [self.rings.people()] if self.rings is not None else []
        if self.totals is not None:
            kept.append(np.array(self.totals.where_true(), np.int64))
        return np.unique(np.concatenate(kept))

    def forget(self, person: int) -> None:
        if self.rings is not None:
            self.rings.remove(person)
        if self.totals is not None:
            self.totals.set(np.array([person]), 0)

    def sweep(self, now: int) -> None:
        """Give back what no window can reach any more."""
        if self.rings is not None:
            self.rings.sweep(now - self.need.span)

    @property
    def nbytes(self) -> int:
        return (self.rings.nbytes if self.rings else 0) + (self.totals.nbytes if self.totals else 0)


class Past:
    """What a stream knows of some people; each thing is looked up once, however many leaves ask."""

    def __init__(self, stream: Stream, people: Ids) -> None:
        self._stream = stream
        self._people = people
        self._view: View | None = None
        self._totals: Ids | None = None

    def nth(self, rank: int) -> Instants:
        """The ``rank``-th newest instant of each."""
        if self._view is None:
            assert self._stream.rings is not None  # noqa: S101 - a stream has rings if any of its leaves has a window
            self._view = self._stream.rings.view(self._people)
        return self._view.nth(rank)

    def nth_each(self, ranks: Ids) -> Instants:
        """Each one's instant of a rank of their own."""
        assert self._stream.rings is not None  # noqa: S101 - as above
        return self._stream.rings.nth_each(self._people, ranks)

    def totals(self) -> Ids:
        """How many events there ever were of each."""
        if self._totals is None:
            assert self._stream.totals is not None  # noqa: S101 - a stream has totals if any of its leaves has no window
            self._totals = self._stream.totals.get(self._people)
        return self._totals


class Leaf:
    """A distinct plain count: whether it holds for each person, and when that may change by itself."""

    def __init__(self, number: int, condition: Behaviour, stream: Stream) -> None:
        self.number = number
        self.stream = stream
        self.low, self.high = condition.bounds
        self.length = condition.length
        self.answers = Answers(self.low == 0, timed=self.length is not None)  # a person without events has the count 0
        # A count of at least that much: where the answer changes on the way up.
        self._steps = [step for step in (self.low, None if self.high is None else self.high + 1) if step]

    def update(self, people: Ids, instants: Instants, past: Past) -> tuple[Ids, Instants, Ids]:
        """Decide anew for these people, each at an instant of its own; ``past`` is what their stream knows of them.

        Returns where in ``people`` the answer changed, and the timers to set: (instants, people).
        """
        if self.length is None:
            return self.answers.put(people, self._count(past.totals())), NOBODY, NOBODY
        truth, due = self._look(instants - self.length, past)
        return self.answers.put(people, truth), *self.answers.schedule(people, due)

    def _count(self, totals: Ids) -> Bools:
        truth: Bools = totals >= self.low
        if self.high is not None:
            truth &= totals <= self.high
        return truth

    def _look(self, starts: Instants, past: Past) -> tuple[Bools, Instants]:
        """The truth for windows that begin at ``starts``, and when it changes by itself."""
        length = self.length or 0
        truth = np.ones(starts.size, np.bool_)
        due = np.full(starts.size, NEVER, np.int64)
        if self.low:
            newest = past.nth(self.low)
            truth = newest > starts
            np.copyto(due, newest + length, where=truth)
        if self.high is not None:
            newest = past.nth(self.high + 1)
            over = newest > starts
            truth &= ~over
            np.copyto(due, newest + length, where=over)
        return truth, due

    def may_flip(self, added: Ids, last: int, past: Past) -> Bools:
        """Whether ``added`` more events could change the answer of each on the way, if no window closes meanwhile."""
        answer = np.zeros(added.size, np.bool_)
        for step in self._steps:
            if self.length is None:
                totals = past.totals()
                answer |= (totals < step) & (totals + added >= step)
            else:
                start = last - self.length
                answer |= (past.nth(step) <= start) & (past.nth_each(step - added) > start)
        return answer
