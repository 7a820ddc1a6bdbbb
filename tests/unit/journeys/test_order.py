"""Whether an event comes after everything known of its person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journeys import order as module
from relance.journeys.order import Order


def test_what_comes_after_is_next_and_what_comes_before_is_not() -> None:
    order = Order()
    order.start(100)
    assert not order.is_next((1, 1), (100, 0))  # whoever entered then may have been heard after
    assert order.is_next((1, 1), (101, 0))
    order.note((1, 1), (200, 1))
    assert [order.is_next((1, 1), place) for place in [(199, 1), (200, 0), (200, 1), (201, 0)]] == [False, False, True, True]
    assert order.is_next((2, 1), (150, 0))  # of another app
    order.join(1, 1, 2)
    assert not order.is_next((1, 2), (199, 1))


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 40)), max_size=40))
def test_however_few_are_remembered_nothing_that_was_heard_is_overlooked(happened: list[tuple[int, int]]) -> None:
    few = pytest.MonkeyPatch()
    few.setattr(module, "MOST", 3)
    order, newest = Order(), dict[int, int]()
    try:
        for person, at in happened:
            if order.is_next((1, person), (at, 1)):
                assert at >= newest.get(person, 0)
            order.note((1, person), (at, 1))
            newest[person] = max(at, newest.get(person, 0))
    finally:
        few.undo()
