"""Conditions on aggregated events: any number of them from a single scan of the events they name.

Everything is a count or a ``max(CASE …)``, because over no rows one engine gives NULL where another gives 0 or 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, named, resolved_events
from relance.segments.definition.evaluate import limits
from relance.segments.definition.needs import reads_of
from relance.segments.query.constructs import wide_number, wide_sum
from relance.segments.query.found import EventProperties, needed
from relance.segments.query.properties import passes
from relance.segments.query.values import as_amount, as_number, identity
from relance.segments.query.windows import day_number, in_window, lowest, with_firsts
from relance.segments.rule.conditions import Behaviour, Lifecycle, moment_at
from relance.segments.rule.window import EVER, UTC, AfterFirst, Window, start_before

Counted = Behaviour | Lifecycle


def aggregates(leaves: Mapping[str, Counted], app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> sa.Select[Any]:
    """(person_id, a truth under each name) for everyone with an event that a condition names."""
    conditions = list(leaves.values())
    names = sorted({each.event for each in conditions})
    bounds = [EVENTS.c.app_id == app_id, named(*names), EVENTS.c.occurred_at <= now]
    low = min(_lowest(each, now) for each in conditions)
    if low > EVER:
        bounds.append(EVENTS.c.occurred_at > low)
    if len(conditions) == 1:  # the engine need not read any other row, nor these twice
        bounds += _tests(conditions[0], EventProperties(EVENTS, app_id, conditions[0].event, columns), now)
        leaves = {name: _tested(each) for name, each in leaves.items()}
    reads = needed(columns, app_id, [pair for each in leaves.values() for pair in reads_of(each)])
    events: FromClause = resolved_events(*bounds, columns=("event", "person_id", "occurred_at", *reads))
    events = with_firsts(events, [each.window for each in conditions], app_id, now)
    truths = [
        _holds(each, EventProperties(events, app_id, each.event, columns), now).label(name) for name, each in leaves.items()
    ]
    return sa.select(events.c.person_id, *truths).group_by(events.c.person_id)


def _tests(condition: Counted, properties: EventProperties, now: int) -> list[ColumnElement[bool]]:
    """The tests on the table's rows."""
    tests = [passes(properties, each) for each in condition.where]
    if isinstance(condition, Behaviour) and not isinstance(condition.window, AfterFirst):
        tests += in_window(condition.window, properties.events, now)
    return tests


def _tested(condition: Counted) -> Counted:
    """The condition, for rows that have passed ``_tests``."""
    if isinstance(condition, Behaviour) and condition.aggregate != "days" and not isinstance(condition.window, AfterFirst):
        return msgspec.structs.replace(condition, where=(), window=None)
    return msgspec.structs.replace(condition, where=())


def _lowest(condition: Counted, now: int) -> int:
    if isinstance(condition, Behaviour):
        return lowest(condition.window, now)
    return start_before(condition.recurring, now) if condition.stage == "stopped" else EVER


def _holds(condition: Counted, properties: EventProperties, now: int) -> ColumnElement[bool]:
    events = properties.events
    if isinstance(condition, Lifecycle):
        return _lifecycle(condition, properties, now)
    those = _those(condition, condition.window, properties, now)
    if condition.aggregate in ("count", "distinct", "days"):
        return _whole(condition, those, properties, now)
    if condition.aggregate in ("first", "last"):
        return _when(condition, those, events, now)
    return _number(condition, those, properties)


def _those(condition: Counted, window: Window | None, properties: EventProperties, now: int) -> ColumnElement[bool]:
    events = properties.events
    tests = [passes(properties, each) for each in condition.where]
    return sa.and_(events.c.event == condition.event, *in_window(window, events, now), *tests)


def _count(those: ColumnElement[bool]) -> ColumnElement[int]:
    return sa.func.sum(sa.case((those, 1), else_=0))


def _whole(condition: Behaviour, those: ColumnElement[bool], properties: EventProperties, now: int) -> ColumnElement[bool]:
    if condition.aggregate == "count":
        count = _count(those)
    elif condition.aggregate == "distinct":
        value = identity(properties, condition.property_ or "")
        count = sa.func.count(sa.distinct(sa.case((those, value), else_=sa.null())))
    else:
        day = day_number(properties.events.c.occurred_at, condition.zone or UTC, lowest(condition.window, now), now)
        count = sa.func.count(sa.distinct(sa.case((those, day), else_=sa.null())))
    low, high = condition.bounds
    return count >= low if high is None else sa.and_(count >= low, count <= high)


def _number(condition: Behaviour, those: ColumnElement[bool], properties: EventProperties) -> ColumnElement[bool]:
    path = condition.property_ or ""
    if condition.aggregate in ("min", "max"):
        number = sa.case((those, as_number(properties, path)), else_=sa.null())
        found = sa.func.min(number) if condition.aggregate == "min" else sa.func.max(number)
        return _compared(condition.compare, found, [sa.literal(each, sa.Double) for each in limits(condition)])
    amount = as_amount(properties, path)
    total = wide_sum(sa.case((those, sa.func.coalesce(amount, 0)), else_=0))
    if condition.aggregate == "sum":
        return _compared(condition.compare, total, [sa.literal(each, sa.BigInteger) for each in limits(condition)])
    count = _count(sa.and_(those, amount.is_not(None)))
    # Never cast a NULL: ClickHouse refuses it even where the result is unused.
    average = wide_number(total) / sa.cast(sa.func.greatest(count, 1), sa.Double)
    limit = [sa.literal(float(each), sa.Double) for each in limits(condition)]
    return sa.and_(count > 0, _compared(condition.compare, average, limit))


def _when(condition: Behaviour, those: ColumnElement[bool], events: FromClause, now: int) -> ColumnElement[bool]:
    instants = sa.case((those, events.c.occurred_at), else_=sa.null())
    instant = sa.func.min(instants) if condition.aggregate == "first" else sa.func.max(instants)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    moments = [moment_at(each, condition.zone, now) for each in values]  # type: ignore[arg-type]
    return _compared(condition.compare, instant, [sa.literal(each, sa.BigInteger) for each in moments])


def _compared(compare: str, found: ColumnElement[Any], wanted: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """The comparison; false if there is nothing to compare."""
    if compare == "between":
        test = sa.and_(found >= wanted[0], found <= wanted[1])
    else:
        test = found.op(compare, return_type=sa.Boolean())(wanted[0])
    return sa.func.coalesce(test, sa.false())


def _lifecycle(condition: Lifecycle, properties: EventProperties, now: int) -> ColumnElement[bool]:
    instant, after = properties.events.c.occurred_at, lowest(condition.window, now)
    those = _those(condition, None, properties, now)
    inside = _count(_those(condition, condition.window, properties, now))
    if condition.stage == "first":
        return sa.and_(inside > 0, _count(sa.and_(those, instant <= after)) == 0)
    start = start_before(condition.recurring, now)
    before = _count(sa.and_(those, instant > start, instant <= after))
    earlier = _count(sa.and_(those, instant <= start))
    if condition.stage == "stopped":
        return sa.and_(before > 0, inside == 0)
    return sa.and_(inside > 0, before == 0, earlier > 0)
