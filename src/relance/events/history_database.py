"""One DuckDB file, opened once in the process: its settings, its version, and a SQLAlchemy engine over it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from duckdb_engine import ConnectionWrapper
from sqlalchemy.engine import Engine

from relance.events.errors import HistoryVersionError
from relance.events.history_migrations import Migration, migrations

CHECKPOINT_MB = 32  # the write-ahead log is folded into the file when it has grown to this
THREADS = 1
READERS = 4
RESTING_MB = 2
LIST_ROWS = 1_000


class HistoryDatabase:
    """The open file. ``writer`` belongs to whoever appends; ``engine`` gives any thread a cursor of its own."""

    def __init__(self, path: Path | str, memory_mb: int, steps: Sequence[Migration] | None = None) -> None:
        settings: dict[str, Any] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": THREADS,
            "checkpoint_threshold": f"{CHECKPOINT_MB}MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "pandas_analyze_sample": 10,  # text columns hold text only: looking at 1,000 rows of each costs 6 ms a tick
        }
        self.path = Path(path)
        self._memory_mb = memory_mb
        self._root = duckdb.connect(str(path), config=settings)
        try:
            self.version = upgrade(self._root, migrations() if steps is None else steps)
        except BaseException:
            self._root.close()
            raise
        # The newest rows of a list are found by their narrow columns; only those few are then read in full.
        self._root.execute(f"SET GLOBAL late_materialization_max_rows = {LIST_ROWS}")
        self.writer = self._root.cursor()
        self.engine: Engine = sa.create_engine(
            "duckdb://", creator=lambda: ConnectionWrapper(self._root.cursor()), poolclass=sa.QueuePool, pool_size=READERS
        )

    def shrink(self) -> None:
        """Let go of cached blocks: they are read again when needed."""
        with suppress(duckdb.OutOfMemoryException):  # a query has blocks in use: it keeps them
            self.writer.execute(f"SET GLOBAL memory_limit = '{RESTING_MB}MB'")
        self.writer.execute(f"SET GLOBAL memory_limit = '{self._memory_mb}MB'")

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self.engine.dispose()
        self.writer.close()
        self._root.close()


def upgrade(connection: duckdb.DuckDBPyConnection, steps: Sequence[Migration]) -> int:
    """Apply the steps the file has not seen, each in its transaction; return the version reached.

    Raises ``HistoryVersionError`` when the file is newer than the program.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS history_version (number INTEGER NOT NULL)")
    row = connection.execute("SELECT coalesce(max(number), 0) FROM history_version").fetchone()
    version = int(row[0]) if row else 0
    newest = max((step.number for step in steps), default=0)
    if version > newest:
        raise HistoryVersionError(
            f"The history file has version {version}, this program knows {newest}.", found=version, known=newest
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
    return newest
