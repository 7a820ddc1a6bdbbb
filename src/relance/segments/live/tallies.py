"""Sums, averages, extremes and numbers of different values or days in a rolling window, for many people at a time.

What is asked of a rolling window is asked of the newest events: those after its beginning. So a row is added up from its end,
which gives the answer of every window that begins between two of its events; the first that differs says when time changes
the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.core.encoding import to_canonical_json
from relance.core.time import DAY
from relance.segments.definition.evaluate import limits
from relance.segments.definition.needs import stream_key
from relance.segments.live.answers import Answers
from relance.segments.live.bodies import Bodies, Where, amounts, names_of
from relance.segments.live.identities import Identities
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.rings import NEVER, NONE
from relance.segments.live.rows import Rows, Table
from relance.segments.live.work import Added
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.days import offsets
from relance.segments.rule.window import UTC, Rolling

_MARGIN = 400 * DAY
_PLAIN = 3  # rows of up to 8 are compared pair by pair
AGGREGATES = ("sum", "average", "min", "max", "distinct", "days")


def is_tallied(condition: object) -> bool:
    """Whether a condition is decided by a tally."""
    return isinstance(condition, Behaviour) and condition.aggregate in AGGREGATES and isinstance(condition.window, Rolling)


def reading_of(condition: Behaviour) -> tuple[str, str]:
    """What is kept of each event: how it is read, and from which property (or the zone of its day)."""
    if condition.aggregate == "days":
        return "day", condition.zone or UTC
    how = {"sum": "amount", "average": "amount", "min": "number", "max": "number", "distinct": "identity"}[condition.aggregate]
    return how, condition.property_ or ""


def tally_key(condition: Behaviour) -> str:
    """Equal for conditions on one tally."""
    return to_canonical_json([stream_key(condition), *reading_of(condition)])


class Tally:
    """The events of one name that pass all ``tests``, each with one number: within ``span`` ms."""

    def __init__(self, number: int, condition: Behaviour, span: int, identities: Identities) -> None:
        self.number = number
        self.event = condition.event
        self.where = Where(condition.where)
        self.span = span
        self._how, self._about = reading_of(condition)
        self._identities = identities
        self._days = Days(self._about) if self._how == "day" else None
        self.rows = Rows()

    @property
    def names(self) -> frozenset[str]:
        """The outermost members that must be read of each event."""
        return self.where.names | (frozenset() if self._days is not None else names_of([self._about]))

    def read(self, bodies: Bodies) -> tuple[Ids, Ids]:
        """What is kept of events with these properties: the places of those that count, and their values."""
        passing = self.where.passing(bodies)
        if self._days is not None:
            return passing.nonzero()[0], np.zeros(np.count_nonzero(passing), np.int64)
        if self._how == "identity":
            found = self._identities.column(bodies.values(self._about))
            places = (passing & found.known).nonzero()[0]
            return places, found.bits[places]
        numbers = bodies.numbers(self._about)
        if self._how == "number":
            places = (passing & ~np.isnan(numbers)).nonzero()[0]
            return places, numbers[places].view(np.int64)
        places, values = amounts(numbers)
        kept = passing[places]
        return places[kept], values[kept]

    def add(self, people: Ids, instants: Instants, values: Ids, now: int) -> None:
        """Fold events in; ``people`` is sorted and may repeat."""
        if self._days is not None:
            values = self._days.of(instants)
        self.rows.add(people, np.stack([instants, values]), now - self.span)

    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        moved = self.rows.of(source)
        self.rows.remove(source)
        self.rows.add(np.full(moved.shape[1], into, np.int64), moved, now - self.span)

    def forget(self, person: int) -> None:
        self.rows.remove(person)

    def sweep(self, now: int) -> None:
        """Give back what no window can reach any more."""
        self.rows.sweep(now - self.span)

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes


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


class TallyLeaf:
    """A distinct condition on a tally: whether it holds for each person, and when that may change by itself."""

    needs_first = False

    def __init__(self, number: int, condition: Behaviour, tally: Tally) -> None:
        self.number = number
        self.tally = tally
        self.length = condition.length or 0
        self._aggregate = condition.aggregate
        self._passes = _comparison(condition)
        self._rises = _rises(condition)
        self._of_none = bool(self._compare(np.zeros((1, 0), np.int64), np.zeros((1, 0), np.int64))[0, 0])
        self.answers = Answers(self._of_none, timed=True)

    def update(self, people: Ids, instants: Instants) -> tuple[Ids, Instants, Ids]:
        """Decide anew for these people, each at an instant of its own.

        Returns where in ``people`` the answer changed, and the timers to set: (instants, people).
        """
        truth: Bools = np.empty(people.size, np.bool_)
        due = np.full(people.size, NEVER, np.int64)
        for chosen, cells in self.tally.rows.tables(people):
            times, values = cells[:, 0], cells[:, 1]
            answers = self._compare(times, values)
            begins = np.count_nonzero(times <= (instants[chosen] - self.length)[:, None], axis=1)
            lines = np.arange(chosen.size)
            present = answers[lines, begins]
            later = (answers != present[:, None]) & (np.arange(answers.shape[1]) > begins[:, None])
            turns = later.argmax(axis=1)
            changing = later[lines, turns].nonzero()[0]
            truth[chosen] = present
            due[chosen[changing]] = times[changing, turns[changing] - 1] + self.length
        return self.answers.put(people, truth), *self.answers.schedule(people, due)

    def may_flip(self, people: Ids, added: Added, last: int) -> Bools:
        """Whether what is added could change the answer of each on the way, if no window closes meanwhile."""
        answer: Bools = np.ones(people.size, np.bool_)
        if not self._rises:
            return answer
        sums = self._aggregate == "sum"
        for chosen, cells in self.tally.rows.tables(people):
            times, values = cells[:, 0], cells[:, 1]
            begins = np.count_nonzero(times <= last - self.length, axis=1)
            before = _from_the_end(self._weights(times != NONE, values))[np.arange(chosen.size), begins]
            after = before + (added.sums if sums else added.counts)[chosen]
            answer[chosen] = self._passes(before) != self._passes(after)
            if sums:  # with less than nothing among them, they need not rise
                answer[chosen] |= (np.where(times != NONE, values, 0) < 0).any(axis=1) | (added.least[chosen] < 0)
        return answer

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return np.sort(self.tally.rows.people())

    def _compare(self, times: Table, values: Table) -> Bools:
        """The answer of the events from each place of a row to its end, and in a last column that of no event."""
        held = times != NONE
        aggregate = self._aggregate
        if aggregate in ("min", "max"):
            return self._compare_extremes(held, values)
        if aggregate == "average":
            return self._compare_averages(held, values)
        return self._passes(_from_the_end(self._weights(held, values)))

    def _weights(self, held: Bools, values: Table) -> Table:
        """What each event adds to a sum, or to a number of different values or days."""
        if self._aggregate == "sum":
            return np.where(held, values, 0)
        if self._aggregate == "distinct":
            return _last_of_each(held, values)
        weights = held.astype(np.int64)  # of a day only the last event counts
        weights[:, :-1] &= values[:, :-1] != values[:, 1:]
        return weights

    def _compare_averages(self, held: Bools, values: Table) -> Bools:
        sums, counts = _from_the_end(np.where(held, values, 0)), _from_the_end(held.astype(np.int64))
        with np.errstate(invalid="ignore"):
            averages = sums.astype(np.float64) / counts
        answers: Bools = self._passes(averages) & (counts > 0)
        return answers

    def _compare_extremes(self, held: Bools, values: Table) -> Bools:
        least = self._aggregate == "min"
        numbers = np.where(held, values.view(np.float64), np.inf if least else -np.inf)
        column = np.full((numbers.shape[0], 1), np.inf if least else -np.inf)
        numbers = np.concatenate([numbers, column], axis=1)[:, ::-1]
        extremes = (np.minimum if least else np.maximum).accumulate(numbers, axis=1)[:, ::-1]
        answers: Bools = self._passes(extremes) & (_from_the_end(held.astype(np.int64)) > 0)
        return answers


def _from_the_end(weights: Table) -> Table:
    """The sum of each row's weights from each place to its end; one column more, of zeros."""
    sums = np.zeros((weights.shape[0], weights.shape[1] + 1), np.int64)
    np.cumsum(weights[:, ::-1], axis=1, out=sums[:, 1:])
    return sums[:, ::-1]


