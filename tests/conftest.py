"""Fixtures every test may use: each store the program runs on, ready with its tables."""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import clickhouse_connect
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine

import relance
from relance.events.history_clickhouse import IN_PROCESS
from relance.infra.database import LOG, STATE, open_engine
from tests.postgres import Server

# How long a draw or an example takes is the machine's affair, which may be busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this run (one for each xdist worker)."""
    server = Server()
    yield server
    server.remove()


def declare_tables() -> None:
    """Import every store, so that the metadata is complete."""
    root = Path(relance.__file__).parent
    for store in sorted(root.glob("*/**/store.py")):
        importlib.import_module("relance." + ".".join(store.relative_to(root).with_suffix("").parts))


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    server: Server = request.getfixturevalue("postgres")
    return server.create(f"t{uuid.uuid4().hex}")


@pytest.fixture
def state(state_url: str) -> Iterator[Engine]:
    """The state store with all its tables, once on SQLite and once on PostgreSQL."""
    declare_tables()
    engine = open_engine(state_url)
    STATE.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def log_engine(state_url: str) -> Iterator[Engine]:
    """The log's store: a file of its own on SQLite, the same server on PostgreSQL."""
    declare_tables()
    engine = open_engine(state_url.replace("state.db", "log.db"))
    LOG.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def clickhouse_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """ClickHouse's engine in this process, which has one folder for good; kept open, for its start takes a second."""
    folder = tmp_path_factory.mktemp("clickhouse")
    keeper = clickhouse_connect.get_client(interface="chdb", path=str(folder))
    yield f"{IN_PROCESS}{folder}"
    keeper.close()


@pytest.fixture(scope="module")
def clickhouse_database(clickhouse_url: str) -> Iterator[Callable[[], str]]:
    """Names a new database each time; they are dropped at the end."""
    names: list[str] = []

    def name_one() -> str:
        names.append(f"t{uuid.uuid4().hex}")
        return names[-1]

    yield name_one
    client = clickhouse_connect.get_client(interface="chdb", path=clickhouse_url.removeprefix(IN_PROCESS))
    for name in names:
        client.command(f"DROP DATABASE IF EXISTS {name} SYNC")
    client.close()
