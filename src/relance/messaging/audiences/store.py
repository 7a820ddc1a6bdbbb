"""The table of audiences, and all its SQL. Private to ``messaging``."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among
from relance.messaging.audiences.faults import Rendered
from relance.messaging.audiences.model import Audience

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Written out rather than bound: a planner uses a partial index only where it sees its condition.
_IS_ENTERING = sa.text("entered < size")
_GOES_ON = sa.text("stopped_at IS NULL AND cancelled_at IS NULL")

AUDIENCES = sa.Table(
    "audiences",
    STATE,
    sa.Column("id", _AutoId, primary_key=True, autoincrement=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("entered", sa.BigInteger, nullable=False),
    sa.Column("entered_upto", sa.BigInteger, nullable=False),  # the last person
    sa.Column("people", sa.LargeBinary, nullable=False),  # a 64-bit roaring bitmap; empty when all have entered
    sa.Column("rendered", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("failed", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("stopped_at", sa.BigInteger),
    sa.Column("cancelled_at", sa.BigInteger),
    sa.Index("audiences_by_app", "app_id", "id"),
    sa.Index("audiences_entering", "id", sqlite_where=_IS_ENTERING, postgresql_where=_IS_ENTERING),
)

_SHOWN = tuple(AUDIENCES.c[name] for name in Audience.__struct_fields__)


def insert(connection: Connection, audience: Audience, people: bytes) -> int:
    """Keep a new audience; returns its id."""
    values = {name: getattr(audience, name) for name in Audience.__struct_fields__ if name != "id"}
    statement = sa.insert(AUDIENCES).values(people=people, **values).returning(AUDIENCES.c.id)
    return int(connection.execute(statement).scalar_one())


def audiences(connection: Connection, ids: Collection[int]) -> dict[int, Audience]:
    """Those of these that exist, by id."""
    rows = connection.execute(sa.select(*_SHOWN).where(among(connection, AUDIENCES.c.id, sorted(ids)))).mappings()
    return {row["id"]: Audience(**row) for row in rows}


def entering(connection: Connection) -> list[Audience]:
    """Those of whose people some have not entered their queue yet, the first enqueued first."""
    rows = connection.execute(sa.select(*_SHOWN).where(_IS_ENTERING, _GOES_ON).order_by(AUDIENCES.c.id)).mappings()
    return [Audience(**row) for row in rows]


def take(connection: Connection, audience_id: int) -> tuple[Audience, bytes] | None:
    """An audience that is entering, with its people, for this transaction alone; None: another has it, or all have entered."""
    mine = (AUDIENCES.c.id == audience_id, _IS_ENTERING, _GOES_ON)
    row = (
        connection.execute(sa.select(*_SHOWN, AUDIENCES.c.people).where(*mine).with_for_update(skip_locked=True))
        .mappings()
        .first()
    )
    if row is None:
        return None
    about = dict(row)
    people = about.pop("people")
    return Audience(**about), bytes(people)


def write_entered(connection: Connection, audience: Audience) -> None:
    """How far an audience has come; nobody's number is kept when all have entered."""
    values: dict[str, object] = {"entered": audience.entered, "entered_upto": audience.entered_upto}
    if audience.entered >= audience.size:
        values["people"] = b""
    connection.execute(sa.update(AUDIENCES).where(AUDIENCES.c.id == audience.id).values(values))


def not_entered(connection: Connection) -> int:
    """How many people of all audiences that go on have not entered their queues."""
    missing = sa.func.coalesce(sa.func.sum(AUDIENCES.c.size - AUDIENCES.c.entered), 0)
    return int(connection.scalar(sa.select(missing).where(_IS_ENTERING, _GOES_ON)) or 0)


def not_entered_of(connection: Connection, app_id: int) -> dict[str, int]:
    """Channel → how many people of an app's audiences have not entered their queues."""
    table = AUDIENCES.c
    query = sa.select(table.channel, sa.func.sum(table.size - table.entered)).where(
        _IS_ENTERING, table.cancelled_at.is_(None), table.app_id == app_id
    )
    return {channel: int(count) for channel, count in connection.execute(query.group_by(table.channel))}


def one(connection: Connection, audience_id: int) -> Audience | None:
    """An audience, held until the transaction ends."""
    row = connection.execute(sa.select(*_SHOWN).where(AUDIENCES.c.id == audience_id).with_for_update()).mappings().first()
    return None if row is None else Audience(**row)


def of_app(connection: Connection, app_id: int, before: int | None, limit: int, *, stopped: bool | None = None) -> list[Audience]:
    """An app's audiences, newest first; ``stopped``: those alone that are, and are not cancelled."""
    query = sa.select(*_SHOWN).where(AUDIENCES.c.app_id == app_id)
    if before is not None:
        query = query.where(AUDIENCES.c.id < before)
    if stopped:
        query = query.where(AUDIENCES.c.stopped_at.is_not(None), AUDIENCES.c.cancelled_at.is_(None))
    return [Audience(**row) for row in connection.execute(query.order_by(AUDIENCES.c.id.desc()).limit(limit)).mappings()]


def stopped_anywhere(connection: Connection, limit: int = 20) -> list[Audience]:
    """The newest of all apps' audiences that are stopped and not cancelled."""
    is_stopped = (AUDIENCES.c.stopped_at.is_not(None), AUDIENCES.c.cancelled_at.is_(None))
    rows = connection.execute(sa.select(*_SHOWN).where(*is_stopped).order_by(AUDIENCES.c.id.desc()).limit(limit)).mappings()
    return [Audience(**row) for row in rows]


def cancelled(connection: Connection, ids: Collection[int]) -> frozenset[int]:
    """Those of these that are cancelled."""
    query = sa.select(AUDIENCES.c.id).where(among(connection, AUDIENCES.c.id, sorted(ids)), AUDIENCES.c.cancelled_at.is_not(None))
    return frozenset(connection.execute(query).scalars())


def add_rendered(connection: Connection, audience_id: int, added: Rendered) -> Audience | None:
    """Count what was rendered; returns the audience with it."""
    table = AUDIENCES.c
    values = {"rendered": table.rendered + added.total, "failed": table.failed + added.failed}
    statement = sa.update(AUDIENCES).where(table.id == audience_id).values(values).returning(*_SHOWN)
    row = connection.execute(statement).mappings().first()
    return None if row is None else Audience(**row)


def write_state(connection: Connection, audience_id: int, **values: object) -> None:
    """Write some columns of an audience that is held."""
    connection.execute(sa.update(AUDIENCES).where(AUDIENCES.c.id == audience_id).values(values))
