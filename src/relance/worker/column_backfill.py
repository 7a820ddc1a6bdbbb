"""Creates and fills history's property columns on a thread of its own, beside the ticks.

It sleeps until definitions change. Old rows are filled in slices short enough not to delay ticks, and it pauses after each slice
for at least as long as the slice took.
"""

from __future__ import annotations

import time

import structlog
from typing_extensions import override

from relance.infra.database import reading
from relance.infra.worker_thread import WorkerThread
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import properties_read

log = structlog.get_logger()

_FIRST, _FEWEST, _MOST = 10_000, 1_000, 1_000_000  # positions in a slice
_SLICE = 0.015  # target duration of a slice in seconds
_RETRY = 5.0  # seconds between retries


class ColumnThread(WorkerThread):
    """Keeps history's property columns in line with the live rules."""

    def __init__(self, parts: PartitionContext) -> None:
        super().__init__("columns")
        self._parts = parts
        self._asked = True
        self._left = False  # rows not filled yet, as far as is known
        self._positions = _FIRST

    def wake(self) -> None:
        """Definitions have changed."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    @override
    def _main(self) -> None:
        while self._sleep_until(lambda: self._left or self._asked):
            with self._changed:
                asked, self._asked = self._asked, False
            began = time.monotonic()
            try:
                if asked:
                    self._take_up()
                self._left = self._slice()
                pause = time.monotonic() - began
            except Exception:
                log.exception("columns_failed", retry_in=_RETRY)
                self._left, pause = True, _RETRY
                self.wake()
            if self._left:
                self._pause(pause)

    def _take_up(self) -> None:
        with reading(self._parts.state) as connection:
            wanted = properties_read(connection)
        self._parts.history.use_columns(wanted, self._parts.settings.history_columns)

    def _slice(self) -> bool:
        """Fill one slice; returns whether anything is left."""
        began = time.monotonic()
        left = self._parts.history.fill_columns(self._positions)
        share = _SLICE / max(time.monotonic() - began, 1e-4)
        self._positions = int(min(max(self._positions * min(share, 2.0), _FEWEST), _MOST))
        return left
