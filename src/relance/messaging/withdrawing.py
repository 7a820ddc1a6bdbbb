"""Deliveries whose run turns out to have gone another way: what waits is withdrawn, until it is wanted again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.messaging import store
from relance.messaging.derived import skipped
from relance.messaging.model import DeliveryState, SkipReason
from relance.messaging.queue import service as queue
from relance.messaging.saved.service import chunks
from relance.messaging.store import IS_PENDING

_STOPPED = SkipReason.JOURNEY_STOPPED.value
_PAUSED = SkipReason.JOURNEY_PAUSED.value
_NOT_SENT = frozenset((DeliveryState.PENDING.value, DeliveryState.SKIPPED.value))
_UNSENT = frozenset((DeliveryState.PENDING.value, DeliveryState.SENDING.value))

_WANTED_BY = tuple(
    store.DELIVERIES.c[name]
    for name in (
        *("id", "app_id", "person_id", "message_id", "channel", "journey_id", "run_id", "node"),
        *("is_test", "state", "reason", "created_at", "caused_by"),
    )
)


def deliveries_of_runs(
    connection: Connection, app_id: int, persons: Iterable[int], run_ids: Collection[str]
) -> list[dict[str, Any]]:
    """The deliveries that these runs of these persons asked for; those that wait stay as they are until the transaction ends."""
    rows: list[dict[str, Any]] = []
    for some in chunks(persons):
        theirs = (store.DELIVERIES.c.app_id == app_id, store.DELIVERIES.c.person_id.in_(some), store.DELIVERIES.c.run_id != "")
        query = sa.select(*_WANTED_BY).where(*theirs).order_by(store.DELIVERIES.c.id).with_for_update()
        rows.extend(dict(row) for row in connection.execute(query).mappings() if row["run_id"] in run_ids)
    return rows


def runs_unsent(connection: Connection, people: Mapping[int, Collection[int]]) -> set[str]:
    """The runs of these people (by app) of whose messages one may still leave."""
    table = store.DELIVERIES.c
    if not queue.is_anything_waiting(connection):
        return set()
    found: set[str] = set()
    for app_id, persons in sorted(people.items()):
        for some in chunks(persons):
            theirs = (table.app_id == app_id, table.person_id.in_(some), table.run_id != "", table.state.in_(sorted(_UNSENT)))
            found.update(connection.execute(sa.select(table.run_id).where(*theirs)).scalars())
    return found


def runs_busy(connection: Connection, app_id: int, persons: Iterable[int], run_ids: Collection[str], since: int) -> set[str]:
    """Those of these runs of these persons of whose messages one may still leave, or left at ``since`` or later."""
    table = store.DELIVERIES.c
    found: set[str] = set()
    for some in chunks(persons):
        theirs = (table.app_id == app_id, table.person_id.in_(some), table.run_id != "")
        lately = sa.or_(table.state.in_(sorted(_UNSENT)), table.sent_at >= since)
        found.update(connection.execute(sa.select(table.run_id).where(*theirs, lately)).scalars())
    return found & set(run_ids)


def has_left(row: dict[str, Any]) -> bool:
    """Whether the delivery was handed over, or somebody holds it to do so: it cannot be made undone."""
    return row["state"] not in _NOT_SENT


def is_pending(row: dict[str, Any]) -> bool:
    """Whether the delivery waits for its turn."""
    return bool(row["state"] == DeliveryState.PENDING.value)


def is_unsent(row: dict[str, Any]) -> bool:
    """Whether the delivery may still leave: it waits for its turn, or somebody holds it to send it."""
    return row["state"] in _UNSENT


def was_stopped(row: dict[str, Any]) -> bool:
    """Whether it was not sent because its run had ended or gone another way."""
    return bool(row["state"] == DeliveryState.SKIPPED.value and row["reason"] == _STOPPED)


def withdraw(connection: Connection, rows: Sequence[dict[str, Any]], now: int) -> list[Event]:
    """Skip deliveries that wait, read in this transaction; returns what is told of it."""
    for some in chunks(row["id"] for row in rows):
        mine = (store.DELIVERIES.c.id.in_(some), IS_PENDING)
        connection.execute(
            sa.update(store.DELIVERIES).where(*mine).values(state=DeliveryState.SKIPPED.value, reason=_STOPPED, held_by="")
        )
        queue.remove(connection, some)
    return [skipped({**row, "reason": _STOPPED}, max(now, row["created_at"])) for row in rows]


def release_paused(connection: Connection, journey_id: int, now: int) -> None:
    """The journey goes on, or is over: what waits for that is looked at now."""
    mine = (IS_PENDING, store.DELIVERIES.c.journey_id == journey_id, store.DELIVERIES.c.reason == _PAUSED)
    found = sa.update(store.DELIVERIES).where(*mine).values(reason="", due_at=now).returning(store.DELIVERIES.c.id)
    queue.make_due(connection, list(connection.execute(found).scalars()), now)
