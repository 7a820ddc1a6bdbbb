"""None of the last messages opened, as a query."""

from __future__ import annotations

import sqlalchemy as sa

from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, resolved_events
from relance.segments.definition.evaluate import DELIVERY, OPENED, RECEIVED
from relance.segments.query.found import EventProperties, needed
from relance.segments.query.properties import passes
from relance.segments.query.values import identity
from relance.segments.rule.conditions import Unopened, about


def unopened(condition: Unopened, app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> sa.Select[tuple[int]]:
    """The ids of those it holds for."""
    received, opened = _received(condition, app_id, now, columns), _opened(app_id, now, columns)
    same = sa.and_(received.c.person_id == opened.c.person_id, received.c.delivery == opened.c.delivery)
    return (
        sa.select(received.c.person_id)
        .select_from(sa.join(received, opened, same, isouter=True))
        .where(received.c.rank <= condition.last)
        .group_by(received.c.person_id)
        .having(sa.func.count() == condition.last, sa.func.sum(sa.func.coalesce(opened.c.opened, 0)) == 0)
    )


def _received(condition: Unopened, app_id: int, now: int, columns: PropertyColumns) -> sa.Subquery:
    """(person_id, delivery, rank from the newest on)."""
    tests = [passes(EventProperties(EVENTS, app_id, RECEIVED, columns), each) for each in about(condition)]
    selected = ("person_id", "occurred_at", "position", "partition", *needed(columns, app_id, [(RECEIVED, DELIVERY)]))
    events = resolved_events(
        EVENTS.c.app_id == app_id, EVENTS.c.event == RECEIVED, EVENTS.c.occurred_at <= now, *tests, columns=selected
    )
    newest_first = [events.c[name].desc() for name in ("occurred_at", "position", "partition")]
    rank = sa.func.row_number().over(partition_by=events.c.person_id, order_by=newest_first)
    delivery = _delivery(EventProperties(events, app_id, RECEIVED, columns))
    return sa.select(events.c.person_id, delivery, rank.label("rank")).subquery("received")


def _opened(app_id: int, now: int, columns: PropertyColumns) -> sa.Subquery:
    """(person_id, delivery, 1): each delivery that was opened or clicked, once."""
    names = [columns.of(app_id, event, DELIVERY) for event in OPENED]
    if None in names:  # where one of them must be read as JSON, both are
        columns = NO_COLUMNS
    selected = ("person_id", *needed(columns, app_id, [(event, DELIVERY) for event in OPENED]))
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.event.in_(OPENED), EVENTS.c.occurred_at <= now, columns=selected)
    delivery = _delivery(EventProperties(events, app_id, next(iter(OPENED)), columns))
    found = (events.c.person_id, delivery, sa.literal(1, sa.Integer).label("opened"))
    return sa.select(*found).distinct().subquery("opened")


def _delivery(properties: EventProperties) -> sa.Label[str]:
    """What tells deliveries apart; one that is missing equals another that is missing."""
    return sa.func.coalesce(identity(properties, DELIVERY), "").label("delivery")
