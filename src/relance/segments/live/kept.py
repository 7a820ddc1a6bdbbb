"""What is kept of each person's events in rows, and the leaves that are decided by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import structlog

from relance.segments.live.answers import Answers
from relance.segments.live.compiled import is_compiled
from relance.segments.live.looks import EVENTS, TOTAL, Look
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.passage import ALL, Coming, Leaves, Passed, live_through
from relance.segments.live.row_store import LATER, UNLIMITED
from relance.segments.live.rows import Rows, Table

log = structlog.get_logger()

_NOBODY = np.empty(0, np.int64)


class Standing(Protocol):
    """Anything with answers: a leaf."""

    answers: Answers


class Leaf:
    """A distinct condition that rows decide: whether it holds for each person. When that may change stands in the rows."""

    needs_first = False

    def __init__(self, number: int, look: Look, source: Kept) -> None:
        self.number = number
        self.look = look
        self.source = source
        self.answers = Answers(look.of_none, timed=False)


class Found(NamedTuple):
    """What became of one leaf: whose answer changed when, to what, and whether time did it; by person and instant."""

    leaf: Standing
    people: Ids
    instants: Instants
    truth: Bools
    by_time: Bools


class Arrived(NamedTuple):
    """Events for a source: by person, then when they take effect, then position. ``values`` and ``marks`` go with them."""

    people: Ids
    instants: Instants
    occurred_at: Instants
    values: Ids
    marks: Ids


class Timed(NamedTuple):
    """Timers to be set: when, and whose of which leaf."""

    instants: Instants
    people: Ids
    leaf: Leaf


NO_ARRIVALS = Arrived(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY)


class Kept:
    """Events kept for ``span`` ms in rows, with a seat for each of ``leaves`` that hang on them."""

    def __init__(self, number: int, span: int, parts: int, depth: int = UNLIMITED) -> None:
        self.number = number
        self.span = span
        self.rows = Rows(parts, depth)
        self.leaves: list[Leaf] = []
        self._shape = _shape_of([])

    def seat(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Let these leaves hang on what is kept, and no others; returns those that did not, which have to be decided."""
        fresh = [leaf for leaf in leaves if leaf not in self.leaves]
        if fresh or len(leaves) != len(self.leaves):
            kept = [self.leaves.index(leaf) if leaf in self.leaves else -1 for leaf in leaves]
            self.rows.seat(kept, [leaf.look.of_none for leaf in leaves])
            self.leaves = list(leaves)
            self._shape = _shape_of(self.leaves)
        return fresh

    def totals_of(self, _people: Ids) -> Ids:
        """The number of events ever of these people, if any leaf asks for it."""
        return _NOBODY

    def put_totals(self, _people: Ids, _totals: Ids) -> None:
        """The numbers of events ever are these now."""

    def live_through(
        self, arrived: Arrived, people: Ids, asked: Instants, upto: int, last: int, only: Leaf | None = None
    ) -> tuple[list[Found], list[Timed]]:
        """Fold events in and let time pass up to ``upto`` for these people, ascending, who include all of the events'.

        ``asked`` says for each when all their answers are to be found anew (``LATER``: not), or those of ``only`` one leaf.
        """
        starts = np.append(np.searchsorted(arrived.people, people), arrived.people.size)
        rows = self.rows.make_room(people, starts)
        coming = Coming(people, rows, starts, arrived.instants, arrived.occurred_at, arrived.values, arrived.marks, asked)
        leaves = Leaves(*self._shape, self.rows.seats, ALL if only is None else self.leaves.index(only))
        totals = self.totals_of(people)
        passed = live_through(self.rows.store, coming, leaves, totals, upto, last - self.span, self.rows.depth)
        if arrived.people.size:
            self.put_totals(people, totals)
        return self._found(people, passed), self._timed(people, passed)

    def _found(self, people: Ids, passed: Passed) -> list[Found]:
        found = []
        for place, leaf in enumerate(self.leaves):
            chosen = (passed.leaf == place).nonzero()[0] if len(self.leaves) > 1 else np.arange(passed.leaf.size)
            if not chosen.size:
                continue
            theirs, truth = people[passed.who[chosen]], passed.truth[chosen] != 0
            each = Found(leaf, theirs, passed.instant[chosen], truth, passed.by_time[chosen] != 0)
            if leaf.look.kind == TOTAL:  # it was not known what held before
                each = _that_differ(each)
            if each.people.size:
                found.append(each)
        return found

    def _timed(self, people: Ids, passed: Passed) -> list[Timed]:
        if not passed.timed_leaf.size:
            return []
        timed = []
        for place, leaf in enumerate(self.leaves):
            chosen = (passed.timed_leaf == place).nonzero()[0]
            if chosen.size:
                timed.append(Timed(passed.timed_instant[chosen], people[passed.timed_who[chosen]], leaf))
        return timed

    def add_events(self, people: Ids, events: Table, now: int) -> None:
        """Fold events (part, place) in without a look; ``people`` is sorted and may repeat."""
        self.rows.add(people, events, now - self.span)

    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        moved = self.rows.of(source)
        self.rows.remove(source)
        self.add_events(np.full(moved.shape[1], into, np.int64), moved, now)

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return np.sort(self.rows.people())

    def forget(self, person: int) -> None:
        """Nothing of this person stays."""
        self.rows.remove(person)

    def sweep(self, now: int) -> None:
        """Give back what no window can reach any more."""
        self.rows.sweep(now - self.span)

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes


def make_ready() -> None:
    """Have all that is compiled at hand before the first event comes: from disk in a moment, or else in half a minute."""
    if not is_compiled():
        log.info("compiling_segments", once="for this version on this machine", takes="about half a minute")
    kept = Kept(0, 1, 1)
    kept.seat([Leaf(0, Look(EVENTS, length=1, low=1), kept)])
    one = np.ones(1, np.int64)
    kept.live_through(Arrived(one, one, one, one, one), one, not_asked(one), 1, 0)
    kept.add_events(one, one[None, :], 1)
    kept.merge(1, 2, 1)
    kept.rows.restore({name: each.copy() for name, each in kept.rows.arrays().items()})
    kept.seat([])
    kept.sweep(3)


def not_asked(people: Ids) -> Instants:
    """Nobody's answers are to be found anew."""
    return np.full(people.size, LATER)


def _shape_of(leaves: Sequence[Leaf]) -> tuple[Table, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    whole = np.array([leaf.look.whole for leaf in leaves], np.int64).reshape(len(leaves), 6)
    return whole, np.array([leaf.look.real for leaf in leaves], np.float64).reshape(len(leaves), 2)


def _that_differ(found: Found) -> Found:
    """Without what says again what is known already."""
    before = np.empty(found.people.size, np.bool_)
    before[1:] = found.truth[:-1]
    firsts = np.append(True, found.people[1:] != found.people[:-1]).nonzero()[0]
    before[firsts] = found.leaf.answers.truth.get(found.people[firsts])
    differ = (before != found.truth).nonzero()[0]
    if differ.size == found.people.size:
        return found
    return Found(found.leaf, *(column[differ] for column in found[1:]))
