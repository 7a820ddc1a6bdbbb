"""Opens the stores, migrated to this version."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy.engine import Engine

from relance.cli.folder import make_folder, read_secret
from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError, RelanceError
from relance.infra.database import open_engine
from relance.infra.revisions import current, head
from relance.pipeline.lease import settle_on_partitions
from relance.users.service import rekey, use_secret

STATE_PAGES = 16_000  # 64 MB: every tick writes the same busy pages, which reach the file once for several ticks
STATE_CACHE_KB = 32_000  # for connections that need it: people looked up in a tick are written in it, and often again in the next
LOG_CACHE_KB = 1_000  # the log is written once and read once, each in order


def open_stores(settings: Settings) -> tuple[Engine, Engine]:
    """The state store and the log's, migrated if necessary. On PostgreSQL they are one database.

    Raises ``RelanceError`` if that fails, or if the number of partitions in the settings differs from the store's.
    """
    state = open_engine(settings.state_store, checkpoint_pages=STATE_PAGES, cache_kb=STATE_CACHE_KB)
    log = open_engine(settings.log_store, cache_kb=LOG_CACHE_KB) if settings.log_store != settings.state_store else state
    if current(state, "state") != head("state") or current(log, "log") != head("log"):
        _upgrade(settings)
    settle_on_partitions(state, settings.partitions)
    use_secret(state, read_secret(make_folder(settings)))
    rekey(state)
    return state, log


@contextmanager
def opened_state(settings: Settings) -> Iterator[Engine]:
    """The state store of a server that has been started before. Raises ``NotFoundError`` if the folder has none."""
    if not (settings.folder / "secret").exists():
        raise NotFoundError(ErrorText.local(f"{settings.folder.absolute()} is not a server's data folder: name it with --data."))
    state, log = open_stores(settings)
    try:
        yield state
    finally:
        state.dispose()
        log.dispose()


def _upgrade(settings: Settings) -> None:
    """Migrate in another process, which returns Alembic's memory. The settings may contain a password, hence standard input."""
    command = [sys.executable, "-m", "relance.cli.upgrade"]
    done = subprocess.run(command, input=msgspec.json.encode(settings), check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise RelanceError(ErrorText.local("The stores could not be brought to this version's tables; the lines above say why."))
