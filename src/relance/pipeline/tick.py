"""The tick: everything that happens between the log and the deliveries, in order, in one state transaction.

What it writes before the commit (history rows, person ids, derived events) is a function of the log alone, so a
crash between the two leaves nothing that a replay would not write again in the same way:

1. read the log after the cursor (of several partitions, up to a deletion that has to wait), and what waits in the outbox;
2. refuse what was seen before (by ``messageId``);
3. resolve who each event is about, chunk by chunk: a deletion or a handover is a chunk of its own;
4. append to history, rewound to the committed position whenever a partition is taken or a commit failed;
5. fold people, live segments, engagement and journeys;
6. write intents, derived events and the cursor, which says ``WHERE epoch = mine``; commit.
"""

from __future__ import annotations

import time

import msgspec
import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from relance.core.error_text import ErrorText
from relance.core.pulse import PULSE
from relance.core.time import DAY
from relance.events.errors import HistoryBrokenError, HistoryBusyError
from relance.events.model import Event
from relance.events.service import (
    insert_rejected,
    is_outbox_empty,
    log_end,
    put_outbox,
    remove_outbox,
    trim_log,
    trim_rejected,
)
from relance.infra.database import reading, writing
from relance.pipeline.errors import FencedError
from relance.pipeline.handover import forget_the_leaving
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.portion import OutboxPortion, Portion, read_outbox_portion, read_portion
from relance.pipeline.store import Cursor, highest_position, holds_cursor, move_cursor, read_suspicion, write_suspicion
from relance.pipeline.suspicion import Suspicion, failed, succeeded
from relance.pipeline.tick_result import TickResult
from relance.pipeline.tick_transaction import TickTransaction

__all__ = ["Tick", "TickResult"]


# What fails through no fault of the events: the disk, the memory, a database, another worker.
NOT_THE_EVENTS = (OSError, MemoryError, DBAPIError, PoolTimeoutError, HistoryBusyError, HistoryBrokenError, FencedError)

log = structlog.get_logger()


