"""None of the last messages opened, as a query.

Nothing is sorted: the last n are unopened if at least n came after the last one that was opened.
"""

from __future__ import annotations

import sqlalchemy as sa

from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, named, resolved_events
from relance.segments.definition.evaluate import DELIVERY, OPENED, RECEIVED
from relance.segments.query.constructs import order_key
from relance.segments.query.found import EventProperties, needed
from relance.segments.query.properties import passes
from relance.segments.query.values import identity
from relance.segments.rule.conditions import Unopened, about


def unopened(condition: Unopened, app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> sa.Select[tuple[int]]:
    """The ids of those it holds for."""
    received, opened = _received(condition, app_id, now, columns), _opened(app_id, now, columns)
    was_opened = sa.tuple_(received.c.person_id, received.c.delivery).in_(sa.select(opened.c.person_id, opened.c.delivery))
    looked = (
        sa.select(received.c.person_id, sa.func.max(received.c.place).label("place"))
        .where(was_opened)
        .group_by(received.c.person_id)
        .subquery("looked")
    )
    return (
        sa.select(received.c.person_id)
        .select_from(sa.join(received, looked, received.c.person_id == looked.c.person_id, isouter=True))
        .where(received.c.place > sa.func.coalesce(looked.c.place, 0))
        .group_by(received.c.person_id)
        .having(sa.func.count() >= condition.last)
    )


def _received(condition: Unopened, app_id: int, now: int, columns: PropertyColumns) -> sa.CTE:
    """(person_id, delivery, place: greater for newer ones)."""
    tests = [passes(EventProperties(EVENTS, app_id, RECEIVED, columns), each) for each in about(condition)]
    selected = ("person_id", "occurred_at", "position", "partition", *needed(columns, app_id, [(RECEIVED, DELIVERY)]))
    events = resolved_events(EVENTS.c.app_id == app_id, named(RECEIVED), EVENTS.c.occurred_at <= now, *tests, columns=selected)
    delivery = _delivery(EventProperties(events, app_id, RECEIVED, columns))
    place = order_key(events.c.occurred_at, events.c.position, events.c.partition)
    return sa.select(
        events.c.person_id, delivery, place.label("place")
    ).cte()  # a name of its own: a rule may use this more than once


def _opened(app_id: int, now: int, columns: PropertyColumns) -> sa.Subquery:
    """(person_id, delivery) of everything opened or clicked, with repetitions."""
    names = [columns.of(app_id, event, DELIVERY) for event in OPENED]
    if None in names:  # if one of them must be read as JSON, both are
        columns = NO_COLUMNS
    selected = ("person_id", *needed(columns, app_id, [(event, DELIVERY) for event in OPENED]))
    # DuckDB tests a range while reading, a list only after the whole row is read.
    those = sa.and_(EVENTS.c.event.between(min(OPENED), max(OPENED)), named(*OPENED))
    events = resolved_events(EVENTS.c.app_id == app_id, those, EVENTS.c.occurred_at <= now, columns=selected)
    delivery = _delivery(EventProperties(events, app_id, next(iter(OPENED)), columns))
    return sa.select(events.c.person_id, delivery).subquery("opened")


def _delivery(properties: EventProperties) -> sa.Label[str]:
    """The identity of a delivery; a missing one equals another missing one."""
    return sa.func.coalesce(identity(properties, DELIVERY), "").label("delivery")
