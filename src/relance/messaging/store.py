"""Deliveries and the goals that conversions are looked for by: their tables and all their SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import inserting
from relance.infra.database import LOG, STATE, among, upsert
from relance.messaging.model import Delivery, DeliveryState, MessageFigures, SkippedCount, SkipReason
from relance.messaging.queue import service as queue
from relance.messaging.saved.service import chunks
from relance.messaging.sent import service as sent
from relance.messaging.short_links import service as short_links

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Written out rather than bound: a planner uses a partial index only where it sees its condition.
IS_PENDING = sa.text("state = 'pending'")
HAS_CONVERTED = sa.text("conversions > 0")
HAS_COMPLAINED = sa.text("complained_at IS NOT NULL")
HAS_DOMAIN = sa.text("sending_domain <> ''")
_IS_THE_APPS = sa.text("message_id <> 0")  # and not a confirmation mail
# For an address or a consent (see ``waiting``); restraint is waited out.
LACKS = sa.text("state = 'pending' AND reason NOT IN ('', 'capped', 'quiet_hours')")
IS_HELD = sa.text("state = 'pending' AND reason IN ('capped', 'quiet_hours')")
IS_RESERVED = sa.text("reserved_at IS NOT NULL")

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
    sa.Column("message_class", sa.Text, nullable=False, server_default=""),
    sa.Column("topic", sa.Text, nullable=False, server_default=""),
    sa.Column("lane", sa.Text, nullable=False, server_default=""),
    sa.Column("dispatch", sa.Text, nullable=False, server_default=""),  # the same for all addresses of one intent
    sa.Column("rank", sa.Integer, nullable=False, server_default="0"),  # the message's priority, the highest first
    sa.Column("reserved_at", sa.BigInteger),  # when it took the slot of caps that it holds
    sa.Column("tiers", sa.Text, nullable=False, server_default=""),  # JSON: cap → the segment whose tier was used
    sa.Column("held_by", sa.Text, nullable=False, server_default=""),
    sa.Column("held_since", sa.BigInteger),
    sa.Column("wanted_until", sa.BigInteger),  # its run has gone on after that instant
    sa.Column("complained_at", sa.BigInteger),
    sa.Column("bounce_type", sa.Text, nullable=False, server_default=""),  # hard, soft, sender; empty: it has not come back
    sa.Column("sending_domain", sa.Text, nullable=False, server_default=""),  # in whose name it was sent
    sa.Column("sent_values", sa.BigInteger),  # the row that has what it was filled with
    sa.Column("language", sa.Text, nullable=False, server_default=""),  # in which it was written
    sa.Column("audience_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("deliveries_by_app", "app_id", "created_at", "id"),
    sa.Index("deliveries_by_person", "app_id", "person_id"),
    sa.Index("deliveries_by_message", "app_id", "message_id", "created_at", "id"),
    sa.Index("deliveries_lacking", "app_id", "person_id", sqlite_where=LACKS, postgresql_where=LACKS),
    sa.Index("deliveries_held", "app_id", "due_at", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
    sa.Index(
        "deliveries_reserved",
        *("app_id", "person_id", "reserved_at"),
        sqlite_where=IS_RESERVED,
        postgresql_where=IS_RESERVED,
    ),
    sa.Index("deliveries_complained", "app_id", "complained_at", sqlite_where=HAS_COMPLAINED, postgresql_where=HAS_COMPLAINED),
    sa.Index(
        "deliveries_by_domain",
        *("app_id", "sending_domain", "sent_at"),
        sqlite_where=HAS_DOMAIN,
        postgresql_where=HAS_DOMAIN,
    ),
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

ENGAGEMENT = ("delivered_at", "opened_at", "clicked_at", "dismissed_at", "bounced_at", "unsubscribed_at", "complained_at")
_SHOWN = tuple(DELIVERIES.c[name] for name in Delivery.__struct_fields__ if name != "revenue")


# -- deliveries: written by the tick -----------------------------------------------------------------------------------


def insert_deliveries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write deliveries and let them wait; one whose id is there already stays as it is."""
    if rows:
        connection.execute(upsert(connection, DELIVERIES).on_conflict_do_nothing(index_elements=["id"]), list(rows))
        queue.put(connection, (row for row in rows if row["state"] == DeliveryState.PENDING))


WANTED = (
    *(
        "id",
        "app_id",
        "person_id",
        "subscription_id",
        "channel",
        "address",
        "message_id",
        "journey_id",
        "run_id",
        "node",
        "is_test",
    ),
    *("state", "reason", "detail", "goal_event", "goal_length", "created_at", "due_at", "attempts", "provider_id", "conversions"),
    *("direct", "data", "caused_by", "message_class", "topic", "lane", "dispatch", "rank", "audience_id", "wanted_until"),
)
_wanted = itemgetter(*WANTED)
_WANT = inserting(
    DELIVERIES,
    WANTED,
    "ON CONFLICT (id) DO UPDATE SET address = excluded.address, state = excluded.state, reason = excluded.reason,"
    " detail = excluded.detail, due_at = excluded.due_at, held_by = '', held_since = NULL"
    f" WHERE deliveries.state = '{DeliveryState.SKIPPED.value}' AND deliveries.reason = '{SkipReason.JOURNEY_STOPPED.value}'",
)


