"""The tables of what waits, and all their SQL. Private to ``messaging``.

A queue's row is locked (shared) by whoever adds to it, so that nobody removes it as empty meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import deleting, inserting, updating
from relance.infra.database import STATE, among, fetched, upsert
from relance.messaging.queue.model import RETRY, Queued, QueueHead, QueueKey, destination_of, queue_of

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Written out rather than bound: a planner uses a partial index only where it sees its condition.
IS_FREE = sa.text("lease_owner IS NULL")
IS_LEASED = sa.text("lease_owner IS NOT NULL")
_HAS_RECORD = sa.text("delivery_id IS NOT NULL")

QUEUES = sa.Table(
    "send_queues",
    STATE,
    sa.Column("id", _AutoId, primary_key=True, autoincrement=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("audience_id", sa.BigInteger, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("is_held", sa.Boolean, nullable=False, server_default=sa.false()),  # its audience is stopped: nothing leaves
    sa.UniqueConstraint("app_id", "channel", "lane", "audience_id", "rank", name="send_queues_key"),
)

QUEUED = sa.Table(
    "queued",
    STATE,
    sa.Column("id", _AutoId, primary_key=True, autoincrement=True),
    sa.Column("queue_id", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False, server_default="0"),  # where there is no delivery yet
    sa.Column("delivery_id", sa.Text),
    sa.Column("destination", sa.Text, nullable=False, server_default=""),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", sa.BigInteger),  # real time
    sa.Index("queued_due", "queue_id", "due_at", "id", sqlite_where=IS_FREE, postgresql_where=IS_FREE),
    sa.Index("queued_leased", "lease_until", sqlite_where=IS_LEASED, postgresql_where=IS_LEASED),
    sa.Index("queued_delivery", "delivery_id", unique=True, sqlite_where=_HAS_RECORD, postgresql_where=_HAS_RECORD),
)

_IS_MOVING = QUEUES.c.is_held.is_(sa.false())
_KEY = tuple(QUEUES.c[name] for name in QueueKey._fields)


# -- putting into queues -----------------------------------------------------------------------------------------------


def queue_ids(connection: Connection, keys: Collection[QueueKey]) -> dict[QueueKey, int]:
    """The queues of these keys, made where there are none; they stay until the transaction ends."""
    found: dict[QueueKey, int] = {}
    for key in sorted(set(keys)):
        query = sa.select(QUEUES.c.id).where(*(column == value for column, value in zip(_KEY, key, strict=True)))
        query = query.with_for_update(read=True, key_share=True)
        number = connection.scalar(query)
        if number is None:
            is_held = sa.exists().where(_of_audience(key.audience_id), QUEUES.c.is_held)
            made = {**key._asdict(), "is_held": is_held if key.audience_id else sa.false()}
            connection.execute(upsert(connection, QUEUES).values(made).on_conflict_do_nothing())
            number = connection.scalar(query)
        found[key] = int(number or 0)
    return found


def _of_audience(audience_id: int) -> sa.ColumnElement[bool]:
    return QUEUES.c.audience_id == audience_id


def hold(connection: Connection, key: QueueKey, *, held: bool) -> None:
    """Let nothing of an audience's queues leave, or let it leave again; a queue that is made later does as these do."""
    queue_ids(connection, [key])
    connection.execute(sa.update(QUEUES).where(_of_audience(key.audience_id)).values(is_held=held))


_PUT = ("queue_id", "due_at", "delivery_id", "destination")
_put = inserting(QUEUED, _PUT, "ON CONFLICT (delivery_id) WHERE delivery_id IS NOT NULL DO NOTHING")


def put(connection: Connection, deliveries: Iterable[Mapping[str, Any]]) -> None:
    """Let deliveries wait, each in its queue; one that waits already stays as it is."""
    rows = [(queue_of(each), each) for each in deliveries]
    if not rows:
        return
    ids = queue_ids(connection, {key for key, _ in rows})
    _put.run(
        connection,
        [(ids[key], row["due_at"], row["id"], destination_of(row["channel"], row["address"])) for key, row in rows],
    )


_PUT_PEOPLE = ("queue_id", "due_at", "person_id")
_put_people = inserting(QUEUED, _PUT_PEOPLE)


