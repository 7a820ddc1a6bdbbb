"""Trims the record of runs and deliveries, on a thread beside the ticks.

It works in short transactions and rests between two for at least as long as one took, so that ticks and dispatchers, which write
to the same store, hardly wait for it.
"""

from __future__ import annotations

import time

import structlog
from typing_extensions import override

from relance.core.time import DAY
from relance.infra.database import writing
from relance.infra.worker_thread import WorkerThread
from relance.journeys.service import on_record, trim_runs
from relance.messaging import service as messaging
from relance.messaging.trimming import SENT_ROWS
from relance.pipeline.partition_context import PartitionContext

log = structlog.get_logger()

_EVERY = 3_600.0  # seconds between two looks through the record
_FIRST = 60.0  # seconds after the start: it has other things to do then
_RETRY = 60.0  # seconds after a failure


class RecordThread(WorkerThread):
    """Takes off the record what is older than the setting ``record_days``: runs first, since deliveries stay with their run."""

    def __init__(self, parts: PartitionContext) -> None:
        super().__init__("record")
        self._parts = parts

    @override
    def _main(self) -> None:
        pause = _FIRST
        while not self._sleeps(pause):
            try:
                self.trim()
                pause = _EVERY
            except Exception:
                log.exception("trimming_failed", retry_in=_RETRY)
                pause = _RETRY

    def trim(self) -> tuple[int, int]:
        """Look through the whole record once; returns how many runs and deliveries were taken off it."""
        cutoff = self._parts.clock.now() - self._parts.settings.record_days * DAY
        self._trim_sent(self._parts.clock.now() - self._parts.settings.kept_content_days * DAY)
        runs, deliveries = self._trim_runs(cutoff), self._trim_deliveries(cutoff)
        if runs or deliveries:
            log.info("record_trimmed", runs=runs, deliveries=deliveries)
        return runs, deliveries

    def _trim_runs(self, cutoff: int) -> int:
        count, at = 0, None
        while True:
            began = time.monotonic()
            with writing(self._parts.state) as connection:
                done = trim_runs(connection, cutoff, at)
            count, at = count + done.runs, done.at
            if at is None or self._sleeps(time.monotonic() - began):
                return count

    def _trim_deliveries(self, cutoff: int) -> int:
        count, at = 0, None
        while True:
            began = time.monotonic()
            with writing(self._parts.state) as connection:
                done = messaging.trim(connection, cutoff, on_record, at)
            count, at = count + done.deliveries, done.at
            if at is None or self._sleeps(time.monotonic() - began):
                return count

    def _trim_sent(self, before: int) -> None:
        done = SENT_ROWS
        while done == SENT_ROWS:
            began = time.monotonic()
            with writing(self._parts.state) as connection:
                done = messaging.trim_sent(connection, before)
            if self._sleeps(time.monotonic() - began):
                return

    def _sleeps(self, seconds: float) -> bool:
        """Sleep this long; True: it must end."""
        self._pause(seconds)
        return self._stopping
