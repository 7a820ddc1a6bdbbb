"""The dialect by which history's queries reach DuckDB, at the points where DuckDB differs from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.events.history_dialect_duckdb import DuckdbConnection


@pytest.fixture
def engine() -> Iterator[Engine]:
    with duckdb.connect() as root:
        made = sa.create_engine("duckdb://", creator=lambda: DuckdbConnection(root.cursor()))
        yield made
        made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def test_values_are_handed_over_and_never_written_into_the_query(connection: Connection) -> None:
    given = "'); DROP TABLE events; -- %s $1 :x"
    query = sa.select(sa.literal(given), sa.literal(5), sa.literal(given))
    assert "$1" in str(query.compile(connection.engine))
    assert tuple(connection.execute(query).one()) == (given, 5, given)


def test_a_list_of_values_is_handed_over_one_by_one(connection: Connection) -> None:
    assert connection.execute(sa.select(sa.literal(3).in_([1, 2, 3]), sa.literal(3).in_([]))).one() == (True, False)


def test_a_modulo_and_a_like_keep_their_signs(connection: Connection) -> None:
    assert connection.execute(sa.select(sa.literal(7) % 4, sa.literal("100%").like("1%"))).one() == (3, True)


def test_whole_numbers_are_divided_into_fractions_or_not_as_asked(connection: Connection) -> None:
    assert connection.execute(sa.select(sa.literal(7) / 2, sa.literal(7) // 2)).one() == (3.5, 3)


def test_names_that_duckdb_reserves_are_quoted(connection: Connection) -> None:
    words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    reserved = [word for (word,) in connection.execute(sa.text(words))]
    assert len(reserved) > 50
    assert set(connection.execute(sa.select(*(sa.literal(1).label(word) for word in reserved))).keys()) == set(reserved)


def test_the_columns_of_a_result_come_as_arrays(connection: Connection) -> None:
    found = connection.execute(sa.text("SELECT range AS number FROM range(3)")).cursor.fetchnumpy()
    assert found["number"].tolist() == [0, 1, 2]


def test_a_connection_reads_in_one_transaction(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(sa.text("CREATE TABLE seen (number INTEGER)"))
    with engine.connect() as reader:
        assert reader.execute(sa.text("SELECT count(*) FROM seen")).scalar() == 0
        with engine.begin() as writer:
            writer.exec_driver_sql("INSERT INTO seen VALUES ($1)", (1,))
        assert reader.execute(sa.text("SELECT count(*) FROM seen")).scalar() == 0
    with engine.connect() as reader:
        assert reader.execute(sa.text("SELECT count(*) FROM seen")).scalar() == 1


def test_many_rows_are_written_with_one_call(engine: Engine) -> None:
    seen = sa.table("seen", sa.column("number", sa.Integer))
    with engine.begin() as writer:
        writer.execute(sa.text("CREATE TABLE seen (number INTEGER)"))
        writer.execute(sa.insert(seen), [{"number": each} for each in range(5)])
        assert writer.execute(sa.select(sa.func.sum(seen.c.number))).scalar() == 10


def test_after_a_statement_that_failed_the_connection_goes_on(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError) as caught:
            connection.execute(sa.text("SELECT * FROM nowhere"))
        assert isinstance(caught.value.orig, duckdb.CatalogException)
        connection.rollback()
        assert connection.execute(sa.select(sa.literal(1))).scalar() == 1
    assert connection.closed
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.literal(2))).scalar() == 2
