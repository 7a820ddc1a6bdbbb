"""Writing the log: many requests, one durable commit.

Handlers on the event loop pass their events to one thread. It takes what is waiting, in turns by app, encodes it once, commits it
as one row, and wakes all waiters with one call into the loop. While it waits for the disk, the next group gathers.

The unsettled events of an app are bounded (``backlog``): beyond the bound its requests wait for room, for a few seconds only, so
that the log stays fair and other apps' events have little ahead of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Thread
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.events import store
from relance.events.admission import RETRY_SECONDS, Admission
from relance.events.backlog import Backlog, Counts
from relance.events.errors import BacklogFullError, LogUnavailableError, UnwritableEventError
from relance.events.flows import Flow
from relance.events.gathering import Gathering, Waiter
from relance.events.model import Event, Rejection
from relance.events.routing import parted
from relance.infra.clock import Clock
from relance.infra.database import writing
from relance.infra.room import full_sentence, says_full

logger = logging.getLogger(__name__)

WAITING_BYTES = 64_000_000  # waiting in memory before requests are refused
EVENT_BYTES = 300  # overhead of an event besides its two bodies
REQUEST_BYTES = 2_000  # overhead of a request besides its events
NOBODY: Counts = MappingProxyType({})


def _size(events: Sequence[Event], rejected: Sequence[Rejection]) -> int:
    """The approximate size of a request in memory."""
    total = REQUEST_BYTES + EVENT_BYTES * (len(events) + len(rejected))
    for event in events:
        total += len(event.body) + len(event.context)
    for one in rejected:
        total += len(one.payload)
    return total


class _Group(NamedTuple):
    """One partition's share of a commit, encoded."""

    partition: int
    size: int
    payload: bytes
    counts: Counts


