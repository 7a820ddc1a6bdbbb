"""Which revision a store is at and which one this version wants, without Alembic: that is only loaded to migrate."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def current(engine: Engine, store: str) -> str | None:
    """The revision a store (``state`` or ``log``) is at, or None where it is empty."""
    table = version_table(store)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(table):
            return None
        return connection.execute(sa.select(sa.column("version_num", sa.Text)).select_from(sa.table(table))).scalar()


def head(store: str) -> str:
    """The newest revision this version knows: a migration's file is named ``m<revision>_<words>.py``, one after the other."""
    return max(path.stem[1:].partition("_")[0] for path in (MIGRATIONS / store / "versions").glob("m*.py"))


def version_table(store: str) -> str:
    """Each store has a version table of its own: on PostgreSQL both are one database."""
    return f"{store}_version"
