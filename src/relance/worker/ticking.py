"""The ticks of a process, on a thread of their own.

Nothing polls: the thread sleeps until the log grows, a definition changes, or something falls due through time alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import structlog
from typing_extensions import override

from relance.core.errors import RelanceError
from relance.core.time import HOUR
from relance.events.errors import HistoryBrokenError
from relance.infra.room import full_sentence, says_full
from relance.infra.worker_thread import WorkerThread
from relance.pipeline.errors import FencedError
from relance.pipeline.settle_partitions import PartitionRound
from relance.pipeline.tick_result import TickResult
from relance.worker.latency import Latencies

log = structlog.get_logger()

_RETRY_FIRST, _RETRY_MOST = 0.2, 5.0  # seconds between retries of a failed tick
_REST_AFTER = 20.0  # seconds without an event


class TickThread(WorkerThread):
    """Runs ticks while there is work. Attributes may be read from any thread."""

    def __init__(
        self, round_: PartitionRound, latencies: Latencies, on_settled: Callable[[TickResult], None], on_lost: Callable[[], None]
    ) -> None:
        super().__init__("tick")
        self.round = round_
        self.settings, self.clock = round_.first.parts.settings, round_.first.parts.clock
        self.latencies = latencies
        self.next_due: int | None = None
        self.failures = 0
        self.failing = ""  # why the last round failed; empty if it did not
        self.busy_seconds: dict[str, float] = {}
        self.settled_events = 0
        self._busy_at = time.monotonic()
        self._rested = False
        self._tidied_at = 0
        self._on_settled = on_settled
        self._on_lost = on_lost
        self._asked = 1  # rounds requested; the first is for what already exists
        self._answered = 0  # the request that the last finished round covers

    def wake(self) -> int:
        """Request a round; returns a ticket for ``wait``."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()
            return self._asked

    @property
    def resting(self) -> bool:
        """Whether no round runs or is requested: the attributes are then up to date."""
        with self._changed:
            return self._answered >= self._asked

    def has_answered(self, ticket: int) -> bool:
        """Whether a round that started after the ticket was issued has committed."""
        return self._answered >= ticket

    def wait(self, ticket: int, timeout: float) -> bool:
        """Wait until a round that started after the ticket was issued has committed."""
        with self._changed:
            return self._changed.wait_for(lambda: self._answered >= ticket or self._stopping, timeout)

    def wait_for_offset(self, offset: int, timeout: float) -> bool:
        """Wait until the log has settled up to ``offset``."""
        with self._changed:
            return self._changed.wait_for(lambda: self.round.settled_to >= offset or self._stopping, timeout)

    @override
    def _main(self) -> None:
        try:
            self._go_on()
        finally:
            if not self._stopping:  # a worker that no longer settles anything must not appear alive
                self._on_lost()

    def _go_on(self) -> None:
        """Round after round, until stopped or fenced."""
        pause = self.settings.tick_pause_ms / 1000
        retry = _RETRY_FIRST
        while self._sleep_until(lambda: self._asked > self._answered, self._nap()):
            ticket = self._due()
            began = time.monotonic()
            try:
                more = self._round(ticket)
                retry, self.failing = _RETRY_FIRST, ""
            except FencedError as error:
                log.error("partition_lost", **error.data)
                return
            except HistoryBrokenError as error:
                log.error("history_broken", reason=error.message)
                return
            except Exception as error:
                self.failures += 1
                self.failing = _in_words(error, self.settings.folder)
                log.exception("tick_failed", retry_in=retry)
                self._pause(retry)
                retry = min(retry * 2, _RETRY_MOST)
                more = True
            if more:
                self.wake()
            else:
                self._pause(max(0.0, pause - (time.monotonic() - began)))

    def _due(self) -> int:
        """The request that the next round covers; without one, something is due."""
        with self._changed:
            self._asked = max(self._asked, self._answered + 1)
            return self._asked

    def _nap(self) -> float:
        """Seconds until something is due or the lease needs renewal."""
        lease = self.settings.lease_seconds / 3
        if self.next_due is None:
            return lease
        return min(lease, max(0.0, (self.next_due - self.clock.now()) / 1000))

    def _round(self, ticket: int) -> bool:
        settled = self.round.run()
        done = time.time_ns() // 1_000_000
        for written_at, count in settled.accepted:
            self.latencies.settled.add(done - written_at, count)
        for stage, seconds in settled.stages.items():
            self.busy_seconds[stage] = self.busy_seconds.get(stage, 0.0) + seconds
        self.settled_events += settled.events
        self.next_due = self.round.next_due()
        with self._changed:
            self._answered = ticket
            self._changed.notify_all()
        self._on_settled(settled)
        self._tidy()
        self._rest(is_idle=not settled.events)
        return settled.more

    def _rest(self, *, is_idle: bool) -> None:
        """Once per idle period. The lease is renewed every few seconds, so idleness is noticed soon."""
        now = time.monotonic()
        if not is_idle:
            self._busy_at, self._rested = now, False
        elif not self._rested and now - self._busy_at >= _REST_AFTER:
            self._rested = self.round.rest()

    def _tidy(self) -> None:
        """Once an hour of the program's time."""
        now = self.round.settled_at
        if now - self._tidied_at >= HOUR:
            self.round.tidy(now)
            self._tidied_at = now


def _in_words(error: Exception, folder: Path) -> str:
    """For health: a full disk by name, our own errors by their sentence, anything unexpected by its type."""
    if says_full(error):
        return str(full_sentence(folder, error))
    return error.message if isinstance(error, RelanceError) else f"{error.__class__.__name__}; the log tells more."
