"""From a person whose turn it is to deliveries: made only now, to the addresses that the person has by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.messaging import claim_store
from relance.messaging.audiences import store
from relance.messaging.intending import deliveries_of
from relance.messaging.model import DeliveryState, Intent
from relance.messaging.queue import service as queue
from relance.messaging.queue.model import QueuePortion
from relance.messaging.store import insert_made
from relance.users.reach import PersonReach, read_merged, read_reach


class Expanded(NamedTuple):
    """Deliveries that are on no record yet (``is_new``) by the queue from which their people came, what is told of those that
    reach nobody, which are written, and who all these people are."""

    rows: dict[int, list[dict[str, Any]]]
    events: list[Event]
    reach: dict[int, PersonReach]


NOBODY = Expanded({}, [], {})


def expand(connection: Connection, picked: Sequence[QueuePortion]) -> Expanded:
    """The deliveries to people of one app's queues, who wait no more as such. Whoever turned out to be somebody else gets what
    that person gets, once; who was deleted gets nothing and is told nowhere.
    """
    app_id = picked[0].head.key.app_id
    queue.remove_by_id(connection, (each.id for _, some in picked for each in some))
    audiences = store.audiences(connection, {head.key.audience_id for head, _ in picked})
    merged = read_merged(connection, app_id, [each.person_id for _, some in picked for each in some])
    reach = read_reach(connection, app_id, set(merged.values()))
    queue_ids: dict[str, int] = {}
    intents: list[Intent] = []
    for head, some in picked:
        audience = audiences.get(head.key.audience_id)
        if audience is None or audience.cancelled_at is not None:
            continue
        for person in dict.fromkeys(merged[each.person_id] for each in some):
            if person in reach:
                cause = f"audience:{head.key.audience_id}:{person}"
                intents.append(Intent(app_id, person, audience.message_id, cause, audience.created_at, audience_id=audience.id))
                queue_ids[cause] = head.id
    addresses = {person: list(each.subscriptions.values()) for person, each in reach.items()}
    made = deliveries_of(connection, intents, {app_id: addresses})
    known = claim_store.known(connection, [row["id"] for row in made.rows]) if made.rows else set()
    insert_made(connection, [row for row in made.ended if row["id"] not in known])
    events = [event for row, event in zip(made.ended, made.events, strict=True) if row["id"] not in known]
    rows: dict[int, list[dict[str, Any]]] = {}
    for cause, row in zip(made.causes, made.rows, strict=True):
        if row["state"] == DeliveryState.PENDING and row["id"] not in known:
            rows.setdefault(queue_ids[cause], []).append(claim_store.blank(row))
    return Expanded(rows, events, reach)


def put_back(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write deliveries for which there was no room; they wait in the queue from which their people came."""
    insert_made(connection, rows)
    queue.put_in(connection, rows, None, None)
