"""A process that stands still in the middle of a transaction does not keep its locks for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from relance.infra.database import open_engine, writing
from tests.postgres import Server


def test_a_worker_that_stands_still_lets_go_of_its_rows(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.infra.database.IDLE_MS", 200)
    url = postgres.create("standing_still")
    stopped, successor = open_engine(url), open_engine(url)
    with writing(successor) as connection:
        connection.execute(sa.text("CREATE TABLE cursors (number INTEGER)"))
        connection.execute(sa.text("INSERT INTO cursors VALUES (1)"))
    held = stopped.connect()
    held.begin()
    held.execute(sa.text("UPDATE cursors SET number = 2"))
    with writing(successor) as connection:  # waits for the row until the server has ended the other's transaction
        connection.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(sa.text("UPDATE cursors SET number = 3"))
    with pytest.raises(DBAPIError):
        held.execute(sa.text("SELECT 1"))
    held.close()
    with writing(successor) as connection:
        assert connection.execute(sa.text("SELECT number FROM cursors")).scalar_one() == 3
    stopped.dispose()
    successor.dispose()


def test_sqlite_is_durable_at_commit(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/state.db")
    with engine.connect() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]
    engine.dispose()
