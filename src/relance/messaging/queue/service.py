"""The door to what waits."""

from __future__ import annotations

from relance.messaging.queue.looking import AppQueue, first_of, in_hands, queues_of
from relance.messaging.queue.store import (
    abandoned,
    awaken,
    due,
    heads,
    held,
    is_anything_waiting,
    lease,
    let_wait,
    make_due,
    next_due,
    put,
    put_in,
    put_people,
    queue_ids,
    remove,
    remove_by_id,
    remove_empty,
    to_retries,
    unfinished,
    waiting_in,
)

__all__ = [
    "AppQueue",
    "abandoned",
    "awaken",
    "due",
    "first_of",
    "heads",
    "held",
    "in_hands",
    "is_anything_waiting",
    "lease",
    "let_wait",
    "make_due",
    "next_due",
    "put",
    "put_in",
    "put_people",
    "queue_ids",
    "queues_of",
    "remove",
    "remove_by_id",
    "remove_empty",
    "to_retries",
    "unfinished",
    "waiting_in",
]
