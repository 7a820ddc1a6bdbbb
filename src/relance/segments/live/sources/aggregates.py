"""Sources for sums, averages, extremes and numbers of different values or days."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from typing_extensions import override

from relance.core.encoding import to_canonical_json
from relance.core.time import DAY
from relance.segments.definition.needs import stream_key
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.property_columns import Bodies, Where, amounts, names_of
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.sources.source import FoldedSource, Picked, SourceKey, WrittenSource
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.days import offsets
from relance.segments.rule.window import UTC, Rolling, is_own

_MARGIN = 400 * DAY
AGGREGATES = ("sum", "average", "min", "max", "distinct", "days")


def is_tallied(condition: object) -> bool:
    """Whether a condition is decided by an aggregate source."""
    return isinstance(condition, Behaviour) and (
        condition.aggregate in AGGREGATES and isinstance(condition.window, Rolling) and not is_own(condition.zone)
    )


def reading_of(condition: Behaviour) -> tuple[str, str]:
    """What is kept of each event: how it is read, and from which property (or the zone of its day)."""
    if condition.aggregate == "days":
        return "day", condition.zone or UTC
    how = {"sum": "amount", "average": "amount", "min": "number", "max": "number", "distinct": "identity"}[condition.aggregate]
    return how, condition.property_ or ""


def tally_key(condition: Behaviour) -> str:
    """Equal for conditions that can share an aggregate source."""
    return to_canonical_json([stream_key(condition), *reading_of(condition)])


class AggregateNeed(NamedTuple):
    """What sums, averages, extremes and numbers of different values or days need of the events of one source."""

    condition: Behaviour
    span: int

    @classmethod
    def of(cls, condition: Behaviour) -> AggregateNeed:
        return cls(condition, condition.length or 0)

    @property
    def key(self) -> SourceKey:
        return AggregateSource.kind, tally_key(self.condition)

    def joined(self, other: AggregateNeed) -> AggregateNeed:
        """A need that covers both."""
        return AggregateNeed(self.condition, max(self.span, other.span))

    def make(self, number: int, identities: Identities) -> AggregateSource:
        """An empty source for it."""
        return AggregateSource(number, self.condition, self.span, identities)

    def restore(self, number: int, identities: Identities, written: WrittenSource) -> AggregateSource:
        """The stored source."""
        source = AggregateSource(number, self.condition, written.about["span"], identities)
        source.restore(written.arrays())
        return source


class AggregateSource(FoldedSource):
    """The events of one name that pass all ``tests``, each with one number: within ``span`` ms."""

    kind: ClassVar[str] = "tally"  # as in snapshots

    def __init__(self, number: int, condition: Behaviour, span: int, identities: Identities) -> None:
        super().__init__(number, (condition.event,), span, 2)
        self.where = Where(condition.where)
        self._how, self._about = reading_of(condition)
        self._identities = identities
        self._days = Days(self._about) if self._how == "day" else None

    @override
    def names(self, event: str) -> frozenset[str]:
        return self.where.names | (frozenset() if self._days is not None else names_of([self._about]))

    @property
    @override
    def is_keyed(self) -> bool:
        return self._how == "identity"

    @override
    def about(self) -> dict[str, Any]:
        return {**super().about(), "key": self._identities.key.hex() if self.is_keyed else ""}

    @override
    def pick(self, event: str, bodies: Bodies, instants: Instants, positions: Ids) -> Picked:
        places, values = self._read(bodies)
        values = self.values_of(values, instants[places])
        return Picked(places, values, values)

    def _read(self, bodies: Bodies) -> tuple[Ids, Ids]:
        """What is kept of events with these properties: the places of those that count, and their values."""
        passing = self.where.passing(bodies)
        if self._days is not None:
            return passing.nonzero()[0], np.zeros(np.count_nonzero(passing), np.int64)
        if self._how == "identity":
            found = bodies.identities(self._about, self._identities)
            places = (passing & found.known).nonzero()[0]
            return places, found.bits[places]
        numbers = bodies.numbers(self._about)
        if self._how == "number":
            places = (passing & ~np.isnan(numbers)).nonzero()[0]
            return places, numbers[places].view(np.int64)
        places, values = amounts(numbers)
        kept = passing[places]
        return places[kept], values[kept]

    def values_of(self, values: Ids, instants: Instants) -> Ids:
        """The values stored with these instants, for events with these values."""
        return values if self._days is None else self._days.of(instants)


class Days:
    """The days of a zone for many instants at once."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._low, self._high = 0, -1
        self._starts = self._added = np.zeros(0, np.int64)

    def of(self, instants: Instants) -> Ids:
        """The day of each instant."""
        if not instants.size:
            return instants
        low, high = int(instants.min()), int(instants.max())
        if low < self._low or high > self._high:
            known = self._low <= self._high
            self._low = min(self._low, low - _MARGIN) if known else low - _MARGIN
            self._high = max(self._high, high + _MARGIN) if known else high + _MARGIN
            table = np.array(offsets(self._zone, self._low, self._high), np.int64)
            self._starts, self._added = table[:, 0], table[:, 1]
        places = np.maximum(np.searchsorted(self._starts, instants, "right") - 1, 0)
        days: Ids = (instants + self._added[places]) // DAY
        return days
