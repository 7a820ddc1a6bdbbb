"""Tests of properties as SQL: what the definition says, on each engine."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relance.core.encoding import from_json, to_json
from relance.events.history import History
from relance.segments.query.properties import passes
from relance.segments.rule.conditions import Predicate, Trait
from relance.segments.rule.predicate import MOST_ELEMENTS, matches
from relance.segments.rule.predicate import tester as prepared
from relance.segments.rule.tree import parse_rule
from tests.store.conftest import Open
from tests.unit.segments.every_kind import predicates, properties, starts

MANY = 20


@pytest.fixture(scope="module")
def history(open_history: Open) -> History:
    return open_history()


def in_sql(history: History, found: list[Any], tests: list[Predicate], now: int) -> list[list[Any]]:
    """For each object the outcome of each test."""
    rows = sa.values(sa.column("place", sa.BigInteger), sa.column("properties", sa.Text), name="objects")
    objects = rows.data([(place, each if isinstance(each, str) else to_json(each)) for place, each in enumerate(found)])
    outcomes = [passes(objects.c.properties, each, now).label(f"test_{place}") for place, each in enumerate(tests)]
    return [list(row[1:]) for row in sorted(history.run(sa.select(objects.c.place, *outcomes)))]


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    found=st.lists(properties, min_size=MANY, max_size=MANY),
    data=st.lists(predicates("name"), min_size=6, max_size=6),
    now=starts,
)
def test_definition_and_query_agree(history: History, found: list[Any], data: list[dict[str, Any]], now: int) -> None:
    traits = [parse_rule({"kind": "trait", **each}) for each in data]
    tests = [each.predicate for each in traits if isinstance(each, Trait)]
    expected = [[matches(each, test, now) for test in tests] for each in found]
    assert in_sql(history, found, tests, now) == expected


CASES: list[tuple[Any, str, Any, bool]] = [
    ("x", "not_in", ("y", 5), True),
    (None, "not_in", ("x",), True),
    (2.5, "between", (2, 2.5), True),
    ("2.5", "between", (2, 2.4), False),
    ("a\nb", "matches", "a.b", False),
    ("a\nb", "matches", "(?s)a.b", True),
    ("x1y", "matches", "[0-9]", True),
    ("%_'\\", "contains", "_'\\", True),
    ([1, "2", None, True], "has", "2", True),
    ([1, "2", None, True], "has", 2, True),
    ([[2]], "has", 2, False),
    ({"2": 2}, "has", 2, False),
    ("2024-02-29T23:59:59.999Z", "before", "2024-03-01", True),
    ("2024-03-01T01:00+01:00", "after", "2024-03-01", True),
    ("2024-03-01T01:00+01:00", "before", "2024-03-01", False),
    ("2024-02-29T19:00:00.5-05:00", "after", "2024-03-01T00:00:00.500Z", True),
    ("2024-02-30", "before", "2100-01-01", False),
    ("1900-02-29", "before", "2100-01-01", False),
    ("2024-02-29T24:00", "before", "2100-01-01", False),
    ("v2.10.0-beta", "version_from", "2.9", True),
    ("2.9", "version_below", "2.10", True),
    ("2.10.0.0", "version_from", "2.10", True),
    ("2.x", "version_below", "9", False),
]


@pytest.mark.parametrize(("value", "is_", "wanted", "expected"), CASES)
def test_what_is_easily_got_wrong(history: History, value: Any, is_: Any, wanted: Any, expected: bool) -> None:
    predicate = Predicate("a.b", is_, wanted)
    found = {"a": {"b": value, "c": 1}, "b": 7}
    assert matches(found, predicate) is expected
    assert in_sql(history, [found], [predicate], 0) == [[expected]]


LISTS: list[tuple[Any, list[tuple[str, Any, Any]], bool]] = [
    ([{"x": "shoes", "y": 60}], [("x", "=", "shoes"), ("y", ">", 50)], True),
    ([{"x": "shoes", "y": 40}, {"x": "hats", "y": 60}], [("x", "=", "shoes"), ("y", ">", 50)], False),
    ([{"x": "hats"}, {"x": "shoes", "y": "50.01"}], [("x", "=", "shoes"), ("y", ">", 50)], True),
    ([5, None, "x", [{"x": 1}]], [("x", "not_exists", None)], False),
    ([{}], [("x", "not_exists", None)], True),
    ([{"x": None}], [("x", "!=", 5)], True),
    ([], [("x", "not_exists", None)], False),
    ({"x": 5}, [("x", "=", 5)], False),
    ('[{"x": 5}]', [("x", "=", 5)], False),
    ([{"x": [1, "pro"]}], [("x", "has", "pro")], True),
    ([{"x": {"z": 5}}], [("x.z", "=", 5)], True),
    ([{"x": "2.10"}], [("x", "version_above", "2.9")], True),
    ([{"x": "2024-03-01"}], [("x", "after", "2024-03-01")], True),
    ([{"x": 0}] * (MOST_ELEMENTS - 1) + [{"x": 5}], [("x", "=", 5)], True),
    ([{"x": 0}] * MOST_ELEMENTS + [{"x": 5}], [("x", "=", 5)], False),
]


@pytest.mark.parametrize(("value", "where", "expected"), LISTS, ids=[f"list {place}" for place in range(len(LISTS))])
def test_of_a_list_one_object_passes_every_test(
    history: History, value: Any, where: list[tuple[str, Any, Any]], expected: bool
) -> None:
    predicate = Predicate("a.b", "has", where=tuple(Predicate(*each) for each in where))
    found = {"a": {"b": value}}
    assert matches(found, predicate) is expected
    assert prepared(predicate)(found) is expected
    assert in_sql(history, [found], [predicate], 0) == [[expected]]


WRITTEN = ['{"a": 1e-400}', '{"a": 0.30000000000000004}', '{"\\u0061" : -0.0}', '{"a":1E3}', '{"a":9007199254740993}']


@pytest.mark.parametrize("text", WRITTEN)
def test_numbers_read_alike_however_they_are_written(history: History, text: str) -> None:
    tests = [Predicate("a", "=", value) for value in (0, 0.30000000000000004, 0.3, 1000, 9007199254740992)]
    expected = [matches(from_json(text), test) for test in tests]
    assert in_sql(history, [text], tests, 0) == [expected]
