"""Keeps the newest events that messages name, on a thread of its own beside the ticks: which, and what history has of them.

It sleeps until definitions change. From the tick after it noted an event name on, ticks keep what is new; what came before is
read from history in slices, with a pause after each for as long as the slice took. What is joined twice counts once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Protocol

import sqlalchemy as sa
import structlog
from typing_extensions import override

from relance.accounts.service import settings_of
from relance.core.ids import event_key
from relance.events.service import EVENTS
from relance.infra.database import reading, writing
from relance.infra.worker_thread import WorkerThread
from relance.messaging.context.service import wanted_events
from relance.messaging.recent import service as recent
from relance.messaging.recent.service import KeptEvent, PastEvent
from relance.pipeline.partition_context import PartitionContext

log = structlog.get_logger()

_FIRST, _FEWEST, _MOST = 10_000, 500, 200_000  # positions in a slice
_SLICE = 0.05  # target duration of a slice in seconds
_RETRY = 5.0  # seconds between retries
_ROUND = 60.0  # seconds that a round of ticks may take
_COLUMNS = [
    EVENTS.c[name] for name in ("person_id", "occurred_at", "kind", "message_id", "user_id", "anonymous_id", "properties")
]


class TickRounds(Protocol):
    """The ticks: a round can be asked for, and waited for."""

    def wake(self) -> int: ...

    def wait(self, ticket: int, timeout: float) -> bool: ...


class RecentEventsThread(WorkerThread):
    """Brings what is kept in line with what messages name."""

    def __init__(self, parts: PartitionContext, ticking: TickRounds) -> None:
        super().__init__("recent events")
        self._parts = parts
        self._ticking = ticking
        self._asked = True
        self._busy = True
        self._positions = _FIRST

    def wake(self) -> None:
        """Definitions have changed."""
        with self._changed:
            self._asked = self._busy = True
            self._changed.notify_all()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being read, or may have to be."""
        return self._busy

    @override
    def _main(self) -> None:
        while self._sleep_until(lambda: self._asked):
            with self._changed:
                self._asked = False
            try:
                self.bring_in_line()
            except Exception:
                log.exception("recent_events_failed", retry_in=_RETRY)
                self._pause(_RETRY)
                self.wake()
            with self._changed:
                self._busy = self._asked

    def bring_in_line(self) -> None:
        """Keep what messages name by now and nothing else, filled to the end of history."""
        while not self._stopping:
            began = time.monotonic()
            with reading(self._parts.state) as connection:
                wanted = wanted_events(connection, partial(settings_of, connection))
                if recent.are_arranged(connection, wanted):
                    return
            with writing(self._parts.state) as connection:
                arranged = recent.arrange(connection, wanted)
            if arranged.unfilled and not self._ticking.wait(self._ticking.wake(), _ROUND):
                raise TimeoutError("no round of ticks ended")  # ticks that began before may not know of the names yet
            for kept in arranged.unfilled:
                self._fill(kept)
            if not arranged.is_deleting:
                return
            self._pause(time.monotonic() - began)

    def _fill(self, kept: KeptEvent) -> None:
        """Slice by slice up to where history ends now; ticks keep what comes after it."""
        if kept.fill_to is None:
            kept = kept._replace(fill_to=self._last_position())
        at, last = kept.filled_to, kept.fill_to or 0
        while not self._stopping:
            began = time.monotonic()
            upto = min(at + self._positions, last)
            past = list(self._past(kept, at, upto))
            with writing(self._parts.state) as connection:
                if not recent.fill(connection, kept._replace(filled_to=upto), past):
                    return
            at, spent = upto, time.monotonic() - began
            if at >= last:
                log.info("recent_events_filled", app=kept.app_id, name=kept.event, positions=last)
                return
            share = _SLICE / max(spent, 1e-4)
            self._positions = int(min(max(self._positions * min(share, 2.0), _FEWEST), _MOST))
            self._pause(spent)

    def _last_position(self) -> int:
        ((last,),) = self._parts.history.run(sa.select(sa.func.max(EVENTS.c.position)))
        return last or 0

    def _past(self, kept: KeptEvent, after: int, upto: int) -> Iterator[PastEvent]:
        table = EVENTS.c
        theirs = (table.app_id == kept.app_id, table.event == kept.event)
        query = sa.select(*_COLUMNS).where(*theirs, table.position > after, table.position <= upto)
        for person, occurred_at, kind, message_id, user_id, anonymous_id, properties in self._parts.history.run(query):
            if recent.is_kept_kind(kind, kept.event):
                yield person, occurred_at, event_key(message_id, kept.event, user_id, anonymous_id), properties