def _last_of_each(held: Bools, values: Table) -> Table:
    """1 where the same value does not come again in the row."""
    count, width = values.shape
    if width <= 1 << _PLAIN:
        again = np.zeros(held.shape, np.bool_)
        for shift in range(1, width):
            again[:, :-shift] |= values[:, :-shift] == values[:, shift:]
        return (held & ~again).astype(np.int64)
    keys = np.where(held, values, 0)
    order = keys.argsort(axis=1, kind="stable")
    ranked, ranked_held = np.take_along_axis(keys, order, axis=1), np.take_along_axis(held, order, axis=1)
    last = np.ones((count, width), np.bool_)
    last[:, :-1] = (ranked[:, :-1] != ranked[:, 1:]) | ~ranked_held[:, 1:]
    found = np.zeros((count, width), np.int64)
    np.put_along_axis(found, order, (last & ranked_held).astype(np.int64), axis=1)
    return found


def _comparison(condition: Behaviour) -> Callable[[NDArray[Any]], Bools]:
    """The condition's comparison, on arrays."""
    if condition.aggregate in ("distinct", "days"):
        least, most = condition.bounds
        return partial(_between, least, most)
    low, *rest = limits(condition)
    if rest:
        return partial(_between, low, rest[0])
    return partial(_COMPARE[condition.compare], low)


def _rises(condition: Behaviour) -> bool:
    """Whether more events raise the number, and a number that rises changes the answer once at most."""
    if condition.aggregate in ("distinct", "days"):
        least, most = condition.bounds
        return most is None or least == 0
    return condition.aggregate == "sum" and condition.compare in _COMPARE and condition.compare != "="


def _between(low: float, high: float | None, found: NDArray[Any]) -> Bools:
    return found >= low if high is None else (found >= low) & (found <= high)


_COMPARE: dict[str, Any] = {
    ">=": lambda limit, found: found >= limit,
    ">": lambda limit, found: found > limit,
    "=": lambda limit, found: found == limit,
    "<=": lambda limit, found: found <= limit,
    "<": lambda limit, found: found < limit,
}
