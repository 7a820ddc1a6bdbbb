"""Work for which nothing may be settled meanwhile: all partitions are taken, as by a worker, and held until it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection, Engine

from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.infra.database import writing
from relance.pipeline.errors import FencedError, ServerRunningError
from relance.pipeline.lease import Lease
from relance.pipeline.store import Cursor, holds_cursor


@contextmanager
def standstill(settings: Settings, engine: Engine) -> Iterator[list[Cursor]]:
    """Where each partition has settled. Raises ``ServerRunningError`` if a worker has one of them."""
    leases = [Lease(engine, settings.folder, each, settings.lease_seconds) for each in range(settings.partitions)]
    try:
        cursors = [lease.take_idle() for lease in leases]
        if None in cursors:
            raise ServerRunningError(
                ErrorText.local(
                    "A server is at work on this data, and would go on counting meanwhile: stop it, and start it again after."
                )
            )
        yield [cursor for cursor in cursors if cursor is not None]
    finally:
        for lease in leases:
            lease.release()


@contextmanager
def writing_alone(engine: Engine, cursors: list[Cursor]) -> Iterator[Connection]:
    """One transaction during which no worker can take any of these partitions, also where the leases end."""
    with writing(engine) as connection:
        if not all(holds_cursor(connection, cursor) for cursor in cursors):
            raise FencedError(ErrorText.local("A server has started on this data meanwhile: stop it, and try again."))
        yield connection
