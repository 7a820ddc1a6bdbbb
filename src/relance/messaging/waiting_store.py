"""Every statement about deliveries that wait for an address or a consent. Private to this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.messaging.model import SkipReason
from relance.messaging.queue import service as queue
from relance.messaging.saved.service import chunks
from relance.messaging.store import DELIVERIES, LACKS


def is_anything_lacking(connection: Connection) -> bool:
    """Whether any delivery waits for an address or a consent; nearly always none does."""
    return connection.execute(sa.select(DELIVERIES.c.id).where(LACKS).limit(1)).first() is not None


def lacking_of(connection: Connection, app_id: int, persons: Iterable[int]) -> list[dict[str, Any]]:
    """The deliveries of these persons that wait for an address or a consent, whole, in order."""
    rows: list[dict[str, Any]] = []
    for some in chunks(persons):
        lacking = sa.or_(DELIVERIES.c.reason != SkipReason.JOURNEY_PAUSED.value, DELIVERIES.c.address == "")
        mine = (LACKS, DELIVERIES.c.app_id == app_id, DELIVERIES.c.person_id.in_(some), lacking)
        found = connection.execute(sa.select(DELIVERIES).where(*mine).order_by(DELIVERIES.c.created_at, DELIVERIES.c.id))
        rows.extend(dict(row) for row in found.mappings())
    return rows


_AWAKENED = ("subscription_id", "address", "reason", "due_at")


def write_awakened(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write over deliveries that waited where they go and when; one that a dispatcher took meanwhile stays as it is."""
    if not rows:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _AWAKENED}
    statement = sa.update(DELIVERIES).where(LACKS, DELIVERIES.c.id == sa.bindparam("b_id")).values(values)
    connection.execute(statement, [{f"b_{name}": row[name] for name in ("id", *_AWAKENED)} for row in rows])
    queue.awaken(connection, rows)
