"""The tests of ``predicate`` as SQL over a column of JSON text.

What engines spell differently is one named construct each, compiled per dialect; a dialect that is not listed is refused.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import GenericFunction

from relance.segments.conditions import Predicate, Scalar
from relance.segments.values import PLAIN_NUMBER, plain_number

_NUMBERS = ("UBIGINT", "BIGINT", "HUGEINT", "UHUGEINT", "DOUBLE")


class json_kind(GenericFunction[str]):  # noqa: N801 - named as it reads in SQL
    """What a path leads to: one of DuckDB's names of JSON types, or NULL where there is nothing."""

    type = sa.Text()
    inherit_cache = True


class json_text(GenericFunction[str]):  # noqa: N801
    """What a path leads to, as text: a string without its quotes, a number or a boolean as written."""

    type = sa.Text()
    inherit_cache = True


class fully_matches(GenericFunction[bool]):  # noqa: N801
    """Whether the whole text matches an RE2 pattern."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(json_kind, "duckdb")
def _duckdb_kind(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_type({compiler.process(element.clauses, **options)})"


@compiles(json_text, "duckdb")
def _duckdb_text(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_extract_string({compiler.process(element.clauses, **options)})"


@compiles(fully_matches, "duckdb")
def _duckdb_matches(element: Any, compiler: Any, **options: Any) -> str:
    return f"regexp_full_match({compiler.process(element.clauses, **options)})"


def json_path(path: str) -> str:
    """``a.b`` → ``$."a"."b"``: names of members only, never places in a list. The rule's parser keeps quotes out."""
    return "$" + "".join(f'."{name}"' for name in path.split("."))


def passes(properties: ColumnElement[str], predicate: Predicate) -> ColumnElement[bool]:
    """The predicate over a column of JSON objects; true or false, never NULL."""
    path = json_path(predicate.property)
    kind, text = json_kind(properties, path), json_text(properties, path)
    is_, value = predicate.is_, predicate.value
    if is_ == "exists":
        return _settled(kind != "NULL")
    if is_ == "not_exists":
        return sa.not_(_settled(kind != "NULL"))
    if is_ == "in":
        assert isinstance(value, tuple)  # noqa: S101 - the parser saw to it
        return _settled(sa.or_(*(_equal(kind, text, each) for each in value)))
    assert value is not None  # noqa: S101
    assert not isinstance(value, tuple)  # noqa: S101
    if is_ == "=":
        return _settled(_equal(kind, text, value))
    if is_ == "!=":
        return sa.not_(_settled(_equal(kind, text, value)))
    if is_ in ("contains", "starts"):
        test = sa.func.contains(text, value) if is_ == "contains" else sa.func.starts_with(text, value)
        return _settled(sa.and_(kind == "VARCHAR", test))
    return _settled(_ordered(kind, text, is_, value))


def _settled(test: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.func.coalesce(test, sa.false())


def _equal(kind: ColumnElement[str], text: ColumnElement[str], wanted: Scalar) -> ColumnElement[bool]:
    if isinstance(wanted, bool):
        return sa.and_(kind.in_(("BOOLEAN", "VARCHAR")), text == ("true" if wanted else "false"))
    if not isinstance(wanted, str):
        return _number(kind, text) == float(wanted)
    same = sa.and_(kind == "VARCHAR", text == wanted)
    number = plain_number(wanted)
    if number is None:
        return same
    return sa.or_(same, sa.and_(kind.in_(_NUMBERS), sa.try_cast(text, sa.Double) == number))


def _ordered(kind: ColumnElement[str], text: ColumnElement[str], is_: str, wanted: Scalar) -> ColumnElement[bool]:
    if isinstance(wanted, str):
        return sa.and_(kind == "VARCHAR", text.op(is_)(wanted))
    return _number(kind, text).op(is_)(float(wanted))


def _number(kind: ColumnElement[str], text: ColumnElement[str]) -> ColumnElement[float]:
    is_number = sa.or_(kind.in_(_NUMBERS), sa.and_(kind == "VARCHAR", fully_matches(text, PLAIN_NUMBER)))
    return sa.case((is_number, sa.try_cast(text, sa.Double)), else_=sa.null())
