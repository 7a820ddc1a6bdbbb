"""The queue in front of the log's writing thread: who waits, and whose turn it is.

Apps and ways in take turns (``round_robin``). An app at its limit of unsettled events waits for room.
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

GROUP_EVENTS = 4_000  # about this many events per row; the last turn may exceed it
TURN_EVENTS = 500  # per turn of an app
PATIENCE = 6.0  # seconds a request waits for room; SDKs give up after ten or more
_LOOK_EVERY = 1.0  # seconds between checks on waiting requests, if nothing reports room


class Waiter(NamedTuple):
    """One request's events, all of one app, waiting for their commit."""

    future: asyncio.Future[int]
    events: Sequence[Event]
    rejected: Sequence[Rejection]
    size: int
    room: AppRoom
    whose: tuple[int, Flow]


class Gathering:
    """``put``, ``settled`` and ``end`` may be called from any thread, ``gather`` from the writing thread only."""

    def __init__(self, backlog: Backlog, refuse: Callable[[list[Waiter]], None]) -> None:
        """``refuse`` receives, on the writing thread, the requests that waited too long."""
        self._backlog = backlog
        self._refuse = refuse
        self._arrived: SimpleQueue[Waiter | Sequence[int] | bool] = SimpleQueue()
        self._waiting: RoundRobin[tuple[int, Flow], Waiter] = RoundRobin(TURN_EVENTS)
        self._is_ending = False

    def put(self, waiter: Waiter) -> None:
        """Queue a request."""
        self._arrived.put(waiter)

    def settled(self, offsets: Sequence[int], *, goes_on: bool) -> None:
        """The partitions have settled up to these offsets. ``goes_on``: a tick is running and makes progress."""
        self._arrived.put(tuple(offsets))
        if goes_on:
            self._arrived.put(True)

    def end(self) -> None:
        """Nothing more will come."""
        self._arrived.put(False)

    def gather(self) -> list[Waiter]:
        """Wait until some may be written, and take them; empty after ``end`` once nobody waits."""
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
        """Everything queued; if nothing is, whatever arrives within this many seconds (None: without limit)."""
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
        """The next to be written; in order of arrival within an app and way."""
        backlog = self._backlog
        if fresh and not self._waiting:
            whose = fresh[0].whose
            count = sum([len(each.events) for each in fresh])
            alone = count <= GROUP_EVENTS and all(each.whose == whose for each in fresh)
            if alone and backlog.has_room(*whose, now):  # the common case: no turns needed
                backlog.take(whose[0], count, now)
                return fresh
        for each in fresh:
            self._waiting.put(each.whose, each, len(each.events) + len(each.rejected), now)
        return self._waiting.take(
            GROUP_EVENTS,
            lambda whose: self._is_ending or backlog.has_room(*whose, now),
            lambda each: backlog.take(each.whose[0], len(each.events), now),
        )