def put_people(connection: Connection, queue_id: int, due_at: int, persons: Sequence[int]) -> None:
    """Let people wait, whose deliveries are made when it is their turn."""
    _put_people.run(connection, [(queue_id, due_at, person) for person in persons])


_PUT_IN = (*_PUT, "lease_owner", "lease_until")
_put_in = inserting(QUEUED, _PUT_IN)


def put_in(connection: Connection, rows: Sequence[Mapping[str, Any]], owner: str | None, lease_until: int | None) -> None:
    """Put deliveries into the queues (``queue_id``) from which their people came, in the hands of ``owner`` or free."""
    _put_in.run(
        connection,
        [(row["queue_id"], row["due_at"], row["id"], row["destination"], owner, lease_until) for row in rows],
    )


# -- taking turns ------------------------------------------------------------------------------------------------------


def heads(connection: Connection, now: int, lane: str = "") -> list[QueueHead]:
    """The queues in which something is due, of all lanes or of one: a look into the index for each, however much waits."""
    first = sa.select(sa.func.min(QUEUED.c.due_at)).where(QUEUED.c.queue_id == QUEUES.c.id, IS_FREE).scalar_subquery()
    query = sa.select(QUEUES.c.id, *_KEY, first).where(_IS_MOVING)
    rows = fetched(connection, query.where(QUEUES.c.lane == lane) if lane else query)
    return [QueueHead(number, QueueKey(*key), due) for number, *key, due in rows if due is not None and due <= now]


def due(
    connection: Connection,
    queue_id: int,
    now: int,
    limit: int,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
    after: Queued | None = None,
) -> list[Queued]:
    """Up to ``limit`` that are due and in nobody's hands, first come first. ``only`` and ``but`` tell of destinations, ``after``
    the last one that was looked at.

    On PostgreSQL rows that another dispatcher is taking are passed over; on SQLite writers queue up anyway.
    """
    table = QUEUED.c
    query = sa.select(table.id, table.due_at, table.person_id, table.delivery_id)
    query = query.where(IS_FREE, table.queue_id == queue_id, table.due_at <= now)
    if after is not None:
        query = query.where(sa.tuple_(table.due_at, table.id) > sa.tuple_(after.due_at, after.id))
    if only is not None:  # where people's deliveries go is known when they are made
        query = query.where(sa.or_(table.delivery_id.is_(None), among(connection, table.destination, sorted(only))))
    if but:
        query = query.where(sa.not_(among(connection, table.destination, sorted(but))))
    query = query.order_by(table.due_at, table.id).limit(limit).with_for_update(skip_locked=True)
    return [Queued(*row) for row in fetched(connection, query)]


def lease(connection: Connection, delivery_ids: Collection[str], owner: str, lease_until: int) -> None:
    """Take deliveries that were just found due, for ``owner`` alone."""
    mine = among(connection, QUEUED.c.delivery_id, delivery_ids)
    connection.execute(sa.update(QUEUED).where(_HAS_RECORD, mine).values(lease_owner=owner, lease_until=lease_until))


def held(connection: Connection, delivery_ids: Collection[str], owner: str) -> set[str]:
    """Which of these the owner holds; locked until the transaction ends."""
    mine = (_HAS_RECORD, among(connection, QUEUED.c.delivery_id, delivery_ids), QUEUED.c.lease_owner == owner)
    query = sa.select(QUEUED.c.delivery_id).where(*mine).order_by(QUEUED.c.delivery_id).with_for_update()
    return set(connection.execute(query).scalars())


def abandoned(
    connection: Connection, before: int | None, owner: str, among_ids: Collection[str] | None = None
) -> dict[str, tuple[str, int]]:
    """Delivery → (owner, end of the lease) of what others hold, their leases over ``before`` then (real time; None: whenever).

    ``among_ids``: of these alone, locked until the transaction ends.
    """
    query = sa.select(QUEUED.c.delivery_id, QUEUED.c.lease_owner, QUEUED.c.lease_until)
    query = query.where(IS_LEASED, QUEUED.c.lease_owner != owner)
    if before is not None:
        query = query.where(QUEUED.c.lease_until < before)
    if among_ids is not None:
        mine = (_HAS_RECORD, among(connection, QUEUED.c.delivery_id, among_ids))
        query = query.where(*mine).order_by(QUEUED.c.delivery_id).with_for_update()
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


# -- what becomes of them ----------------------------------------------------------------------------------------------

