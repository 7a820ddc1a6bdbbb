"""Backfills of segments on a thread of their own, beside the ticks.

The thread sleeps until a tick has found something to fill. What it filled is taken over by the next tick, which it wakes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import structlog
from typing_extensions import override

from relance.infra.database import reading
from relance.infra.worker_thread import WorkerThread
from relance.pipeline.parts import Parts
from relance.segments.membership import Backfill
from relance.users.service import read_traits

log = structlog.get_logger()

_RETRY_FIRST, _RETRY_MOST = 1.0, 60.0  # seconds between tries after a failure


class Backfilling(WorkerThread):
    """Drives the backfills of a partition, one after the other. What is not done when it ends the next worker begins anew."""

    def __init__(self, parts: Parts, wake_tick: Callable[[], Any]) -> None:
        super().__init__("backfill")
        self._parts = parts
        self._wake_tick = wake_tick

    def look(self) -> None:
        """After a tick: there may be something to fill."""
        if self._parts.live.backfill() is not None:
            with self._changed:
                self._changed.notify_all()

    @override
    def _main(self) -> None:
        retry = _RETRY_FIRST
        while self._sleep_until(lambda: self._parts.live.backfill() is not None):
            backfill = self._parts.live.backfill()
            if backfill is None:
                continue
            if self._fill(backfill):
                retry = _RETRY_FIRST
                continue
            self._pause(retry)
            retry = min(retry * 2, _RETRY_MOST)

    def _fill(self, backfill: Backfill) -> bool:
        """Drive one to its end; whether it came there, or is not wanted any more."""
        if backfill.began_at is None:
            backfill.began_at = time.time_ns() // 1_000_000
            log.info("backfill_began", app=backfill.app_id, segments=[each.segment_id for each in backfill.plan.wanted])
        try:
            for _ in backfill.steps(self._parts.history, partial(self._profiles, backfill.app_id)):
                if self._stopping or backfill.cancelled:
                    return True
        except Exception as error:
            backfill.fail(str(error) or type(error).__name__)
            log.exception("backfill_failed", app=backfill.app_id, tries=backfill.tries)
            return False
        log.info("backfill_filled", app=backfill.app_id, ms=time.time_ns() // 1_000_000 - backfill.began_at)
        self._wake_tick()
        return True

    def _profiles(self, app_id: int, asked: frozenset[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        with reading(self._parts.state) as connection:
            yield from read_traits(connection, app_id, asked)
