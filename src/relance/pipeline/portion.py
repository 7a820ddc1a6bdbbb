"""Stage 1 of a tick: how much of the log and of the outbox it takes."""

from __future__ import annotations

import msgspec
from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.events.service import oldest_waiting, read_log, take_outbox, take_some_outbox
from relance.infra.database import reading
from relance.pipeline.deletion_barrier import in_turn
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.store import Cursor
from relance.pipeline.suspicion import Suspicion


class Portion(msgspec.Struct):
    """Events of the log; the offset after which the next portion begins, and how many of the row behind it are done.

    ``unread_at`` is when the first event after them was received, as far as is known of it; None: there is none.
    """

    events: list[Event]
    log_offset: int
    log_done: int
    postponed: bool = False
    unread_at: int | None = None
    accepted: list[tuple[int, int]] = msgspec.field(default_factory=list)


class OutboxPortion(msgspec.Struct):
    """Derived events of the outbox, the rows to remove when they have settled, and whether more of them wait."""

    events: list[Event]
    rows: list[int]
    left: bool


def read_portion(parts: PartitionContext, cursor: Cursor, suspicion: Suspicion | None) -> Portion:
    """What this tick takes of the log: all there is up to a limit, or as little as a suspicion says; and what that leaves."""
    portion = _taken(parts, cursor, suspicion)
    may_leave = portion.postponed or (suspicion is not None and suspicion.is_careful)
    if not portion.events and not may_leave:
        return portion
    with reading(parts.log) as connection:
        if portion.events:
            portion.unread_at = oldest_waiting(connection, cursor.partition, portion.log_offset)
        else:
            rows = read_log(connection, cursor.partition, portion.log_offset, 1)
            portion.unread_at = min((each.received_at for row in rows for each in row.events[portion.log_done :]), default=None)
    return portion


def _taken(parts: PartitionContext, cursor: Cursor, suspicion: Suspicion | None) -> Portion:
    most, done = parts.settings.tick_events, 0 if suspicion is None else suspicion.log_done
    is_careful = suspicion is not None and suspicion.is_careful
    if suspicion is not None and is_careful:
        most = 1 if suspicion.step == "aside" else suspicion.most
        if suspicion.part == "outbox" or suspicion.step == "none":
            return Portion([], cursor.log_offset, done)
    with reading(parts.log) as connection:
        read = list(read_log(connection, cursor.partition, cursor.log_offset, most + done))
    batches = in_turn(parts, read) if parts.settings.partitions > 1 else read
    portion = Portion([], cursor.log_offset, done, postponed=len(batches) < len(read))
    for batch in batches:
        events = batch.events[portion.log_done :] if portion.log_done else batch.events
        if is_careful and len(portion.events) + len(events) > most:
            events = events[: most - len(portion.events)]
            portion.events += events
            portion.log_done += len(events)
            break
        portion.events += events
        portion.accepted.append((batch.written_at, len(events)))
        portion.log_offset, portion.log_done = batch.offset, 0
    return portion


def read_outbox_portion(connection: Connection, cursor: Cursor, careful: Suspicion | None, most: int) -> OutboxPortion:
    """What of the outbox is to be settled: in turns by app, or as little as a suspicion says."""
    if careful is None:
        rows, events, left = take_outbox(connection, cursor.partition, most, cursor.tick)
        return OutboxPortion(events, rows, left)
    if careful.part == "log" or careful.step == "none":
        return OutboxPortion([], [], left=False)
    events, left = take_some_outbox(connection, cursor.partition, 1 if careful.step == "aside" else careful.most)
    return OutboxPortion(events, [], left)
