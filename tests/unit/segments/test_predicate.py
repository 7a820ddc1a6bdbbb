"""How values compare: the table in ``predicate``, line by line; the query over history gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from sqlalchemy.engine import Connection

from relance.core.encoding import to_json
from relance.events.history_dialect_duckdb import DuckdbConnection
from relance.segments.errors import RuleError
from relance.segments.query.properties import passes
from relance.segments.rule.conditions import Predicate
from relance.segments.rule.predicate import matches
from relance.segments.rule.tree import parse_rule
from tests.unit.segments.stories import predicates, properties

CASES: list[tuple[Any, str, Any, bool]] = [
    (None, "=", "x", False),
    (None, "!=", "x", True),
    (None, "exists", None, False),
    (None, "not_exists", None, True),
    (None, "in", ("x",), False),
    (None, "<", 5, False),
    ("", "exists", None, True),
    (False, "exists", None, True),
    (5, "=", 5, True),
    (5.0, "=", 5, True),
    ("5", "=", 5, True),
    ("5.50", "=", 5.5, True),
    ("05", "=", 5, False),
    ("5e0", "=", 5, False),
    (" 5", "=", 5, False),
    ("+5", "=", 5, False),
    ("٥", "=", 5, False),
    (5, "=", "5", True),
    (5, "=", "5.0", True),
    ("5", "=", "5.0", False),
    (5, "=", "05", False),
    (True, "=", True, True),
    ("true", "=", True, True),
    ("True", "=", True, False),
    (1, "=", True, False),
    (True, "=", 1, False),
    (True, "=", "true", False),
    (False, "!=", True, True),
    ([5], "=", 5, False),
    ([5], "!=", 5, True),
    ({"a": 1}, "exists", None, True),
    ("10", ">", 9, True),
    ("10", ">", "9", False),
    (10, ">", "9", False),
    ("2024-02-01", ">=", "2024-01-31", True),
    ("é", ">", "z", True),
    ("\U0001f600", ">", "\uffee", True),
    ("abc", "contains", "bc", True),
    ("ABC", "contains", "bc", False),
    (["bc"], "contains", "bc", False),
    (12, "contains", "1", False),
    ("abc", "starts", "ab", True),
    ("abc", "starts", "bc", False),
    (2**70, ">", 5, True),
]


@pytest.fixture(scope="module")
def duck() -> Iterator[Connection]:
    engine = sa.create_engine("duckdb://", creator=lambda: DuckdbConnection(duckdb.connect()))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def in_sql(connection: Connection, found: dict[str, Any], predicate: Predicate) -> Any:
    return connection.execute(sa.select(passes(sa.literal(to_json(found), sa.Text), predicate))).scalar()


@pytest.mark.parametrize(("value", "is_", "wanted", "expected"), CASES)
def test_values_compare_by_the_table(duck: Connection, value: Any, is_: Any, wanted: Any, expected: bool) -> None:
    predicate = Predicate("a.b", is_, wanted)
    for found in ({"a": {"b": value}}, {"a": {"b": value, "c": 1}, "b": 7}):
        assert matches(found, predicate) is expected
        assert in_sql(duck, found, predicate) is expected


def test_a_path_ends_at_what_is_no_object(duck: Connection) -> None:
    for found in ({}, {"a": None}, {"a": 5}, {"a": [{"b": 1}]}, {"a.b": 1}):
        assert not matches(found, Predicate("a.b", "exists"))
        assert in_sql(duck, found, Predicate("a.b", "exists")) is False
    assert not matches({"a": [1]}, Predicate("a.0", "exists"))
    assert in_sql(duck, {"a": [1]}, Predicate("a.0", "exists")) is False


def test_a_dot_that_belongs_to_a_name_follows_a_backslash(duck: Connection) -> None:
    found = {"a.b": 1, "a": {"b": 2, "b.c": 3}, "a.b.c": {"d.": 4}}
    for path, value in ((r"a\.b", 1), ("a.b", 2), (r"a.b\.c", 3), (r"a\.b\.c.d\.", 4)):
        assert matches(found, Predicate(path, "=", value))
        assert in_sql(duck, found, Predicate(path, "=", value)) is True
    for wrong in (r"a\b", "a\\", r"a\\.b", "a..b", r"a\.b.", 'a"b', "a*"):
        with pytest.raises(RuleError, match="follows a backslash"):
            parse_rule({"kind": "trait", "name": wrong, "is": "exists"})


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(found=properties, data=predicates("name"))
def test_definition_and_query_agree(duck: Connection, found: dict[str, Any], data: dict[str, Any]) -> None:
    rule = parse_rule({"kind": "trait", **data})
    predicate = rule.predicate  # type: ignore[union-attr]
    assert in_sql(duck, found, predicate) is matches(found, predicate)
