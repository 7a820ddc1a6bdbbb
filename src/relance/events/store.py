"""The log, rejections, seen ids and the outbox: their tables and all their SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.events.event_batch import EventBatch
from relance.events.model import Event, LogBatch, Rejection
from relance.events.outbox_turns import Row, in_turns
from relance.infra.database import LOG, STATE, is_postgres

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

LOG_TABLE = sa.Table(
    "log",
    LOG,
    sa.Column("log_offset", _AutoId, primary_key=True),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),
    sa.Column("event_count", sa.Integer, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("log_by_partition", "partition", "log_offset"),
    # Without AUTOINCREMENT, SQLite would reuse the offsets of a log trimmed to nothing.
    sqlite_autoincrement=True,
)

REJECTED = sa.Table(
    "rejected",
    LOG,
    sa.Column("id", _AutoId, primary_key=True),
    sa.Column("app_id", sa.Integer, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("rejected_by_app", "app_id", "id"),
    sqlite_autoincrement=True,
)

SEEN = sa.Table(
    "seen",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

OUTBOX = sa.Table(
    "outbox",
    STATE,
    sa.Column("id", _AutoId, primary_key=True),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("event_count", sa.Integer, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("app_id", sa.BigInteger, nullable=False, server_default="0"),  # 0: written by an older version, for several apps
    sa.Index("outbox_in_turns", "partition", "id", "app_id", "event_count"),  # read without the rows
    sqlite_autoincrement=True,
)

LOCK_SPACE = 0x72656C  # first key of the log's advisory locks; the second is the partition
READ_ROWS = 1_000  # log rows looked at in one read, at most
STREAMED_ROWS = 50  # rows whose payloads are in memory, where all are looked at once
OUTBOX_EVENTS = 1_000  # events in one outbox row, at most
OUTBOX_ROWS = 100  # rows of an app that are looked at where there are many
CHUNK = 500


class _Whose(msgspec.Struct, array_like=True, gc=False):
    """The start of an event; the rest is skipped."""

    app_id: int


_encoder = msgspec.msgpack.Encoder()
_decode_events = msgspec.msgpack.Decoder(list[Event]).decode
_decode_whose = msgspec.msgpack.Decoder(list[_Whose]).decode
_decode_outbox = msgspec.msgpack.Decoder(list[Event] | EventBatch).decode


def encode_events(events: Sequence[Event]) -> bytes:
    """The log's format: one MessagePack list. Raises ``UnicodeEncodeError`` or ``TypeError`` on values it cannot hold."""
    return _encoder.encode(events)


def insert_group(connection: Connection, partition: int, received_at: int, written_at: int, count: int, payload: bytes) -> int:
    """Insert one row and return its offset."""
    values = {
        "partition": partition,
        "received_at": received_at,
        "written_at": written_at,
        "event_count": count,
        "payload": payload,
    }
    key = connection.execute(sa.insert(LOG_TABLE), values).inserted_primary_key
    return int(key[0]) if key else 0


def try_log(connection: Connection) -> None:
    """Write something nobody will ever see: raises what a real write would raise now."""
    offset = insert_group(connection, 0, 0, 0, 0, bytes(4096))
    connection.execute(sa.delete(LOG_TABLE).where(LOG_TABLE.c.log_offset == offset))


def lock_partition(connection: Connection, partition: int) -> None:
    """Serialise writers' row numbers, so that a reader never sees offset 8 before offset 7 of its partition."""
    if is_postgres(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_SPACE, partition)))


def read_log(connection: Connection, partition: int, after: int, limit_events: int) -> list[LogBatch]:
    """The rows after an offset, in order: whole rows up to ``limit_events``, but at least one."""
    mine = (LOG_TABLE.c.partition == partition, LOG_TABLE.c.log_offset > after)
    sizes = sa.select(LOG_TABLE.c.log_offset, LOG_TABLE.c.event_count).where(*mine)
    last, total = None, 0
    for offset, count in connection.execute(sizes.order_by(LOG_TABLE.c.log_offset).limit(READ_ROWS)):
        total += count
        if last is not None and total > limit_events:
            break
        last = offset
    if last is None:
        return []
    columns = (LOG_TABLE.c.log_offset, LOG_TABLE.c.received_at, LOG_TABLE.c.written_at, LOG_TABLE.c.payload)
    rows = connection.execute(sa.select(*columns).where(*mine, LOG_TABLE.c.log_offset <= last).order_by(LOG_TABLE.c.log_offset))
    return [LogBatch(offset, received, written, _decode_events(payload)) for offset, received, written, payload in rows]


