"""The state store and the log's store: SQLite files or one PostgreSQL server, behind SQLAlchemy Core.

Every table is declared on ``STATE`` (or ``LOG``) in its owner's ``store`` module and named nowhere else. All access is
synchronous: the tick owns a thread, the API runs services in a thread pool.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Engine

from relance.core.encoding import to_json

STATE = sa.MetaData()
LOG = sa.MetaData()

BUSY_MS = 30_000
WRITER_LOOKS = 0.002  # seconds between two looks of a writer that waits for another
IDLE_MS = 300_000  # PostgreSQL releases the locks of a process that has stalled in mid-transaction after this time


def open_engine(url: str, *, pool_size: int = 5, checkpoint_pages: int = 1_000, cache_kb: int = 16_000) -> Engine:
    """Open a store by SQLAlchemy URL (``sqlite:////path/file.db`` or ``postgresql+psycopg://…``).

    SQLite runs in WAL mode with ``synchronous=FULL``: a commit is on disk before it returns. The commit that grows the
    write-ahead log beyond ``checkpoint_pages`` folds it into the file, and takes that much longer. Each connection caches up to
    ``cache_kb`` of the file.
    """
    if url.startswith("sqlite"):
        return _open_sqlite(url, pool_size, checkpoint_pages, cache_kb)
    # Each execution is planned anew: a plan kept from when a table was small reads all of it until the next ANALYZE.
    settings = {"idle_in_transaction_session_timeout": IDLE_MS, "plan_cache_mode": "force_custom_plan"}
    options = {"options": " ".join(f"-c {name}={value}" for name, value in settings.items())}
    return sa.create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, connect_args=options)


def _open_sqlite(url: str, pool_size: int, checkpoint_pages: int, cache_kb: int) -> Engine:
    waits = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    # The most recently used connection has the right pages in its cache.
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_use_lifo=True, connect_args=waits)

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off; ours is in ``on_begin``.
        raw.isolation_level = None
        cursor = raw.cursor()
        _write_ahead(cursor)
        for pragma in (
            "synchronous=FULL",
            f"busy_timeout={BUSY_MS}",
            "foreign_keys=ON",
            f"cache_size=-{cache_kb}",
            f"wal_autocheckpoint={checkpoint_pages}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # Writers lock at once: a read later upgraded to a write can fail with SQLITE_BUSY.
        writes = connection.get_execution_options().get("relance_writes", False)
        if writes:
            _lock(connection.connection.driver_connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _lock(raw: Any) -> None:
    """Begin a transaction that writes. SQLite's own waiting sleeps for up to 100 ms between two looks: whoever writes once in a
    while would hardly ever find a moment at which a busy writer has just finished."""
    raw.execute("PRAGMA busy_timeout=0")
    deadline = time.monotonic() + BUSY_MS / 1000
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(WRITER_LOOKS)
            else:
                return
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _write_ahead(cursor: Any) -> None:
    """Switch the file to WAL. SQLite does not wait here for another process that is switching it: retry as it would."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed at the end of the block, rolled back if it raises."""
    with engine.connect().execution_options(relance_writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine, given: Connection | None = None) -> Iterator[Connection]:
    """One consistent read, or part of the caller's open one (``given``); never writes."""
    if given is not None:
        yield given
        return
    with engine.connect() as connection, connection.begin():
        yield connection


def is_postgres(connection: Connection) -> bool:
    """Whether this is PostgreSQL; for the few statements that differ (COPY, advisory locks, row locks)."""
    return connection.dialect.name == "postgresql"


_HOLD_SPACE = 0x617070  # first key of the advisory locks on apps; the second is the app


def hold_app(connection: Connection, app_id: int) -> None:
    """Serialise callers for the app until the transaction ends; on SQLite writers are alone anyway.

    For decisions based on several rows, or on missing rows: how many there are, what refers to what. Take it before any row lock,
    so that two transactions never deadlock.
    """
    if is_postgres(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_HOLD_SPACE, app_id)))


_PEOPLE_SPACE = 0x70656F  # and of those on people; the second key is one of so many
_PEOPLE_LOCKS = 2_048  # one for each person would be more than PostgreSQL has room for


def hold_people(connection: Connection, people: Collection[tuple[int, int]]) -> None:
    """Serialise callers for these people, as (app, person), until the transaction ends; on SQLite writers are alone anyway.

    For decisions on what was done about a person before. Take it after row locks that nobody waits for, and none after it.
    """
    if is_postgres(connection) and people:
        keys = sorted({(app_id * 31 + person_id) % _PEOPLE_LOCKS for app_id, person_id in people})
        each = sa.func.unnest(sa.bindparam(None, keys, type_=ARRAY(sa.Integer))).column_valued("key")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PEOPLE_SPACE, each)))


def fetched(connection: Connection, query: sa.Select[Any]) -> Sequence[tuple[Any, ...]]:
    """All rows of a query as the driver returns them, for thousands of rows of numbers and texts: no object per row."""
    with closing(connection.execute(query)) as result:
        return list(result.cursor.fetchall())


def upsert(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in this connection's dialect with ``on_conflict_do_update`` / ``on_conflict_do_nothing``."""
    return postgresql.insert(table) if is_postgres(connection) else sqlite.insert(table)


def among(connection: Connection, column: sa.ColumnElement[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """``column IN values`` for any number of values through one parameter, so that the statement is compiled once."""
    on_postgres = is_postgres(connection)
    return _among(column, sa.bindparam(None, listed(connection, values), type_=_list_of(column, on_postgres)), on_postgres)


def among_given(column: sa.ColumnElement[Any], name: str, on_postgres: bool) -> sa.ColumnElement[bool]:
    """The same for a cached statement: the values are passed at each execution under that name, in the form of ``listed``."""
    return _among(column, sa.bindparam(name, type_=_list_of(column, on_postgres)), on_postgres)


def listed(connection: Connection, values: Collection[Any]) -> list[Any] | str:
    """Values as the single parameter of ``among_given``."""
    return list(values) if is_postgres(connection) else to_json(list(values))


def _list_of(column: sa.ColumnElement[Any], on_postgres: bool) -> Any:
    kind = sa.BigInteger if isinstance(column.type, sa.Integer) else sa.Text
    return ARRAY(kind) if on_postgres else sa.Text()


def _among(column: sa.ColumnElement[Any], values: sa.BindParameter[Any], on_postgres: bool) -> sa.ColumnElement[bool]:
    if on_postgres:
        return column == sa.any_(values)
    given = sa.func.json_each(values).table_valued("value")
    return column.in_(sa.select(given.c.value))
