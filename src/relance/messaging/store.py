"""Deliveries and the goals that conversions are looked for by: their tables and all their SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import LOG, STATE, upsert
from relance.messaging.model import Delivery, DeliveryState, MessageFigures, SkippedCount, SkipReason
from relance.messaging.saved.service import chunks

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Written out rather than bound: a planner uses a partial index only where it sees its condition.
IS_PENDING = sa.text("state = 'pending'")
IS_SENDING = sa.text("state = 'sending'")
HAS_CONVERTED = sa.text("conversions > 0")
_IS_THE_APPS = sa.text("message_id <> 0")  # and not a confirmation mail
LACKS = sa.text("state = 'pending' AND reason <> ''")  # for an address or a consent: see ``waiting``

DELIVERIES = sa.Table(
    "deliveries",
    STATE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("subscription_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("journey_id", sa.BigInteger, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("is_test", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("goal_event", sa.Text, nullable=False),
    sa.Column("goal_length", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("lease_until", sa.BigInteger),  # real time
    sa.Column("lease_owner", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("sent_at", sa.BigInteger),
    sa.Column("delivered_at", sa.BigInteger),
    sa.Column("opened_at", sa.BigInteger),
    sa.Column("clicked_at", sa.BigInteger),
    sa.Column("dismissed_at", sa.BigInteger),
    sa.Column("bounced_at", sa.BigInteger),
    sa.Column("unsubscribed_at", sa.BigInteger),
    sa.Column("converted_at", sa.BigInteger),
    sa.Column("conversions", sa.Integer, nullable=False),
    sa.Column("direct", sa.Boolean, nullable=False),
    sa.Column("data", sa.Text, nullable=False),  # the entry event's properties
    sa.Column("caused_by", sa.Text, nullable=False, server_default=""),
    sa.Index("deliveries_by_app", "app_id", "created_at", "id"),
    sa.Index("deliveries_by_person", "app_id", "person_id"),
    sa.Index("deliveries_by_message", "app_id", "message_id", "created_at", "id"),
    sa.Index(
        "deliveries_pending",
        "due_at",
        "id",
        sqlite_where=IS_PENDING,
        postgresql_where=IS_PENDING,
    ),
    sa.Index(
        "deliveries_waiting",
        "channel",
        "app_id",
        "due_at",
        "id",
        sqlite_where=IS_PENDING,
        postgresql_where=IS_PENDING,
    ),
    sa.Index("deliveries_sending", "lease_until", sqlite_where=IS_SENDING, postgresql_where=IS_SENDING),
    sa.Index("deliveries_lacking", "app_id", "person_id", sqlite_where=LACKS, postgresql_where=LACKS),
    sa.Index("deliveries_converted", "journey_id", sqlite_where=HAS_CONVERTED, postgresql_where=HAS_CONVERTED),
)

GOAL_EVENTS = sa.Table(
    "goal_events",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
)

#: The properties by which journeys with a goal tell one run from another.
GOAL_KEYS = sa.Table(
    "goal_keys",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
)

ON_THE_WIRE = sa.Table(
    "on_the_wire",
    LOG,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("attempt", sa.Integer, nullable=False),
)

ENGAGEMENT = ("delivered_at", "opened_at", "clicked_at", "dismissed_at", "bounced_at", "unsubscribed_at")
_SHOWN = tuple(DELIVERIES.c[name] for name in Delivery.__struct_fields__ if name != "revenue")


# -- deliveries: written by the tick -----------------------------------------------------------------------------------


def insert_deliveries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write deliveries; one whose id is there already stays as it is."""
    if rows:
        connection.execute(upsert(connection, DELIVERIES).on_conflict_do_nothing(index_elements=["id"]), list(rows))