def apps_in_log(connection: Connection, partition: int, after: int, most: int) -> list[tuple[int, Mapping[int, int]]]:
    """The apps in the rows after an offset, in order, with event counts: (offset, {app: events}).

    At most about this many events, because the rows' payloads must be read.
    """
    mine = (LOG_TABLE.c.partition == partition, LOG_TABLE.c.log_offset > after)
    rows = sa.select(LOG_TABLE.c.log_offset, LOG_TABLE.c.payload).where(*mine).order_by(LOG_TABLE.c.log_offset)
    found: list[tuple[int, Mapping[int, int]]] = []
    total = 0
    with connection.execute(rows.execution_options(yield_per=STREAMED_ROWS)) as read:
        for offset, payload in read:
            counts = Counter([whose.app_id for whose in _decode_whose(payload)])
            found.append((offset, counts))
            total += counts.total()
            if total >= most:
                break
    return found


def oldest_waiting(connection: Connection, partition: int, after: int) -> int | None:
    """When the first row after an offset was received (the program's clock); None if there is none."""
    mine = (LOG_TABLE.c.partition == partition, LOG_TABLE.c.log_offset > after)
    return connection.scalar(sa.select(LOG_TABLE.c.received_at).where(*mine).order_by(LOG_TABLE.c.log_offset).limit(1))


def next_offset(connection: Connection, partition: int, after: int) -> int | None:
    """The offset of the first row after one; None if there is none."""
    mine = (LOG_TABLE.c.partition == partition, LOG_TABLE.c.log_offset > after)
    return connection.scalar(sa.select(LOG_TABLE.c.log_offset).where(*mine).order_by(LOG_TABLE.c.log_offset).limit(1))


def log_end(connection: Connection, partition: int) -> int:
    """The newest offset of a partition, 0 if nothing is stored."""
    newest = sa.select(sa.func.max(LOG_TABLE.c.log_offset)).where(LOG_TABLE.c.partition == partition)
    return connection.execute(newest).scalar() or 0


def trim_log(connection: Connection, partition: int, upto: int, before: int) -> int:
    """Delete rows up to an offset (the oldest cursor) that were received before an instant; returns how many."""
    table = LOG_TABLE.c
    rule = (table.partition == partition, table.log_offset <= upto, table.received_at < before)
    return connection.execute(sa.delete(LOG_TABLE).where(*rule)).rowcount


def insert_rejected(connection: Connection, rejected: Sequence[Rejection]) -> None:
    """Store rejected records."""
    rows = [
        {
            "app_id": one.app_id,
            "received_at": one.received_at,
            "reason": _plain(one.reason),
            "path": _plain(one.path),
            "detail": _plain(one.detail),
            "message_id": _plain(one.message_id),
            "payload": one.payload,
        }
        for one in rejected
    ]
    if rows:
        connection.execute(sa.insert(REJECTED), rows)


def _plain(text: str) -> str:
    """Text that both databases can store: no NUL (PostgreSQL), no lone surrogate."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def list_rejected(connection: Connection, app_id: int, after: int | None = None, limit: int = 50) -> list[Rejection]:
    """Rejections, newest first. ``after`` is the ``id`` of the last one already seen."""
    table = REJECTED.c
    columns = [REJECTED.c[name] for name in Rejection.__struct_fields__]
    select = sa.select(*columns).where(table.app_id == app_id).order_by(table.id.desc()).limit(limit)
    if after is not None:
        select = select.where(table.id < after)
    return [Rejection(*row) for row in connection.execute(select)]


def trim_rejected(connection: Connection, before: int, keep: int = 100_000) -> int:
    """Delete rejections older than an instant, and all but the ``keep`` newest; returns how many."""
    table = REJECTED.c
    newest = connection.execute(sa.select(sa.func.max(table.id))).scalar() or 0
    rule = sa.or_(table.received_at < before, table.id <= newest - keep)
    return connection.execute(sa.delete(REJECTED).where(rule)).rowcount


class SeenRow(NamedTuple):
    """The ids that one tick admitted (or several, compacted)."""

    tick: int
    received_at: int
    hashes: bytes


def read_seen(connection: Connection, partition: int, since: int) -> list[SeenRow]:
    """The rows since an instant, oldest tick first."""
    table = SEEN.c
    rule = (table.partition == partition, table.received_at >= since)
    rows = connection.execute(sa.select(table.tick, table.received_at, table.hashes).where(*rule).order_by(table.tick))
    return [SeenRow(*row) for row in rows]


def read_seen_ticks(connection: Connection, partition: int, ticks: Sequence[int]) -> list[SeenRow]:
    """The rows of the given ticks."""
    table = SEEN.c
    rule = (table.partition == partition, table.tick.in_(ticks))
    return [SeenRow(*row) for row in connection.execute(sa.select(table.tick, table.received_at, table.hashes).where(*rule))]


def write_seen(connection: Connection, partition: int, row: SeenRow) -> None:
    """Store the ids of one tick."""
    connection.execute(sa.insert(SEEN), {"partition": partition, **row._asdict()})


def remove_seen(connection: Connection, partition: int, ticks: Sequence[int]) -> None:
    """Remove the rows of the given ticks."""
    connection.execute(sa.delete(SEEN).where(SEEN.c.partition == partition, SEEN.c.tick.in_(ticks)))


def expire_seen(connection: Connection, partition: int, before: int) -> None:
    """Delete the ids admitted before an instant."""
    connection.execute(sa.delete(SEEN).where(SEEN.c.partition == partition, SEEN.c.received_at < before))


def put_outbox(connection: Connection, partition: int, derived: Sequence[Event | EventBatch], now: int) -> None:
    """Store events the tick emitted, for the next tick to settle in this order; part of the tick's transaction."""
    rows = [
        {"partition": partition, "created_at": now, "event_count": len(each), "payload": _encoder.encode(each), "app_id": app_id}
        for app_id, each in _together(derived)
    ]
    if rows:
        connection.execute(sa.insert(OUTBOX), rows)


