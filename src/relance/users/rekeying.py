"""Replaces plain hashes of ids and addresses by keyed ones: once, at start-up, a thousand rows per transaction.

Keyed hashes are recognisable. So it resumes after a crash, repeats nothing, and two servers starting at once do not disturb each
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Engine

from relance.infra.database import among, reading, writing
from relance.users.consent_store import ADDRESS_CONSENTS, CONSENT_RECORDS, put_address_consents
from relance.users.pseudonyms import KEYED, pseudonyms_of
from relance.users.store import TOMBSTONES, put_tombstones
from relance.users.suppression import service as suppression
from relance.users.suppression.service import TABLE as SUPPRESSIONS

log = structlog.get_logger()

AT_ONCE = 1_000


def rekey(engine: Engine) -> int:
    """Replace all plain hashes; returns how many there were. Does nothing if the engine has no secret."""
    names = pseudonyms_of(engine)
    if not names.beginning:
        return 0
    done = 0
    if _plain(engine, ADDRESS_CONSENTS.c.address_key, 1):  # every denial by a person left a row here, too
        done += _all(engine, CONSENT_RECORDS.c.address_key, _rekey_records)
    done += _all(engine, ADDRESS_CONSENTS.c.address_key, _rekey_address_consents)
    done += _all(engine, TOMBSTONES.c.hash, _rekey_tombstones)
    done += _all(engine, SUPPRESSIONS.c.address_key, _rekey_suppressions)
    keyed = (TOMBSTONES.c.hash, ADDRESS_CONSENTS.c.address_key, SUPPRESSIONS.c.address_key)
    lost = sum(_count_of_others(engine, column, names.beginning) for column in keyed)
    if lost:
        log.warning("refusals_of_another_secret", rows=lost, hint="what was deleted or refused under it no longer holds")
    return done


def _all(engine: Engine, column: sa.Column[str], replace: Any) -> int:
    done = 0
    while rows := _plain(engine, column, AT_ONCE):
        with writing(engine) as connection:
            replace(connection, rows)
        done += len(rows)
    return done


def _plain(engine: Engine, column: sa.Column[str], limit: int) -> Sequence[Any]:
    """Rows with a plain hash, by key."""
    table = column.table
    query = sa.select(table).where(column != "", column.not_like(f"{KEYED}%")).order_by(*table.primary_key).limit(limit)
    with reading(engine) as connection:
        return connection.execute(query).all()


def _count_of_others(engine: Engine, column: sa.Column[str], beginning: str) -> int:
    query = sa.select(sa.func.count()).where(column.like(f"{KEYED}%"), column.not_like(f"{beginning}%"))
    with reading(engine) as connection:
        return connection.scalar(query) or 0


def _rekey_tombstones(connection: Connection, rows: Sequence[Any]) -> None:
    names = pseudonyms_of(connection)
    put_tombstones(connection, [(row.app_id, names.keyed(row.hash), row.deleted_at) for row in rows])
    _remove(connection, TOMBSTONES.c.hash, [row.hash for row in rows])


def _rekey_address_consents(connection: Connection, rows: Sequence[Any]) -> None:
    names = pseudonyms_of(connection)
    put_address_consents(
        connection,
        [(row.app_id, names.keyed(row.address_key), row.topic, row.granted, row.source, row.changed_at) for row in rows],
    )
    for row in rows:
        mine = ADDRESS_CONSENTS.c.app_id == row.app_id, ADDRESS_CONSENTS.c.address_key == row.address_key
        connection.execute(sa.delete(ADDRESS_CONSENTS).where(*mine, ADDRESS_CONSENTS.c.topic == row.topic))


def _rekey_records(connection: Connection, rows: Sequence[Any]) -> None:
    names, table = pseudonyms_of(connection), CONSENT_RECORDS
    mine = table.c.app_id == sa.bindparam("of_app"), table.c.id == sa.bindparam("of_id")
    statement = sa.update(table).where(*mine).values(address_key=sa.bindparam("name"))
    connection.execute(statement, [{"of_app": row.app_id, "of_id": row.id, "name": names.keyed(row.address_key)} for row in rows])


def _rekey_suppressions(connection: Connection, rows: Sequence[Any]) -> None:
    suppression.rekey(connection, [(row.app_id, row.address_key) for row in rows], pseudonyms_of(connection))


def _remove(connection: Connection, column: sa.Column[str], hashes: Sequence[str]) -> None:
    """A hash covers the app, so that it belongs to one app only."""
    connection.execute(sa.delete(column.table).where(among(connection, column, hashes)))
