"""History's rows on ClickHouse: a server, or the same engine in this process (``chdb:`` and a folder).

There are no transactions: what a failed append left is removed by the rewind before the next one. Deletions of a rewind mark
rows, deletions of a person rewrite what held them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import clickhouse_connect
import numpy as np
import sqlalchemy as sa
from clickhouse_connect.dbapi.connection import Connection
from clickhouse_connect.driver.client import Client
from sqlalchemy.engine import Engine

from relance.core.error_text import ErrorText
from relance.events.errors import HistoryVersionError
from relance.events.history import History
from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse
from relance.events.history_columns_clickhouse import ClickhouseColumns
from relance.events.history_migrations import Migration, migrations
from relance.events.history_rows import Column, Rows
from relance.events.model import KNOWN, HistoryMerge, KnownEvent
from relance.events.model_tables import EVENTS, MERGED, roots

IN_PROCESS = "chdb:"
READERS = 4
ASKED_AT_ONCE = 10_000
SETTINGS = {
    "join_use_nulls": 1,  # who has no row on the other side has NULL there, as everywhere else
    "prefer_column_name_to_alias": 1,  # a column that is named as what is made of it
    "insert_deduplicate": 0,  # a replay inserts the same block again, after the first was deleted
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
    "max_query_size": 1 << 26,  # a rule of 200 conditions is a long text
    "max_ast_elements": 10_000_000,
    "max_expanded_ast_elements": 10_000_000,
}


def open_on_clickhouse(url: str, database: str, *, steps: Sequence[Migration] | None = None) -> History:
    """History in a database, which is made where there is none. ``url`` is ``http(s)://user:password@host:port`` or
    ``chdb:/folder``, of which a process can open one. Raises ``HistoryVersionError``.
    """
    return History("", store=ClickHouseStore(url, database, steps))


class ClickHouseStore:
    """An open database. ``client`` belongs to whoever appends; ``engine`` gives any thread a connection of its own."""

    def __init__(self, url: str, database: str, steps: Sequence[Migration] | None = None) -> None:
        self._place: dict[str, Any] = (
            {"interface": "chdb", "path": url.removeprefix(IN_PROCESS)} if url.startswith(IN_PROCESS) else {"dsn": url}
        )
        first: Client = clickhouse_connect.get_client(**self._place)
        first.command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
        first.close()
        self._database = database
        self._writer = self._connect()
        self.client: Client = self._writer.client
        try:
            self.version = upgrade(self.client, migrations("clickhouse") if steps is None else steps)
        except BaseException:
            self.client.close()
            raise
        self._columns = ClickhouseColumns(self.client, database)
        self.engine: Engine = sa.create_engine(
            "clickhousedb://", creator=self._connect, poolclass=sa.QueuePool, pool_size=READERS
        )

    def _connect(self) -> Connection:
        connection = Connection(database=self._database, **self._place)
        for name, value in SETTINGS.items():
            connection.client.set_client_setting(name, value)
        return connection

    @property
    def columns(self) -> PropertyColumns:
        """What may be read from property columns now."""
        return self._columns.readable

    def use_columns(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Have property columns of at most so many paths."""
        self._columns.change(wanted, most)

    def fill_columns(self, positions: int) -> bool:  # noqa: ARG002
        """The server lays old parts out by itself."""
        return False

    def column_fills(self) -> list[ColumnFill]:
        """How far each path's columns are laid out."""
        return self._columns.progress()

    def append(self, events: Rows | None, merged: Rows | None) -> None:
        """Add rows: each table's in one block, which is there whole or not at all."""
        for table, rows in (("events", events), ("merged", merged)):
            if rows is not None:
                columns = [column.tolist() for column in rows.values()]
                self.client.insert(table, columns, column_names=list(rows), column_oriented=True)

    def rewind(self, partition: int, position: int) -> None:
        """Remove the rows of a partition above a position; looks first, for a deletion costs more than a look."""
        for table in (EVENTS, MERGED):
            above = (table.c.partition == partition, table.c.position > position)
            if self.rows(sa.select(sa.func.count()).where(*above))[0][0]:
                bounds = {"partition": partition, "position": position}
                self.client.command(
                    f"DELETE FROM {table.name} WHERE partition = %(partition)s AND position > %(position)s", bounds
                )

    def roots_near(self, merges: Sequence[HistoryMerge]) -> dict[tuple[int, int], int]:
        """The roots of everyone named in the merges, and of everyone who shares a root with them."""
        found: dict[tuple[int, int], int] = {}
        for named in _portions(sorted({person for one in merges for person in (one.from_id, one.into_id)})):
            shared = sa.select(MERGED.c.into_id).where(MERGED.c.from_id.in_(named))
            near = sa.select(MERGED.c.from_id).where(
                sa.or_(MERGED.c.from_id.in_(named), MERGED.c.into_id.in_(named), MERGED.c.into_id.in_(shared))
            )
            root = roots()
            rows = self.rows(sa.select(root.c.app_id, root.c.from_id, root.c.root_id).where(root.c.from_id.in_(near)))
            found |= {(app_id, person): into for app_id, person, into in rows}
        return found

    def forget(self, app_id: int, persons: Sequence[int]) -> int:
        """Delete the events and merges of these persons; return how many events."""
        theirs = (EVENTS.c.app_id == app_id, EVENTS.c.person_id.in_(list(persons)))
        count = self.rows(sa.select(sa.func.count()).where(*theirs))[0][0]
        for table, column in (("events", "person_id"), ("merged", "from_id")):
            for some in _portions(persons):
                named = {"app": app_id, "persons": some}
                self.client.command(f"ALTER TABLE {table} DELETE WHERE app_id = %(app)s AND {column} IN %(persons)s", named)
        return int(count)

    def known(self, app_id: int, wanted: Column) -> list[KnownEvent]:
        """What the app has under these message hashes."""
        sql = f"SELECT {KNOWN} FROM events WHERE app_id = %(app)s AND message_hash IN %(wanted)s"
        return [
            KnownEvent(*row)
            for some in _portions(wanted.tolist())
            for row in self.client.query(sql, {"app": app_id, "wanted": some}).result_rows
        ]

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of a query."""
        with self.engine.connect() as connection:
            compiled = select.compile(self.engine, compile_kwargs={"render_postcompile": True})
            client: Client = connection.connection.dbapi_connection.client  # type: ignore[union-attr]
            found = client.query(str(compiled), compiled.params)
        if not found.row_count:
            return [np.empty(0, np.int64) for _ in select.selected_columns]
        return [np.asarray(column) for column in found.result_columns]

    def rows(self, select: sa.Select[Any] | sa.CompoundSelect[Any] | sa.TextClause) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select)]

    def checkpoint(self) -> bool:
        """Every insert is in its place already."""
        return True

    def rest(self) -> bool:
        """The server minds its own memory."""
        return True

    def sizes(self) -> dict[str, int]:
        """Bytes of the parts in use, and the memory of the whole server."""
        size = "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = %(name)s AND active"
        held = "SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'"
        size_rows, held_rows = self.client.query(size, {"name": self._database}).result_rows, self.client.query(held).result_rows
        return {"file_bytes": int(size_rows[0][0]), "log_bytes": 0, "memory_bytes": int(held_rows[0][0]) if held_rows else 0}

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
        self._writer.close()


def upgrade(client: Client, steps: Sequence[Migration]) -> int:
    """Apply the steps the database has not seen; return the version reached.

    A step that failed is run again from its start, so that each statement must bear to be repeated.
    Raises ``HistoryVersionError`` when the database is newer than the program.
    """
    client.command("CREATE TABLE IF NOT EXISTS history_version (number Int32) ENGINE = MergeTree ORDER BY number")
    version = int(client.query("SELECT max(number) FROM history_version").result_rows[0][0])  # of no row 0
    newest = max((step.number for step in steps), default=0)
    if version > newest:
        raise HistoryVersionError(
            ErrorText.local(f"History has version {version}, this program knows {newest}."), found=version, known=newest
        )
    for step in steps:
        if step.number > version:
            for statement in _statements(step.sql):
                client.command(statement)
            client.insert("history_version", [[step.number]], column_names=["number"])
    return newest


def _statements(sql: str) -> Iterable[str]:
    lines = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return (each for each in lines.split(";") if each.strip())


def _portions(of: Sequence[int]) -> Iterator[list[int]]:
    """A long list in portions that make no query too long."""
    return (list(of[place : place + ASKED_AT_ONCE]) for place in range(0, len(of), ASKED_AT_ONCE))
