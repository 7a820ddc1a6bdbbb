"""What is found of people who live through much in one tick is found whole, whatever room there was to write it down."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from relance.segments.live.kernel import fold as current_fold
from relance.segments.live.kernel.event_table_arrays import LATER, SEATS
from relance.segments.live.kernel.window_scan import DISTINCT, EVENTS, TOTAL, WindowAggregate
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
    outcome = FoldDriver([kept]).fold({1: arrived}, people[:0], (people[:0], people[:0]), upto, 0)
    briefly, twice = outcome.found
    assert briefly.leaf is leaves[0]
    changes = [(person, at + wait, wait == 0) for person in people for at in range(10, 10 * TIMES + 10, 10) for wait in (0, 3)]
    assert list(zip(briefly.people.tolist(), briefly.instants.tolist(), briefly.truth.tolist(), strict=True)) == changes
    assert briefly.by_time.tolist() == [not entered for _, _, entered in changes]
    assert (twice.people.tolist(), twice.instants.tolist(), twice.truth.tolist()) == ([1, 2, 3], [20] * 3, [True] * 3)
    assert outcome.keys.tolist() == key_of(leaves[1].number, people).tolist()
    assert all(upto < instant <= 10 * TIMES + 90 for instant in outcome.instants.tolist())  # a timer may be early


def test_a_leaf_that_time_does_not_change_takes_no_timer_over_with_its_seat() -> None:
    """It would be due for ever: nothing of it is looked at when time passes."""
    kept = FoldedSource(1, ("e",), 100, 1)
    briefly = Leaf(1, WindowAggregate(EVENTS, length=100, low=1), kept)
    kept.seat([briefly])
    people, at, nobody = np.arange(1, PEOPLE + 1), np.full(PEOPLE, 10), np.empty(0, np.int64)
    FoldDriver([kept]).fold({1: Arrived(people, at, at, at, at)}, nobody, (nobody, nobody), 20, 0)
    ever = Leaf(2, WindowAggregate(TOTAL, low=2), kept)
    kept.seat([ever])
    driver = FoldDriver([kept])
    driver.fold({}, nobody, (driver.everywhere(people), np.full(PEOPLE, 20)), 20, 20, ever)
    table, words, *_ = kept.rows.store
    assert (words[table[table > 0] + SEATS] >> 1 == LATER).all()
    driver.fold({}, driver.everywhere(people), (nobody, nobody), 1_000, 20)


def different(number: int, source: FoldedSource, values: int) -> Leaf:
    return Leaf(number, WindowAggregate(DISTINCT, length=1_000_000, low=values), source)


def test_notes_on_rows_with_many_events_are_given_room_source_by_source() -> None:
    few, many = FoldedSource(1, (), 1_000_000, 2), FoldedSource(2, (), 1_000_000, 2)
    leaves = [different(1, few, 30), different(2, few, 200), different(3, few, 201)]
    leaves += [different(4, many, 300), different(5, many, 301)]
    few.seat(leaves[:3])
    many.seat(leaves[3:])
    whose = np.repeat([1, 2], [30, 200])
    values = np.concatenate([np.arange(30), -np.arange(200)])
    instants = np.arange(1, whose.size + 1)
    arrived = {1: Arrived(whose, instants, instants, values, values)}
    more = np.arange(1, 601)
    arrived[2] = Arrived(np.full(more.size, 2), more, more, more // 2 % 300, more)
    nobody = whose[:0]
    outcome = FoldDriver([few, many]).fold(arrived, nobody, (nobody, nobody), 20_000, 0)
    found = {
        (leaves.index(cast("Leaf", each.leaf)) + 1, person): at
        for each in outcome.found
        for person, at in zip(each.people.tolist(), each.instants.tolist(), strict=True)
    }
    assert found == {(1, 1): 30, (1, 2): 60, (2, 2): 230, (4, 2): 598}
