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
from sqlalchemy.engine import Connection

from relance.core.time import DAY
from relance.events.model import Event
from relance.events.service import (
    insert_rejected,
    is_outbox_empty,
    log_end,
    put_outbox,
    read_log,
    remove_outbox,
    take_outbox,
    trim_log,
    trim_rejected,
)
from relance.infra.database import reading, writing
from relance.pipeline.errors import FencedError
from relance.pipeline.handover import forget_the_leaving
from relance.pipeline.in_turn import in_turn
from relance.pipeline.lease import Lease
from relance.pipeline.parts import Parts
from relance.pipeline.store import Cursor, highest_position, move_cursor
from relance.pipeline.work import Settled, Work

__all__ = ["Settled", "Tick"]


class Tick:
    """The settling of one partition. One thread calls ``run``; nothing else writes what it owns."""

    def __init__(self, parts: Parts, lease: Lease, cursor: Cursor) -> None:
        self.parts = parts
        self.lease = lease
        self.cursor = cursor
        self.partition = cursor.partition
        self._definitions_changed = False
        self._loaded = False

    def load(self) -> None:
        """Rebuild every cache from what is committed, and take back what history has beyond it."""
        parts, now = self.parts, self.parts.clock.now()
        parts.history.rewind(self.partition, self.cursor.position)
        with writing(parts.state) as connection:
            parts.seen.load(connection, now)
            parts.journeys.load(connection, self.cursor.settled_at)
            parts.live.load(connection, parts.past, now)
            if parts.settings.partitions > 1:
                forget_the_leaving(parts, connection)
        self._loaded = True

    def definitions_changed(self) -> None:
        """The next tick reads the definitions again."""
        self._definitions_changed = True

    def next_due(self) -> int | None:
        """The next instant (program time) at which something becomes true by itself."""
        with reading(self.parts.state) as connection:
            instants = (self.parts.live.next_due(), self.parts.journeys.next_due(connection))
        return min((each for each in instants if each is not None), default=None)

    def waiting(self) -> bool:
        """Whether the log or the outbox holds what has not settled."""
        with reading(self.parts.log) as connection:
            if log_end(connection, self.partition) > self.cursor.log_offset:
                return True
        with reading(self.parts.state) as connection:
            return not is_outbox_empty(connection, self.partition)

    def run(self) -> Settled:
        """Settle what there is. After any failure all caches are dropped, and the next call rebuilds them first."""
        with self.parts.live.turns.turn():
            if not self._loaded:
                self.load()
            try:
                return self._run()
            except BaseException:
                self._loaded = False
                self.parts.drop()
                raise

    def _run(self) -> Settled:
        settled = Settled()
        mark = time.perf_counter()
        now, most = self.parts.clock.now(), self.parts.settings.tick_events
        if self.parts.settings.partitions > 1:
            self.parts.journeys.look_again()
        incoming: list[Event] = []
        with reading(self.parts.log) as connection:
            read = read_log(connection, self.partition, self.cursor.log_offset, most)
        batches = in_turn(self.parts, read) if self.parts.settings.partitions > 1 else read
        settled.held_back = len(batches) < len(read)
        for batch in batches:
            incoming.extend(batch.events)
            settled.accepted.append((batch.written_at, len(batch.events)))
        mark = settled.spend("read", mark)
        with writing(self.parts.state) as connection:
            mark = settled.spend("wait", mark)
            work = Work(self.parts, connection, self.partition, self._position(connection), now, settled)
            if self._definitions_changed:
                self._definitions_changed = False
                work.reload_definitions()
            elif self.parts.live.has_filled:
                work.reload_segments()
            outbox_ids, derived = take_outbox(connection, self.partition, most)
            settled.more = settled.held_back or len(incoming) + len(derived) >= most
            work.settle(incoming + derived)
            after = self._after(batches[-1].offset if batches else self.cursor.log_offset, work, now)
            work.finish(after.tick)
            remove_outbox(connection, outbox_ids)
            put_outbox(connection, self.partition, work.derived, now)
            settled.more = settled.more or bool(work.derived)
            if work.handover is not None:
                for partition, sent in sorted(work.handover.outgoing.items()):
                    put_outbox(connection, partition, sent, now)
                    settled.sent_to.add(partition)
            if work.rejections:
                # In the log's store, outside this transaction: after a crash right here the notice may stand there twice.
                with writing(self.parts.log) as log_connection:
                    insert_rejected(log_connection, work.rejections)
            if not move_cursor(connection, after):
                raise FencedError("Another worker took this partition.", partition=self.partition)
            mark = time.perf_counter()
        settled.spend("commit", mark)
        self.cursor = after
        return settled

    def _position(self, connection: Connection) -> int:
        """Where this tick goes on counting: past all partitions, so that of any two merges the later one has more."""
        if self.parts.settings.partitions == 1:
            return self.cursor.position
        return max(self.cursor.position, highest_position(connection))

    def _after(self, log_offset: int, work: Work, now: int) -> Cursor:
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