def insert_wanted(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write deliveries that are wanted; one that was withdrawn from its run waits again, any other stays as it is."""
    statement = upsert(connection, DELIVERIES)
    anew = {name: statement.excluded[name] for name in ("address", "state", "reason", "detail", "due_at")}
    was_withdrawn = (DELIVERIES.c.state == DeliveryState.SKIPPED.value, DELIVERIES.c.reason == SkipReason.JOURNEY_STOPPED.value)
    if rows:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=anew, where=sa.and_(*was_withdrawn)), list(rows)
        )


def hand_on(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let these deliveries, where they have an address, be those people's."""
    for row in rows:
        one = (DELIVERIES.c.id == row["id"], DELIVERIES.c.address != "", DELIVERIES.c.person_id != row["person_id"])
        connection.execute(sa.update(DELIVERIES).where(*one).values(person_id=row["person_id"]))


def asked_since(connection: Connection, app_id: int, message_id: int, since: int) -> list[tuple[int, int]]:
    """When each delivery of a message was asked for after an instant, and whose it is."""
    table = DELIVERIES.c
    query = sa.select(table.created_at, table.person_id).where(
        table.app_id == app_id, table.message_id == message_id, table.created_at > since
    )
    return [(created_at, person) for created_at, person in connection.execute(query)]


def was_intended(connection: Connection, app_id: int, message_id: int) -> bool:
    """Whether it was ever meant for anybody; a test is for whoever writes the message."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.message_id == message_id, DELIVERIES.c.is_test.is_(False))
    return connection.execute(sa.select(DELIVERIES.c.id).where(*theirs).limit(1)).first() is not None


def delete_tests(connection: Connection, app_id: int, message_id: int) -> None:
    """Delete the tests of a message, those that wait to be sent among them."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.message_id == message_id, DELIVERIES.c.is_test.is_(True))
    connection.execute(sa.delete(DELIVERIES).where(*theirs))


def add_goal_events(connection: Connection, goals: Iterable[tuple[int, str]]) -> None:
    """Remember which events conversions are looked for by."""
    rows = [{"app_id": app_id, "event": event} for app_id, event in sorted(set(goals))]
    if rows:
        connection.execute(upsert(connection, GOAL_EVENTS).on_conflict_do_nothing(), rows)


def goal_events(connection: Connection) -> dict[int, set[str]]:
    """The goals of each app that ever wrote a delivery or published a journey with a goal."""
    goals: dict[int, set[str]] = {}
    for app_id, name in connection.execute(sa.select(GOAL_EVENTS.c.app_id, GOAL_EVENTS.c.event)):
        goals.setdefault(app_id, set()).add(name)
    return goals


def add_goal_key(connection: Connection, app_id: int, event: str, name: str) -> None:
    """Remember by which property it is known what a goal's event is about."""
    statement = upsert(connection, GOAL_KEYS).on_conflict_do_nothing()
    connection.execute(statement, {"app_id": app_id, "event": event, "name": name})


def goal_keys(connection: Connection) -> dict[tuple[int, str], list[str]]:
    """(app, event) → the names of those properties, in order."""
    found: dict[tuple[int, str], list[str]] = {}
    columns = (GOAL_KEYS.c.app_id, GOAL_KEYS.c.event, GOAL_KEYS.c.name)
    for app_id, event, name in connection.execute(sa.select(*columns).order_by(*columns)):
        found.setdefault((app_id, event), []).append(name)
    return found


_TOUCHED = (
    *(DELIVERIES.c[name] for name in ("id", "app_id", "person_id", "channel", "address", "message_id", "journey_id")),
    *(DELIVERIES.c[name] for name in ("run_id", "node")),
    *(DELIVERIES.c[name] for name in ("is_test", "goal_event", "goal_length", "sent_at", *ENGAGEMENT)),
)


def touched_by_id(connection: Connection, ids: Iterable[str]) -> list[dict[str, Any]]:
    """What engagement and credit look at, of these deliveries."""
    rows: list[dict[str, Any]] = []
    for some in chunks(ids):
        rows.extend(dict(row) for row in connection.execute(sa.select(*_TOUCHED).where(DELIVERIES.c.id.in_(some))).mappings())
    return rows


def touched_by_person(connection: Connection, app_id: int, persons: Iterable[int], since: int) -> list[dict[str, Any]]:
    """The same, of what was sent to these persons after ``since`` to bring something about; tests are not."""
    table = DELIVERIES.c
    sent = (table.app_id == app_id, table.sent_at > since, table.is_test.is_(False), table.goal_event != "")
    rows: list[dict[str, Any]] = []
    for some in chunks(persons):
        found = connection.execute(sa.select(*_TOUCHED).where(*sent, DELIVERIES.c.person_id.in_(some)))
        rows.extend(dict(row) for row in found.mappings())
    return rows


def write_engagement(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what changed by engagement; only the tick writes these columns."""
    _write_over(connection, ENGAGEMENT, rows)


def write_conversions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what deliveries are credited with: how often, when first, and whether once after a click."""
    _write_over(connection, ("conversions", "converted_at", "direct"), rows)


def _write_over(connection: Connection, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in names}
    statement = sa.update(DELIVERIES).where(DELIVERIES.c.id == sa.bindparam("b_id")).values(values)
    connection.execute(statement, [{f"b_{name}": row[name] for name in ("id", *names)} for row in rows])


def move_deliveries(connection: Connection, app_id: int, from_person: int, into_person: int) -> bool:
    """Let one person's deliveries be another's; returns whether there were any."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.person_id == from_person)
    return connection.execute(sa.update(DELIVERIES).where(*theirs).values(person_id=into_person)).rowcount > 0


def forget_deliveries(connection: Connection, app_id: int, person_id: int) -> None:
    """Take out of the deliveries all that tells who they were to. What still waits is skipped."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.person_id == person_id)
    waiting = (*theirs, DELIVERIES.c.state == DeliveryState.PENDING.value)
    skipped = {"state": DeliveryState.SKIPPED.value, "reason": SkipReason.DELETED_PERSON.value}
    connection.execute(sa.update(DELIVERIES).where(*waiting).values(skipped))
    nobody = {"person_id": 0, "subscription_id": 0, "address": "", "detail": "", "data": "{}", "run_id": ""}
    connection.execute(sa.update(DELIVERIES).where(*theirs).values(nobody))


# -- deliveries: read --------------------------------------------------------------------------------------------------


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    return Delivery(**{**row, "state": DeliveryState(row["state"])})


def delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    row = connection.execute(sa.select(*_SHOWN).where(DELIVERIES.c.id == delivery_id)).mappings().first()
    return None if row is None else _delivery(row)


def deliveries_by_id(connection: Connection, app_id: int, ids: Iterable[str]) -> list[Delivery]:
    found: list[Delivery] = []
    for some in chunks(ids):
        rows = connection.execute(sa.select(*_SHOWN).where(DELIVERIES.c.app_id == app_id, DELIVERIES.c.id.in_(some)))
        found.extend(_delivery(row) for row in rows.mappings())
    return found


def deliveries(
    connection: Connection, app_id: int, filters: Mapping[str, Any], before: tuple[int, str] | None, limit: int
) -> list[Delivery]:
    """Newest first, those matching all filters (column → value)."""
    query = sa.select(*_SHOWN).where(DELIVERIES.c.app_id == app_id, _IS_THE_APPS)
    for name, value in filters.items():
        query = query.where(DELIVERIES.c[name] == value)
    if before is not None:
        created_at, delivery_id = before
        earlier = sa.and_(DELIVERIES.c.created_at == created_at, DELIVERIES.c.id < delivery_id)
        query = query.where(sa.or_(DELIVERIES.c.created_at < created_at, earlier))
    query = query.order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id.desc()).limit(limit)
    return [_delivery(row) for row in connection.execute(query).mappings()]


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def figures(connection: Connection, app_id: int) -> list[MessageFigures]:
    """Sums by message, journey and node."""
    table, state = DELIVERIES.c, DELIVERIES.c.state
    waiting = state.in_((DeliveryState.PENDING.value, DeliveryState.SENDING.value))
    query = (
        sa.select(
            table.message_id,
            table.journey_id,
            table.node,
            sa.func.max(table.channel).label("channel"),
            _counted(state == DeliveryState.SENT.value).label("sent"),
            _counted(_HAS_REACHED).label("reached"),
            _counted(sa.and_(_HAS_REACHED, table.goal_event != "")).label("aimed"),
            _counted(state == DeliveryState.FAILED.value).label("failed"),
            _counted(state == DeliveryState.SKIPPED.value).label("skipped"),
            _counted(state == DeliveryState.UNKNOWN.value).label("unknown"),
            _counted(waiting).label("waiting"),
            *(sa.func.count(table[f"{name}_at"]).label(name) for name in _COUNTED_INSTANTS),
            _counted(table.direct.is_(True)).label("direct"),
        )
        .where(table.app_id == app_id, table.is_test.is_(False), _IS_THE_APPS)
        .group_by(table.message_id, table.journey_id, table.node)
        .order_by(table.message_id, table.journey_id, table.node)
    )
    return [MessageFigures(**row) for row in connection.execute(query).mappings()]


_SHOW_THAT_IT_CAME = ("delivered", "opened", "clicked", "dismissed", "unsubscribed", "converted")
_HAS_REACHED = sa.or_(
    DELIVERIES.c.state == DeliveryState.SENT.value, *(DELIVERIES.c[f"{name}_at"].is_not(None) for name in _SHOW_THAT_IT_CAME)
)
_COUNTED_INSTANTS = ("delivered", "opened", "clicked", "dismissed", "unsubscribed", "bounced", "converted")


def skipped_counts(connection: Connection, app_id: int) -> list[SkippedCount]:
    table = DELIVERIES.c
    query = (
        sa.select(table.message_id, table.reason, sa.func.count())
        .where(table.app_id == app_id, table.state == DeliveryState.SKIPPED.value, table.is_test.is_(False), _IS_THE_APPS)
        .group_by(table.message_id, table.reason)
        .order_by(table.message_id, table.reason)
    )
    return [SkippedCount(message_id, SkipReason(reason), count) for message_id, reason, count in connection.execute(query)]


def next_due(connection: Connection) -> int | None:
    """The instant the earliest waiting delivery may leave."""
    query = sa.select(sa.func.min(DELIVERIES.c.due_at)).where(IS_PENDING)
    return connection.execute(query).scalar()


def unfinished(connection: Connection, now: int) -> int:
    """Deliveries that are due or in a dispatcher's hands."""
    pending = sa.and_(IS_PENDING, DELIVERIES.c.due_at <= now)
    waiting = sa.select(sa.func.count()).select_from(DELIVERIES).where(pending).scalar_subquery()
    held = sa.select(sa.func.count()).select_from(DELIVERIES).where(IS_SENDING).scalar_subquery()
    return int(connection.execute(sa.select(waiting + held)).scalar() or 0)


# -- deliveries: held by a dispatcher ----------------------------------------------------------------------------------


def apps_waiting(connection: Connection, channel: str, now: int) -> list[int]:
    """The apps of which a channel has something due, by id: a look into the index for each app, however much waits."""
    table, last = DELIVERIES.c, 0
    apps: list[int] = []
    while True:
        query = sa.select(sa.func.min(table.app_id)).where(IS_PENDING, table.channel == channel, table.app_id > last)
        app_id = connection.scalar(query)
        if app_id is None:
            return apps
        last = app_id
        due = sa.select(sa.func.min(table.due_at)).where(IS_PENDING, table.channel == channel, table.app_id == app_id)
        if (connection.scalar(due) or 0) <= now:
            apps.append(app_id)


def due(
    connection: Connection, now: int, channel: str, app_id: int, limit: int, only: Iterable[str] | None, but: Iterable[str]
) -> list[dict[str, Any]]:
    """Up to ``limit`` deliveries of an app that are due, first come first; ``only`` and ``but`` are how addresses (do not) begin.

    On PostgreSQL rows that another dispatcher is taking are passed over; on SQLite writers queue up anyway.
    """
    table = DELIVERIES.c
    query = sa.select(DELIVERIES).where(IS_PENDING, table.channel == channel, table.app_id == app_id, table.due_at <= now)
    if only is not None:
        query = query.where(sa.or_(sa.false(), *(_begins(each) for each in sorted(only))))
    for each in sorted(but):
        query = query.where(sa.not_(_begins(each)))
    query = query.order_by(table.due_at, table.id).limit(limit).with_for_update(skip_locked=True)
    return [dict(row) for row in connection.execute(query).mappings()]


def _begins(beginning: str) -> sa.ColumnElement[bool]:
    return sa.func.substr(DELIVERIES.c.address, 1, len(beginning)) == beginning


def claim(connection: Connection, rows: Sequence[dict[str, Any]], owner: str, lease_until: int) -> None:
    """Take deliveries that were just found due, for ``owner`` alone; ``lease_until`` is real time."""
    held = {
        "state": DeliveryState.SENDING.value,
        "lease_owner": owner,
        "lease_until": lease_until,
        "attempts": DELIVERIES.c.attempts + 1,
    }
    for some in chunks(row["id"] for row in rows):
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id.in_(some)).values(held))
    for row in rows:
        row.update(lease_owner=owner, lease_until=lease_until, attempts=row["attempts"] + 1)


