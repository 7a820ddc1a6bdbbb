"""Backfills of segments on a thread of their own, beside the ticks.

The thread sleeps until a tick has found something to fill. The next tick, which it wakes, takes over what it filled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from typing_extensions import override

from relance.infra.database import reading
from relance.infra.worker_thread import WorkerThread
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import Backfill

log = structlog.get_logger()

_RETRY_FIRST, _RETRY_MOST = 1.0, 60.0  # seconds between retries


class Backfilling(WorkerThread):
    """Drives the backfills: one at a time per partition, one step of each partition in turn, so that all finish at about the same
    time.

    Whatever is unfinished at shutdown starts over in the next worker.
    """

    def __init__(self, every: Sequence[PartitionContext], wake_tick: Callable[[], Any]) -> None:
        super().__init__("backfill")
        self._every = every
        self._wake_tick = wake_tick

    def look(self) -> None:
        """Called after a tick: there may be something to fill."""
        if self._todo():
            with self._changed:
                self._changed.notify_all()

    def _todo(self) -> list[tuple[PartitionContext, Backfill]]:
        found = ((parts, parts.live.backfill()) for parts in self._every)
        return [(parts, backfill) for parts, backfill in found if backfill is not None]

    @override
    def _main(self) -> None:
        retry = _RETRY_FIRST
        while self._sleep_until(lambda: bool(self._todo())):
            if self._fill(self._todo()):
                retry = _RETRY_FIRST
                continue
            self._pause(retry)
            retry = min(retry * 2, _RETRY_MOST)

    def _fill(self, todo: Sequence[tuple[PartitionContext, Backfill]]) -> bool:
        """Drive several to their end, one step of each in turn; whether all finished or are no longer wanted."""
        going = [(*each, self._steps(*each)) for each in todo]
        failed = False
        while going and not self._stopping:
            ended = []
            for place, (parts, backfill, steps) in enumerate(going):
                try:
                    if backfill.cancelled or not self._step(parts, backfill, steps):
                        ended.append(place)
                except Exception as error:
                    backfill.fail(str(error) or type(error).__name__)
                    log.exception("backfill_failed", app=backfill.app_id, partition=parts.partition, tries=backfill.tries)
                    ended.append(place)
                    failed = True
            going = [each for place, each in enumerate(going) if place not in ended]
        return not failed

    def _steps(self, parts: PartitionContext, backfill: Backfill) -> Iterator[None]:
        if backfill.began_at is None:
            backfill.began_at = time.time_ns() // 1_000_000
            segments = [each.segment_id for each in backfill.plan.wanted]
            log.info("backfill_began", app=backfill.app_id, partition=parts.partition, segments=segments)
        return backfill.steps(parts.history, partial(self._profiles, parts, backfill.app_id))

    def _step(self, parts: PartitionContext, backfill: Backfill, steps: Iterator[None]) -> bool:
        """Whether there is more to do."""
        for _ in steps:
            return True
        spent = time.time_ns() // 1_000_000 - (backfill.began_at or 0)
        log.info("backfill_filled", app=backfill.app_id, partition=parts.partition, ms=spent)
        self._wake_tick()
        return False

    def _profiles(self, parts: PartitionContext, app_id: int, asked: frozenset[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        with reading(parts.state) as connection:
            yield from parts.read_profiles(connection, app_id, asked)
