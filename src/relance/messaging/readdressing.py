"""What waits goes where its person can be written to by now: the address that it was meant for may have ended meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.channels.registry import KINDS
from relance.messaging.confirming import OF_NO_MESSAGE
from relance.messaging.intending import usable_of
from relance.messaging.model import MessageClass
from relance.messaging.queue import service as queue
from relance.messaging.store import DELIVERIES
from relance.users.model import Subscription, SubscriptionState
from relance.users.reach import PersonReach


def address_by_now(row: Mapping[str, Any], person: PersonReach | None) -> Subscription | None:
    """Where a delivery of a journey or a campaign goes whose address has ended; None: where it was meant to, or nowhere. Pure.

    Of devices each has its own delivery. A call may have named the address, and a test goes where its author asked for it. What
    asks whether somebody reads an address goes to that one.
    """
    kind = KINDS.get(row["channel"])
    is_by_call = not row["run_id"] and row["message_class"] == MessageClass.TRANSACTIONAL
    stays = is_by_call or row["is_test"] or row["message_id"] == OF_NO_MESSAGE
    if person is None or kind is None or kind.from_device is not None or stays:
        return None
    meant = person.subscriptions.get(row["subscription_id"])
    if meant is None or meant.state != SubscriptionState.GONE:
        return None
    theirs = [each for each in person.subscriptions.values() if each.channel == row["channel"]]
    return max((each for each, is_same in usable_of(theirs) if not is_same), key=lambda each: each.updated_at, default=None)


def readdress(connection: Connection, rows: Sequence[dict[str, Any]], people: Mapping[int, Mapping[int, PersonReach]]) -> None:
    """Let each of these go to its person's present address, unless another of the same dispatch goes there. In the claim's
    transaction."""
    changed = []
    for row in rows:
        address = address_by_now(row, people[row["app_id"]].get(row["person_id"]))
        if address is not None and not _has_own(connection, row, address):
            row |= {"subscription_id": address.id, "address": address.address}
            if not row.get("is_new"):
                given = {"subscription_id": address.id, "address": address.address}
                connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id == row["id"]).values(given))
                changed.append(row)
    queue.awaken(connection, changed)


def _has_own(connection: Connection, row: Mapping[str, Any], address: Subscription) -> bool:
    table = DELIVERIES.c
    theirs = (table.app_id == row["app_id"], table.person_id == row["person_id"], table.dispatch == row["dispatch"])
    query = sa.select(table.id).where(*theirs, table.subscription_id == address.id, table.id != row["id"]).limit(1)
    return connection.execute(query).first() is not None