def release(connection: Connection, ids: Iterable[str], owner: str) -> None:
    """Let go of deliveries that were claimed but not tried."""
    back = {"state": DeliveryState.PENDING.value, "lease_owner": None, "lease_until": None, "attempts": DELIVERIES.c.attempts - 1}
    for some in chunks(ids):
        mine = (IS_SENDING, DELIVERIES.c.lease_owner == owner, DELIVERIES.c.id.in_(some))
        connection.execute(sa.update(DELIVERIES).where(*mine).values(back))


def uncount(connection: Connection, ids: Iterable[str]) -> None:
    """These were claimed and never tried."""
    for some in chunks(ids):
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id.in_(some)).values(attempts=DELIVERIES.c.attempts - 1))


def still_held(connection: Connection, ids: Iterable[str], owner: str) -> set[str]:
    """Which of these the dispatcher still holds; locked until the transaction ends."""
    held: set[str] = set()
    mine = (DELIVERIES.c.state == DeliveryState.SENDING.value, DELIVERIES.c.lease_owner == owner)
    for some in chunks(ids):
        query = sa.select(DELIVERIES.c.id).where(*mine, DELIVERIES.c.id.in_(some)).order_by(DELIVERIES.c.id)
        held.update(connection.execute(query.with_for_update()).scalars())
    return held


