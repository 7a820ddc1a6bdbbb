"""What the stores of a program that has ended hold, read the plain way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.core.configuration import Settings
from relance.events.model import LogBatch
from relance.events.past import History
from relance.events.service import read_log
from relance.infra.database import LOG, STATE, open_engine, reading
from relance.pipeline.store import Cursor, read_cursor
from tests.conftest import declare_tables

Rows = list[dict[str, Any]]


@dataclass
class Books:
    """The open stores of a data folder."""

    state: Engine
    log: Engine
    history: History

    def rows(self, table: str) -> Rows:
        """Every row of a table of the state store or the log."""
        declare_tables()
        engine, found = (self.state, STATE.tables[table]) if table in STATE.tables else (self.log, LOG.tables[table])
        with reading(engine) as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select(found))]

    def past(self, sql: str) -> list[tuple[Any, ...]]:
        """A query over history."""
        return self.history.run(sa.text(sql))

    def positions(self) -> dict[int, int]:
        """How far each partition has committed."""
        return {row["partition"]: row["position"] for row in self.rows("cursors")}

    def cursor(self) -> Cursor:
        with reading(self.state) as connection:
            found = read_cursor(connection, 0)
        assert found is not None
        return found

    def log_batches(self) -> list[LogBatch]:
        """The whole log: nothing is old enough to be forgotten."""
        batches: list[LogBatch] = []
        while True:
            with reading(self.log) as connection:
                more = read_log(connection, 0, batches[-1].offset if batches else 0, 50_000)
            if not more:
                return batches
            batches += more


@contextmanager
def open_books(data: Path, state_url: str = "") -> Iterator[Books]:
    settings = Settings(data=str(data), state_url=state_url)
    state = open_engine(settings.state_store)
    log = open_engine(settings.log_store)
    history = History(data / "history.duckdb")
    try:
        yield Books(state, log, history)
    finally:
        history.close()
        state.dispose()
        log.dispose()
