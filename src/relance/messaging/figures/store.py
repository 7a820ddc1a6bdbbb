"""The sums of deliveries that are on the record no more: their table and all its SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among, upsert
from relance.messaging.figures.tally import FigureKey, FigurePlace, FigureSums
from relance.messaging.saved.service import chunks
from relance.messaging.store import DELIVERIES, ENGAGEMENT


class KeptOrigin(StrEnum):
    """Whose deliveries they were, which says whether history can tell them again."""

    TRIMMED = "trimmed"  # of people who are there: history has their events
    ERASED = "erased"  # of people who were deleted, from history too: these sums are all that is left


KEPT_FIGURES = sa.Table(
    "kept_figures",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, primary_key=True),
    sa.Column("figure", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),  # of ``skipped``: the reason
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("deliveries", sa.BigInteger, nullable=False),
)

_KEY = ("app_id", "message_id", "journey_id", "node", "figure", "part", "origin")


class KeptFigure(NamedTuple):
    """One kept sum."""

    message_id: int
    journey_id: int
    node: str
    figure: str
    part: str
    channel: str
    deliveries: int


def add(connection: Connection, sums: FigureSums, origin: KeptOrigin, sign: int = 1) -> None:
    """Add sums to those that are kept, or (``sign`` −1) take them off."""
    rows = [_row(key, count * sign, sums.channels, origin) for key, count in sorted(sums.counts.items()) if count]
    if rows:
        statement = upsert(connection, KEPT_FIGURES)
        more = {"deliveries": KEPT_FIGURES.c.deliveries + statement.excluded.deliveries}
        connection.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=more), rows)


def replace(connection: Connection, sums: FigureSums, origin: KeptOrigin) -> None:
    """Let these be all that is kept of an origin."""
    connection.execute(sa.delete(KEPT_FIGURES).where(KEPT_FIGURES.c.origin == origin.value))
    rows = [_row(key, count, sums.channels, origin) for key, count in sorted(sums.counts.items()) if count]
    if rows:
        connection.execute(sa.insert(KEPT_FIGURES), rows)


def _row(key: FigureKey, count: int, channels: Mapping[int, str], origin: KeptOrigin) -> dict[str, Any]:
    kept = {"figure": key.figure, "part": key.part, "origin": origin.value, "deliveries": count}
    return {**key.place._asdict(), **kept, "channel": channels.get(key.place.message_id, "")}


def kept_of(connection: Connection, app_id: int) -> list[KeptFigure]:
    """What is kept of an app, by message, journey and node; whatever its origin."""
    table = KEPT_FIGURES.c
    keys = (table.message_id, table.journey_id, table.node, table.figure, table.part)
    query = sa.select(*keys, sa.func.max(table.channel), sa.func.sum(table.deliveries)).where(table.app_id == app_id)
    rows = connection.execute(query.group_by(*keys).order_by(*keys))
    return [KeptFigure(*row[:-1], int(row[-1])) for row in rows]


def kept_sums(connection: Connection, origin: KeptOrigin) -> FigureSums:
    """All that is kept of an origin."""
    table = KEPT_FIGURES.c
    sums = FigureSums()
    for row in connection.execute(sa.select(KEPT_FIGURES).where(table.origin == origin.value, table.deliveries != 0)):
        key = FigureKey(FigurePlace(row.app_id, row.message_id, row.journey_id, row.node), row.figure, row.part)
        sums.counts[key] = row.deliveries
        if row.channel:
            sums.channels[row.message_id] = row.channel
    return sums


def has_any(connection: Connection, app_id: int, messages: Iterable[int] | None = None) -> bool:
    """Whether anything is kept of an app, or of some of its messages."""
    mine = [KEPT_FIGURES.c.app_id == app_id]
    if messages is not None:
        mine.append(KEPT_FIGURES.c.message_id.in_(sorted(messages)))
    return connection.execute(sa.select(KEPT_FIGURES.c.figure).where(*mine).limit(1)).first() is not None


_COMPARED = tuple(DELIVERIES.c[name] for name in ("id", "person_id", "state", "reason", "sent_at", "bounce_type", *ENGAGEMENT))


def on_record(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Those of these deliveries that are on the record: what figures are made of, by id."""
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(ids):
        rows = connection.execute(sa.select(*_COMPARED).where(among(connection, DELIVERIES.c.id, some))).mappings()
        found.update((row["id"], dict(row)) for row in rows)
    return found


def set_right(connection: Connection, rows: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """Write over deliveries what they have otherwise than they should."""
    for key, right in rows:
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id == key).values(dict(right)))
