"""Looks into an app's queues, each of them bounded. Private to ``messaging``."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.messaging.queue.store import IS_FREE, IS_LEASED, QUEUED, QUEUES


class AppQueue(NamedTuple):
    """One of an app's queues."""

    channel: str
    id: int
    lane: str


def queues_of(connection: Connection, app_id: int) -> list[AppQueue]:
    """The queues of an app, in a fixed order."""
    table = QUEUES.c
    query = sa.select(table.channel, table.id, table.lane).where(table.app_id == app_id)
    return [AppQueue(*row) for row in connection.execute(query.order_by(table.channel, table.audience_id, table.id))]


def first_of(queue_id: int, most: int) -> sa.Subquery:
    """The first of a queue that nobody holds, as (``delivery_id``, ``due_at``), for a query of what they wait for."""
    table = QUEUED.c
    query = sa.select(table.delivery_id, table.due_at).where(IS_FREE, table.queue_id == queue_id)
    return query.order_by(table.due_at, table.id).limit(most).subquery()


def in_hands(connection: Connection, app_id: int, most: int) -> dict[str, int]:
    """Channel → how many a dispatcher holds. Few of all apps are held, and those have an index of their own."""
    taken = sa.select(QUEUED.c.queue_id).where(IS_LEASED, QUEUED.c.lease_until >= 0).limit(most).subquery()
    query = sa.select(QUEUES.c.channel, sa.func.count()).select_from(taken.join(QUEUES, QUEUES.c.id == taken.c.queue_id))
    query = query.where(QUEUES.c.app_id == app_id).group_by(QUEUES.c.channel)
    return {channel: int(count) for channel, count in connection.execute(query)}
