"""Queries over history for live state that is built anew: events as they were told, and everybody's first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from relance.events.model_tables import EVENTS, MERGED, resolved_events
from relance.segments.live.tracks import is_track
from relance.segments.query.places import may_tell_spot
from relance.segments.rule.conditions import SPOTTED

Told = sa.Select[tuple[int, int, int, str]]


def told(event: str, app_id: int, after: int, until: int) -> Told:
    """(person, occurred_at, position, body as JSON text) of the events of one name in (after, until]."""
    body = body_of(event)
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        named(event),
        EVENTS.c.occurred_at > after,
        EVENTS.c.occurred_at <= until,
        columns=("person_id", "occurred_at", "position", body),
    )
    return sa.select(events.c.person_id, events.c.occurred_at, events.c.position, events.c[body])


def named(event: str) -> sa.ColumnElement[bool]:
    """The events of a name; or for tracks those that may tell where somebody is."""
    return may_tell_spot(EVENTS.c.context) if is_track(event) else EVENTS.c.event == event


def body_of(event: str) -> str:
    """The column that is read of events of a name."""
    return "context" if is_track(event) else "properties"


def firsts(app_id: int, until: int) -> sa.Select[tuple[int, int]]:
    """(person, instant): everybody's first event of any name."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= until, columns=("person_id", "occurred_at"))
    return sa.select(events.c.person_id, sa.func.min(events.c.occurred_at)).group_by(events.c.person_id)


def last_position(app_id: int, partition: int) -> sa.Select[tuple[int | None]]:
    """The newest position that a partition has of an app; NULL or 0 where there is none."""
    return sa.select(sa.func.max(EVENTS.c.position)).where(EVENTS.c.app_id == app_id, EVENTS.c.partition == partition)


def told_between(
    names: Sequence[str], app_id: int, partition: int, after: int, upto: int, *, inside: bool
) -> sa.Select[tuple[Any, ...]]:
    """(person, occurred_at, position, name) of the events of some names that a partition settled in (after, upto].

    With ``inside`` their properties as JSON text come last.
    """
    columns = ("person_id", "occurred_at", "position", "event", "properties")
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        EVENTS.c.partition == partition,
        EVENTS.c.position > after,
        EVENTS.c.position <= upto,
        EVENTS.c.event.in_(list(names)),
        columns=columns if inside else columns[:-1],
    )
    return sa.select(*events.c)


def spotted_between(app_id: int, partition: int, after: int, upto: int) -> sa.Select[tuple[Any, ...]]:
    """The same of events of any name that may tell where somebody is, with their contexts; all under one name."""
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        EVENTS.c.partition == partition,
        EVENTS.c.position > after,
        EVENTS.c.position <= upto,
        may_tell_spot(EVENTS.c.context),
        columns=("person_id", "occurred_at", "position", "context"),
    )
    name = sa.literal(SPOTTED, sa.Text)
    return sa.select(events.c.person_id, events.c.occurred_at, events.c.position, name.label("event"), events.c.context)


def seen_since(app_id: int, partition: int, after: int) -> sa.Select[tuple[int, int, int]]:
    """(person, newest position, earliest instant) of everybody of whom a partition settled anything after a position."""
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        EVENTS.c.partition == partition,
        EVENTS.c.position > after,
        columns=("person_id", "position", "occurred_at"),
    )
    newest, earliest = sa.func.max(events.c.position), sa.func.min(events.c.occurred_at)
    return sa.select(events.c.person_id, newest, earliest).group_by(events.c.person_id)


def merged_since(app_id: int, partition: int, after: int) -> sa.Select[tuple[int, int, int]]:
    """(person, whom it became part of, position) of merges after a position, in order."""
    table = MERGED.c
    mine = (table.app_id == app_id, table.partition == partition, table.position > after)
    return sa.select(table.from_id, table.into_id, table.position).where(*mine).order_by(table.position)
