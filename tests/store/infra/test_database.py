"""A process that stands still in the middle of a transaction does not keep its locks for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from relance.accounts.service import Accounts
from relance.infra.database import open_engine, writing
from tests.postgres import Pool, Server


def test_a_worker_that_stands_still_lets_go_of_its_rows(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.create("standing_still")
    successor = open_engine(url)  # may stand still for longer: on a busy machine it does
    monkeypatch.setattr("relance.infra.database.IDLE_MS", 1_000)
    stopped = open_engine(url)
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


def test_a_database_that_another_test_used_is_like_a_new_one(postgres_pool: Pool) -> None:
    def use(url: str) -> tuple[int, int]:
        """The number of the first app that is made, and how many apps there are then."""
        engine = open_engine(url)
        accounts = Accounts(engine)
        made = accounts.create_app("Shop", 1).app.id
        found = len(accounts.apps())
        engine.dispose()
        return made, found

    with postgres_pool.borrowed() as first:
        as_new = use(first)
    with postgres_pool.borrowed() as second:
        assert second == first
        assert use(second) == as_new == (1, 1)
        engine = open_engine(second)
        held = engine.connect()
        held.execute(sa.text("LOCK TABLE apps"))
    with postgres_pool.borrowed() as third:
        assert third != second  # which somebody holds on to
    held.close()
    engine.dispose()


def test_sqlite_is_durable_at_commit(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/state.db")
    with engine.connect() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]
    engine.dispose()
