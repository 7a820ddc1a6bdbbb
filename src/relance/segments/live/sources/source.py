"""What is kept of each person's events in rows, and the leaves that are decided by them."""

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
    """A source as a snapshot has it."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What ``Source.about`` was."""
        ...

    def arrays(self) -> Arrays:
        """Its columns; a source of event lists has none."""
        ...

    def lines(self, event: str) -> Iterable[tuple[int, list[RuleEvent]]]:
        """Each person's events of a name, of a source of event lists."""
        ...


class Source(Protocol):
    """What is kept of each person's events of some kind, for all conditions that can share it."""

    number: int

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events that it takes."""
        ...

    @property
    def looks_inside(self) -> bool:
        """Whether it must see the properties of each event."""
        ...

    def names(self, event: str, /) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        ...

    def covers(self, need: Any, now: int, /) -> bool:
        """Whether what is kept can serve a need of its kind."""
        ...

    def keep(self, need: Any, /) -> None:
        """It serves this need from now on, which it covers."""
        ...

    def merge(self, source: int, into: int, now: int, /) -> None:
        """Everything of person ``source`` becomes ``into``'s."""
        ...

    def forget(self, person: int, /) -> None:
        """Nothing of this person stays."""
        ...

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        ...

    def sweep(self, now: int, /) -> None:
        """Give back what no window can reach any more."""
        ...

    def about(self) -> dict[str, Any]:
        """What a snapshot says of it, for ``SourceNeed.restore``."""
        ...

    def arrays(self) -> Arrays:
        """Its columns, for ``SourceNeed.restore``: views, true until the next change."""
        ...

    @property
    def nbytes(self) -> int: ...


class SourceNeed(Protocol):
    """What conditions need kept of a kind of events."""

    @property
    def key(self) -> SourceKey: ...

    def joined(self, other: Self, /) -> Self:
        """What serves both."""
        ...

    def make(self, number: int, identities: Identities, /) -> Source:
        """A source of it that holds nothing."""
        ...

    def restore(self, number: int, identities: Identities, written: WrittenSource, /) -> Source:
        """The source that was written, which may serve more or less than this."""
        ...


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


class Picked(NamedTuple):
    """Of some events: the places of those that a source keeps, and what it keeps of each beside its instant."""

    places: Ids
    values: Ids
    marks: Ids


class FoldedSource:
    """Events kept for ``span`` ms in rows, with a seat for each of ``leaves`` that hang on them."""

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
        """Whether it must see the properties of each event."""
        return True

    @property
    def is_keyed(self) -> bool:
        """Whether what it keeps means nothing without the key of the identities."""
        return False

    def names(self, event: str) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        raise NotImplementedError

    def pick(self, event: str, bodies: Bodies, instants: Instants, positions: Ids) -> Picked:
        """What it keeps of events of one name, in the order that they are in."""
        raise NotImplementedError

    def covers(self, need: Any, now: int) -> bool:  # noqa: ARG002 - those that keep lists ask for it
        """Whether what is kept can serve a need of its kind."""
        found: bool = self.span >= need.span
        return found

    def keep(self, need: Any) -> None:
        """All that it covers is served as it is."""

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

    def add(self, people: Ids, instants: Instants, values: Ids, marks: Ids, now: int) -> None:
        """Fold in what was picked; ``people`` is sorted and may repeat. Nothing at or before ``now`` − span is kept."""
        self.add_events(people, np.stack((instants, values, marks)[: self._parts]), now)

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

    def about(self) -> dict[str, Any]:
        """What a snapshot says of it."""
        return {"span": self.span}

    def arrays(self) -> Arrays:
        """All of it, for ``restore``: views, true until the next change."""
        return self.rows.arrays()

    def restore(self, arrays: Arrays) -> None:
        """Be what these arrays were taken of, for the same need."""
        self.rows.restore(dict(arrays))

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes
