"""Sources: what is kept of each person's events; and the leaves decided by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.event_table import EventTable, Table
from relance.segments.live.kernel.event_table_arrays import UNLIMITED
from relance.segments.live.kernel.window_scan import WindowAggregate

_NOBODY = np.empty(0, np.int64)

Arrays = Mapping[str, NDArray[Any]]
SourceKey = tuple[str, str]
"""The kind of a source, and which events it keeps: equal for conditions that can share one."""


class WrittenSource(Protocol):
    """A source as stored in a snapshot."""

    @property
    def about(self) -> Mapping[str, Any]:
        """The value of ``Source.about``."""
        ...

    def arrays(self) -> Arrays:
        """Its columns; event lists have none."""
        ...

    def lines(self, event: str) -> Iterable[tuple[int, list[RuleEvent]]]:
        """For event lists: each person's events of a name."""
        ...


class Source(Protocol):
    """What is kept of each person's events of some kind, for all conditions that can share it."""

    number: int

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events it takes."""
        ...

    @property
    def looks_inside(self) -> bool:
        """Whether it needs the properties of each event."""
        ...

    def names(self, event: str, /) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        ...

    def covers(self, need: Any, now: int, /) -> bool:
        """Whether it can serve a need of its kind."""
        ...

    def keep(self, need: Any, /) -> None:
        """Serve this need, which it covers, from now on."""
        ...

    def merge(self, source: int, into: int, now: int, /) -> None:
        """Merge person ``source`` into ``into``."""
        ...

    def forget(self, person: int, /) -> None:
        """Remove a person."""
        ...

    def people(self) -> Ids:
        """Everyone with anything in it, ascending."""
        ...

    def sweep(self, now: int, /) -> None:
        """Free what no window can reach any more."""
        ...

    def about(self) -> dict[str, Any]:
        """Its description in a snapshot, for ``SourceNeed.restore``."""
        ...

    def arrays(self) -> Arrays:
        """Its columns, for ``SourceNeed.restore``: views, valid until the next change."""
        ...

    @property
    def nbytes(self) -> int: ...


class SourceNeed(Protocol):
    """What conditions need of a kind of events."""

    @property
    def key(self) -> SourceKey: ...

    def joined(self, other: Self, /) -> Self:
        """A need that covers both."""
        ...

    def make(self, number: int, identities: Identities, /) -> Source:
        """An empty source for it."""
        ...

    def restore(self, number: int, identities: Identities, written: WrittenSource, /) -> Source:
        """The stored source, which may serve more or less than this."""
        ...


class HasTruth(Protocol):
    """Anything with answers: a leaf."""

    answers: TruthColumn


class Leaf:
    """A distinct condition decided by the compiled fold: whether it holds for each person. Its timers are in the event table."""

    needs_first = False

    def __init__(self, number: int, aggregate: WindowAggregate, source: FoldedSource) -> None:
        self.number = number
        self.aggregate = aggregate
        self.source = source
        self.answers = TruthColumn(aggregate.of_none, timed=False)


class LeafChanges(NamedTuple):
    """Changes of one leaf: person, instant, answer, and whether time did it; by person and instant."""

    leaf: HasTruth
    people: Ids
    instants: Instants
    truth: Bools
    by_time: Bools


class Arrived(NamedTuple):
    """Events for a source: by person, then when they take effect, then position. ``values`` and ``marks`` are parallel."""

    people: Ids
    instants: Instants
    occurred_at: Instants
    values: Ids
    marks: Ids


class Picked(NamedTuple):
    """The places of the events that a source keeps, and what it keeps of each besides its instant."""

    places: Ids
    values: Ids
    marks: Ids


class FoldedSource:
    """Events kept for ``span`` ms in an event table, with a seat for each of its ``leaves``."""

    kind: ClassVar[str]

    def __init__(self, number: int, events: tuple[str, ...], span: int, parts: int, depth: int = UNLIMITED) -> None:
        self.number = number
        self.events = events
        self.span = span
        self.rows = EventTable(parts, depth)
        self.leaves: list[Leaf] = []
        self._parts = parts

    @property
    def looks_inside(self) -> bool:
        """Whether it needs the properties of each event."""
        return True

    @property
    def is_keyed(self) -> bool:
        """Whether its values are hashes, which are meaningless without their key."""
        return False

    def names(self, event: str) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        raise NotImplementedError

    def pick(self, event: str, bodies: Bodies, instants: Instants, positions: Ids) -> Picked:
        """What it keeps of events of one name, in their order."""
        raise NotImplementedError

    def covers(self, need: Any, now: int) -> bool:  # noqa: ARG002 - those that keep lists ask for it
        """Whether it can serve a need of its kind."""
        found: bool = self.span >= need.span
        return found

    def keep(self, need: Any) -> None:
        """Nothing to do: it serves all needs that it covers."""

    def seat(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Attach these leaves, and no others; returns those that are new, which must be decided."""
        fresh = [leaf for leaf in leaves if leaf not in self.leaves]
        if fresh or len(leaves) != len(self.leaves):
            kept = [self.leaves.index(leaf) if leaf in self.leaves else -1 for leaf in leaves]
            self.rows.seat(kept, [leaf.aggregate.of_none for leaf in leaves])
            self.leaves = list(leaves)
        return fresh

    @property
    def has_totals(self) -> bool:
        """Whether it also knows each person's total number of events."""
        return False

    def totals_of(self, _people: Ids) -> Ids:
        """These people's totals."""
        return _NOBODY

    def put_totals(self, _people: Ids, _totals: Ids) -> None:
        """Set these people's totals."""

    def add(self, people: Ids, instants: Instants, values: Ids, marks: Ids, now: int) -> None:
        """Fold in what was picked; ``people`` is sorted and may repeat. Nothing at or before ``now`` − span is kept."""
        self.add_events(people, np.stack((instants, values, marks)[: self._parts]), now)

    def add_events(self, people: Ids, events: Table, now: int) -> None:
        """Fold events (part, place) without evaluating; ``people`` is sorted and may repeat."""
        self.rows.add(people, events, now - self.span)

    def merge(self, source: int, into: int, now: int) -> None:
        """Merge ``source`` into ``into``."""
        moved = self.rows.of(source)
        self.rows.remove(source)
        self.add_events(np.full(moved.shape[1], into, np.int64), moved, now)

    def people(self) -> Ids:
        """Everyone with anything in it, ascending."""
        return np.sort(self.rows.people())

    def forget(self, person: int) -> None:
        """Remove a person."""
        self.rows.remove(person)

    def sweep(self, now: int) -> None:
        """Free what no window can reach any more."""
        self.rows.sweep(now - self.span)

    def about(self) -> dict[str, Any]:
        """Its description in a snapshot."""
        return {"span": self.span}

    def arrays(self) -> Arrays:
        """The content, for ``restore``: views, valid until the next change."""
        return self.rows.arrays()

    def restore(self, arrays: Arrays) -> None:
        """Restore the content from these arrays, for the same need."""
        self.rows.restore(dict(arrays))

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes
