"""None of the last messages opened, as a query."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.definition.evaluate import DELIVERY, OPENED, RECEIVED
from relance.segments.query.properties import passes
from relance.segments.query.values import identity
from relance.segments.rule.conditions import Unopened, about


def unopened(condition: Unopened, app_id: int, now: int) -> sa.Select[tuple[int]]:
    """The ids of those it holds for."""
    received, opened = _received(condition, app_id, now), _opened(app_id, now)
    same = sa.and_(received.c.person_id == opened.c.person_id, received.c.delivery == opened.c.delivery)
    return (
        sa.select(received.c.person_id)
        .select_from(sa.join(received, opened, same, isouter=True))
        .where(received.c.rank <= condition.last)
        .group_by(received.c.person_id)
        .having(sa.func.count() == condition.last, sa.func.sum(sa.func.coalesce(opened.c.opened, 0)) == 0)
    )


def _received(condition: Unopened, app_id: int, now: int) -> sa.Subquery:
    """(person_id, delivery, rank from the newest on)."""
    tests = [passes(EVENTS.c.properties, each) for each in about(condition)]
    columns = ("person_id", "occurred_at", "position", "partition", "properties")
    events = resolved_events(
        EVENTS.c.app_id == app_id, EVENTS.c.event == RECEIVED, EVENTS.c.occurred_at <= now, *tests, columns=columns
    )
    newest_first = [events.c[name].desc() for name in ("occurred_at", "position", "partition")]
    rank = sa.func.row_number().over(partition_by=events.c.person_id, order_by=newest_first)
    return sa.select(events.c.person_id, _delivery(events.c.properties), rank.label("rank")).subquery("received")


def _opened(app_id: int, now: int) -> sa.Subquery:
    """(person_id, delivery, 1): each delivery that was opened or clicked, once."""
    events = resolved_events(
        EVENTS.c.app_id == app_id, EVENTS.c.event.in_(OPENED), EVENTS.c.occurred_at <= now, columns=("person_id", "properties")
    )
    columns = (events.c.person_id, _delivery(events.c.properties), sa.literal(1, sa.Integer).label("opened"))
    return sa.select(*columns).distinct().subquery("opened")


def _delivery(properties: ColumnElement[str]) -> sa.Label[str]:
    """What tells deliveries apart; one that is missing equals another that is missing."""
    return sa.func.coalesce(identity(properties, DELIVERY), "").label("delivery")
