"""One DuckDB file, opened once in the process: its settings, its version, and a SQLAlchemy engine over it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.events.errors import HistoryBrokenError, HistoryBusyError, HistoryVersionError
from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse
from relance.events.history_columns_duckdb import DuckdbColumns
from relance.events.history_dialect_duckdb import DuckdbConnection
from relance.events.history_migrations import Migration, migrations
from relance.events.history_places_duckdb import PlaceFill
from relance.events.history_rows import Column, Rows
from relance.events.model import KNOWN, HistoryMerge, KnownEvent
from relance.events.read_gate import ReadGate

CHECKPOINT_BYTES = 32_000_000  # the write-ahead log is folded into the file when it has grown to this …
OVERDUE_BYTES = 4 * CHECKPOINT_BYTES  # … and whoever reads is waited for longer when it has grown to this
THREADS = 1
READERS = 4
RESTING_MB = 2
LIST_ROWS = 1_000
PATIENCE, LONG_PATIENCE = 0.25, 10.0  # seconds to wait for readers to leave
_NO_ROOM = re.compile(r"Failed to commit: (could not allocate|failed to pin) block")  # a commit under others' weight
RETRIES, RETRY_AFTER = 50, 0.02  # of setting the memory limit back; seconds

_Read = TypeVar("_Read")


class HistoryDatabase:
    """The open file. ``writer`` belongs to whoever appends; ``engine`` gives any thread a cursor of its own."""

    def __init__(self, path: Path | str, memory_mb: int, steps: Sequence[Migration] | None = None) -> None:
        settings: dict[str, Any] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": THREADS,
            # DuckDB must not fold its log into the file by itself: where readers hold all memory that fails, and a checkpoint
            # that fails makes the open file useless. ``_checkpoint_when_due`` does it while nobody reads.
            "checkpoint_threshold": "1TB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "pandas_analyze_sample": 10,  # text columns hold text only: looking at 1,000 rows of each costs 6 ms a tick
        }
        self.path = Path(path)
        self._log_path = self.path.with_name(self.path.name + ".wal")
        self._memory_mb = memory_mb
        self._gate = ReadGate()
        self._root = duckdb.connect(str(path), config=settings)
        try:
            self.version = upgrade(self._root, migrations() if steps is None else steps)
        except BaseException:
            self._root.close()
            raise
        # The newest rows of a list are found by their narrow columns; only those few are then read in full.
        self._root.execute(f"SET GLOBAL late_materialization_max_rows = {LIST_ROWS}")
        self.writer = self._root.cursor()
        self._columns = DuckdbColumns(self.writer, self._writing, self.checkpoint)
        self._places = PlaceFill(self.writer, self._writing)
        self.engine: Engine = sa.create_engine(
            "duckdb://",
            creator=lambda: DuckdbConnection(self._root.cursor()),
            poolclass=sa.QueuePool,
            pool_size=READERS,
            max_overflow=READERS,
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, while nobody holds the file exclusively. Errors are translated (``_translated_errors``)."""
        with self._gate.reading(), _translated_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction, on the disk when the block has ended."""
        with _translated_errors():
            self.writer.execute("BEGIN")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
            except BaseException:
                _roll_back(self.writer)
                raise

    def append(self, events: Rows | None, merged: Rows | None) -> None:
        """Add rows in one transaction. Where readers leave no memory for it, it is done once more without them."""
        try:
            self._append(events, merged)
        except HistoryBusyError:
            with self._gate.alone(LONG_PATIENCE) as is_free:
                if not is_free:
                    raise
                self._append(events, merged)
        self._checkpoint_when_due()

    def _append(self, events: Rows | None, merged: Rows | None) -> None:
        with self._writing() as writer:
            if events is not None:
                self._columns.insert(events)
            if merged is not None:
                _insert(writer, "merged", merged)

    @property
    def columns(self) -> PropertyColumns:
        """What may be read from columns beside the JSON now."""
        return self._columns.readable._replace(places=self._places.is_whole)

    def use_columns(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Have property columns for these uses, of at most so many paths."""
        self._columns.change(wanted, most)

    def fill_columns(self, positions: int) -> bool:
        """Make a column that is missing, or write a slice of old rows; returns whether anything is left."""
        left = True
        if self._places.is_whole:
            left = self._columns.fill(positions)
        else:
            self._places.fill(positions)
        self._checkpoint_when_due()
        return left

    def column_fills(self) -> list[ColumnFill]:
        """How far each path's columns are filled."""
        return [*self._places.progress(), *self._columns.progress()]

    def rewind(self, partition: int, position: int) -> None:
        """Remove the rows of a partition above a position."""
        with self._writing() as writer:
            for table in ("events", "merged"):
                writer.execute(f"DELETE FROM {table} WHERE partition = $1 AND position > $2", [partition, position])

    def roots_near(self, merges: Sequence[HistoryMerge]) -> dict[tuple[int, int], int]:
        """The roots of everyone named in the merges, and of everyone who shares a root with them."""
        named = np.array([person for one in merges for person in (one.from_id, one.into_id)], dtype=np.int64)
        self.writer.register("named", {"person_id": named})
        near = (
            "WITH near AS (SELECT DISTINCT app_id, from_id FROM merged"
            "  WHERE from_id IN (SELECT person_id FROM named) OR into_id IN (SELECT person_id FROM named)"
            "  OR into_id IN (SELECT into_id FROM merged WHERE from_id IN (SELECT person_id FROM named)))"
            "SELECT app_id, from_id, arg_max(into_id, position) FROM merged SEMI JOIN near USING (app_id, from_id) GROUP BY 1, 2"
        )
        try:
            rows = self.writer.execute(near).fetchall()
        finally:
            self.writer.unregister("named")
        return {(app_id, person): root for app_id, person, root in rows}

    def forget(self, app_id: int, persons: Sequence[int]) -> int:
        """Delete the events and merges of these persons; return how many events."""
        with self._writing() as writer:
            deleted = writer.execute(
                "DELETE FROM events WHERE app_id = $1 AND person_id IN (SELECT unnest($2))", [app_id, list(persons)]
            )
            row = deleted.fetchone()
            writer.execute("DELETE FROM merged WHERE app_id = $1 AND from_id IN (SELECT unnest($2))", [app_id, list(persons)])
        return int(row[0]) if row else 0

    def known(self, app_id: int, wanted: Column) -> list[KnownEvent]:
        """What the app has under these message hashes."""
        self.writer.register("wanted", {"message_hash": wanted})
        sql = f"SELECT {KNOWN} FROM events WHERE app_id = $1 AND message_hash IN (SELECT message_hash FROM wanted)"
        try:
            rows = self.writer.execute(sql, [app_id]).fetchall()
        finally:
            self.writer.unregister("wanted")
        return [KnownEvent(*row) for row in rows]

    def rows(self, select: sa.Select[Any] | sa.CompoundSelect[Any] | sa.TextClause) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._read(lambda connection: [tuple(row) for row in connection.execute(select)])

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of a query."""
        return self._read(lambda connection: list(connection.execute(select).cursor.fetchnumpy().values()))

    def _read(self, read: Callable[[Connection], _Read]) -> _Read:
        """What a query finds. One that finds no memory left beside others is run once more with all of it."""
        try:
            with self.reading() as connection:
                return read(connection)
        except HistoryBusyError:
            with self._gate.alone(LONG_PATIENCE) as is_free:
                if not is_free:
                    raise
                with self.reading() as connection:
                    return read(connection)

    def checkpoint(self, patience: float = PATIENCE) -> bool:
        """Fold the write-ahead log into the file; returns False where somebody still reads after ``patience`` seconds."""
        with self._gate.alone(patience) as is_free, _translated_errors():
            if is_free:
                self.writer.execute("CHECKPOINT")
            return is_free

    def _checkpoint_when_due(self) -> None:
        size = self._log_path.stat().st_size if self._log_path.exists() else 0
        if size >= CHECKPOINT_BYTES:
            self.checkpoint(PATIENCE if size < OVERDUE_BYTES else LONG_PATIENCE)

    def sizes(self) -> dict[str, int]:
        """Bytes of the file and of its write-ahead log, and memory held."""
        [(held,)] = self.rows(sa.text("SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()"))
        return {
            "file_bytes": self.path.stat().st_size if self.path.exists() else 0,
            "log_bytes": self._log_path.stat().st_size if self._log_path.exists() else 0,
            "memory_bytes": int(held or 0),
        }

    def rest(self) -> bool:
        """Checkpoint, and let go of cached blocks: they are read again when needed. Returns False where somebody reads."""
        with self._gate.alone(PATIENCE) as is_free, _translated_errors():
            if is_free:
                self.writer.execute("CHECKPOINT")
                self._shrink()
            return is_free

    def _shrink(self) -> None:
        """Called while nobody reads: a limit this low is not for anybody who does."""
        try:
            with suppress(duckdb.OutOfMemoryException):  # some blocks cannot be let go of: DuckDB keeps its limit
                self.writer.execute(f"SET GLOBAL memory_limit = '{RESTING_MB}MB'")
        finally:
            for left in reversed(range(RETRIES)):
                try:
                    self._root.cursor().execute(f"SET GLOBAL memory_limit = '{self._memory_mb}MB'")
                    break
                except duckdb.OutOfMemoryException as error:
                    if not left:
                        raise HistoryBrokenError(ErrorText.local("DuckDB's memory limit could not be set back.")) from error
                    time.sleep(RETRY_AFTER)

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self.engine.dispose()
        self.writer.close()
        self._root.close()


def upgrade(connection: duckdb.DuckDBPyConnection, steps: Sequence[Migration]) -> int:
    """Apply the steps the file has not seen, each in its transaction; return the version reached.

    A step that has made a column holds its values in memory until they are folded into the file.

    Raises ``HistoryVersionError`` when the file is newer than the program.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS history_version (number INTEGER NOT NULL)")
    row = connection.execute("SELECT coalesce(max(number), 0) FROM history_version").fetchone()
    version = int(row[0]) if row else 0
    newest = max((step.number for step in steps), default=0)
    if version > newest:
        raise HistoryVersionError(
            ErrorText.local(f"The history file has version {version}, this program knows {newest}."), found=version, known=newest
        )
    for step in steps:
        if step.number > version:
            connection.execute("BEGIN")
            try:
                connection.execute(step.sql)
                connection.execute("INSERT INTO history_version VALUES ($1)", [step.number])
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("CHECKPOINT")
    return newest


def _insert(writer: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    writer.register("incoming", rows)
    try:
        writer.execute(f"INSERT INTO {table} SELECT * FROM incoming")
    finally:
        writer.unregister("incoming")


def _roll_back(writer: duckdb.DuckDBPyConnection) -> None:
    try:
        writer.execute("ROLLBACK")
    except duckdb.TransactionException:  # the failure has already ended the transaction
        return


@contextmanager
def _translated_errors() -> Iterator[None]:
    """DuckDB's errors that the program has an answer to, as its own."""
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise HistoryBusyError(
            ErrorText("history_queries", "Too many other queries are running: try again in a moment.")
        ) from error
    except (duckdb.Error, sa.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(cause, duckdb.OutOfMemoryException) or (
            isinstance(cause, duckdb.TransactionException) and _NO_ROOM.search(str(cause))
        ):
            raise HistoryBusyError(
                ErrorText(
                    "history_memory",
                    "There is not enough memory for this query beside the others: try again, or raise history_memory_mb.",
                )
            ) from error
        if isinstance(cause, duckdb.FatalException):
            raise HistoryBrokenError(
                ErrorText("history_broken", "The history file can no longer be used; the worker is being started again.")
            ) from error
        raise
