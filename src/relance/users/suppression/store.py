"""The table of suppressed addresses and all its SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import Bulk, deleting, inserting, updating
from relance.infra.database import STATE, among
from relance.users.suppression.model import Suppression, SuppressionReason

# Compared bytewise on both databases, as in ``users.store``.
_Bytewise = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: An entry is found by ``address_key``, the pseudonym of channel and address (``users.pseudonyms``), which outlives the person.
SUPPRESSIONS = sa.Table(
    "suppressions",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("address_key", _Bytewise, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", _Bytewise, nullable=False),  # empty: forgotten with its person
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("delivery_id", sa.Text, nullable=False),
    sa.UniqueConstraint("app_id", "address_key", name="suppressions_key"),
    sa.Index("suppressions_by_app", "app_id", "id"),
    sa.Index("suppressions_by_address", "app_id", "address"),
    sqlite_autoincrement=True,
)

_WRITTEN = ("app_id", "address_key", "channel", "address", "reason", "note", "added_by", "added_at", "delivery_id")
_OF_THE_REASON = ("reason", "note", "added_by", "added_at", "delivery_id")
_OUTRANKS = f"excluded.reason = '{SuppressionReason.COMPLAINED}' AND suppressions.reason <> '{SuppressionReason.COMPLAINED}'"
_upsert = inserting(
    SUPPRESSIONS,
    _WRITTEN,
    "ON CONFLICT (app_id, address_key) DO UPDATE SET"
    " address = CASE WHEN suppressions.address = '' THEN excluded.address ELSE suppressions.address END, "
    + ", ".join(f"{name} = CASE WHEN {_OUTRANKS} THEN excluded.{name} ELSE suppressions.{name} END" for name in _OF_THE_REASON),
)
_delete = deleting(SUPPRESSIONS, ("app_id", "address_key"))
_forget = updating(SUPPRESSIONS, ("address", "note"), ("app_id", "address_key"))
_reveal = Bulk(
    "UPDATE suppressions SET address = ? WHERE app_id = ? AND address_key = ? AND address = ''",
    "UPDATE suppressions AS t SET address = v.a FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS v(a, b, c)"
    " WHERE t.app_id = v.b AND t.address_key = v.c AND t.address = ''",
)
_rekey = updating(SUPPRESSIONS, ("address_key",), ("app_id", "address_key"))
_SHOWN = tuple(SUPPRESSIONS.c[name] for name in Suppression.__struct_fields__)


def is_any(connection: Connection, app_id: int) -> bool:
    """Whether the app's list has any entry."""
    return connection.scalar(sa.select(sa.exists().where(SUPPRESSIONS.c.app_id == app_id))) is True


def reasons(connection: Connection, app_id: int, keys: Collection[str]) -> dict[str, str]:
    """Address key → why it is on the list, of those that are."""
    query = sa.select(SUPPRESSIONS.c.address_key, SUPPRESSIONS.c.reason).where(
        SUPPRESSIONS.c.app_id == app_id, among(connection, SUPPRESSIONS.c.address_key, keys)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def put(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write entries, in the order of ``_WRITTEN``; none of them twice. What is there stays, unless the new reason outranks it."""
    _upsert.run(connection, rows)


def remove(connection: Connection, app_id: int, keys: Iterable[str]) -> None:
    """Take addresses off the list."""
    _delete.run(connection, [(app_id, key) for key in keys])


def forget(connection: Connection, app_id: int, keys: Iterable[str]) -> None:
    """Leave nothing of these addresses but their keys."""
    _forget.run(connection, [("", "", app_id, key) for key in keys])


def reveal(connection: Connection, app_id: int, addresses: Iterable[tuple[str, str]]) -> None:
    """Write addresses (with their keys) that somebody has again where they were forgotten."""
    _reveal.run(connection, [(address, app_id, key) for address, key in addresses])


def entry(connection: Connection, app_id: int, number: int, *, lock: bool = False) -> tuple[Suppression, str] | None:
    """An entry and its address key. ``lock``: nobody else changes it until the transaction ends."""
    return _one(connection, app_id, SUPPRESSIONS.c.id == number, lock=lock)


def entry_at(connection: Connection, app_id: int, key: str) -> tuple[Suppression, str] | None:
    """The same, found by its address key."""
    return _one(connection, app_id, SUPPRESSIONS.c.address_key == key)


def _one(
    connection: Connection, app_id: int, which: sa.ColumnElement[bool], *, lock: bool = False
) -> tuple[Suppression, str] | None:
    query = sa.select(*_SHOWN, SUPPRESSIONS.c.address_key).where(SUPPRESSIONS.c.app_id == app_id, which)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else (_suppression(row), row["address_key"])


def entries(
    connection: Connection, app_id: int, before: int | None, limit: int, filters: Mapping[str, str], beginning: str = ""
) -> list[Suppression]:
    """Newest first, those that match all filters (column → value) and whose address begins so."""
    query = sa.select(*_SHOWN).where(SUPPRESSIONS.c.app_id == app_id)
    query = query.where(*(SUPPRESSIONS.c[name] == value for name, value in filters.items()))
    if before is not None:
        query = query.where(SUPPRESSIONS.c.id < before)
    if beginning:
        query = query.where(sa.or_(*(_begins(each) for each in sorted({beginning, beginning.lower()}))))
    query = query.order_by(SUPPRESSIONS.c.id.desc()).limit(limit)
    return [_suppression(row) for row in connection.execute(query).mappings()]


def _begins(text: str) -> sa.ColumnElement[bool]:
    column = SUPPRESSIONS.c.address
    return sa.and_(column >= text, column < text + "\U0010ffff")


def counts(connection: Connection, app_id: int) -> dict[tuple[str, str], int]:
    """(channel, reason) → how many addresses."""
    columns = SUPPRESSIONS.c.channel, SUPPRESSIONS.c.reason
    query = sa.select(*columns, sa.func.count()).where(SUPPRESSIONS.c.app_id == app_id).group_by(*columns)
    return {(channel, reason): count for channel, reason, count in connection.execute(query)}


def rekey(connection: Connection, new: Mapping[tuple[int, str], str]) -> None:
    """(app, plain key) → the keyed one. Where an address is listed under both, the keyed entry stays."""
    for app_id in {app_id for app_id, _ in new}:
        known = reasons(connection, app_id, [key for (of, _), key in new.items() if of == app_id])
        _delete.run(connection, [each for each, key in new.items() if each[0] == app_id and key in known])
        _rekey.run(connection, [(key, *each) for each, key in new.items() if each[0] == app_id and key not in known])


def _suppression(row: Mapping[Any, Any]) -> Suppression:
    values = {name: row[name] for name in Suppression.__struct_fields__}
    return Suppression(**{**values, "reason": SuppressionReason(values["reason"])})
