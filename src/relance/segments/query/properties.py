"""The tests of ``predicate`` as SQL over properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from relance.core.time import DAY
from relance.segments.query.constructs import EACH, any_of, at, contains_text, finds, first_of, json_is_object, starts_text
from relance.segments.query.found import Json, found_in
from relance.segments.query.values import as_moment, as_number, as_version
from relance.segments.rule.conditions import VERSION_SIGNS, Predicate, Scalar, moment_at
from relance.segments.rule.predicate import MOST_ELEMENTS
from relance.segments.rule.values import as_version as version_of
from relance.segments.rule.values import plain_number

_ORDER = (">", ">=", "<", "<=")
_SURELY = 2  # days: a date this far away is on the same side in every zone
_FIRST_DAY, _LAST_DAY = -25_000, 84_000  # well within the years that a moment can have


def passes(properties: Json, predicate: Predicate, now: int = 0) -> ColumnElement[bool]:
    """The predicate over properties; true or false, never NULL. ``now`` is for moments relative to it."""
    path, is_, value = predicate.property, predicate.is_, predicate.value
    if predicate.where:
        return _settled(_has_such(properties, predicate))
    if is_ in ("exists", "not_exists"):
        found = _settled(found_in(properties, path).exists)
        return found if is_ == "exists" else sa.not_(found)
    if is_ in ("=", "!=", "in", "not_in"):
        values = value if isinstance(value, tuple) else (value,)
        same = _settled(sa.or_(*(_equal(properties, path, each) for each in values)))  # type: ignore[arg-type]
        return same if is_ in ("=", "in") else sa.not_(same)
    if is_ in ("before", "after"):
        return _settled(_by_moment(properties, path, is_, moment_at(value, None, now)))  # type: ignore[arg-type]
    return _settled(_test(properties, path, is_, value))


def _has_such(json: Json, predicate: Predicate) -> ColumnElement[bool]:
    elements = first_of(found_in(json, predicate.property).elements, sa.literal(MOST_ELEMENTS))
    return any_of(elements, sa.and_(_settled(json_is_object(*at(EACH))), *(passes(EACH, each) for each in predicate.where)))


def _by_moment(json: Json, path: str, is_: str, limit: int) -> ColumnElement[bool]:
    """Texts whose date is days away on the wrong side are not parsed as moments, which is slower."""
    moment, found = as_moment(json, path), found_in(json, path)
    test = moment < limit if is_ == "before" else moment >= limit
    day = limit // DAY + (_SURELY if is_ == "before" else 1 - _SURELY)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        return test
    date = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).strftime("%Y-%m-%d")
    near = found.text < date if is_ == "before" else found.text >= date
    return sa.case((sa.and_(found.is_text, near), test), else_=sa.false())


def _settled(test: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.func.coalesce(test, sa.false())


def _equal(json: Json, path: str, wanted: Scalar) -> ColumnElement[bool]:
    found = found_in(json, path)
    if isinstance(wanted, bool):
        written = "true" if wanted else "false"
        return sa.or_(sa.and_(found.is_text, found.text == written), found.boolean == written)
    if not isinstance(wanted, str):
        return _is_number(found.read_number, wanted)
    same = sa.and_(found.is_text, found.text == wanted)
    number = plain_number(wanted)
    if number is None:
        return same
    return sa.or_(same, sa.and_(found.is_number, _is_number(found.read_number, number)))


def _is_number(found: ColumnElement[float], wanted: float) -> ColumnElement[bool]:
    """Numeric equality. ClickHouse turns several such tests into a set, in which -0.0 is not 0.0."""
    return (sa.func.abs(found) if wanted == 0 else found) == _double(wanted)


def _test(json: Json, path: str, is_: str, wanted: Any) -> ColumnElement[bool]:
    if is_ == "between":
        number = as_number(json, path)
        return sa.and_(number >= _double(wanted[0]), number <= _double(wanted[1]))
    if is_ == "has":
        return any_of(found_in(json, path).elements, _settled(_equal(EACH, "", wanted)))
    if is_ in VERSION_SIGNS:
        limit = sa.literal(version_of(wanted) or "", sa.Text)
        return as_version(json, path).op(VERSION_SIGNS[is_], return_type=sa.Boolean())(limit)
    if is_ in _ORDER and not isinstance(wanted, str):
        return as_number(json, path).op(is_)(_double(wanted))
    found = found_in(json, path)
    return sa.and_(found.is_text, _text_test(found.text, is_, wanted))


def _text_test(text: ColumnElement[str], is_: str, wanted: str) -> ColumnElement[bool]:
    if is_ == "contains":
        return contains_text(text, wanted)
    if is_ == "starts":
        return starts_text(text, wanted)
    if is_ == "matches":
        return finds(text, wanted)
    return text.op(is_, return_type=sa.Boolean())(wanted)


def _double(number: float) -> ColumnElement[float]:
    return sa.literal(float(number), sa.Double)
