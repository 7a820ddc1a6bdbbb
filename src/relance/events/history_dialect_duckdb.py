"""SQLAlchemy's way to DuckDB: what history's queries need of it, and no more (no reflection, no URLs with options).

DuckDB speaks PostgreSQL's SQL, so the compiler is that of PostgreSQL; parameters are written ``$1``. An engine is made with
``create_engine("duckdb://", creator=lambda: DuckdbConnection(cursor))``, where the cursor is one of an open file.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import duckdb
from sqlalchemy import types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect, PGIdentifierPreparer
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPIModule
from typing_extensions import override

_NOT_BEGUN = "no transaction is active"


class DuckdbCursor:
    """One of the cursors that SQLAlchemy asks a connection for. DuckDB has one result a connection: all are the same."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._connection.execute(statement, parameters or None)

    def executemany(self, statement: str, parameters: Sequence[Any]) -> None:
        self._connection.executemany(statement, parameters)

    def close(self) -> None:
        """The connection stays open: the next cursor is the same."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class DuckdbConnection:
    """A DuckDB connection, with cursors as SQLAlchemy expects them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> DuckdbCursor:
        return DuckdbCursor(self._connection)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class DuckdbPreparer(PGIdentifierPreparer):
    """Quotes what either PostgreSQL or DuckDB reserves."""

    def __init__(self, dialect: DuckdbDialect, **options: Any) -> None:
        super().__init__(dialect, **options)
        words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        self.reserved_words = self.reserved_words.union(word for (word,) in duckdb.cursor().execute(words).fetchall())


class DuckdbDialect(PGDialect):
    """DuckDB, as far as history uses it."""

    name, driver, default_paramstyle = "duckdb", "duckdb", "numeric_dollar"
    supports_statement_cache = False  # a rule is seldom asked twice, and its query is as large as the rule
    supports_sane_rowcount = supports_sane_multi_rowcount = supports_server_side_cursors = False
    div_is_floordiv = False  # whole numbers are divided into fractions
    preparer = DuckdbPreparer  # type: ignore[assignment] # a subclass of what its base has
    colspecs = {**PGDialect.colspecs, types.JSON: types.JSON}  # noqa: RUF012 - as its base has it

    @classmethod
    @override
    def import_dbapi(cls) -> DBAPIModule:
        return SimpleNamespace(paramstyle="numeric_dollar", Error=duckdb.Error)  # type: ignore[return-value] # all that is asked of it

    @override
    def initialize(self, connection: Any) -> None:
        """Ask nothing: PostgreSQL's questions after its version and settings have no answer here."""

    @override
    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.begin()

    @override
    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        try:
            dbapi_connection.rollback()
        except duckdb.TransactionException as error:  # a statement that failed has ended it
            if _NOT_BEGUN not in str(error):
                raise


registry.register("duckdb", __name__, DuckdbDialect.__name__)
