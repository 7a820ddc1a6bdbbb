"""The door to conversions: what a tick heard of them, what they brought, and people who become one or go."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.messaging import store as deliveries
from relance.messaging.credit import settling, store
from relance.messaging.credit.reaching import RunRow, did_in_time, was_about
from relance.messaging.credit.settling import Heard, settle
from relance.messaging.credit.store import forget_clicks
from relance.messaging.credit.store import forget_conversions as forget
from relance.messaging.model import Revenue

__all__ = [
    "Heard",
    "RunRow",
    "add_up",
    "did_in_time",
    "follow_merge",
    "forget",
    "forget_clicks",
    "revenue_of_journey",
    "revenues",
    "revenues_of",
    "settle",
    "was_about",
]


def follow_merge(connection: Connection, app_id: int, from_person: int, into_person: int, *, has_moved: bool) -> list[Event]:
    """Let conversions follow a merge and credit them anew. ``has_moved``: deliveries did, so that others may be credited."""
    if store.move_conversions(connection, app_id, from_person, into_person) or has_moved:
        return settling.of_person(connection, app_id, into_person)
    return []


def add_up(connection: Connection) -> int:
    """Add up anew what each delivery is credited with; returns how many had other sums."""
    healed = 0
    for some in store.credited(connection):
        right = {row["id"]: row for row in store.totals(connection, some)}
        rows = [right[row["id"]] for row in deliveries.conversions_by_id(connection, some) if row != right[row["id"]]]
        deliveries.write_conversions(connection, rows)
        healed += len(rows)
    return healed


def revenues(connection: Connection, app_id: int) -> dict[tuple[int, int, str], Revenue]:
    """What was brought, by (message, journey, node)."""
    found: dict[tuple[int, int, str], Revenue] = {}
    for message_id, journey_id, node, currency, amount in store.revenues(connection, app_id):
        found.setdefault((message_id, journey_id, node), {})[currency] = amount
    return found


def revenues_of(connection: Connection, deliveries: Iterable[str]) -> dict[str, Revenue]:
    """What these deliveries brought."""
    found: dict[str, Revenue] = {}
    for delivery_id, currency, amount in store.revenues_of(connection, deliveries):
        found.setdefault(delivery_id, {})[currency] = amount
    return found


def revenue_of_journey(connection: Connection, journey_id: int) -> Revenue:
    """What the messages of a journey brought."""
    return dict(store.revenue_of_journey(connection, journey_id))
