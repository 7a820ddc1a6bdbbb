"""Migrates the state store and the log to this version, with Alembic.

The two have separate migrations: on SQLite they are two files, on PostgreSQL two version tables of one database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from relance.infra.database import is_postgres, writing
from relance.infra.revisions import MIGRATIONS, version_table

LOCK_SPACE = 0x6D6967  # first key of the migrations' advisory lock


def migrate(engine: Engine, store: str, to: str = "head") -> None:
    """Migrate ``store`` (``state`` or ``log``) to revision ``to``; does nothing if it is there already."""
    scripts = ScriptDirectory(str(MIGRATIONS / store))
    wanted = scripts.get_current_head() if to == "head" else to
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": version_table(store)})
        if context.get_current_revision() == wanted:
            return
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / store))
    with writing(engine) as connection:
        if is_postgres(connection):  # concurrently starting programs take turns; on SQLite the write lock is held already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_SPACE, 0)))
        config.attributes["connection"] = connection
        config.attributes["version_table"] = version_table(store)
        command.upgrade(config, to)