_RESULT = ("state", "reason", "detail", "due_at", "sent_at", "provider_id")


def write_results(connection: Connection, results: Sequence[Mapping[str, Any]]) -> None:
    """End the dispatcher's hold on these deliveries, each with what became of it."""
    if not results:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _RESULT}
    values.update(lease_owner=None, lease_until=None)
    statement = sa.update(DELIVERIES).where(DELIVERIES.c.id == sa.bindparam("b_id")).values(values)
    connection.execute(statement, [{f"b_{name}": row[name] for name in ("id", *_RESULT)} for row in results])


def abandoned(connection: Connection, before: int | None, owner: str) -> list[dict[str, Any]]:
    """Deliveries in the hands of a dispatcher that is gone: its lease ended before ``before`` (real time).

    With None every other dispatcher is known to be gone.
    """
    query = sa.select(DELIVERIES).where(IS_SENDING, DELIVERIES.c.lease_owner != owner)
    if before is not None:
        query = query.where(DELIVERIES.c.lease_until < before)
    query = query.order_by(DELIVERIES.c.id).with_for_update(skip_locked=True)
    return [dict(row) for row in connection.execute(query).mappings()]


# -- what is on the wire, in the log's store ---------------------------------------------------------------------------


def insert_marks(connection: Connection, marks: Mapping[str, int]) -> None:
    """Delivery → attempt; there is none of these deliveries."""
    if marks:
        rows = [{"delivery_id": delivery_id, "attempt": attempt} for delivery_id, attempt in marks.items()]
        connection.execute(sa.insert(ON_THE_WIRE), rows)


def remove_marks(connection: Connection, ids: Iterable[str]) -> None:
    for some in chunks(ids):
        connection.execute(sa.delete(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))


def marks_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Delivery → attempt of those that are marked."""
    found: dict[str, int] = {}
    for some in chunks(ids):
        rows = connection.execute(sa.select(ON_THE_WIRE).where(ON_THE_WIRE.c.delivery_id.in_(some)))
        found.update((delivery_id, attempt) for delivery_id, attempt in rows)
    return found
