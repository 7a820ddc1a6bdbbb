"""Deliveries that wait a short time for what often comes seconds after the event: a first address, or a consent.

They are pending, with the reason for which they would be skipped, and due when their time is over. Nobody looks for them: the
tick that brings the address or the consent makes them due (``awaken``), and until then they cost nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.core.ids import stable_id
from relance.events.model import Event
from relance.messaging.derived import skipped
from relance.messaging.intending import chosen, usable_of
from relance.messaging.model import DeliveryState, SkipReason
from relance.messaging.saved import service as saved
from relance.messaging.store import insert_deliveries
from relance.messaging.waiting_store import is_anything_lacking, lacking_of, write_awakened
from relance.users.model import Subscription
from relance.users.reach import read_subscriptions


class Awakened(NamedTuple):
    """How many deliveries are looked at, and what is told of those that ended at once."""

    deliveries: int
    events: Sequence[Event] = ()


def awaken(connection: Connection, app_id: int, persons: Collection[int], now: int) -> Awakened:
    """Let what waits for these people be looked at now, at the addresses they have by now."""
    rows = lacking_of(connection, app_id, persons) if is_anything_lacking(connection) else []
    if not rows:
        return Awakened(0)
    known = read_subscriptions(connection, app_id, {row["person_id"] for row in rows})
    messages = saved.messages_by_id(connection, {row["message_id"] for row in rows})
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for row in rows:
        ready = {**row, "reason": "", "due_at": now}
        if row["address"]:  # it waits for a consent
            changed.append(ready)
            continue
        wanted = [each for each in known.get(row["person_id"], []) if each.channel == row["channel"]]
        message = messages.get(row["message_id"])
        found = usable_of(wanted if message is None else chosen(message, wanted))
        addressed = [_addressed(ready, each, is_same=is_same) for each, is_same in found]
        changed += addressed[:1]  # the delivery that waited; each further address has one of its own
        added += [{**each, "id": stable_id("delivery", row["id"], each["subscription_id"])} for each in addressed[1:]]
    write_awakened(connection, changed)
    insert_deliveries(connection, added)
    ended = [row for row in (*changed, *added) if row.get("state") == DeliveryState.SKIPPED.value]
    return Awakened(len(changed) + len(added), [skipped(row, now) for row in ended])


def _addressed(row: dict[str, Any], subscription: Subscription, *, is_same: bool) -> dict[str, Any]:
    place = {"subscription_id": subscription.id, "address": subscription.address}
    if is_same:
        place |= {"state": DeliveryState.SKIPPED.value, "reason": SkipReason.DUPLICATE_ADDRESS.value}
    return {**row, **place}
