"""What is kept of each person's events for sums, averages, extremes and numbers of different values or days."""

from __future__ import annotations

import numpy as np

from relance.core.encoding import to_canonical_json
from relance.core.time import DAY
from relance.segments.definition.needs import stream_key
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.property_columns import Bodies, Where, amounts, names_of
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.sources.source import FoldedSource
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.days import offsets
from relance.segments.rule.window import UTC, Rolling, is_own

_MARGIN = 400 * DAY
AGGREGATES = ("sum", "average", "min", "max", "distinct", "days")


def is_tallied(condition: object) -> bool:
    """Whether a condition is decided by a tally."""
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
    """Equal for conditions on one tally."""
    return to_canonical_json([stream_key(condition), *reading_of(condition)])


class AggregateSource(FoldedSource):
    """The events of one name that pass all ``tests``, each with one number: within ``span`` ms."""

    def __init__(self, number: int, condition: Behaviour, span: int, identities: Identities) -> None:
        super().__init__(number, span, 2)
        self.event = condition.event
        self.where = Where(condition.where)
        self._how, self._about = reading_of(condition)
        self._identities = identities
        self._days = Days(self._about) if self._how == "day" else None

    @property
    def names(self) -> frozenset[str]:
        """The outermost members that must be read of each event."""
        return self.where.names | (frozenset() if self._days is not None else names_of([self._about]))

    @property
    def is_keyed(self) -> bool:
        """Whether its values mean nothing without the key of the identities."""
        return self._how == "identity"

    def read(self, bodies: Bodies) -> tuple[Ids, Ids]:
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
        """What is kept beside these instants, of events for which ``read`` gave these values."""
        return values if self._days is None else self._days.of(instants)

    def add(self, people: Ids, instants: Instants, values: Ids, now: int) -> None:
        """Fold events in; ``people`` is sorted and may repeat."""
        self.add_events(people, np.stack([instants, self.values_of(values, instants)]), now)


class Days:
    """The days of a zone for many instants at a time."""

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
