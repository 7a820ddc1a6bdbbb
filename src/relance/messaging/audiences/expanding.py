"""From a person whose turn it is to deliveries: made only now, to the addresses that the person has by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.messaging import claim_store
from relance.messaging.audiences import store
from relance.messaging.intending import deliveries_of
from relance.messaging.model import Intent
from relance.messaging.queue import service as queue
from relance.messaging.queue.model import Queued, QueueHead
from relance.messaging.store import insert_made
from relance.users.reach import PersonReach, read_merged, read_reach


class Expanded(NamedTuple):
    """Deliveries that are on no record yet (``is_new``), what is told of those that reach nobody, which are written, and who all
    these people are."""

    rows: list[dict[str, Any]]
    events: list[Event]
    reach: dict[int, PersonReach]


def expand(connection: Connection, head: QueueHead, people: Sequence[Queued]) -> Expanded:
    """The deliveries to people who wait no more as such. Whoever turned out to be somebody else gets what that person gets, once;
    who was deleted gets nothing and is told nowhere.
    """
    queue.remove_by_id(connection, (each.id for each in people))
    audience = store.audience(connection, head.key.audience_id)
    if audience is None:
        return Expanded([], [], {})
    merged = read_merged(connection, head.key.app_id, [each.person_id for each in people])
    reach = read_reach(connection, head.key.app_id, set(merged.values()))
    intents = [
        Intent(head.key.app_id, person, audience.message_id, f"audience:{audience.id}:{person}", audience.created_at)
        for person in dict.fromkeys(merged[each.person_id] for each in people)
        if person in reach
    ]
    addresses = {person: list(each.subscriptions.values()) for person, each in reach.items()}
    made = deliveries_of(connection, intents, {head.key.app_id: addresses})
    known = claim_store.known(connection, [row["id"] for row in made.rows]) if made.rows else set()
    ended = [row for row in made.ended if row["id"] not in known]
    insert_made(connection, ended)
    events = [event for row, event in zip(made.ended, made.events, strict=True) if row["id"] not in known]
    return Expanded([claim_store.blank(row) for row in made.waiting if row["id"] not in known], events, reach)


def put_back(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write deliveries for which there was no room; they wait in the queue from which their people came."""
    insert_made(connection, rows)
    queue.put_in(connection, rows, None, None)
