"""What a dispatcher takes, holds and lets go of, and its marks in the log's store: all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import inserting, updating
from relance.infra.database import among, fetched, upsert
from relance.messaging.model import DeliveryState
from relance.messaging.outcome import DeliveryOutcome
from relance.messaging.queue import service as queue
from relance.messaging.saved.service import chunks
from relance.messaging.sent.service import keep
from relance.messaging.store import DELIVERIES, IS_PENDING, ON_THE_WIRE, WANTED


def records(connection: Connection, delivery_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Those of these deliveries that wait, whole, by id. Who is changing one has it: it is passed over."""
    query = sa.select(DELIVERIES).where(among(connection, DELIVERIES.c.id, delivery_ids), IS_PENDING)
    rows = fetched(connection, query.with_for_update(skip_locked=True))
    return {row[0]: _claimable(row) for row in rows}


def are_over(connection: Connection, delivery_ids: Collection[str]) -> set[str]:
    """Those of these deliveries that do not wait, or are on no record."""
    mine = (among(connection, DELIVERIES.c.id, delivery_ids), IS_PENDING)
    return {*delivery_ids} - set(connection.execute(sa.select(DELIVERIES.c.id).where(*mine)).scalars())


def known(connection: Connection, delivery_ids: Collection[str]) -> set[str]:
    """Those of these deliveries that are on record."""
    mine = among(connection, DELIVERIES.c.id, delivery_ids)
    return set(connection.execute(sa.select(DELIVERIES.c.id).where(mine)).scalars())


_COLUMNS = tuple(DELIVERIES.c.keys())
_MADE = (*WANTED, "reserved_at", "tiers")
_made = itemgetter(*_MADE)
_record = inserting(DELIVERIES, _MADE)
_SWITCHES = tuple(name for name in _COLUMNS if isinstance(DELIVERIES.c[name].type, sa.Boolean))


def _claimable(values: tuple[Any, ...]) -> dict[str, Any]:
    """A delivery's row as the driver returned it."""
    row = dict(zip(_COLUMNS, values, strict=True))
    for name in _SWITCHES:
        row[name] = bool(row[name])
    row["reserved_before"] = row["reserved_at"]
    return row


_BLANK = {**dict.fromkeys(_COLUMNS), "tiers": "", "held_by": "", "language": ""}


def blank(row: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery that is on no record yet, whole: the claim writes it."""
    return {**_BLANK, **row, "reserved_before": None, "is_new": True}


def claim(connection: Connection, rows: Sequence[dict[str, Any]], owner: str, lease_until: int) -> None:
    """Take deliveries that were just found due, for ``owner`` alone, with the slots they reserved. ``lease_until``: real time."""
    held: dict[str, Any] = {"state": DeliveryState.SENDING.value, "attempts": DELIVERIES.c.attempts + 1}
    made = [row for row in rows if row.get("is_new")]
    found = [row for row in rows if not row.get("is_new")]
    for reserved, ids in _by_slot(found).items():
        values = held if reserved is None else held | {"reserved_at": reserved[0], "tiers": reserved[1]}
        connection.execute(sa.update(DELIVERIES).where(among(connection, DELIVERIES.c.id, ids)).values(values))
    for row in rows:
        row.update(lease_owner=owner, lease_until=lease_until, attempts=row["attempts"] + 1)
    if found:
        queue.lease(connection, [row["id"] for row in found], owner, lease_until)
    if made:
        sending = DeliveryState.SENDING.value
        for row in made:
            row["state"] = sending
        _record.run(connection, [_made(row) for row in made])
        queue.put_in(connection, made, owner, lease_until)


def _by_slot(rows: Sequence[dict[str, Any]]) -> dict[tuple[int, str] | None, list[str]]:
    """The deliveries that write the same: none (None), or one instant, with one set of tiers."""
    groups: dict[tuple[int, str] | None, list[str]] = {}
    for row in sorted(rows, key=lambda row: str(row["id"])):
        is_new = row["reserved_at"] != row["reserved_before"]
        groups.setdefault((row["reserved_at"], row["tiers"]) if is_new else None, []).append(row["id"])
    return groups


def release(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let go of deliveries that were claimed, are still held, and were not tried, and of the slots that they took."""
    back = {"state": DeliveryState.PENDING.value, "attempts": DELIVERIES.c.attempts - 1}
    for had_slot in (False, True):
        freed = {} if had_slot else {"reserved_at": None}
        for some in chunks(row["id"] for row in rows if (row["reserved_before"] is not None) is had_slot):
            mine = (DELIVERIES.c.state == DeliveryState.SENDING.value, DELIVERIES.c.id.in_(some))
            connection.execute(sa.update(DELIVERIES).where(*mine).values(back | freed))
    queue.let_wait(connection, {row["id"]: row["due_at"] for row in rows})


def uncount(connection: Connection, ids: Iterable[str]) -> None:
    """These were claimed and never tried."""
    for some in chunks(ids):
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id.in_(some)).values(attempts=DELIVERIES.c.attempts - 1))


