"""Columns are sorted and cut as numpy's slower ways do it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relance.segments.live.columns.runs import by_person, cut, distinct

people = st.one_of(st.integers(1, 30), st.integers(1, 1 << 40))
instants = st.one_of(st.integers(0, 50), st.integers(0, 1 << 45))


@given(st.lists(st.tuples(people, instants), max_size=60))
def test_the_order_is_by_person_then_instant_and_keeps_what_is_equal(pairs: list[tuple[int, int]]) -> None:
    who, when = (np.array([pair[place] for pair in pairs], np.int64) for place in (0, 1))
    assert by_person(who, when).tolist() == sorted(range(len(pairs)), key=lambda place: pairs[place])


@given(st.lists(st.one_of(st.integers(0, 6), st.integers(0, 1 << 40)), max_size=60))
def test_each_value_once_and_where_it_stands(values: list[int]) -> None:
    column = np.array(values, np.int64)
    assert distinct(column).tolist() == sorted(set(values))
    places = [[place for place, value in enumerate(values) if value == each] for each in sorted(set(values))]
    assert [each.tolist() for each in cut(column)] == places
