"""What is kept of each person's events in rows, and the leaves that are decided by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.live.kernel.event_table import EventTable, Table
from relance.segments.live.kernel.event_table_arrays import UNLIMITED
from relance.segments.live.kernel.window_scan import WindowAggregate

_NOBODY = np.empty(0, np.int64)


class HasTruth(Protocol):
    """Anything with answers: a leaf."""

    answers: TruthColumn


class Leaf:
    """A distinct condition that rows decide: whether it holds for each person. When that may change stands in the rows."""

    needs_first = False

    def __init__(self, number: int, look: WindowAggregate, source: FoldedSource) -> None:
        self.number = number
        self.look = look
        self.source = source
        self.answers = TruthColumn(look.of_none, timed=False)


class LeafChanges(NamedTuple):
    """What became of one leaf: whose answer changed when, to what, and whether time did it; by person and instant."""

    leaf: HasTruth
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


class FoldedSource:
    """Events kept for ``span`` ms in rows, with a seat for each of ``leaves`` that hang on them."""

    def __init__(self, number: int, span: int, parts: int, depth: int = UNLIMITED) -> None:
        self.number = number
        self.span = span
        self.rows = EventTable(parts, depth)
        self.leaves: list[Leaf] = []

    def seat(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Let these leaves hang on what is kept, and no others; returns those that did not, which have to be decided."""
        fresh = [leaf for leaf in leaves if leaf not in self.leaves]
        if fresh or len(leaves) != len(self.leaves):
            kept = [self.leaves.index(leaf) if leaf in self.leaves else -1 for leaf in leaves]
            self.rows.seat(kept, [leaf.look.of_none for leaf in leaves])
            self.leaves = list(leaves)
        return fresh

    @property
    def has_totals(self) -> bool:
        """Whether it also knows how many events ever there were of each person."""
        return False

    def totals_of(self, _people: Ids) -> Ids:
        """The number of events ever of these people."""
        return _NOBODY

    def put_totals(self, _people: Ids, _totals: Ids) -> None:
        """The numbers of events ever are these now."""

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
