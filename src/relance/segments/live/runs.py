"""Runs of equal values in a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.paged import Bools, Ids, Instants

_INSTANT_BITS = 23  # two hours: what a tick spans, if it is not catching up


def is_run_start(column: NDArray[np.int64]) -> Bools:
    """Where a value differs from the one before; the first always does."""
    starts = np.empty(column.size, np.bool_)
    starts[:1] = True
    np.not_equal(column[1:], column[:-1], out=starts[1:])
    return starts


def lasts_of(column: NDArray[np.int64]) -> Ids:
    """Where the last of each run of equal values is."""
    ends = np.empty(column.size, np.bool_)
    ends[-1:] = True
    np.not_equal(column[1:], column[:-1], out=ends[:-1])
    return ends.nonzero()[0]


def cut(column: NDArray[np.int64]) -> list[Ids]:
    """The positions of each distinct value, by ascending value; positions keep their order."""
    if not column.size:
        return []
    order = column.argsort(kind="stable")
    starts = is_run_start(column[order]).nonzero()[0].tolist()
    if len(starts) == 1:
        return [order]
    return [order[first:last] for first, last in zip(starts, [*starts[1:], column.size], strict=True)]


def by_person(people: Ids, instants: Instants) -> Ids:
    """The order by person, then instant; what is equal in both keeps its order."""
    if people.size:
        earliest, latest = instants.min(), instants.max()
        if latest - earliest < 1 << _INSTANT_BITS and people.max() < 1 << (63 - _INSTANT_BITS):
            order: Ids = ((people << _INSTANT_BITS) | (instants - earliest)).argsort(kind="stable")
            return order
    return np.lexsort((instants, people))
