"""Who waits to be written to the log, and whose turn it is: the side of the thread that writes.

Each app, and each way in, has its turn (``round_robin``). Whoever has as much unsettled as may be waits for room.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import NamedTuple

from relance.events.admission import AppRoom
from relance.events.backlog import Backlog
from relance.events.flows import Flow
from relance.events.model import Event, Rejection
from relance.events.round_robin import RoundRobin

GROUP_EVENTS = 4_000  # about as many events in one row; a last turn may go beyond
TURN_EVENTS = 500  # of an app at its turn
PATIENCE = 6.0  # seconds that a request waits for room; SDKs give up after ten or more
_LOOK_EVERY = 1.0  # seconds between looks at those who wait, where nothing tells of room


class Waiter(NamedTuple):
    """One request's events, all of one app, waiting for their commit."""

    future: asyncio.Future[int]
    events: Sequence[Event]
    rejected: Sequence[Rejection]
    size: int
    room: AppRoom
    whose: tuple[int, Flow]


class Gathering:
    """``put``, ``settled`` and ``end`` belong to any thread, ``gather`` to the one that writes."""

    def __init__(self, backlog: Backlog, refuse: Callable[[list[Waiter]], None]) -> None:
        """``refuse`` is told, in the thread that writes, of those who waited too long."""
        self._backlog = backlog
        self._refuse = refuse
        self._arrived: SimpleQueue[Waiter | Sequence[int] | bool] = SimpleQueue()
        self._waiting: RoundRobin[tuple[int, Flow], Waiter] = RoundRobin(TURN_EVENTS)
        self._is_ending = False

    def put(self, waiter: Waiter) -> None:
        """A request wants to be written."""
        self._arrived.put(waiter)

    def settled(self, offsets: Sequence[int], *, goes_on: bool) -> None:
        """Each partition has settled up to an offset. ``goes_on``: a tick is at work and makes progress."""
        self._arrived.put(tuple(offsets))
        if goes_on:
            self._arrived.put(True)

    def end(self) -> None:
        """Nothing comes any more."""
        self._arrived.put(False)

    def gather(self) -> list[Waiter]:
        """Wait until some may be written, and take them; empty once nothing comes any more and nobody waits."""
        fresh = self._drain(0.0)
        while True:
            now = time.monotonic()
            group = self._group(fresh, now)
            if group or self._is_ending:
                return group
            self._give_up(now)
            fresh = self._drain(self._nap(now))

    def _give_up(self, now: float) -> None:
        dropped = self._waiting.drop(now - PATIENCE, lambda whose: self._backlog.has_room(*whose, now))
        if dropped:
            self._refuse(dropped)

    def _nap(self, now: float) -> float | None:
        since = self._waiting.oldest()
        return None if since is None else min(_LOOK_EVERY, max(0.0, since + PATIENCE - now))

    def _drain(self, seconds: float | None) -> list[Waiter]:
        """All that has arrived; where nothing has, what comes within so many seconds (None: however long that takes)."""
        found: list[Waiter] = []
        arrived, read = self._arrived, self._read
        try:
            item = arrived.get(timeout=seconds) if seconds != 0.0 else arrived.get_nowait()
            while True:
                if type(item) is Waiter:
                    found.append(item)
                else:
                    read(item)  # type: ignore[arg-type]
                item = arrived.get_nowait()
        except Empty:
            return found

    def _read(self, item: Sequence[int] | bool) -> None:
        if item is False:
            self._is_ending = True
        elif item is True:
            self._backlog.goes_on(time.monotonic())
        else:
            self._backlog.settle(item, time.monotonic())

    def _group(self, fresh: list[Waiter], now: float) -> list[Waiter]:
        """Who is written next, those of one app and way in the order in which they came."""
        backlog = self._backlog
        if fresh and not self._waiting:
            whose = fresh[0].whose
            count = sum([len(each.events) for each in fresh])
            alone = count <= GROUP_EVENTS and all(each.whose == whose for each in fresh)
            if alone and backlog.has_room(*whose, now):  # no turns to be taken: as it nearly always is
                backlog.take(whose[0], count, now)
                return fresh
        for each in fresh:
            self._waiting.put(each.whose, each, len(each.events) + len(each.rejected), now)
        return self._waiting.take(
            GROUP_EVENTS,
            lambda whose: self._is_ending or backlog.has_room(*whose, now),
            lambda each: backlog.take(each.whose[0], len(each.events), now),
        )
