"""What a dispatcher takes, holds and lets go of, and its marks in the log's store: all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among, fetched
from relance.messaging.model import DeliveryState
from relance.messaging.saved.service import chunks
from relance.messaging.store import DELIVERIES, IS_PENDING, IS_RANKED, IS_SENDING, ON_THE_WIRE


def apps_waiting(connection: Connection, channel: str, now: int) -> list[int]:
    """The apps of which a channel has something due, by id: a look into the index for each app, however much waits."""
    table, last = DELIVERIES.c, 0
    apps: list[int] = []
    while True:
        query = sa.select(sa.func.min(table.app_id)).where(IS_PENDING, table.channel == channel, table.app_id > last)
        app_id = connection.scalar(query)
        if app_id is None:
            return apps
        last = app_id
        due = sa.select(sa.func.min(table.due_at)).where(IS_PENDING, table.channel == channel, table.app_id == app_id)
        if (connection.scalar(due) or 0) <= now:
            apps.append(app_id)


def ranks_due(connection: Connection, now: int, channels: Iterable[str]) -> dict[int, set[int]]:
    """App → the ranks of what is due on these channels, apart from 0: looks into the index, however much waits."""
    table = DELIVERIES.c
    ranks: dict[int, set[int]] = {}
    for channel in channels:
        on_it = (IS_RANKED, table.channel == channel)
        app_id = connection.scalar(sa.select(sa.func.min(table.app_id)).where(*on_it))
        while app_id is not None:
            for rank in _ranks(connection, channel, app_id):
                first = sa.select(sa.func.min(table.due_at)).where(*on_it, table.app_id == app_id, table.rank == rank)
                if (connection.scalar(first) or 0) <= now:
                    ranks.setdefault(app_id, set()).add(rank)
            app_id = connection.scalar(sa.select(sa.func.min(table.app_id)).where(*on_it, table.app_id > app_id))
    return ranks


def _ranks(connection: Connection, channel: str, app_id: int) -> list[int]:
    """The ranks of what waits, apart from 0, in order."""
    table, found = DELIVERIES.c, list[int]()
    mine = (IS_RANKED, table.channel == channel, table.app_id == app_id)
    rank = connection.scalar(sa.select(sa.func.min(table.rank)).where(*mine))
    while rank is not None:
        found.append(rank)
        rank = connection.scalar(sa.select(sa.func.min(table.rank)).where(*mine, table.rank > rank))
    return found


def due(
    connection: Connection,
    now: int,
    channel: str,
    app_id: int,
    limit: int,
    only: Iterable[str] | None,
    but: Iterable[str],
    upto: int | None = None,
) -> list[dict[str, Any]]:
    """Up to ``limit`` deliveries of an app that are due, by rank, and first come first; those of ranks up to ``upto`` alone.

    ``only`` and ``but`` are how addresses (do not) begin. On PostgreSQL rows that another dispatcher is taking are passed over;
    on SQLite writers queue up anyway.
    """
    ranks = _ranks(connection, channel, app_id)
    rows: list[dict[str, Any]] = []
    for rank in sorted({*ranks, 0}):
        if len(rows) < limit and (upto is None or rank <= upto):
            rows += _due_of_rank(connection, now, channel, app_id, rank, limit - len(rows), only, but)
    return rows


def _due_of_rank(
    connection: Connection,
    now: int,
    channel: str,
    app_id: int,
    rank: int,
    limit: int,
    only: Iterable[str] | None,
    but: Iterable[str],
) -> list[dict[str, Any]]:
    table, of_rank = DELIVERIES.c, IS_RANKED if rank else IS_PENDING
    mine = (table.channel == channel, table.app_id == app_id, table.rank == rank, table.due_at <= now)
    query = sa.select(DELIVERIES).where(of_rank, *mine)
    if only is not None:
        query = query.where(sa.or_(sa.false(), *(_begins(each) for each in sorted(only))))
    for each in sorted(but):
        query = query.where(sa.not_(_begins(each)))
    query = query.order_by(table.due_at, table.id).limit(limit).with_for_update(skip_locked=True)
    return [_claimable(row) for row in fetched(connection, query)]


_COLUMNS = tuple(DELIVERIES.c.keys())
_SWITCHES = tuple(name for name in _COLUMNS if isinstance(DELIVERIES.c[name].type, sa.Boolean))


def _claimable(values: tuple[Any, ...]) -> dict[str, Any]:
    """A delivery's row as the driver returned it."""
    row = dict(zip(_COLUMNS, values, strict=True))
    for name in _SWITCHES:
        row[name] = bool(row[name])
    row["reserved_before"] = row["reserved_at"]
    return row


def _begins(beginning: str) -> sa.ColumnElement[bool]:
    return sa.func.substr(DELIVERIES.c.address, 1, len(beginning)) == beginning


