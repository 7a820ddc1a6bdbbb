"""What messages were filled with: the table and all its SQL. A row has what left together, in the order in which it left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE
from relance.messaging.sent.values import FilledValues, pack, unpack

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

SENT_VALUES = sa.Table(
    "sent_values",
    STATE,
    sa.Column("id", _AutoId, primary_key=True, autoincrement=True),
    sa.Column("sent_at", sa.BigInteger, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
    sa.Index("sent_values_by_age", "sent_at"),
)


def keep(connection: Connection, filled: Mapping[str, FilledValues], sent_at: int) -> int:
    """Keep what deliveries that left together were filled with; returns the row's id, which each of them notes."""
    statement = sa.insert(SENT_VALUES).values(sent_at=sent_at, packed=pack(filled)).returning(SENT_VALUES.c.id)
    return int(connection.execute(statement).scalar_one())


def find(connection: Connection, row_id: int, delivery_id: str) -> FilledValues | None:
    """What a delivery was filled with, in the row that it notes; None if it is not kept any more."""
    packed = connection.execute(sa.select(SENT_VALUES.c.packed).where(SENT_VALUES.c.id == row_id)).scalar()
    return None if packed is None else unpack(bytes(packed)).get(delivery_id)


def forget(connection: Connection, deliveries: Iterable[tuple[str, int]]) -> None:
    """Delete what these deliveries, each with the row that it notes, were filled with."""
    by_row: dict[int, list[str]] = {}
    for delivery_id, row_id in deliveries:
        by_row.setdefault(row_id, []).append(delivery_id)
    for row_id, ids in sorted(by_row.items()):
        mine = SENT_VALUES.c.id == row_id
        packed = connection.execute(sa.select(SENT_VALUES.c.packed).where(mine).with_for_update()).scalar()
        if packed is None:
            continue
        left = {delivery_id: each for delivery_id, each in unpack(bytes(packed)).items() if delivery_id not in ids}
        if left:
            connection.execute(sa.update(SENT_VALUES).where(mine).values(packed=pack(left)))
        else:
            connection.execute(sa.delete(SENT_VALUES).where(mine))


def trim(connection: Connection, before: int, most: int) -> int:
    """Delete up to ``most`` rows of what left before an instant; returns how many."""
    old = sa.select(SENT_VALUES.c.id).where(SENT_VALUES.c.sent_at < before).order_by(SENT_VALUES.c.sent_at).limit(most)
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(sa.delete(SENT_VALUES).where(SENT_VALUES.c.id.in_(ids)))
    return len(ids)
