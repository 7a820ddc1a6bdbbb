"""Sequences, or their absence, as a window over the two steps: the next one is the smallest instant of all that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, named, resolved_events
from relance.segments.definition.needs import reads_of
from relance.segments.query.found import EventProperties, needed
from relance.segments.query.properties import passes
from relance.segments.query.values import identity
from relance.segments.query.windows import in_window, lowest, with_firsts
from relance.segments.rule.conditions import Happens, Sequence
from relance.segments.rule.window import EVER, Window, length_of

Steps = tuple[Happens, Happens, str | None]

_COLUMNS = ("event", "person_id", "occurred_at", "position", "partition")


def steps_of(condition: Sequence) -> Steps:
    """What conditions must have in common to share a query."""
    return condition.first, condition.then, condition.on


def sequences(conditions: Mapping[str, Sequence], app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> sa.Select[Any]:
    """(person_id, a truth under each name) of everyone with the first step; conditions with the same ``steps_of``, in one pass.

    A rule in each person's own time zone becomes as many conditions as there are zones, which differ only in their windows: a
    separate query for each would exhaust a small server's memory.
    """
    every = list(conditions.values())
    windows = [each.window for each in every]
    events = with_firsts(_marked(every[0], windows, app_id, now, columns), windows, app_id, now)
    following = sa.func.min(sa.case((events.c.is_then, events.c.occurred_at), else_=sa.null())).over(
        partition_by=[events.c.person_id, *([] if every[0].on is None else [events.c.join_key])],
        order_by=[events.c[name].desc() for name in ("occurred_at", "position", "partition")],
        rows=(None, -1),
    )
    selected = [events.c.person_id, events.c.occurred_at, events.c.is_first]
    chained = sa.select(*selected, *([events.c.first_at] if "first_at" in events.c else []), following.label("next_at")).subquery(
        "chained"
    )
    truths = [_holds(each, chained, now).label(name) for name, each in conditions.items()]
    return sa.select(chained.c.person_id, *truths).where(chained.c.is_first).group_by(chained.c.person_id)


def _holds(condition: Sequence, chained: sa.Subquery, now: int) -> ColumnElement[bool]:
    """Whether it holds for any of a person's first steps."""
    end = chained.c.occurred_at + length_of(condition.within)
    if condition.absent:
        outcome = sa.and_(end <= now, sa.or_(chained.c.next_at.is_(None), chained.c.next_at > end))
    else:
        outcome = sa.and_(chained.c.next_at.is_not(None), chained.c.next_at <= end)
    return sa.func.max(sa.case((sa.and_(*in_window(condition.window, chained, now), outcome), 1), else_=0)) == 1


def _marked(
    condition: Sequence, windows: Iterable[Window | None], app_id: int, now: int, columns: PropertyColumns
) -> sa.Subquery:
    """The events of both steps in any of the windows or later, each marked with the steps it matches."""
    names = sorted({condition.first.event, condition.then.event})
    bounds = [EVENTS.c.app_id == app_id, named(*names), EVENTS.c.occurred_at <= now]
    low = min(lowest(each, now) for each in windows)
    if low > EVER:  # what follows is later still
        bounds.append(EVENTS.c.occurred_at > low)
    events = resolved_events(*bounds, columns=(*_COLUMNS, *needed(columns, app_id, reads_of(condition))))
    first, then = (EventProperties(events, app_id, step.event, columns) for step in (condition.first, condition.then))
    selected: list[ColumnElement[Any]] = [events.c[name] for name in _COLUMNS[1:]]
    if condition.on is not None:
        selected.append(_join_key(condition.on, first, then).label("join_key"))
    steps = [_is(condition.first, first).label("is_first"), _is(condition.then, then).label("is_then")]
    marked = sa.select(*selected, *steps).subquery("marked")
    wanted = [sa.or_(marked.c.is_first, marked.c.is_then)]
    if condition.on is not None:
        wanted.append(marked.c.join_key.is_not(None))
    return sa.select(marked).where(*wanted).subquery("steps")


def _join_key(path: str, first: EventProperties, then: EventProperties) -> ColumnElement[str]:
    """The value that both steps must share, each read from where its events have it."""
    key = identity(first, path)
    names = [each.columns.of(each.app_id, each.event, path) for each in (first, then)]
    if names[0] == names[1]:
        return key
    return sa.case((first.events.c.event == first.event, key), else_=identity(then, path))


def _is(step: Happens, properties: EventProperties) -> ColumnElement[bool]:
    return sa.and_(properties.events.c.event == step.event, *(passes(properties, each) for each in step.where))
