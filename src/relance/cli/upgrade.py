"""Migrates the stores: ``python -m relance.cli.upgrade`` with the settings as JSON on standard input.

A process of its own, so that an upgraded server does not keep Alembic in memory for the rest of its life.
"""

from __future__ import annotations

import sys

import msgspec

from relance.core.configuration import Settings
from relance.infra.database import open_engine
from relance.infra.migrate import migrate
from relance.infra.room import full_sentence, says_full


def upgrade(settings: Settings) -> None:
    """Migrate both stores to this version."""
    for store, url in (("state", settings.state_store), ("log", settings.log_store)):
        engine = open_engine(url)
        try:
            migrate(engine, store)
        finally:
            engine.dispose()


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)
    try:
        upgrade(given)
    except Exception as error:
        if not says_full(error):
            raise
        print(f"relance: {full_sentence(given.folder)}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
