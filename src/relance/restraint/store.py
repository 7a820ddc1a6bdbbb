"""The tables of caps and quiet hours, and all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.infra.database import STATE
from relance.restraint.model import Cap, QuietHours

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

CAPS = sa.Table(
    "caps",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("channels", sa.Text, nullable=False),  # this and the next two: JSON lists
    sa.Column("classes", sa.Text, nullable=False),
    sa.Column("topics", sa.Text, nullable=False),
    sa.Column("most", sa.Integer),
    sa.Column("rolling", sa.Text),
    sa.Column("calendar", sa.Text),
    sa.Column("gap", sa.Text),
    sa.Column("kept", sa.Text, nullable=False),  # JSON: lane → count
    sa.Column("tiers", sa.Text, nullable=False),  # a JSON list
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

QUIET_HOURS = sa.Table(
    "quiet_hours",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),  # empty: all
    sa.Column("start", sa.Text, nullable=False),
    sa.Column("end", sa.Text, nullable=False),
    sa.Column("weekdays", sa.Text, nullable=False),  # a JSON list
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

_JSON = ("channels", "classes", "topics", "kept", "tiers", "weekdays")


def caps_of(connection: Connection, app_id: int) -> list[Cap]:
    """By id."""
    rows = connection.execute(sa.select(CAPS).where(CAPS.c.app_id == app_id).order_by(CAPS.c.id)).mappings()
    return [_cap(row) for row in rows]


def cap(connection: Connection, app_id: int, number: int) -> Cap | None:
    row = connection.execute(_one(CAPS, app_id, number)).mappings().first()
    return None if row is None else _cap(row)


def insert_cap(connection: Connection, new: Cap) -> Cap:
    """Write a new cap; its id is given here."""
    return msgspec.structs.replace(new, id=_insert(connection, CAPS, new))


def update_cap(connection: Connection, new: Cap, seen: int) -> bool:
    """Compare and set on the version read; False = somebody else was first."""
    return _update(connection, CAPS, new, seen)


def delete_cap(connection: Connection, app_id: int, number: int) -> bool:
    """False if there is none."""
    return _delete(connection, CAPS, app_id, number)


def quiet_hours_of(connection: Connection, app_id: int) -> list[QuietHours]:
    """By id."""
    rows = connection.execute(sa.select(QUIET_HOURS).where(QUIET_HOURS.c.app_id == app_id).order_by(QUIET_HOURS.c.id)).mappings()
    return [_quiet_hours(row) for row in rows]


def quiet_hours(connection: Connection, app_id: int, number: int) -> QuietHours | None:
    row = connection.execute(_one(QUIET_HOURS, app_id, number)).mappings().first()
    return None if row is None else _quiet_hours(row)


def insert_quiet_hours(connection: Connection, new: QuietHours) -> QuietHours:
    """Write new quiet hours; their id is given here."""
    return msgspec.structs.replace(new, id=_insert(connection, QUIET_HOURS, new))


def update_quiet_hours(connection: Connection, new: QuietHours, seen: int) -> bool:
    """Compare and set on the version read; False = somebody else was first."""
    return _update(connection, QUIET_HOURS, new, seen)


def delete_quiet_hours(connection: Connection, app_id: int, number: int) -> bool:
    """False if there are none."""
    return _delete(connection, QUIET_HOURS, app_id, number)


def _one(table: sa.Table, app_id: int, number: int) -> sa.Select[Any]:
    return sa.select(table).where(table.c.app_id == app_id, table.c.id == number)


def _insert(connection: Connection, table: sa.Table, new: Cap | QuietHours) -> int:
    return int(connection.execute(sa.insert(table).values(_values(new)).returning(table.c.id)).scalar_one())


def _update(connection: Connection, table: sa.Table, new: Cap | QuietHours, seen: int) -> bool:
    mine = (table.c.id == new.id, table.c.app_id == new.app_id, table.c.version == seen)
    return connection.execute(sa.update(table).where(*mine).values(_values(new))).rowcount == 1


def _delete(connection: Connection, table: sa.Table, app_id: int, number: int) -> bool:
    return connection.execute(sa.delete(table).where(table.c.app_id == app_id, table.c.id == number)).rowcount == 1


def _values(new: Cap | QuietHours) -> dict[str, Any]:
    values = msgspec.structs.asdict(new)
    del values["id"]
    return {name: to_json(value) if name in _JSON else value for name, value in values.items()}


def _cap(row: Mapping[Any, Any]) -> Cap:
    return msgspec.convert(_plain(row), Cap)


def _quiet_hours(row: Mapping[Any, Any]) -> QuietHours:
    return msgspec.convert(_plain(row), QuietHours)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): from_json(value) if name in _JSON else value for name, value in row.items()}
