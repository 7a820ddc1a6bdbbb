"""Writing the log: many requests, one durable commit.

Handlers on the event loop hand their events to one thread. It takes all that is waiting, encodes it once, commits it as
one row, and wakes every waiter with one call into the loop. While it waits for the disk, the next group gathers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from sqlalchemy.engine import Connection, Engine

from relance.core.errors import RelanceError
from relance.events import store
from relance.events.errors import BusyError, LogUnavailableError, UnwritableEventError
from relance.events.model import Event, Rejection
from relance.events.routing import parted
from relance.infra.clock import Clock
from relance.infra.database import writing

logger = logging.getLogger(__name__)

GROUP_EVENTS = 4_000  # most events in one row, unless one request alone brings more
WAITING_BYTES = 64_000_000  # what may wait in memory before requests are turned away
EVENT_BYTES = 300  # what an event takes besides its two bodies


class _Waiter(NamedTuple):
    """One request's events, waiting for their commit."""

    future: asyncio.Future[int]
    events: Sequence[Event]
    rejected: Sequence[Rejection]
    size: int


def _size(events: Sequence[Event], rejected: Sequence[Rejection]) -> int:
    """About how many bytes a request holds in memory."""
    total = EVENT_BYTES * (len(events) + len(rejected))
    for event in events:
        total += len(event.body) + len(event.context)
    for one in rejected:
        total += len(one.payload)
    return total


class _Group(NamedTuple):
    """What one commit writes for a partition, encoded."""

    partition: int
    size: int
    payload: bytes