def still_held(connection: Connection, ids: Collection[str], owner: str) -> set[str]:
    """Which of these the dispatcher still holds; locked until the transaction ends."""
    locked: set[str] = set()
    for some in chunks(ids):
        query = sa.select(DELIVERIES.c.id).where(DELIVERIES.c.state == DeliveryState.SENDING.value, DELIVERIES.c.id.in_(some))
        locked.update(connection.execute(query.order_by(DELIVERIES.c.id).with_for_update()).scalars())
    return queue.held(connection, locked, owner) if locked else locked


_RESULT = (
    "state",
    "reason",
    "detail",
    "due_at",
    "sent_at",
    "provider_id",
    "reserved_at",
    "held_by",
    "held_since",
    "sending_domain",
    "sent_values",
    "language",
)
_write = updating(DELIVERIES, _RESULT, ("id",))


def write_results(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> None:
    """End the dispatcher's hold on these deliveries, each with what became of it: it waits no more, or anew."""
    if not outcomes:
        return
    kept = _keep_filled(connection, outcomes)
    results = [{**each.values(), "sent_values": kept.get(each.row["id"])} for each in outcomes]
    _write.run(connection, [tuple(row[name] for name in (*_RESULT, "id")) for row in results])
    waiting = [(each, row["due_at"]) for each, row in zip(outcomes, results, strict=True) if each.state is DeliveryState.PENDING]
    queue.remove(connection, [each.row["id"] for each in outcomes if each.state is not DeliveryState.PENDING])
    queue.let_wait(connection, {each.row["id"]: due_at for each, due_at in waiting})
    queue.to_retries(connection, [each.row for each, _ in waiting if each.was_tried])


def _keep_filled(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> dict[str, int]:
    """Keep what those that were sent were filled with; returns delivery → where that is."""
    sent = (each.row for each in outcomes if each.state is DeliveryState.SENT)
    filled = {row["id"]: row["filled"] for row in sent if "filled" in row}
    if not filled:
        return {}
    return dict.fromkeys(filled, keep(connection, filled, min(each.now for each in outcomes)))


def abandoned(connection: Connection, before: int | None, owner: str) -> list[dict[str, Any]]:
    """Deliveries in the hands of a dispatcher that is gone: its lease ended before ``before`` (real time).

    With None every other dispatcher is known to be gone.
    """
    found = queue.abandoned(connection, before, owner)
    if not found:
        return []
    mine = (among(connection, DELIVERIES.c.id, sorted(found)), DELIVERIES.c.state == DeliveryState.SENDING.value)
    query = sa.select(DELIVERIES).where(*mine).order_by(DELIVERIES.c.id).with_for_update(skip_locked=True)
    rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    # Looked at once more, now that nobody else can settle them.
    leases = queue.abandoned(connection, before, owner, sorted(rows)) if rows else {}
    # Had it left in an earlier attempt, it could be in doubt, or be repeated: in both cases it keeps its slot.
    return [
        {**rows[each], "lease_owner": leases[each][0], "lease_until": leases[each][1], "reserved_before": None}
        for each in sorted(leases)
    ]


# -- what is on the wire, in the log's store ---------------------------------------------------------------------------


def put_marks(connection: Connection, marks: Mapping[str, int]) -> None:
    """Delivery → attempt; one of an earlier attempt gives way."""
    if marks:
        statement = upsert(connection, ON_THE_WIRE)
        statement = statement.on_conflict_do_update(index_elements=["delivery_id"], set_={"attempt": statement.excluded.attempt})
        rows = [{"delivery_id": delivery_id, "attempt": attempt} for delivery_id, attempt in sorted(marks.items())]
        connection.execute(statement, rows)


def remove_marks(connection: Connection, ids: Iterable[str]) -> None:
    for some in chunks(ids):
        connection.execute(sa.delete(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))


def clear_marks(connection: Connection) -> None:
    connection.execute(sa.delete(ON_THE_WIRE))


def marks_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Delivery → attempt of those that are marked."""
    found: dict[str, int] = {}
    for some in chunks(ids):
        rows = connection.execute(sa.select(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))
        found.update((delivery_id, attempt) for delivery_id, attempt in rows)
    return found