def insert_wanted(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write deliveries that are wanted; one that was withdrawn from its run waits again, any other stays as it is."""
    first = {row["id"]: row for row in reversed(rows)}  # PostgreSQL takes no row twice in one statement
    _WANT.run(connection, [_wanted(row) for row in reversed(first.values())])
    queue.put(connection, (row for row in first.values() if row["state"] == DeliveryState.PENDING))


_MADE = inserting(DELIVERIES, WANTED)


def insert_made(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write deliveries that are on no record, as they stand."""
    _MADE.run(connection, [_wanted(row) for row in rows])


def hand_on(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let these deliveries, where they have an address, be those people's."""
    for row in rows:
        one = (DELIVERIES.c.id == row["id"], DELIVERIES.c.address != "", DELIVERIES.c.person_id != row["person_id"])
        connection.execute(sa.update(DELIVERIES).where(*one).values(person_id=row["person_id"]))


def asked_since(connection: Connection, app_id: int, message_id: int, since: int) -> list[tuple[int, int]]:
    """When each delivery of a message was asked for after an instant, and whose it is; by no node of a journey."""
    table = DELIVERIES.c
    query = sa.select(table.created_at, table.person_id).where(
        table.app_id == app_id, table.message_id == message_id, table.node == "", table.created_at > since
    )
    return [(created_at, person) for created_at, person in connection.execute(query)]


def was_intended(connection: Connection, app_id: int, message_id: int) -> bool:
    """Whether it was ever meant for anybody; a test is for whoever writes the message."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.message_id == message_id, DELIVERIES.c.is_test.is_(False))
    return connection.execute(sa.select(DELIVERIES.c.id).where(*theirs).limit(1)).first() is not None


def delete_tests(connection: Connection, app_id: int, message_id: int) -> None:
    """Delete the tests of a message, those that wait to be sent among them."""
    theirs = (DELIVERIES.c.app_id == app_id, DELIVERIES.c.message_id == message_id, DELIVERIES.c.is_test.is_(True))
    ids = list(connection.execute(sa.delete(DELIVERIES).where(*theirs).returning(DELIVERIES.c.id)).scalars())
    queue.remove(connection, ids)


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
    *(
        DELIVERIES.c[name]
        for name in ("is_test", "goal_event", "goal_length", "sent_at", "sending_domain", "bounce_type", *ENGAGEMENT)
    ),
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


def sent_to(
    connection: Connection, app_id: int, person_id: int, channel: str, address: str, since: int, limit: int
) -> list[dict[str, Any]]:
    """What was sent to an address of a person after ``since``, newest first: how it came back, or that it arrived."""
    table = DELIVERIES.c
    theirs = (table.app_id == app_id, table.person_id == person_id, table.channel == channel, table.address == address)
    columns = [table[name] for name in ("id", "bounce_type", "delivered_at", "opened_at", "clicked_at")]
    query = sa.select(*columns).where(*theirs, table.sent_at > since).order_by(table.sent_at.desc(), table.id.desc())
    return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def write_engagement(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what changed by engagement; only the tick writes these columns."""
    _write_over(connection, (*ENGAGEMENT, "bounce_type"), rows)


def write_conversions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what deliveries are credited with: how often, when first, and whether once after a click."""
    _write_over(connection, ("conversions", "converted_at", "direct"), rows)


def conversions_by_id(connection: Connection, ids: Iterable[str]) -> list[dict[str, Any]]:
    """What these deliveries say that they are credited with."""
    columns = [DELIVERIES.c[name] for name in ("id", "conversions", "converted_at", "direct")]
    query = sa.select(*columns).where(among(connection, DELIVERIES.c.id, sorted(ids)))
    return [{**row, "direct": bool(row["direct"])} for row in connection.execute(query).mappings()]


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
    ids = list(connection.execute(sa.select(DELIVERIES.c.id).where(*waiting).with_for_update()).scalars())
    filled = sa.select(DELIVERIES.c.id, DELIVERIES.c.sent_values).where(*theirs, DELIVERIES.c.sent_values.is_not(None))
    sent.forget(connection, [(row.id, row.sent_values) for row in connection.execute(filled)])
    connection.execute(sa.update(DELIVERIES).where(*waiting).values(skipped))
    queue.remove(connection, ids)
    short_links.remove_of(connection, sa.select(DELIVERIES.c.id).where(*theirs))
    nobody = {"person_id": 0, "subscription_id": 0, "address": "", "detail": "", "data": "{}", "run_id": "", "reserved_at": None}
    nobody |= {"sent_values": None}
    connection.execute(sa.update(DELIVERIES).where(*theirs).values(nobody))


# -- deliveries: read --------------------------------------------------------------------------------------------------


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    return Delivery(**{**row, "state": DeliveryState(row["state"])})


def delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    row = connection.execute(sa.select(*_SHOWN).where(DELIVERIES.c.id == delivery_id)).mappings().first()
    return None if row is None else _delivery(row)


def filled_with(connection: Connection, delivery_id: str) -> tuple[str, int | None]:
    """The properties that a delivery was filled with, as JSON, and where the other values are kept."""
    query = sa.select(DELIVERIES.c.data, DELIVERIES.c.sent_values).where(DELIVERIES.c.id == delivery_id)
    row = connection.execute(query).first()
    return ("{}", None) if row is None else (row.data, row.sent_values)


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
