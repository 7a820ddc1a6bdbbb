"""Bulk statements, as fast as each database takes them: a bound list on SQLite; on PostgreSQL COPY for new rows, else arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import is_postgres


class Bulk:
    """One statement for many uniform rows, with its text for both databases."""

    def __init__(self, sqlite: str, postgres: str, *, copies: bool = False) -> None:
        self._sqlite = sqlite
        self._postgres = postgres
        self._copies = copies  # ``postgres`` is a COPY

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute for all rows; each one's values in the order of the statement's columns."""
        if not rows:
            return
        if not is_postgres(connection):
            connection.exec_driver_sql(self._sqlite, rows if isinstance(rows, list) else list(rows))
        elif self._copies:
            _copy(connection, self._postgres, rows)
        else:
            connection.exec_driver_sql(self._postgres, tuple(map(list, zip(*rows, strict=True))))


def inserting(table: sa.Table, names: Sequence[str], on_conflict: str = "") -> Bulk:
    """INSERT rows of the named columns; ``on_conflict`` is the clause from ``ON CONFLICT`` on."""
    columns = [table.c[name] for name in names]
    head = f"INSERT INTO {table.name} ({', '.join(names)})"
    sqlite = f"{head} VALUES ({', '.join('?' * len(names))}) {on_conflict}"
    if not on_conflict:
        return Bulk(sqlite, f"COPY {table.name} ({', '.join(names)}) FROM STDIN", copies=True)
    return Bulk(sqlite, f"{head} SELECT * FROM {_unnest(columns)} {on_conflict}")


def updating(table: sa.Table, names: Sequence[str], keys: Sequence[str]) -> Bulk:
    """UPDATE the named columns of the rows found by the keys; a row's values are those of the named columns, then of the keys."""
    columns = [table.c[name] for name in (*names, *keys)]
    found = [f"k{index}" for index in range(len(columns))]
    assigned = ", ".join(f"{name} = ?" for name in names)
    given = ", ".join(f"{name} = v.{mark}" for name, mark in zip(names, found, strict=False))
    where = " AND ".join(f"{key} = ?" for key in keys)
    matched = " AND ".join(f"t.{key} = v.{mark}" for key, mark in zip(keys, found[len(names) :], strict=True))
    return Bulk(
        f"UPDATE {table.name} SET {assigned} WHERE {where}",
        f"UPDATE {table.name} AS t SET {given} FROM {_unnest(columns)} AS v({', '.join(found)}) WHERE {matched}",
    )


def deleting(table: sa.Table, keys: Sequence[str]) -> Bulk:
    """DELETE the rows found by the keys."""
    columns = [table.c[key] for key in keys]
    found = [f"k{index}" for index in range(len(columns))]
    where = " AND ".join(f"{key} = ?" for key in keys)
    matched = " AND ".join(f"t.{key} = v.{mark}" for key, mark in zip(keys, found, strict=True))
    return Bulk(
        f"DELETE FROM {table.name} WHERE {where}",
        f"DELETE FROM {table.name} AS t USING {_unnest(columns)} AS v({', '.join(found)}) WHERE {matched}",
    )


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Half of what arrays cost the server, and a sixth of what they cost here. Fails as any statement does."""
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def _unnest(columns: Sequence[sa.Column[Any]]) -> str:
    return f"unnest({', '.join(f'%s::{_array(column)}' for column in columns)})"


def _array(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.Boolean):
        return "boolean[]"
    if isinstance(column.type, sa.LargeBinary):
        return "bytea[]"
    return "bigint[]" if isinstance(column.type, sa.Integer) else "text[]"