class LogWriter:
    """The one writer of the log in this process. Each partition's events become a row of its own, all in one commit.

    ``append`` belongs to one event loop; ``append_now`` to any thread. ``on_commit`` is called with each new offset, in
    the thread that committed, and must not block.
    """

    def __init__(
        self, engine: Engine, *, clock: Clock, partitions: int = 1, on_commit: Callable[[int], None] | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._partitions = partitions
        self._on_commit = on_commit
        self._queue: SimpleQueue[_Waiter | None] = SimpleQueue()
        self._waiting_bytes = 0
        self._limit = WAITING_BYTES
        self._connection: Connection | None = None
        self._thread: Thread | None = None
        self._last_offset = 0
        self._failure: BaseException | None = None  # of the last commit, if it failed

    def start(self) -> None:
        """Begin to write."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="log", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Write all that is waiting, then end; what is appended later is refused."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    @property
    def waiting_bytes(self) -> int:
        """About how much is waiting for its commit."""
        return self._waiting_bytes

    def refuses(self) -> BaseException | None:
        """Why nothing is taken now, None where all is well. After a failed commit it is tried here whether the next would go."""
        if self._failure is not None:
            try:
                with writing(self._engine) as connection:
                    store.try_log(connection)
            except Exception as error:
                self._failure = error
            else:
                self._failure = None
        return self._failure

    async def append(self, events: Sequence[Event], rejected: Sequence[Rejection] = ()) -> int:
        """Return the log offset once the events (and what was set aside) are on the disk.

        If only rejections are given, the offset is the newest one known. Raises ``BusyError`` when too much is waiting,
        ``LogUnavailableError`` when the commit failed, ``UnwritableEventError`` when an event cannot be encoded.
        """
        if self._thread is None:
            raise LogUnavailableError("The event log is not being written: the server is starting or stopping.")
        size = _size(events, rejected)
        if self._waiting_bytes + size > self._limit and self._waiting_bytes > 0:
            raise BusyError("The server is busy: try again in a moment.")
        self._waiting_bytes += size
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.put(_Waiter(future, events, rejected, size))
        return await future

    def append_now(self, events: Sequence[Event], rejected: Sequence[Rejection] = ()) -> int:
        """The same in the calling thread, with a commit of its own."""
        groups = self._encode(events)
        try:
            with writing(self._engine) as connection:
                offset = self._write(connection, groups, rejected)
        except Exception as error:
            raise LogUnavailableError("The event log could not be written: try again.") from error
        self._committed(offset)
        return offset

    def _work(self) -> None:
        """The thread: one group after the other, until told to stop."""
        running = True
        while running:
            group, running = self._gather()
            if group:
                self._settle(group)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _gather(self) -> tuple[list[_Waiter], bool]:
        """Wait for a first request, then take all that is there; false when the queue has ended."""
        first = self._queue.get()
        if first is None:
            return [], False
        group, count = [first], len(first.events)
        try:
            while count < GROUP_EVENTS:
                waiter = self._queue.get_nowait()
                if waiter is None:
                    return group, False
                group.append(waiter)
                count += len(waiter.events)
        except Empty:
            pass
        return group, True

    def _settle(self, group: list[_Waiter]) -> None:
        """Commit a group and tell its waiters, whatever happens."""
        events = group[0].events if len(group) == 1 else [event for waiter in group for event in waiter.events]
        try:
            groups = self._encode(events)
        except UnwritableEventError as error:
            if len(group) == 1:
                self._answer(group, 0, error)
                return
            for waiter in group:  # one of them is at fault: the others must not suffer
                self._settle([waiter])
            return
        failure: LogUnavailableError | None = None
        offset = 0
        try:
            offset = self._commit(groups, [one for waiter in group for one in waiter.rejected])
        except BaseException as error:  # the thread must outlive whatever a driver raises
            logger.exception("log commit failed: %d requests are refused", len(group))
            failure = LogUnavailableError("The event log could not be written: try again.")
            self._forget_connection()
            self._failure = error
        else:
            self._failure = None
        self._answer(group, offset, failure)
        if failure is None:
            self._committed(offset)

    def _encode(self, events: Sequence[Event]) -> list[_Group]:
        if not events:
            return []
        parts = parted(events, self._partitions) if self._partitions > 1 else [(0, events)]
        return [_Group(partition, len(some), _encode(some)) for partition, some in parts]

    def _commit(self, groups: Sequence[_Group], rejected: Sequence[Rejection]) -> int:
        """One transaction on the thread's own connection, which is opened again after a failure."""
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(relance_writes=True)
        with self._connection.begin():
            return self._write(self._connection, groups, rejected)

    def _write(self, connection: Connection, groups: Sequence[_Group], rejected: Sequence[Rejection]) -> int:
        offset = self._last_offset
        for each in groups:  # the partitions ascend, so that two writers never wait for each other
            store.lock_partition(connection, each.partition)
        written_at = time.time_ns() // 1_000_000
        for each in groups:
            offset = store.insert_group(connection, each.partition, self._clock.now(), written_at, each.size, each.payload)
        if rejected:
            store.insert_rejected(connection, rejected)
        return offset

    def _forget_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except Exception:
            logger.exception("log connection could not be closed")

    def _committed(self, offset: int) -> None:
        if offset <= self._last_offset:
            return
        self._last_offset = offset
        if self._on_commit is not None:
            try:
                self._on_commit(offset)
            except Exception:
                logger.exception("on_commit failed")

    def _answer(self, group: list[_Waiter], offset: int, failure: RelanceError | None) -> None:
        try:
            group[0].future.get_loop().call_soon_threadsafe(self._wake, group, offset, failure)
        except RuntimeError:  # the loop has ended, and with it every waiter
            logger.warning("the event loop ended before %d requests were answered", len(group))

    def _wake(self, group: list[_Waiter], offset: int, failure: RelanceError | None) -> None:
        """On the event loop: answer every request of a group (a request that went away has a cancelled future)."""
        for waiter in group:
            self._waiting_bytes -= waiter.size
            if waiter.future.done():
                continue
            if failure is None:
                waiter.future.set_result(offset)
            else:
                waiter.future.set_exception(type(failure)(failure.message, **failure.data))


def _encode(events: Sequence[Event]) -> bytes:
    try:
        return store.encode_events(events)
    except (UnicodeEncodeError, TypeError, OverflowError) as error:
        raise UnwritableEventError(f"An event cannot be written: {error}.", path="batch") from error