def claim(connection: Connection, rows: Sequence[dict[str, Any]], owner: str, lease_until: int) -> None:
    """Take deliveries that were just found due, for ``owner`` alone, with the slots they reserved. ``lease_until``: real time."""
    held: dict[str, Any] = {
        "state": DeliveryState.SENDING.value,
        "lease_owner": owner,
        "lease_until": lease_until,
        "attempts": DELIVERIES.c.attempts + 1,
    }
    for reserved, ids in _by_slot(rows).items():
        values = held if reserved is None else held | {"reserved_at": reserved[0], "tiers": reserved[1]}
        connection.execute(sa.update(DELIVERIES).where(among(connection, DELIVERIES.c.id, ids)).values(values))
    for row in rows:
        row.update(lease_owner=owner, lease_until=lease_until, attempts=row["attempts"] + 1)


def _by_slot(rows: Sequence[dict[str, Any]]) -> dict[tuple[int, str] | None, list[str]]:
    """The deliveries that write the same: none (None), or one instant, with one set of tiers."""
    groups: dict[tuple[int, str] | None, list[str]] = {}
    for row in sorted(rows, key=lambda row: str(row["id"])):
        is_new = row["reserved_at"] != row["reserved_before"]
        groups.setdefault((row["reserved_at"], row["tiers"]) if is_new else None, []).append(row["id"])
    return groups


def release(connection: Connection, rows: Sequence[Mapping[str, Any]], owner: str) -> None:
    """Let go of deliveries that were claimed but not tried, and of the slots that they took."""
    back = {"state": DeliveryState.PENDING.value, "lease_owner": None, "lease_until": None, "attempts": DELIVERIES.c.attempts - 1}
    for had_slot in (False, True):
        freed = {} if had_slot else {"reserved_at": None}
        for some in chunks(row["id"] for row in rows if (row["reserved_before"] is not None) is had_slot):
            mine = (IS_SENDING, DELIVERIES.c.lease_owner == owner, DELIVERIES.c.id.in_(some))
            connection.execute(sa.update(DELIVERIES).where(*mine).values(back | freed))


def uncount(connection: Connection, ids: Iterable[str]) -> None:
    """These were claimed and never tried."""
    for some in chunks(ids):
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id.in_(some)).values(attempts=DELIVERIES.c.attempts - 1))


def still_held(connection: Connection, ids: Iterable[str], owner: str) -> set[str]:
    """Which of these the dispatcher still holds; locked until the transaction ends."""
    held: set[str] = set()
    mine = (DELIVERIES.c.state == DeliveryState.SENDING.value, DELIVERIES.c.lease_owner == owner)
    for some in chunks(ids):
        query = sa.select(DELIVERIES.c.id).where(*mine, DELIVERIES.c.id.in_(some)).order_by(DELIVERIES.c.id)
        held.update(connection.execute(query.with_for_update()).scalars())
    return held


_RESULT = ("state", "reason", "detail", "due_at", "sent_at", "provider_id", "reserved_at", "held_by", "held_since")


def write_results(connection: Connection, results: Sequence[Mapping[str, Any]]) -> None:
    """End the dispatcher's hold on these deliveries, each with what became of it."""
    if not results:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _RESULT}
    values.update(lease_owner=None, lease_until=None)
    statement = sa.update(DELIVERIES).where(DELIVERIES.c.id == sa.bindparam("b_id")).values(values)
    connection.execute(statement, [{f"b_{name}": row[name] for name in ("id", *_RESULT)} for row in results])


def abandoned(connection: Connection, before: int | None, owner: str) -> list[dict[str, Any]]:
    """Deliveries in the hands of a dispatcher that is gone: its lease ended before ``before`` (real time).

    With None every other dispatcher is known to be gone.
    """
    query = sa.select(DELIVERIES).where(IS_SENDING, DELIVERIES.c.lease_owner != owner)
    if before is not None:
        query = query.where(DELIVERIES.c.lease_until < before)
    query = query.order_by(DELIVERIES.c.id).with_for_update(skip_locked=True)
    # Had it left in an earlier attempt, it could be in doubt, or be repeated: in both cases it keeps its slot.
    return [{**row, "reserved_before": None} for row in connection.execute(query).mappings()]


# -- what is on the wire, in the log's store ---------------------------------------------------------------------------


def insert_marks(connection: Connection, marks: Mapping[str, int]) -> None:
    """Delivery → attempt; there is none of these deliveries."""
    if marks:
        rows = [{"delivery_id": delivery_id, "attempt": attempt} for delivery_id, attempt in marks.items()]
        connection.execute(sa.insert(ON_THE_WIRE), rows)


def remove_marks(connection: Connection, ids: Iterable[str]) -> None:
    for some in chunks(ids):
        connection.execute(sa.delete(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))


def marks_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Delivery → attempt of those that are marked."""
    found: dict[str, int] = {}
    for some in chunks(ids):
        rows = connection.execute(sa.select(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))
        found.update((delivery_id, attempt) for delivery_id, attempt in rows)
    return found
