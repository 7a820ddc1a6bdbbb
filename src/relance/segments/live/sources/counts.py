"""Events of one name that pass one set of predicates are a *stream*; all counts over them share a source."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import msgspec
import numpy as np
from typing_extensions import override

from relance.segments.definition.needs import StreamNeeds, need_of, stream_key
from relance.segments.live.columns.person_column import Ids, Instants, PersonColumn
from relance.segments.live.columns.property_columns import Bodies, Where
from relance.segments.live.columns.runs import is_run_start
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.event_table_arrays import NOTHING
from relance.segments.live.sources.source import Arrays, FoldedSource, Picked, SourceKey, WrittenSource
from relance.segments.rule.conditions import Behaviour


class CountNeed(NamedTuple):
    """What counts need of the events of one source."""

    condition: Behaviour
    extent: StreamNeeds

    @classmethod
    def of(cls, condition: Behaviour) -> CountNeed:
        return cls(condition, need_of(condition))

    @property
    def key(self) -> SourceKey:
        return CountSource.kind, stream_key(self.condition)

    def joined(self, other: CountNeed) -> CountNeed:
        """A need that covers both."""
        return CountNeed(self.condition, self.extent.joined(other.extent))

    def make(self, number: int, _identities: Identities) -> CountSource:
        """An empty source for it."""
        return CountSource(number, self.condition, self.extent)

    def restore(self, number: int, _identities: Identities, written: WrittenSource) -> CountSource:
        """The stored source."""
        source = CountSource(number, self.condition, StreamNeeds(**written.about))
        source.restore(written.arrays())
        return source


class CountSource(FoldedSource):
    """Each person's newest instants of such an event, and the total number ever."""

    kind: ClassVar[str] = "stream"  # as in snapshots

    def __init__(self, number: int, condition: Behaviour, need: StreamNeeds) -> None:
        super().__init__(number, (condition.event,), need.span, 1, need.depth or NOTHING)
        self.where = Where(condition.where)
        self.need = need
        self.totals = PersonColumn(np.int32, 0) if need.total else None

    @property
    @override
    def looks_inside(self) -> bool:
        return bool(self.where)

    @override
    def names(self, event: str) -> frozenset[str]:
        return self.where.names

    @override
    def pick(self, event: str, bodies: Bodies, instants: Instants, positions: Ids) -> Picked:
        places = self.where.passing(bodies).nonzero()[0]
        return Picked(places, instants[places], places)

    @override
    def covers(self, need: CountNeed, now: int) -> bool:
        return self.need.covers(need.extent)

    @override
    def add(self, people: Ids, instants: Instants, values: Ids, marks: Ids, now: int) -> None:
        if self.need.depth:
            super().add(people, instants, values, marks, now)
        if self.totals is not None:
            starts = is_run_start(people).nonzero()[0]
            self.add_totals(people[starts], np.diff(starts, append=people.size))

    def add_totals(self, people: Ids, counts: Ids) -> None:
        """Add to the totals; ``people`` are distinct."""
        if self.totals is not None:
            self.totals.set(people, self.totals.get(people) + counts)

    @property
    @override
    def has_totals(self) -> bool:
        """Whether any leaf needs the total."""
        return self.totals is not None

    @override
    def totals_of(self, people: Ids) -> Ids:
        """These people's totals."""
        return np.zeros(people.size, np.int64) if self.totals is None else self.totals.get(people).astype(np.int64)

    @override
    def put_totals(self, people: Ids, totals: Ids) -> None:
        """Set these people's totals."""
        if self.totals is not None:
            self.totals.set(people, totals)

    @override
    def merge(self, source: int, into: int, now: int) -> None:
        """Merge ``source`` into ``into``."""
        super().merge(source, into, now)
        if self.totals is not None:
            both = self.totals.one(into) + self.totals.one(source)
            self.totals.set(np.array([source, into]), np.array([0, both]))

    @override
    def people(self) -> Ids:
        """Everyone with anything in this source, ascending."""
        return super().people() if self.totals is None else np.union1d(super().people(), self.totals.held()[0])

    @override
    def forget(self, person: int) -> None:
        """Remove a person."""
        super().forget(person)
        if self.totals is not None:
            self.totals.set(np.array([person]), 0)

    @override
    def about(self) -> dict[str, Any]:
        about: dict[str, Any] = msgspec.to_builtins(self.need)
        return about

    @override
    def arrays(self) -> Arrays:
        rows = {f"rows.{name}": each for name, each in self.rows.arrays().items()}
        return rows | ({f"totals.{name}": each for name, each in self.totals.arrays().items()} if self.totals is not None else {})

    @override
    def restore(self, arrays: Arrays) -> None:
        self.rows.restore({name: arrays[f"rows.{name}"] for name in self.rows.arrays()})
        if self.totals is not None:
            self.totals.restore({name: arrays[f"totals.{name}"] for name in self.totals.arrays()})

    @property
    @override
    def nbytes(self) -> int:
        return super().nbytes + (self.totals.nbytes if self.totals is not None else 0)
