"""Bulk inserts write what a statement for each row would, and fail as a statement does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from relance.infra.bulk import inserting
from relance.infra.database import writing
from tests.conftest import open_hasty
from tests.postgres import Server

TABLE = sa.Table(
    "bulk_rows",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("flag", sa.Boolean, nullable=False),
    sa.Column("count", sa.Integer),
)
NAMES = ("id", "text", "flag", "count")
INSERT = inserting(TABLE, NAMES)

# What COPY's text format has a meaning for, and what PostgreSQL can hold.
texts = st.one_of(
    st.sampled_from(["", "\\N", "\\.", "a\tb", "line\nline", "\r", "\\", '"', "{}", "NULL", "\u2028", "é"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.none(),
)
numbers = st.integers(-(2**31), 2**31 - 1)


@pytest.fixture
def table(state: Engine) -> Iterator[Engine]:
    TABLE.create(state)
    yield state
    TABLE.drop(state)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(texts, st.booleans(), st.none() | numbers), max_size=30))
def test_rows_are_read_as_they_were_written(table: Engine, rows: list[tuple[Any, ...]]) -> None:
    numbered = [(2**40 + number, *row) for number, row in enumerate(rows)]
    with writing(table) as connection:
        connection.execute(sa.delete(TABLE))
        INSERT.run(connection, numbered)
    with writing(table) as connection:
        assert [tuple(row) for row in connection.execute(sa.select(TABLE).order_by(TABLE.c.id))] == numbered


def test_a_repeat_is_refused_as_by_a_statement_and_nothing_of_it_stays(table: Engine) -> None:
    with pytest.raises(IntegrityError), writing(table) as connection:
        INSERT.run(connection, [(1, "a", True, 1), (1, "b", True, 1)])
    with writing(table) as connection:
        INSERT.run(connection, [(1, "c", False, None)])
        assert connection.execute(sa.select(TABLE.c.text)).scalars().all() == ["c"]


@pytest.fixture
def on_postgres(postgres: Server) -> Iterator[Engine]:
    engine = open_hasty(postgres.create(f"t{uuid.uuid4().hex}"))
    TABLE.create(engine)
    yield engine
    engine.dispose()


def test_a_value_that_cannot_be_kept_is_a_fault_of_the_statement(on_postgres: Engine) -> None:
    with pytest.raises(DBAPIError), writing(on_postgres) as connection:
        INSERT.run(connection, [(1, "a\0b", True, 1)])


def test_a_server_that_goes_away_is_told_from_a_fault_of_the_rows_and_the_next_one_works(on_postgres: Engine) -> None:
    def go_away(connection: Connection) -> None:
        mine = connection.scalar(sa.select(sa.func.pg_backend_pid()))
        with writing(on_postgres) as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(mine)))
        INSERT.run(connection, [(number, "x" * 1_000, True, 1) for number in range(10_000)])

    with pytest.raises(OperationalError), writing(on_postgres) as connection:
        go_away(connection)
    with writing(on_postgres) as connection:
        INSERT.run(connection, [(1, "a", True, 1)])