class LogWriter:
    """The only writer of the log in this process. Each partition's events become one row; all rows share a commit.

    ``append`` belongs to one event loop; ``append_now`` may run on any thread. ``on_commit`` is called with each new offset on
    the committing thread, and must not block.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        partitions: int = 1,
        on_commit: Callable[[int], None] | None = None,
        backlog: Backlog | None = None,
    ) -> None:
        """``backlog`` knows what the log already holds and bounds what comes; without it nothing is bounded."""
        self._engine = engine
        self._clock = clock
        self._partitions = partitions
        self._on_commit = on_commit
        self._backlog = Backlog() if backlog is None else backlog
        self._admission = Admission(WAITING_BYTES, self._backlog)
        self._gathering = Gathering(self._backlog, self._refuse)
        self._connection: Connection | None = None
        self._thread: Thread | None = None
        self._last_offset = 0
        self._failure: BaseException | None = None  # of the last commit, if it failed

    def start(self) -> None:
        """Start writing."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="log", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Write everything that is waiting, then end; later appends are refused."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._gathering.end()
            thread.join()

    @property
    def waiting_bytes(self) -> int:
        """The approximate size of what waits for its commit."""
        return self._admission.waiting_bytes

    def backlogged(self) -> list[dict[str, int]]:
        """The apps that are delayed or refused: ``app``, its ``unsettled`` events, ``requests_waiting`` and ``refused``."""
        return self._admission.backlogged()

    def check_room(self, app: int) -> None:
        """Raises ``BacklogFullError`` if no more requests of the app may wait. Called before a body is read."""
        self._admission.check(app)

    def settled(self, offsets: Sequence[int], *, goes_on: bool = True) -> None:
        """The partitions, by number, have settled up to these offsets. ``goes_on``: a tick is running. Thread-safe."""
        self._gathering.settled(offsets, goes_on=goes_on)

    def refuses(self) -> BaseException | None:
        """Why writes are refused now, or None. After a failed commit this tries whether the next would succeed."""
        if self._failure is not None:
            try:
                with writing(self._engine) as connection:
                    store.try_log(connection)
            except Exception as error:
                self._failure = error
            else:
                self._failure = None
        return self._failure

    async def append(self, events: Sequence[Event], rejected: Sequence[Rejection] = (), flow: Flow = Flow.API) -> int:
        """Return the log offset once the events (and rejections) are on disk. All belong to one app.

        With rejections only, it is the newest offset known. Raises ``BusyError`` if too much is waiting, ``BacklogFullError`` if
        too much of this app is waiting or has stayed unsettled for some seconds, ``LogUnavailableError`` if the commit failed,
        ``UnwritableEventError`` if an event cannot be encoded.
        """
        if self._thread is None:
            raise LogUnavailableError(
                ErrorText("log_stopped", "The event log is not being written: the server is starting or stopping.")
            )
        if not events and not rejected:
            return self._last_offset
        app = events[0].app_id if events else rejected[0].app_id
        size = _size(events, rejected)
        room = self._admission.enter(app, flow, size)
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._gathering.put(Waiter(future, events, rejected, size, room, (app, flow)))
        return await future

    def append_now(self, events: Sequence[Event], rejected: Sequence[Rejection] = ()) -> int:
        """The same on the calling thread, in a commit of its own and unbounded."""
        groups = self._encode(events)
        try:
            with writing(self._engine) as connection:
                offsets = self._write(connection, groups, rejected)
        except Exception as error:
            raise LogUnavailableError(ErrorText("log_not_written", "The event log could not be written: try again.")) from error
        offset = max([self._last_offset, *offsets])
        self._committed(offset)
        return offset

    def _work(self) -> None:
        """The writing thread: one group after another until stopped."""
        while group := self._gathering.gather():
            self._settle(group)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _settle(self, group: list[Waiter]) -> None:
        """Commit a group and wake its waiters, whatever happens."""
        events = group[0].events if len(group) == 1 else [event for waiter in group for event in waiter.events]
        try:
            groups = self._encode(events, _counts_of(group))
        except UnwritableEventError as error:
            if len(group) == 1:
                self._give_back(group)
                self._answer(group, 0, error)
                return
            for waiter in group:  # one of them is at fault: the others must not suffer
                self._settle([waiter])
            return
        failure: LogUnavailableError | None = None
        offset = self._last_offset
        try:
            offsets = self._commit(groups, [one for waiter in group for one in waiter.rejected])
        except BaseException as error:  # the thread must survive whatever a driver raises
            logger.exception("log commit failed: %d requests are refused", len(group))
            why = full_sentence(None, error) if says_full(error) else ErrorText("try_again", "Try again.")
            failure = LogUnavailableError(ErrorText("log_write_failed", "The event log could not be written. {why}", why=why))
            self._forget_connection()
            self._failure = error
            self._give_back(group)
        else:
            self._failure = None
            offset = max([offset, *offsets])
            for each, its_offset in zip(groups, offsets, strict=True):
                self._backlog.written(each.partition, its_offset, each.counts)
        self._answer(group, offset, failure)
        if failure is None:
            self._committed(offset)

    def _give_back(self, group: list[Waiter]) -> None:
        for waiter in group:
            self._backlog.give_back(waiter.room.app, len(waiter.events))

    def _refuse(self, waiters: list[Waiter]) -> None:
        """They have waited too long for room."""
        by_app: dict[int, list[Waiter]] = {}
        for waiter in waiters:
            by_app.setdefault(waiter.room.app, []).append(waiter)
        for app, some in by_app.items():
            sentence = ErrorText(
                "events_unsettled",
                "{got:,} events of this app are accepted and have not settled, and {most:,} may be (app_backlog_events): "
                "send this request again in {seconds} seconds.",
                got=self._backlog.waiting(app),
                most=self._backlog.most,
                seconds=RETRY_SECONDS,
            )
            self._answer(some, 0, BacklogFullError(sentence, retry_after=RETRY_SECONDS))

    def _encode(self, events: Sequence[Event], counts: Counts = NOBODY) -> list[_Group]:
        """``counts``: events by app, known from the requests without looking at events."""
        if not events:
            return []
        if self._partitions == 1:
            return [_Group(0, len(events), _encode(events), counts)]
        return [_Group(number, len(some), _encode(some), _counts(some)) for number, some in parted(events, self._partitions)]

    def _commit(self, groups: Sequence[_Group], rejected: Sequence[Rejection]) -> list[int]:
        """One transaction on the thread's own connection, which is reopened after a failure."""
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(relance_writes=True)
        with self._connection.begin():
            return self._write(self._connection, groups, rejected)

    def _write(self, connection: Connection, groups: Sequence[_Group], rejected: Sequence[Rejection]) -> list[int]:
        """The offset of each group."""
        for each in groups:  # in ascending order, so that two writers never deadlock
            store.lock_partition(connection, each.partition)
        written_at = time.time_ns() // 1_000_000
        offsets = [
            store.insert_group(connection, each.partition, self._clock.now(), written_at, each.size, each.payload)
            for each in groups
        ]
        if rejected:
            store.insert_rejected(connection, rejected)
        return offsets

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

    def _answer(self, group: list[Waiter], offset: int, failure: RelanceError | None) -> None:
        try:
            group[0].future.get_loop().call_soon_threadsafe(self._wake, group, offset, failure)
        except RuntimeError:  # the loop has ended, and its waiters with it
            logger.warning("the event loop ended before %d requests were answered", len(group))

    def _wake(self, group: list[Waiter], offset: int, failure: RelanceError | None) -> None:
        """On the event loop: answer every request of a group (cancelled requests have a cancelled future)."""
        for waiter in group:
            self._admission.leave(waiter.room, waiter.size)
            if isinstance(failure, BacklogFullError):
                self._admission.refuse(waiter.room.app)
            if waiter.future.done():
                continue
            if failure is None:
                waiter.future.set_result(offset)
            else:
                waiter.future.set_exception(type(failure)(failure.text, **failure.data))


def _encode(events: Sequence[Event]) -> bytes:
    try:
        return store.encode_events(events)
    except (UnicodeEncodeError, TypeError, OverflowError) as error:
        raise UnwritableEventError(
            ErrorText("event_unwritable", "An event holds a value that cannot be written, such as half of a surrogate pair."),
            path="batch",
        ) from error


def _counts_of(group: Sequence[Waiter]) -> Counts:
    """Events by app."""
    found: dict[int, int] = {}
    for waiter in group:
        if waiter.events:
            found[waiter.room.app] = found.get(waiter.room.app, 0) + len(waiter.events)
    return found


def _counts(events: Sequence[Event]) -> Counts:
    """The same for events already grouped by partition."""
    return Counter([event.app_id for event in events])
