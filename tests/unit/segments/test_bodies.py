"""Properties as columns are what they are one event at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.segments.live.columns.property_columns import Bodies, Where, amounts, names_of, read_body
from relance.segments.rule.predicate import matches, read_property
from relance.segments.rule.tree import parse_rule
from relance.segments.rule.values import as_amount, as_number
from tests.unit.segments import every_kind

PATHS = ("a", "a.b", "c")
NAMES = names_of((*PATHS, "items"))
lists = st.lists(every_kind.properties.map(to_json), max_size=8)
predicates = every_kind.predicates("name").map(lambda data: parse_rule({"kind": "trait", **data}))


@given(lists, st.booleans())
def test_columns_are_the_properties_of_each(texts: list[str], as_bytes: bool) -> None:
    bodies = Bodies([text.encode() for text in texts] if as_bytes else texts, NAMES)
    for path in PATHS:
        found = [read_property(read_body(text), path) for text in texts]
        assert bodies.values(path) == found
        numbers = [as_number(each) for each in found]
        assert [None if np.isnan(each) else each for each in bodies.numbers(path)] == numbers
        places, values = amounts(bodies.numbers(path))
        expected = {place: as_amount(each) for place, each in enumerate(found) if as_amount(each) is not None}
        assert dict(zip(places.tolist(), values.tolist(), strict=True)) == expected


@given(lists, st.lists(predicates, max_size=2))
def test_whoever_passes_alone_passes_in_a_column(texts: list[str], traits: list[Any]) -> None:
    tests = [each.predicate for each in traits if "ago" not in str(each) and "in_=" not in str(each)]
    passing = Where(tests).passing(Bodies(texts, NAMES))
    assert passing.tolist() == [all(matches(read_body(text), test) for test in tests) for text in texts]


@pytest.mark.parametrize("odd", ["[1]", "7", "null", '"a"'])
def test_a_body_that_is_no_object_has_no_properties(odd: str) -> None:
    bodies = Bodies([odd, '{"a":1,"x":{}}'], NAMES)
    assert bodies.values("a") == [None, 1]
    assert bodies.mappings() == [{}, {"a": 1, "x": {}}]


def test_nothing_has_columns_too() -> None:
    assert Bodies([], NAMES).values("a") == []
