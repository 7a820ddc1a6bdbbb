"""A rule as a query over history: previews, backfill, audit.

Every condition is a count, so that nothing depends on what an engine gives for an aggregate over no rows (ClickHouse gives 0 or
1970 where others give NULL). One scan of the events that any condition names counts for all conditions at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.conditions import Behaviour, Trait
from relance.segments.needs import Need
from relance.segments.property_sql import passes
from relance.segments.rule import All, Any_, Not, Rule, canonical, conditions, digest

Members = sa.Select[tuple[int]]


def members(rule: Rule, app_id: int, now: int, people: FromClause | None = None) -> Members:
    """The ids of everybody who fulfils ``rule`` at ``now``, in no order.

    ``people`` says who there is: columns ``person_id`` and, for rules with traits, ``traits`` (a JSON object as text).
    Without it they are all who have an event.
    """
    universe = everybody(app_id, now).subquery("people") if people is None else people
    query = counts((leaf for leaf in conditions(rule) if isinstance(leaf, Behaviour)), app_id, now)
    counted = None if query is None else query.subquery("counts")
    source = universe
    if counted is not None:
        source = sa.join(universe, counted, universe.c.person_id == counted.c.person_id, isouter=True)
    return sa.select(universe.c.person_id).select_from(source).where(_tree(rule, counted, universe))


def everybody(app_id: int, now: int) -> Members:
    """The ids of all who have an event."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= now, columns=("person_id",))
    return sa.select(events.c.person_id).distinct()


def newest(condition: Behaviour, need: Need, app_id: int, now: int) -> sa.Select[tuple[int, int]]:
    """(person, instant), ordered by person: the newest events of the condition's stream, as many as live state keeps."""
    events = _stream(condition, app_id, EVENTS.c.occurred_at <= now, EVENTS.c.occurred_at > now - need.span)
    rank = sa.func.row_number().over(partition_by=events.c.person_id, order_by=events.c.occurred_at.desc())
    ranked = sa.select(events.c.person_id, events.c.occurred_at, rank.label("rank")).subquery("ranked")
    return sa.select(ranked.c.person_id, ranked.c.occurred_at).where(ranked.c.rank <= need.depth).order_by(ranked.c.person_id)


def totals(condition: Behaviour, app_id: int, now: int) -> sa.Select[tuple[int, int]]:
    """(person, number of events of the condition's stream), ordered by person."""
    events = _stream(condition, app_id, EVENTS.c.occurred_at <= now)
    return sa.select(events.c.person_id, sa.func.count()).group_by(events.c.person_id).order_by(events.c.person_id)


def newest_instant(app_id: int) -> sa.Select[tuple[int | None]]:
    """When the app's newest event happened; NULL or 0 where there is none."""
    return sa.select(sa.func.max(EVENTS.c.occurred_at)).where(EVENTS.c.app_id == app_id)


def _stream(condition: Behaviour, app_id: int, *bounds: ColumnElement[bool]) -> sa.Subquery:
    tests = [passes(EVENTS.c.properties, predicate) for predicate in condition.where]
    return resolved_events(
        EVENTS.c.app_id == app_id, EVENTS.c.event == condition.event, *bounds, *tests, columns=("person_id", "occurred_at")
    )


def counts(leaves: Iterable[Behaviour], app_id: int, now: int) -> sa.Select[Any] | None:
    """One row per person with a count for each distinct condition, named by ``column``; None without conditions.

    People without such events have no row.
    """
    distinct = {column(leaf): leaf for leaf in leaves}
    if not distinct:
        return None
    names = sorted({each.event for each in distinct.values()})
    bounds = [EVENTS.c.app_id == app_id, EVENTS.c.event.in_(names), EVENTS.c.occurred_at <= now]
    lengths = [each.length for each in distinct.values()]
    if None not in lengths:
        bounds.append(EVENTS.c.occurred_at > now - max(each for each in lengths if each is not None))
    columns = ["event", "person_id", "occurred_at"]
    if any(each.where for each in distinct.values()):
        columns.append("properties")
    events = resolved_events(*bounds, columns=tuple(columns))
    sums = [sa.func.sum(sa.case((_counts_for(each, events, now), 1), else_=0)).label(name) for name, each in distinct.items()]
    return sa.select(events.c.person_id, *sums).group_by(events.c.person_id)


def column(condition: Behaviour) -> str:
    """The name of a condition's count."""
    return f"count_{digest(canonical(condition))}"


def _counts_for(condition: Behaviour, events: FromClause, now: int) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = [events.c.event == condition.event]
    if condition.length is not None:
        tests.append(events.c.occurred_at > now - condition.length)
    return sa.and_(*tests, *(passes(events.c.properties, predicate) for predicate in condition.where))


def _tree(rule: Rule, counted: Any, people: FromClause) -> ColumnElement[bool]:
    if isinstance(rule, All):
        return sa.and_(*(_tree(part, counted, people) for part in rule.parts))
    if isinstance(rule, Any_):
        return sa.or_(*(_tree(part, counted, people) for part in rule.parts))
    if isinstance(rule, Not):
        return sa.not_(_tree(rule.part, counted, people))
    if isinstance(rule, Trait):
        return passes(people.c.traits, rule.predicate)
    count = sa.func.coalesce(counted.c[column(rule)], 0)
    low, high = rule.bounds
    return count >= low if high is None else sa.and_(count >= low, count <= high)
