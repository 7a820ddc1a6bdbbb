"""A store's revision and the one this version needs, without Alembic, which is only loaded to migrate."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def current(engine: Engine, store: str) -> str | None:
    """The revision of a store (``state`` or ``log``), or None if it is empty."""
    table = version_table(store)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(table):
            return None
        return connection.execute(sa.select(sa.column("version_num", sa.Text)).select_from(sa.table(table))).scalar()


def head(store: str) -> str:
    """The newest revision of this version: migration files are named ``m<revision>_<words>.py``, in sequence."""
    return max(path.stem[1:].partition("_")[0] for path in (MIGRATIONS / store / "versions").glob("m*.py"))


def version_table(store: str) -> str:
    """Each store has its own version table: on PostgreSQL both are one database."""
    return f"{store}_version"
