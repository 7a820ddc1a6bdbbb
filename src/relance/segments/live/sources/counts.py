"""Events of one name that pass one set of predicates are a *stream*; all counts over them share what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from relance.segments.definition.needs import StreamNeeds
from relance.segments.live.columns.person_column import Ids, Instants, PersonColumn
from relance.segments.live.columns.property_columns import Where
from relance.segments.live.columns.runs import is_run_start
from relance.segments.live.kernel.event_table_arrays import NOTHING
from relance.segments.live.sources.source import FoldedSource
from relance.segments.rule.conditions import Behaviour


class CountSource(FoldedSource):
    """Each person's newest instants of such an event, and how many there ever were."""

    def __init__(self, number: int, condition: Behaviour, need: StreamNeeds) -> None:
        super().__init__(number, need.span, 1, need.depth or NOTHING)
        self.event = condition.event
        self.where = Where(condition.where)
        self.need = need
        self.totals = PersonColumn(np.int32, 0) if need.total else None

    @property
    def names(self) -> frozenset[str]:
        """The outermost members that must be read of each event."""
        return self.where.names

    def add(self, people: Ids, instants: Instants, now: int) -> None:
        """Fold events in; ``people`` is sorted and may repeat. Nothing at or before ``now`` − span is kept."""
        if self.need.depth:
            self.add_events(people, instants[None, :], now)
        if self.totals is not None:
            starts = is_run_start(people).nonzero()[0]
            self.add_totals(people[starts], np.diff(starts, append=people.size))

    def add_totals(self, people: Ids, counts: Ids) -> None:
        """Count more events; ``people`` are distinct."""
        if self.totals is not None:
            self.totals.set(people, self.totals.get(people) + counts)

    @property
    @override
    def has_totals(self) -> bool:
        """Whether any leaf asks for the number of events ever."""
        return self.totals is not None

    @override
    def totals_of(self, people: Ids) -> Ids:
        """The number of events ever of these people."""
        return np.zeros(people.size, np.int64) if self.totals is None else self.totals.get(people).astype(np.int64)

    @override
    def put_totals(self, people: Ids, totals: Ids) -> None:
        """The numbers of events ever are these now."""
        if self.totals is not None:
            self.totals.set(people, totals)

    @override
    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        super().merge(source, into, now)
        if self.totals is not None:
            both = self.totals.one(into) + self.totals.one(source)
            self.totals.set(np.array([source, into]), np.array([0, both]))

    @override
    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return super().people() if self.totals is None else np.union1d(super().people(), self.totals.held()[0])

    @override
    def forget(self, person: int) -> None:
        """Nothing of this person stays."""
        super().forget(person)
        if self.totals is not None:
            self.totals.set(np.array([person]), 0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, for ``restore``: views, true until the next change."""
        rows = {f"rows.{name}": each for name, each in self.rows.arrays().items()}
        return rows | ({f"totals.{name}": each for name, each in self.totals.arrays().items()} if self.totals is not None else {})

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Be what these arrays were taken of, for the same need."""
        self.rows.restore({name: arrays[f"rows.{name}"] for name in self.rows.arrays()})
        if self.totals is not None:
            self.totals.restore({name: arrays[f"totals.{name}"] for name in self.totals.arrays()})

    @property
    @override
    def nbytes(self) -> int:
        return super().nbytes + (self.totals.nbytes if self.totals is not None else 0)
