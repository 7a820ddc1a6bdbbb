"""Queues and what waits in them. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from relance.channels.registry import KINDS
from relance.restraint.model import Lane

RETRY: Final = "retry"  # what was tried before waits apart, so that failures hold up nothing new
LANES: Final = (Lane.TRANSACTIONAL.value, Lane.JOURNEY.value, Lane.CAMPAIGN.value, RETRY)


class QueueKey(NamedTuple):
    """What tells queues apart: deliveries of one queue leave in the order in which they are due.

    ``audience_id`` is 0 for all that was not enqueued for many people at once; a low ``rank`` comes first.
    """

    app_id: int
    channel: str
    lane: str
    audience_id: int
    rank: int


class QueueHead(NamedTuple):
    """A queue and the instant (ms) at which the first that nobody holds is due."""

    id: int
    key: QueueKey
    due_at: int


class Queued(NamedTuple):
    """One that waits: a delivery that is on record or (``delivery_id`` None) a person whose deliveries are not made yet."""

    id: int
    due_at: int
    person_id: int
    delivery_id: str | None


class QueuePortion(NamedTuple):
    """Some of those that wait in a queue."""

    head: QueueHead
    some: Sequence[Queued]


def queue_of(delivery: Mapping[str, Any]) -> QueueKey:
    """Where a delivery waits, by its columns. Whoever tests a message, or confirms an address, waits for it."""
    is_urgent = delivery["is_test"] or not delivery["message_id"]
    lane = Lane.TRANSACTIONAL.value if is_urgent else delivery.get("lane") or Lane.CAMPAIGN.value
    return QueueKey(delivery["app_id"], delivery["channel"], lane, delivery.get("audience_id", 0), delivery.get("rank", 0))


def destination_of(channel: str, address: str) -> str:
    """What deliveries to this address share room with: its push service, or the host of its URL; "" where all go to one relay."""
    kind = KINDS.get(channel)
    if kind is not None and kind.service_of is not None:
        return kind.service_of(address)
    scheme_end = address.find("//") + 2
    return address[: address.find("/", scheme_end) + 1] or address if scheme_end > 1 else ""