def _together(derived: Sequence[Event | EventBatch]) -> list[tuple[int, list[Event] | EventBatch]]:
    """The rows' contents and apps: consecutive events of one app share a row, and event batches are rows of their own."""
    found: list[tuple[int, list[Event] | EventBatch]] = []
    open_: dict[int, list[Event]] = {}  # by app: the last row, while it has room
    for each in derived:
        if isinstance(each, EventBatch):
            for app_id, part in each.parts(OUTBOX_EVENTS):
                open_.pop(app_id, None)
                found.append((app_id, part))
            continue
        row = open_.get(each.app_id)
        if row is None or len(row) >= OUTBOX_EVENTS:
            row = open_[each.app_id] = []
            found.append((each.app_id, row))
        row.append(each)
    return found


def take_outbox(connection: Connection, partition: int, limit: int, tick: int = 0) -> tuple[list[int], list[Event], bool]:
    """The ids of rows and their events, in order, in turns by app: whole rows up to ``limit`` events, at least one; and whether
    more are left. ``tick`` is the number of the tick that takes them.
    """
    table = OUTBOX.c
    columns, mine = (table.id, table.app_id, table.event_count), table.partition == partition
    rows = connection.execute(sa.select(*columns).where(mine).order_by(table.id).limit(READ_ROWS)).all()
    are_many = len(rows) == READ_ROWS
    if are_many:  # the first row of each app, whichever apps there are
        place = sa.func.row_number().over(partition_by=table.app_id, order_by=table.id).label("place")
        first = sa.select(*columns, place).where(mine).subquery()
        found = sa.select(first.c.id, first.c.app_id, first.c.event_count).where(first.c.place <= OUTBOX_ROWS)
        rows = connection.execute(found.order_by(first.c.id)).all()
    ids = in_turns([Row(*row) for row in rows], limit, tick)
    events: list[Event] = []
    for start in range(0, len(ids), CHUNK):
        chosen = sa.select(table.payload).where(table.id.in_(ids[start : start + CHUNK])).order_by(table.id)
        for payload in connection.execute(chosen).scalars():
            events += _events_in(payload)
    return ids, events, are_many or len(ids) < len(rows)


def take_some_outbox(connection: Connection, partition: int, most: int) -> tuple[list[Event], bool]:
    """The first events of the oldest row, which are removed now; and whether anything is left in the outbox."""
    table = OUTBOX.c
    first = connection.execute(
        sa.select(table.id, table.payload).where(table.partition == partition).order_by(table.id).limit(1)
    ).first()
    if first is None:
        return [], False
    events = _events_in(first.payload)
    rest = events[most:]
    if rest:
        values = {"event_count": len(rest), "payload": _encoder.encode(rest)}
        connection.execute(sa.update(OUTBOX).where(table.id == first.id).values(values))
    else:
        remove_outbox(connection, [first.id])
    return events[:most], bool(rest) or not is_outbox_empty(connection, partition)


def is_outbox_empty(connection: Connection, partition: int) -> bool:
    """Whether the outbox has nothing to settle."""
    return connection.execute(sa.select(OUTBOX.c.id).where(OUTBOX.c.partition == partition).limit(1)).first() is None


def read_outbox(connection: Connection) -> Iterator[Event]:
    """Everything in the outbox, of all partitions, in order."""
    for payload in connection.execute(sa.select(OUTBOX.c.payload).order_by(OUTBOX.c.id)).scalars():
        yield from _events_in(payload)


def _events_in(payload: bytes) -> list[Event]:
    found = _decode_outbox(payload)
    return found.events() if isinstance(found, EventBatch) else found


def remove_outbox(connection: Connection, ids: Sequence[int]) -> None:
    """Delete settled rows; part of the same transaction."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.id.in_(ids[start : start + CHUNK])))
