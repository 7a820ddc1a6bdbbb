"""What messages were filled with: the table and all its SQL. A day's rows lie together, so that they go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.time import DAY
from relance.infra.bulk import inserting
from relance.infra.database import STATE, among

SENT_VALUES = sa.Table(
    "sent_values",
    STATE,
    sa.Column("sent_day", sa.Integer, primary_key=True, autoincrement=False),  # days since 1970
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),  # ``values``; empty: they were too much
    sqlite_with_rowid=False,
)


class SentValues(NamedTuple):
    """What one delivery was filled with, packed, and the version of its message."""

    version: int
    packed: bytes


_insert = inserting(
    SENT_VALUES, ("sent_day", "delivery_id", "version", "packed"), "ON CONFLICT (sent_day, delivery_id) DO NOTHING"
)


def keep(connection: Connection, rows: Sequence[tuple[str, int, int, bytes]]) -> None:
    """Keep what deliveries were filled with: (delivery, when it was sent, version, packed values)."""
    _insert.run(connection, [(sent_at // DAY, delivery, version, packed) for delivery, sent_at, version, packed in rows])


def find(connection: Connection, delivery_id: str, sent_at: int) -> SentValues | None:
    table = SENT_VALUES.c
    mine = (table.sent_day == sent_at // DAY, table.delivery_id == delivery_id)
    row = connection.execute(sa.select(table.version, table.packed).where(*mine)).first()
    return None if row is None else SentValues(row.version, bytes(row.packed))


def forget(connection: Connection, deliveries: Collection[tuple[str, int]]) -> None:
    """Delete what these deliveries, each with when it was sent, were filled with."""
    by_day: dict[int, list[str]] = {}
    for delivery, sent_at in deliveries:
        by_day.setdefault(sent_at // DAY, []).append(delivery)
    for day, ids in sorted(by_day.items()):
        connection.execute(
            sa.delete(SENT_VALUES).where(SENT_VALUES.c.sent_day == day, among(connection, SENT_VALUES.c.delivery_id, sorted(ids)))
        )


def trim(connection: Connection, before: int, most: int) -> int:
    """Delete up to ``most`` of those that were sent on days that were over at an instant; returns how many."""
    table = SENT_VALUES.c
    old = sa.select(table.sent_day, table.delivery_id).where(table.sent_day < before // DAY)
    rows: Sequence[Any] = connection.execute(old.order_by(table.sent_day, table.delivery_id).limit(most)).all()
    by_day: dict[int, list[str]] = {}
    for day, delivery in rows:
        by_day.setdefault(day, []).append(delivery)
    for day, ids in by_day.items():
        connection.execute(sa.delete(SENT_VALUES).where(table.sent_day == day, among(connection, table.delivery_id, ids)))
    return len(rows)
