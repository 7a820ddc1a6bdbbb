"""Fixtures every test may use: each store the program runs on, ready with its tables."""

from __future__ import annotations

import gc
import importlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import event
from sqlalchemy.engine import Engine

import relance
from relance.events.history_clickhouse import IN_PROCESS
from relance.infra.database import LOG, STATE, open_engine
from tests.postgres import Pool, Server

# How long a draw or an example takes is the machine's affair, which may be busy; how many are in vain or too large is chance's.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("any machine")
# For scripts/mutants.py: the same examples each time, and none made smaller, since it is enough that one fails.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The fast tier without what is slow; and the steps of a story in their order, whatever order the rest runs in.

    Coverage is measured over what is fast: tracing property tests of live segments takes minutes and tells of no branch more.
    """
    for each in items:
        if each.get_closest_marker("slow"):
            each.add_marker("no_cover")
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.hook.pytest_deselected(items=[each for each in items if each.get_closest_marker("slow")])
        items[:] = [each for each in items if not each.get_closest_marker("slow")]
    places = [number for number, each in enumerate(items) if each.get_closest_marker("in_order")]
    steps = sorted((items[number] for number in places), key=lambda each: each.location[:2])
    for number, each in zip(places, steps, strict=True):
        items[number] = each


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded and collected lives until the end; walking it over and over took a sixth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def pytest_unconfigure() -> None:
    """What was frozen is let go as ever, or extensions tell of leaks at exit."""
    gc.unfreeze()


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
def database(request: pytest.FixtureRequest) -> str:
    """Which database keeps the state: each in turn."""
    return str(request.param)


@pytest.fixture
def state_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, once on each database."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    server: Server = request.getfixturevalue("postgres")
    return server.create(f"t{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``state.db`` and ``log.db``, which have all tables and no rows: a copy takes less than making them anew."""
    declare_tables()
    folder = tmp_path_factory.mktemp("sqlite")
    for name, tables in (("state", STATE), ("log", LOG)):
        engine = open_engine(f"sqlite:///{folder}/{name}.db")
        tables.create_all(engine)
        engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgres_pool(postgres: Server) -> Pool:
    """Databases with all tables, handed from test to test."""
    declare_tables()

    def make_tables(url: str) -> None:
        engine = open_engine(url)
        STATE.create_all(engine)
        LOG.create_all(engine)
        engine.dispose()

    return Pool(postgres, make_tables)


@pytest.fixture
def tables_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a state store that has all its tables and no rows; on PostgreSQL those of the log too."""
    if database == "sqlite":
        files: Path = request.getfixturevalue("sqlite_files")
        shutil.copyfile(files / "state.db", tmp_path / "state.db")
        yield f"sqlite:///{tmp_path}/state.db"
    else:
        pool: Pool = request.getfixturevalue("postgres_pool")
        with pool.borrowed() as url:
            yield url


@pytest.fixture
def state(tables_url: str) -> Iterator[Engine]:
    """The state store with all its tables, once on SQLite and once on PostgreSQL."""
    engine = open_hasty(tables_url)
    yield engine
    engine.dispose()


@pytest.fixture
def log_engine(tables_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The log's store: a file of its own on SQLite, the same server on PostgreSQL."""
    if tables_url.startswith("sqlite"):
        files: Path = request.getfixturevalue("sqlite_files")
        shutil.copyfile(files / "log.db", tmp_path / "log.db")
    engine = open_hasty(tables_url.replace("state.db", "log.db"))
    yield engine
    engine.dispose()


def open_hasty(url: str) -> Engine:
    """The store as the program opens it, but its commits do not wait for the disk: no power fails between the lines of a test."""
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def on_connect(raw: Any, _record: Any) -> None:
            raw.execute("PRAGMA synchronous=OFF")

    return engine


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
