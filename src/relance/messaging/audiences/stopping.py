"""Stopping an audience whose messages fail, and what operators do about one: let it go on, or cancel it.

A dispatcher counts in memory what it renders, and writes it down with the first failure: an audience without any costs nothing.
A crash forgets what was rendered without a failure since; a few failures weigh more then, and it stops early rather than late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.infra.database import reading, writing
from relance.messaging.audiences import store
from relance.messaging.audiences.errors import AudienceNotFoundError, AudienceStateError
from relance.messaging.audiences.faults import Rendered, is_too_often
from relance.messaging.audiences.model import Audience
from relance.messaging.queue import service as queue
from relance.messaging.queue.model import QueueKey


def note_rendered(
    connection: Connection, rendered: Mapping[int, Rendered], most_percent: Callable[[int], float], now: int
) -> None:
    """Add up what failed of each audience with all that was rendered, and stop those of which too much did.

    ``most_percent``: app → the share of failures that it bears.
    """
    for audience_id, added in sorted(rendered.items()):
        if not added.failed:
            continue
        found = store.add_rendered(connection, audience_id, added)
        if found is None or found.stopped_at is not None or found.cancelled_at is not None:
            continue
        if is_too_often(found.rendered, found.failed, most_percent(found.app_id)):
            store.write_state(connection, audience_id, stopped_at=now)
            _hold(connection, found, held=True)


def _hold(connection: Connection, audience: Audience, *, held: bool) -> None:
    """Whatever waits for an audience keeps waiting, or goes on; so does what joins it there."""
    queue.hold(connection, queue_of(audience), held=held)


def queue_of(audience: Audience) -> QueueKey:
    """The queue that its people enter."""
    return QueueKey(audience.app_id, audience.channel, audience.lane, audience.id, audience.rank)


class Audiences:
    """What operators see of audiences, and decide."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, app_id: int, *, before: int | None = None, limit: int = 100) -> list[Audience]:
        """An app's audiences, newest first; ``before`` is the last id of the page before."""
        with reading(self._engine) as connection:
            return store.of_app(connection, app_id, before, limit)

    def stopped(self, app_id: int) -> list[Audience]:
        """Those that are stopped."""
        with reading(self._engine) as connection:
            return store.of_app(connection, app_id, None, 100, stopped=True)

    def resume(self, app_id: int, audience_id: int) -> Audience:
        """Let one go on that is stopped; what was rendered before counts no more. The dispatcher must be woken afterwards.

        Raises ``AudienceNotFoundError``, ``AudienceStateError``.
        """
        with writing(self._engine) as connection:
            found = _of(connection, app_id, audience_id)
            if found.stopped_at is None or found.cancelled_at is not None:
                raise AudienceStateError(ErrorText("audience_not_stopped", "This audience is not stopped."))
            store.write_state(connection, audience_id, stopped_at=None, rendered=0, failed=0)
            _hold(connection, found, held=False)
            return _of(connection, app_id, audience_id)

    def cancel(self, app_id: int, audience_id: int, now: int) -> Audience:
        """Send it to nobody any more: who waits is left out, and what waits is skipped. The dispatcher must be woken afterwards.

        Raises ``AudienceNotFoundError``, ``AudienceStateError``.
        """
        with writing(self._engine) as connection:
            found = _of(connection, app_id, audience_id)
            if found.cancelled_at is not None:
                raise AudienceStateError(ErrorText("audience_cancelled_already", "This audience is cancelled already."))
            store.write_state(connection, audience_id, cancelled_at=now, people=b"")
            _hold(connection, found, held=False)
            return _of(connection, app_id, audience_id)


def _of(connection: Connection, app_id: int, audience_id: int) -> Audience:
    found = store.one(connection, audience_id)
    if found is None or found.app_id != app_id:
        raise AudienceNotFoundError(ErrorText("audience_not_found", "There is no such audience in this app."))
    return found
