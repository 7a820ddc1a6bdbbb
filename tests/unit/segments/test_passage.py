"""What is found of people who live through much in one tick is found whole, whatever room there was to write it down."""

from __future__ import annotations

import numpy as np
import pytest

from relance.segments.live.kernel import fold as current_fold
from relance.segments.live.kernel.window_scan import EVENTS, WindowAggregate
from relance.segments.live.sources.fold_driver import FoldDriver, key_of
from relance.segments.live.sources.source import Arrived, FoldedSource, Leaf

PEOPLE, TIMES = 3, 400


@pytest.mark.parametrize("first_size", [1, 64, 100_000])
def test_a_full_sheet_is_gone_on_with_in_a_longer_one(monkeypatch: pytest.MonkeyPatch, first_size: int) -> None:
    monkeypatch.setattr(current_fold, "_FIRST_SIZE", first_size)
    kept = FoldedSource(1, ("e",), 100, 1)
    leaves = [Leaf(1, WindowAggregate(EVENTS, length=3, low=1), kept), Leaf(2, WindowAggregate(EVENTS, length=100, low=2), kept)]
    kept.seat(leaves)
    people = np.arange(1, PEOPLE + 1)
    instants = np.tile(np.arange(10, 10 * TIMES + 10, 10), PEOPLE)
    whose = np.repeat(people, TIMES)
    arrived = Arrived(whose, instants, instants, instants, instants)
    upto = 10 * TIMES + 5
    lived = FoldDriver([kept]).live_through({1: arrived}, people[:0], (people[:0], people[:0]), upto, 0)
    briefly, twice = lived.found
    assert briefly.leaf is leaves[0]
    changes = [(person, at + wait, wait == 0) for person in people for at in range(10, 10 * TIMES + 10, 10) for wait in (0, 3)]
    assert list(zip(briefly.people.tolist(), briefly.instants.tolist(), briefly.truth.tolist(), strict=True)) == changes
    assert briefly.by_time.tolist() == [not entered for _, _, entered in changes]
    assert (twice.people.tolist(), twice.instants.tolist(), twice.truth.tolist()) == ([1, 2, 3], [20] * 3, [True] * 3)
    assert lived.keys.tolist() == key_of(leaves[1].number, people).tolist()
    assert all(upto < instant <= 10 * TIMES + 90 for instant in lived.instants.tolist())  # a timer may be early
