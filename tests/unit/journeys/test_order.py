"""Whether an event comes after everything known of its person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journeys import order as module
from relance.journeys.order import Order, place_at


def test_what_comes_after_is_next_and_what_comes_before_is_not() -> None:
    order = Order()
    order.start(100)
    assert not order.note((1, 1), place_at(100, starts=True))  # whoever entered then may have been heard after
    assert order.note((1, 1), place_at(101, starts=True))
    order.note((1, 1), place_at(200))
    places = [place_at(199), place_at(200, starts=True), place_at(200), place_at(201, starts=True)]
    assert [order.note((1, 1), place) for place in places] == [False, False, True, True]
    assert order.note((2, 1), place_at(150))  # of another app
    order.join(1, 1, 2)
    assert not order.note((1, 2), place_at(199))


def test_of_another_key_something_later_may_be_known() -> None:
    order, cart, other = Order(), ("cart", "a"), ("cart", "b")
    order.start(100)
    assert order.note_of((1, 1), cart, place_at(200))
    assert order.note_of((1, 1), other, place_at(150))
    assert not order.note_of((1, 1), cart, place_at(150))
    assert order.note_of((1, 1), ("order", "a"), place_at(150))
    order.learn((1, 1), place_at(160))
    assert [order.note_of((1, 1), ("cart", "c"), place_at(at)) for at in (159, 160)] == [False, True]
    order.note((1, 2), place_at(170))
    order.note_of((1, 2), cart, place_at(170))
    order.join(1, 2, 1)  # by which keys of the one the other is known is not
    assert [order.note_of((1, 1), ("cart", "d"), place_at(at)) for at in (169, 170)] == [False, True]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 2), st.integers(1, 40)), max_size=60), st.integers(0, 60))
def test_however_few_are_remembered_nothing_that_was_heard_is_overlooked(
    happened: list[tuple[int, int, int]], joined: int
) -> None:
    few = pytest.MonkeyPatch()
    few.setattr(module, "MOST", 3)
    order, newest = Order(), dict[tuple[int, str], int]()
    try:
        for number, (person, key, at) in enumerate(happened):
            if number == joined:  # the sixth turns out to be the first
                order.join(1, 6, 1)
                for name in ("", "1", "2"):
                    newest[1, name] = max(newest.get((each, name), 0) for each in (1, 6))
            whose = 1 if person == 6 and number >= joined else person
            if order.note((1, whose), place_at(at)):
                assert at >= newest.get((whose, ""), 0)
            if order.note_of((1, whose), ("cart", str(key)), place_at(at)):
                assert at >= newest.get((whose, str(key)), 0)
            for name in ("", str(key)):
                newest[whose, name] = max(at, newest.get((whose, name), 0))
    finally:
        few.undo()
