"""One thing and then another, or not, as a window over the two: what comes next is the least instant of all that follow."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.query.properties import passes
from relance.segments.query.values import identity
from relance.segments.query.windows import in_window, lowest, with_firsts
from relance.segments.rule.conditions import Happens, Sequence
from relance.segments.rule.window import EVER, length_of

_COLUMNS = ("event", "person_id", "occurred_at", "position", "partition")


def sequence(condition: Sequence, app_id: int, now: int) -> sa.Select[tuple[int]]:
    """The ids of those it holds for."""
    events = with_firsts(_marked(condition, app_id, now), [condition.window], app_id, now)
    following = sa.func.min(sa.case((events.c.is_then, events.c.occurred_at), else_=sa.null())).over(
        partition_by=[events.c.person_id, *([] if condition.on is None else [events.c.join_key])],
        order_by=[events.c[name].desc() for name in ("occurred_at", "position", "partition")],
        rows=(None, -1),
    )
    columns = [events.c.person_id, events.c.occurred_at, events.c.is_first]
    chained = sa.select(*columns, *([events.c.first_at] if "first_at" in events.c else []), following.label("next_at")).subquery(
        "chained"
    )
    end = chained.c.occurred_at + length_of(condition.within)
    if condition.absent:
        outcome = sa.and_(end <= now, sa.or_(chained.c.next_at.is_(None), chained.c.next_at > end))
    else:
        outcome = sa.and_(chained.c.next_at.is_not(None), chained.c.next_at <= end)
    return (
        sa.select(chained.c.person_id).where(chained.c.is_first, *in_window(condition.window, chained, now), outcome).distinct()
    )


def _marked(condition: Sequence, app_id: int, now: int) -> sa.Subquery:
    """The events of both steps, each marked with the steps it can be."""
    names = sorted({condition.first.event, condition.then.event})
    bounds = [EVENTS.c.app_id == app_id, EVENTS.c.event.in_(names), EVENTS.c.occurred_at <= now]
    low = lowest(condition.window, now)
    if low > EVER:  # what follows is later still
        bounds.append(EVENTS.c.occurred_at > low)
    reads = condition.on is not None or condition.first.where or condition.then.where
    events = resolved_events(*bounds, columns=(*_COLUMNS, "properties") if reads else _COLUMNS)
    columns: list[ColumnElement[Any]] = [events.c[name] for name in _COLUMNS[1:]]
    if condition.on is not None:
        columns.append(identity(events.c.properties, condition.on).label("join_key"))
    steps = [_is(condition.first, events).label("is_first"), _is(condition.then, events).label("is_then")]
    marked = sa.select(*columns, *steps).subquery("marked")
    wanted = [sa.or_(marked.c.is_first, marked.c.is_then)]
    if condition.on is not None:
        wanted.append(marked.c.join_key.is_not(None))
    return sa.select(marked).where(*wanted).subquery("steps")


def _is(step: Happens, events: FromClause) -> ColumnElement[bool]:
    return sa.and_(events.c.event == step.event, *(passes(events.c.properties, each) for each in step.where))
