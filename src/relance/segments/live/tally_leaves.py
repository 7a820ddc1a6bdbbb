"""Sums, averages, extremes and numbers of different values or days in a rolling window, for many people at a time.

What is asked of a rolling window is asked of the newest events: those after its beginning. So a row is added up from its end,
which gives the answer of every window that begins between two of its events; the first that differs says when time changes
the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.segments.definition.evaluate import limits as limits_of
from relance.segments.live.answers import Answers
from relance.segments.live.looks import Limits, Look
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.rings import NEVER, NONE
from relance.segments.live.rows import Cells, Rows, Table
from relance.segments.live.tallies import Tally
from relance.segments.live.work import Added
from relance.segments.rule.conditions import Behaviour

_PLAIN = 8  # rows of up to so many are compared pair by pair
_LEAST, _MOST = -(1 << 62), 1 << 62
_FLOATING = ("average", "min", "max")


class TallyLeaf:
    """A distinct condition on a tally: whether it holds for each person, and when that may change by itself."""

    needs_first = False

    def __init__(self, number: int, condition: Behaviour, tally: Tally) -> None:
        self.number = number
        self.tally = tally
        self.length = condition.length or 0
        self.look: Look = Tallied(condition.aggregate)
        self._aggregate = condition.aggregate
        low, high = _interval(condition)
        self.limits = (self.length, low, high)
        # Whether more events raise the number, and a number that rises changes the answer once at most.
        self._rises = condition.aggregate not in _FLOATING and (low == _LEAST or high == _MOST or low <= 0)
        # Whether more events, of no less than nothing, leave it true for as long or longer.
        self._lasts = condition.aggregate not in _FLOATING and high == _MOST
        of_none = self.look(np.zeros((1, 2, 0), np.int64), np.zeros(1, np.int64), [np.array([each]) for each in self.limits])
        self.answers = Answers(bool(of_none[0][0]), timed=True)

    @property
    def rows(self) -> Rows:
        """What decides it."""
        return self.tally.rows

    def unmoved(self, people: Ids, values: Ids) -> Bools:
        """Whose answer stays, and for as long at least, whatever else is known: these values are new."""
        if not self._lasts:
            return np.zeros(people.size, np.bool_)
        truth: Bools = self.answers.truth.get(people)
        return truth & (values >= 0) if self._aggregate == "sum" else truth

    def may_flip(self, people: Ids, added: Added, last: int) -> Bools:
        """Whether what is added could change the answer of each on the way, if no window closes meanwhile."""
        answer: Bools = np.ones(people.size, np.bool_)
        if not self._rises:
            return answer
        sums = self._aggregate == "sum"
        _, low, high = self.limits
        for chosen, cells in self.rows.tables(people):
            times, values = cells[:, 0], cells[:, 1]
            begins = np.count_nonzero(times <= last - self.length, axis=1)
            before = _from_the_end(_weights(self._aggregate, times != NONE, values))[np.arange(chosen.size), begins]
            after = before + (added.sums if sums else added.counts)[chosen]
            answer[chosen] = _between(before, low, high) != _between(after, low, high)
            if sums:  # with less than nothing among them, they need not rise
                answer[chosen] |= (np.where(times != NONE, values, 0) < 0).any(axis=1) | (added.least[chosen] < 0)
        return answer

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return self.tally.people()


@dataclass(frozen=True)
class Tallied:
    """How an aggregate is read from rows; the limits are the window's length, and the least and the greatest that pass."""

    aggregate: str

    def __call__(self, cells: Cells, now: Instants, limits: Limits) -> tuple[Bools, Instants]:
        """What ``Look`` says."""
        times = cells[:, 0]
        length, low, high = limits
        answers = self._compare(times != NONE, cells[:, 1], low[:, None], high[:, None])
        begins = np.count_nonzero(times <= (now - length)[:, None], axis=1)
        lines = np.arange(now.size)
        present: Bools = answers[lines, begins]
        later = (answers != present[:, None]) & (np.arange(answers.shape[1]) > begins[:, None])
        turns = later.argmax(axis=1)
        due = np.full(now.size, NEVER, np.int64)
        changing = later[lines, turns].nonzero()[0]
        if changing.size:
            lengths = np.broadcast_to(length, now.shape)[changing].astype(np.int64)
            due[changing] = times[changing, turns[changing] - 1] + lengths
        return present, due

    def _compare(self, held: Bools, values: Table, low: NDArray[Any], high: NDArray[Any]) -> Bools:
        """The answer of the events from each place of a row to its end, and in a last column that of no event."""
        if self.aggregate not in _FLOATING:
            sums = _from_the_end(_weights(self.aggregate, held, values))
            return _between(sums, low, high)
        numbers = _averages(held, values) if self.aggregate == "average" else _extremes(held, values, self.aggregate == "min")
        return _between(numbers, low, high) & (_from_the_end(held.astype(np.int64)) > 0)


