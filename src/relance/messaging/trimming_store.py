"""The oldest of the record, and taking it off: the SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among
from relance.messaging.credit import service as credit
from relance.messaging.figures.tally import INSTANTS
from relance.messaging.store import DELIVERIES


class RecordPlace(NamedTuple):
    """How far the record was looked through, in order of its index."""

    app_id: int
    created_at: int
    delivery_id: str


_LOOKED_AT = tuple(
    DELIVERIES.c[name]
    for name in (
        *("id", "app_id", "person_id", "message_id", "journey_id", "run_id", "node", "channel", "is_test", "state", "reason"),
        *("goal_event", "goal_length", "created_at", "sent_at", "reserved_at", "conversions"),
        *(f"{name}_at" for name in INSTANTS),
    )
)


def oldest(
    connection: Connection, cutoff: int, after: RecordPlace | None, most: int
) -> tuple[list[dict[str, Any]], RecordPlace | None]:
    """The next deliveries that were wanted before ``cutoff``, app by app, and where the look ended; None: there are no more.

    They stay as they are until the transaction ends; who is changing one has it: it is passed over until the next time.
    """
    table = DELIVERIES.c
    app = _next_app(connection, 0) if after is None else after.app_id
    while app is not None:
        query = sa.select(*_LOOKED_AT).where(table.app_id == app, table.created_at < cutoff)
        if after is not None and after.app_id == app:
            same = sa.and_(table.created_at == after.created_at, table.id > after.delivery_id)
            query = query.where(table.created_at >= after.created_at, sa.or_(table.created_at > after.created_at, same))
        query = query.order_by(table.app_id, table.created_at, table.id).limit(most).with_for_update(skip_locked=True)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if rows:
            last = rows[-1]
            return rows, RecordPlace(app, last["created_at"], last["id"])
        app = _next_app(connection, app)
    return [], None


def _next_app(connection: Connection, after: int) -> int | None:
    """The next app that has deliveries: a look into the index."""
    return connection.execute(sa.select(sa.func.min(DELIVERIES.c.app_id)).where(DELIVERIES.c.app_id > after)).scalar()


def remove(connection: Connection, ids: Collection[str]) -> None:
    """Take deliveries off the record, with their clicks."""
    credit.forget_clicks(connection, ids)
    connection.execute(sa.delete(DELIVERIES).where(among(connection, DELIVERIES.c.id, ids)))
