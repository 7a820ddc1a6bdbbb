"""Queries over history for live state that is built anew: events as they were told, and everybody's first."""

from __future__ import annotations

import sqlalchemy as sa

from relance.events.model_tables import EVENTS, resolved_events

Told = sa.Select[tuple[int, int, int, str]]


def told(event: str, app_id: int, after: int, until: int) -> Told:
    """(person, occurred_at, position, properties as JSON text) of the events of one name in (after, until]."""
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        EVENTS.c.event == event,
        EVENTS.c.occurred_at > after,
        EVENTS.c.occurred_at <= until,
        columns=("person_id", "occurred_at", "position", "properties"),
    )
    return sa.select(events.c.person_id, events.c.occurred_at, events.c.position, events.c.properties)


def firsts(app_id: int, until: int) -> sa.Select[tuple[int, int]]:
    """(person, instant): everybody's first event of any name."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= until, columns=("person_id", "occurred_at"))
    return sa.select(events.c.person_id, sa.func.min(events.c.occurred_at)).group_by(events.c.person_id)
