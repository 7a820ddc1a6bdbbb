"""The migrations lead to the tables that the program declares, from an empty store and from every older version."""

from __future__ import annotations

import multiprocessing
import shutil
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

import relance.infra
from relance.infra.database import LOG, STATE, open_engine, reading, writing
from relance.infra.migrate import migrate
from relance.infra.revisions import current, head, version_table
from tests.conftest import declare_tables
from tests.postgres import Server

STORES = {"state": STATE, "log": LOG}
FOLDER = Path(relance.infra.__file__).parent / "migrations"


def revisions(store: str) -> list[str]:
    """From the oldest to the newest."""
    return [each.revision for each in ScriptDirectory(str(FOLDER / store)).walk_revisions()][::-1]


def shape(engine: Engine, store: str) -> dict[str, Any]:
    """What a store's tables are made of: columns, keys and indexes, as the database itself tells them."""
    with reading(engine) as connection:
        inspector = sa.inspect(connection)
        tables = sorted(set(inspector.get_table_names()) - {version_table(each) for each in STORES} - {"sqlite_sequence"})
        return {name: _table(connection, inspector, name) for name in tables if name in STORES[store].tables}


def _table(connection: Connection, inspector: sa.Inspector, name: str) -> dict[str, Any]:
    columns = {
        each["name"]: (str(each["type"]), each["nullable"], getattr(each["type"], "collation", None))
        for each in inspector.get_columns(name)
    }
    foreign = [
        (each["constrained_columns"], each["referred_table"], each["referred_columns"])
        for each in inspector.get_foreign_keys(name)
    ]
    return {
        "columns": columns,
        "key": inspector.get_pk_constraint(name)["constrained_columns"],
        "unique": sorted(tuple(each["column_names"]) for each in inspector.get_unique_constraints(name)),
        "foreign": sorted(map(str, foreign)),
        "indexes": _indexes(connection, name),
        "details": _details(connection, name),
    }


def _indexes(connection: Connection, name: str) -> dict[str, str]:
    if connection.dialect.name == "postgresql":
        rows = connection.execute(sa.text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :t"), {"t": name})
    else:
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :t AND sql IS NOT NULL"
        rows = connection.execute(sa.text(sql), {"t": name})
    return {row[0]: " ".join(row[1].split()) for row in rows}


def _details(connection: Connection, name: str) -> dict[str, bool]:
    """What SQLite keeps only in the text: whether ids are never given out again, and whether rows are kept by their key."""
    if connection.dialect.name == "postgresql":
        return {}
    text = connection.scalar(sa.text("SELECT upper(sql) FROM sqlite_master WHERE type = 'table' AND name = :t"), {"t": name})
    return {word: word in text for word in ("AUTOINCREMENT", "WITHOUT ROWID")}


@pytest.fixture
def declared(request: pytest.FixtureRequest, state_url: str, tmp_path: Path) -> str:
    """Another empty store, of the same kind as ``state_url``."""
    if state_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/declared.db"
    return str(request.getfixturevalue("postgres").create(f"declared{tmp_path.name}".lower()))


@pytest.mark.parametrize("store", STORES)
def test_the_migrations_make_the_tables_that_are_declared(store: str, state_url: str, declared: str) -> None:
    declare_tables()
    migrated, made = open_engine(state_url), open_engine(declared)
    migrate(migrated, store)
    STORES[store].create_all(made)
    found, expected = shape(migrated, store), shape(made, store)
    assert set(expected) == set(STORES[store].tables)
    assert found == expected
    assert current(migrated, store) == head(store)
    migrated.dispose()
    made.dispose()


@pytest.mark.parametrize("store", STORES)
def test_a_store_of_every_older_version_is_brought_up_with_its_rows(
    store: str, state_url: str, declared: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    declare_tables()
    made = open_engine(declared)
    STORES[store].create_all(made)
    expected = shape(made, store)
    made.dispose()
    for number, revision in enumerate(revisions(store)):
        rung = open_engine(state_url)  # goes up by one revision each time; a copy of it is filled and goes all the way
        migrate(rung, store, revision)
        rung.dispose()
        if state_url.startswith("sqlite"):
            url = f"sqlite:///{tmp_path}/old{number}.db"
            shutil.copyfile(state_url.removeprefix("sqlite:///"), tmp_path / f"old{number}.db")
        else:
            server: Server = request.getfixturevalue("postgres")
            url = server.create(f"old{number}{tmp_path.name}".lower(), template=state_url.rpartition("/")[2])
        engine = open_engine(url)
        assert current(engine, store) == revision
        before = fill(engine)
        migrate(engine, store)
        assert shape(engine, store) == expected, f"from {revision}"
        assert current(engine, store) == head(store)
        with reading(engine) as connection:
            for table in set(before) & set(expected):
                assert connection.scalar(sa.text(f'SELECT count(*) FROM "{table}"')) == 1, f"{table} from {revision}"
        engine.dispose()


def fill(engine: Engine) -> list[str]:
    """Put a row into every table; returns their names."""
    found = sa.MetaData()
    with writing(engine) as connection:
        found.reflect(connection)
        tables = [each for each in found.sorted_tables if each.name not in {version_table(store) for store in STORES}]
        for table in tables:
            connection.execute(sa.insert(table), {column.name: _value(column) for column in table.columns})
    return [table.name for table in tables]


def _value(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    return {str: "{}", bytes: b"{}", bool: True, float: 1.0}.get(kind, 1)


def _start(url: str, together: Barrier) -> None:
    engine = open_engine(url)
    together.wait()
    for store in STORES:
        migrate(engine, store)
    engine.dispose()


def test_two_programs_that_start_at_once_on_an_empty_store_both_find_its_tables(state_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    both = [context.Process(target=_start, args=(state_url, together)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(120)
    assert [each.exitcode for each in both] == [0, 0]
    engine = open_engine(state_url)
    assert [current(engine, store) for store in STORES] == [head(store) for store in STORES]
    engine.dispose()
