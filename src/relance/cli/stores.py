"""Opening the stores: every table known, every migration run."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.core.configuration import Settings
from relance.infra.database import open_engine
from relance.infra.migrate import migrate


def open_stores(settings: Settings) -> tuple[Engine, Engine]:
    """The state store and the log's, migrated. On PostgreSQL they are one database."""
    state = open_engine(settings.state_store)
    log = open_engine(settings.log_store) if settings.log_store != settings.state_store else state
    migrate(state, "state")
    migrate(log, "log")
    return state, log