_remove = deleting(QUEUED, ("delivery_id",))
_remove_by_id = deleting(QUEUED, ("id",))
_free = updating(QUEUED, ("due_at", "lease_owner", "lease_until"), ("delivery_id",))
_move = updating(QUEUED, ("queue_id",), ("delivery_id",))


def remove(connection: Connection, delivery_ids: Iterable[str]) -> None:
    """These wait no more."""
    _remove.run(connection, [(each,) for each in sorted(delivery_ids)])


def remove_by_id(connection: Connection, ids: Iterable[int]) -> None:
    _remove_by_id.run(connection, [(each,) for each in sorted(ids)])


def let_wait(connection: Connection, due: Mapping[str, int]) -> None:
    """End whatever hold there is on these deliveries; they are due then."""
    _free.run(connection, [(due_at, None, None, delivery_id) for delivery_id, due_at in sorted(due.items())])


def to_retries(connection: Connection, deliveries: Iterable[Mapping[str, Any]]) -> None:
    """Let these wait among what was tried before."""
    keys = {row["id"]: queue_of(row)._replace(lane=RETRY) for row in deliveries}
    ids = queue_ids(connection, set(keys.values())) if keys else {}
    _move.run(connection, [(ids[key], delivery_id) for delivery_id, key in sorted(keys.items())])


def make_due(connection: Connection, delivery_ids: Iterable[str], due_at: int) -> None:
    """Of these, what nobody holds is due then."""
    mine = (_HAS_RECORD, IS_FREE, among(connection, QUEUED.c.delivery_id, sorted(delivery_ids)))
    connection.execute(sa.update(QUEUED).where(*mine).values(due_at=due_at))


_awaken = updating(QUEUED, ("due_at", "destination"), ("delivery_id",))


def awaken(connection: Connection, deliveries: Iterable[Mapping[str, Any]]) -> None:
    """Write over deliveries when they are due and where they go; of one that somebody holds it changes nothing by then."""
    rows = [(row["due_at"], destination_of(row["channel"], row["address"]), row["id"]) for row in deliveries]
    _awaken.run(connection, sorted(rows, key=lambda row: row[2]))


def next_due(connection: Connection) -> int | None:
    """The instant the earliest that nobody holds may leave."""
    first = sa.select(sa.func.min(QUEUED.c.due_at)).where(QUEUED.c.queue_id == QUEUES.c.id, IS_FREE).scalar_subquery()
    found = [row[0] for row in fetched(connection, sa.select(first).select_from(QUEUES).where(_IS_MOVING)) if row[0] is not None]
    return min(found, default=None)


def unfinished(connection: Connection, now: int) -> int:
    """How many are due or in a dispatcher's hands; what is held back with its audience is neither."""
    held = sa.select(QUEUES.c.id).where(QUEUES.c.is_held)
    is_open = sa.or_(QUEUED.c.lease_owner.is_not(None), sa.and_(QUEUED.c.due_at <= now, QUEUED.c.queue_id.not_in(held)))
    return int(connection.scalar(sa.select(sa.func.count()).select_from(QUEUED).where(is_open)) or 0)


def is_anything_waiting(connection: Connection) -> bool:
    """Whether anything waits or is in a dispatcher's hands."""
    return connection.execute(sa.select(QUEUED.c.id).limit(1)).first() is not None


def waiting_in(connection: Connection, queue_id: int, most: int) -> int:
    """How many that nobody holds wait in a queue, counted up to ``most``."""
    some = sa.select(QUEUED.c.id).where(IS_FREE, QUEUED.c.queue_id == queue_id).limit(most).subquery()
    return int(connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def remove_empty(connection: Connection) -> None:
    """Remove queues in which nothing is, but for those that are held: others are made as they are.

    Who is adding to one holds it: it is passed over.
    """
    is_empty = sa.and_(~sa.exists().where(QUEUED.c.queue_id == QUEUES.c.id), _IS_MOVING)
    found = connection.execute(sa.select(QUEUES.c.id).where(is_empty).order_by(QUEUES.c.id).with_for_update(skip_locked=True))
    ids = list(found.scalars())
    if ids:  # looked at once more: what was added before they were locked is seen by now
        connection.execute(sa.delete(QUEUES).where(among(connection, QUEUES.c.id, ids), is_empty))