def _between(found: NDArray[Any], low: Any, high: Any) -> Bools:
    """Where numbers are from ``low`` to ``high``."""
    inside: Bools = (found >= low) & (found <= high)
    return inside


def _weights(aggregate: str, held: Bools, values: Table) -> Table:
    """What each event adds to a sum, or to a number of different values or days."""
    if aggregate == "sum":
        return np.where(held, values, 0)
    if aggregate == "distinct":
        return _last_of_each(held, values)
    weights = held.astype(np.int64)  # of a day only the last event counts
    weights[:, :-1] &= values[:, :-1] != values[:, 1:]
    return weights


def _averages(held: Bools, values: Table) -> NDArray[np.float64]:
    sums, counts = _from_the_end(np.where(held, values, 0)), _from_the_end(held.astype(np.int64))
    with np.errstate(invalid="ignore"):
        averages: NDArray[np.float64] = sums.astype(np.float64) / counts
    return averages


def _extremes(held: Bools, values: Table, least: bool) -> NDArray[np.float64]:
    of_none = np.inf if least else -np.inf
    numbers = np.where(held, np.ascontiguousarray(values).view(np.float64), of_none)
    column = np.full((numbers.shape[0], 1), of_none)
    numbers = np.concatenate([numbers, column], axis=1)[:, ::-1]
    extremes: NDArray[np.float64] = (np.minimum if least else np.maximum).accumulate(numbers, axis=1)[:, ::-1]
    return extremes


def _from_the_end(weights: Table) -> Table:
    """The sum of each row's weights from each place to its end; one column more, of zeros."""
    sums = np.zeros((weights.shape[0], weights.shape[1] + 1), np.int64)
    np.cumsum(weights[:, ::-1], axis=1, out=sums[:, 1:])
    return sums[:, ::-1]


def _last_of_each(held: Bools, values: Table) -> Table:
    """1 where the same value does not come again in the row."""
    count, width = values.shape
    if width <= _PLAIN:
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


def _interval(condition: Behaviour) -> tuple[float, float]:
    """The condition's comparison as the least and the greatest that pass: whole numbers, or for some aggregates floats."""
    if condition.aggregate in ("distinct", "days"):
        least, most = condition.bounds
        return least, _MOST if most is None else most
    low, *rest = limits_of(condition)
    if condition.aggregate in _FLOATING:
        below, above = float(np.nextafter(low, -np.inf)), float(np.nextafter(low, np.inf))
        least_of_all, most_of_all = -np.inf, np.inf
        low = float(low)
    else:
        below, above, least_of_all, most_of_all = low - 1, low + 1, _LEAST, _MOST
    if rest:
        return low, type(low)(rest[0])
    return {
        ">=": (low, most_of_all),
        ">": (above, most_of_all),
        "=": (low, low),
        "<=": (least_of_all, low),
        "<": (least_of_all, below),
    }[condition.compare]