class Tick:
    """The settling of one partition. One thread calls ``run``; nothing else writes what it owns."""

    def __init__(self, parts: PartitionContext, lease: Lease, cursor: Cursor) -> None:
        self.parts = parts
        self.lease = lease
        self.cursor = cursor
        self.partition = cursor.partition
        self._definitions_changed = False
        self._loaded = False
        self._commits = False  # all of the tick's work is done, and only the commit is left
        self.suspicion: Suspicion | None = None
        self.set_aside = 0  # since this worker's start

    def load(self) -> None:
        """Rebuild every cache from what is committed, and take back what history has beyond it."""
        parts, now = self.parts, self.parts.clock.now()
        parts.history.rewind(self.partition, self.cursor.position)
        with writing(parts.state) as connection:
            self.suspicion = self._suspected(connection)
            parts.seen.load(connection, now)
            parts.journeys.load(connection, self.cursor.settled_at)
            parts.live.load(connection, parts.history, now)
            if parts.settings.partitions > 1:
                forget_the_leaving(parts, connection)
        self._loaded = True

    def definitions_changed(self) -> None:
        """The next tick reads the definitions again."""
        self._definitions_changed = True

    def next_due(self) -> int | None:
        """The next instant (program time) at which something becomes true by itself."""
        if self.parts.journeys.is_taking_in:
            return self.cursor.settled_at
        with reading(self.parts.state) as connection:
            instants = (self.parts.live.next_due(), self.parts.journeys.next_due(connection))
        return min((each for each in instants if each is not None), default=None)

    def holds(self, connection: Connection) -> bool:
        """Whether the partition is still this tick's, and will be until the transaction ends."""
        return holds_cursor(connection, self.cursor)

    def waiting(self) -> bool:
        """Whether the log or the outbox holds what has not settled."""
        with reading(self.parts.log) as connection:
            if log_end(connection, self.partition) > self.cursor.log_offset:
                return True
        with reading(self.parts.state) as connection:
            return not is_outbox_empty(connection, self.partition)

    def run(self) -> TickResult:
        """Settle what there is. After any failure all caches are dropped, and the next call rebuilds them first."""
        with self.parts.live.turns.turn():
            if not self._loaded:
                self.load()
            suspicion = self.suspicion
            if suspicion is not None and suspicion.is_careful:
                self._suspect(failed(suspicion, self.parts.settings.tick_events, ""))
            self._commits = False
            try:
                return self._run(suspicion)
            except BaseException as error:
                self._loaded = False
                self.parts.drop()
                self._failed(suspicion, error)
                raise
            finally:
                PULSE.rest()

    def stood_still(self, reason: str) -> None:
        """The worker before this one had to be ended in the midst of the tick that comes next."""
        with reading(self.parts.state) as connection:
            found = self._suspected(connection)
        if found is None or not found.is_careful:  # else it is counted already
            self._suspect(failed(found or Suspicion(self.cursor.log_offset), self.parts.settings.tick_events, reason))

    def _failed(self, before: Suspicion | None, error: BaseException) -> None:
        """Note a failure that may be the events' fault; with one that is not all is as before it."""
        found = before
        if isinstance(error, Exception) and not isinstance(error, NOT_THE_EVENTS) and not self._commits:
            at = before or Suspicion(self.cursor.log_offset)
            found = failed(at, self.parts.settings.tick_events, f"{type(error).__name__}: {error}"[:300])
        if found is not self.suspicion or found is not before:
            try:
                self._suspect(found)
            except Exception:
                log.exception("suspicion_not_kept")

    def _suspected(self, connection: Connection) -> Suspicion | None:
        found = read_suspicion(connection, self.partition)
        return found if found is not None and found.log_offset == self.cursor.log_offset else None

    def _suspect(self, found: Suspicion | None) -> None:
        with writing(self.parts.state) as connection:
            write_suspicion(connection, self.partition, found)
        self.suspicion = found

    def _run(self, suspicion: Suspicion | None) -> TickResult:
        result = TickResult()
        careful = suspicion if suspicion is not None and suspicion.is_careful else None
        now = self.parts.clock.now()
        portion = self._read(suspicion, result)
        mark = time.perf_counter()
        PULSE.rest()
        with writing(self.parts.state) as connection:
            result.spend("wait", mark)
            PULSE.begin(self.partition, self.cursor.log_offset)
            work = TickTransaction(self.parts, connection, self.partition, self._position(connection), now, result)
            self._reload(work)
            derived = read_outbox_portion(connection, self.cursor, careful, self.parts.settings.tick_events)
            result.more = self._has_more(portion, derived, careful, result)
            work.settle(self._unless_aside(portion.events + derived.events, careful, work), portion.unread_at)
            after = self._write(connection, portion, derived, work)
            suspicion = self._keep_suspicion(connection, suspicion, portion, left=derived.left)
            mark = time.perf_counter()
            PULSE.rest()
            self._commits = True  # whatever fails from here on is not the events' doing
        result.spend("commit", mark)
        self.cursor, self.suspicion = after, suspicion
        self.set_aside += result.set_aside
        return result

    def _read(self, suspicion: Suspicion | None, result: TickResult) -> Portion:
        """Stage 1, of the log; the outbox is read inside the transaction."""
        mark = time.perf_counter()
        if self.parts.settings.partitions > 1:
            self.parts.journeys.look_again()
        portion = read_portion(self.parts, self.cursor, suspicion)
        result.postponed, result.accepted = portion.postponed, portion.accepted
        result.spend("read", mark)
        return portion

    def _reload(self, work: TickTransaction) -> None:
        if self._definitions_changed:
            self._definitions_changed = False
            work.reload_definitions()
        elif self.parts.live.has_filled:
            work.reload_segments()

    def _has_more(self, portion: Portion, derived: OutboxPortion, careful: Suspicion | None, result: TickResult) -> bool:
        is_full = len(portion.events) + len(derived.events) >= self.parts.settings.tick_events
        return result.postponed or careful is not None or portion.unread_at is not None or derived.left or is_full

    def _unless_aside(self, events: list[Event], careful: Suspicion | None, work: TickTransaction) -> list[Event]:
        """The events, or none of them: what alone makes ticks fail is set aside."""
        if careful is None or careful.step != "aside":
            return events
        for event in events:
            work.rejections.set_aside(event, careful.reason or "No tick could settle it.")
        return []

    def _write(self, connection: Connection, portion: Portion, derived: OutboxPortion, work: TickTransaction) -> Cursor:
        """Stage 6, all but the commit; returns where the partition is then."""
        result, now, rejections = work.result, work.now, work.rejections.rows
        after = self._after(portion.log_offset, work, now)
        work.finish(after.tick)
        remove_outbox(connection, derived.rows)
        put_outbox(connection, self.partition, work.derived, now)
        result.more = result.more or bool(work.derived)
        for partition, sent in sorted(work.handover.outgoing.items()):
            put_outbox(connection, partition, sent, now)
            result.sent_to.add(partition)
        if rejections:
            # In the log's store, outside this transaction: after a crash right here the notice may stand there twice.
            with writing(self.parts.log) as log_connection:
                insert_rejected(log_connection, rejections)
                self._commits = True
        if not move_cursor(connection, after):
            raise FencedError(ErrorText("partition_taken", "Another worker took this partition."), partition=self.partition)
        return after

    def _keep_suspicion(
        self, connection: Connection, suspicion: Suspicion | None, portion: Portion, *, left: bool
    ) -> Suspicion | None:
        """Where events were suspected, what is to be thought of those that follow now that these have settled."""
        if suspicion is None:
            return None
        left = left or (suspicion.is_careful and 0 < len(portion.events) >= suspicion.most)
        found = succeeded(suspicion, self.parts.settings.tick_events, portion.log_offset, portion.log_done, more=left)
        write_suspicion(connection, self.partition, found)
        return found

    def _position(self, connection: Connection) -> int:
        """Where this tick goes on counting: past all partitions, so that of any two merges the later one has more."""
        if self.parts.settings.partitions == 1:
            return self.cursor.position
        return max(self.cursor.position, highest_position(connection))

    def _after(self, log_offset: int, work: TickTransaction, now: int) -> Cursor:
        return msgspec.structs.replace(
            self.cursor,
            lease_until=self.lease.until(),
            log_offset=log_offset,
            position=work.position,
            tick=self.cursor.tick + 1,
            settled_at=now,
        )

    def tidy(self, now: int) -> None:
        """Forget what the log need not keep: settled rows older than the settings say, and old rejections."""
        settings = self.parts.settings
        with writing(self.parts.log) as connection:
            trim_log(connection, self.partition, self.cursor.log_offset, now - settings.log_days * DAY)
            trim_rejected(connection, now - settings.rejected_days * DAY)
        with writing(self.parts.state) as connection:
            self.parts.journeys.tidy(connection, now)
