"""Conversions, who told of them, refunds and clicks: their tables and all their SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among, upsert
from relance.messaging.store import DELIVERIES, HAS_CONVERTED

#: What people did that a message was meant to bring about, each once: an order however often it is told.
CONVERSIONS = sa.Table(
    "conversions",
    STATE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("order_key", sa.Text, nullable=False),  # "" = it names no order
    sa.Column("occurred_at", sa.BigInteger, nullable=False),  # the earliest that was told
    sa.Column("amount", sa.BigInteger),  # in ten-thousandths, that of the best word (``worth``); NULL = none was told
    sa.Column("amount_at", sa.BigInteger),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("currency_at", sa.BigInteger),
    sa.Column("refunded", sa.BigInteger, nullable=False),  # never more than the amount
    sa.Column("delivery_id", sa.Text, nullable=False),  # the one credited; "" = none
    sa.Column("direct", sa.Boolean, nullable=False),
    sa.Index("conversions_by_delivery", "delivery_id"),
    sa.Index("conversions_by_order", "app_id", "order_key"),
)

CONVERTED = sa.Table(
    "conversion_people",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("conversion_id", sa.Text, primary_key=True),
    sa.Index("conversion_people_by_conversion", "conversion_id"),
)

#: What they are about, by the properties by which journeys tell their runs apart.
KEYS = sa.Table(
    "conversion_keys",
    STATE,
    sa.Column("conversion_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("run_key", sa.Text, primary_key=True),
)

REFUNDS = sa.Table(
    "refunds",
    STATE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("order_key", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger),  # NULL = all of it
    sa.Column("currency", sa.Text, nullable=False),
    sa.Index("refunds_by_order", "app_id", "order_key"),
)

CLICKS = sa.Table(
    "clicks",
    STATE,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("occurred_at", sa.BigInteger, primary_key=True, autoincrement=False),
)

_NOBODY = ""


def add_clicks(connection: Connection, clicks: Iterable[tuple[str, int]]) -> None:
    """Keep each click of a delivery once."""
    rows = [{"delivery_id": delivery_id, "occurred_at": instant} for delivery_id, instant in sorted(set(clicks))]
    if rows:
        connection.execute(upsert(connection, CLICKS).on_conflict_do_nothing(), rows)


def forget_clicks(connection: Connection, deliveries: Collection[str]) -> None:
    """Delete the clicks of these deliveries."""
    connection.execute(sa.delete(CLICKS).where(among(connection, CLICKS.c.delivery_id, deliveries)))


def last_clicks(connection: Connection, deliveries: Iterable[str], until: int) -> dict[str, int]:
    """The last click of each at or before an instant: one look into the index each, however many there were."""
    last = (
        sa.select(sa.func.max(CLICKS.c.occurred_at))
        .where(CLICKS.c.delivery_id == DELIVERIES.c.id, CLICKS.c.occurred_at <= until)
        .scalar_subquery()
    )
    query = sa.select(DELIVERIES.c.id, last).where(among(connection, DELIVERIES.c.id, sorted(set(deliveries))))
    return {delivery_id: instant for delivery_id, instant in connection.execute(query) if instant is not None}


def conversions(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Conversions by id."""
    query = sa.select(CONVERSIONS).where(among(connection, CONVERSIONS.c.id, sorted(set(ids))))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def people_of(connection: Connection, ids: Iterable[str]) -> dict[str, set[int]]:
    """Whose each conversion is: more than one where several told of the same order and are not known to be one."""
    query = sa.select(CONVERTED.c.conversion_id, CONVERTED.c.person_id)
    found: dict[str, set[int]] = {}
    for conversion_id, person_id in connection.execute(
        query.where(among(connection, CONVERTED.c.conversion_id, sorted(set(ids))))
    ):
        found.setdefault(conversion_id, set()).add(person_id)
    return found


def of_people_since(connection: Connection, app_id: int, persons: Iterable[int], since: int) -> list[tuple[str, int, int]]:
    """(conversion, person, instant) of these persons at or after an instant."""
    joined = sa.join(CONVERTED, CONVERSIONS, CONVERTED.c.conversion_id == CONVERSIONS.c.id)
    theirs = (CONVERTED.c.app_id == app_id, among(connection, CONVERTED.c.person_id, sorted(set(persons))))
    columns = (CONVERTED.c.conversion_id, CONVERTED.c.person_id, CONVERSIONS.c.occurred_at)
    query = sa.select(*columns).select_from(joined).where(*theirs, CONVERSIONS.c.occurred_at >= since)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def of_orders(connection: Connection, app_id: int, orders: Iterable[str]) -> set[str]:
    """The conversions that are these orders."""
    mine = (CONVERSIONS.c.app_id == app_id, among(connection, CONVERSIONS.c.order_key, sorted(set(orders))))
    return set(connection.execute(sa.select(CONVERSIONS.c.id).where(*mine)).scalars())


_AT_ONCE = 1_000


def credited(connection: Connection) -> Iterator[list[str]]:
    """The deliveries that are credited with something, or say so themselves, a thousand at a time."""
    last = ""
    while True:
        by_conversion = sa.select(CONVERSIONS.c.delivery_id).where(CONVERSIONS.c.delivery_id > last).distinct()
        by_themselves = sa.select(DELIVERIES.c.id).where(HAS_CONVERTED, DELIVERIES.c.id > last)
        first = [each.order_by(sa.text("1")).limit(_AT_ONCE) for each in (by_conversion, by_themselves)]
        found = sorted({each for query in first for each in connection.execute(query).scalars()})[:_AT_ONCE]
        if not found:
            return
        yield found
        last = found[-1]


_COLUMNS = tuple(CONVERSIONS.c.keys())


def write_conversions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new conversions and over old ones."""
    if not rows:
        return
    statement = upsert(connection, CONVERSIONS)
    changed = {name: statement.excluded[name] for name in _COLUMNS if name != "id"}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=changed)
    connection.execute(statement, [{name: row[name] for name in _COLUMNS} for row in rows])


def add_people(connection: Connection, told: Iterable[tuple[int, int, str]]) -> None:
    """Note whose conversions are: (app, person, conversion)."""
    rows = [dict(zip(CONVERTED.c.keys(), each, strict=True)) for each in sorted(set(told))]
    if rows:
        connection.execute(upsert(connection, CONVERTED).on_conflict_do_nothing(), rows)


def add_keys(connection: Connection, told: Iterable[tuple[str, str, str]]) -> None:
    """Note what conversions are about: (conversion, property, key)."""
    rows = [dict(zip(KEYS.c.keys(), each, strict=True)) for each in sorted(set(told))]
    if rows:
        connection.execute(upsert(connection, KEYS).on_conflict_do_nothing(), rows)


def add_refunds(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep each refund once."""
    if rows:
        connection.execute(upsert(connection, REFUNDS).on_conflict_do_nothing(), list(rows))


def refunds_of(connection: Connection, orders: Iterable[str]) -> dict[str, list[tuple[int | None, str]]]:
    """(amount, currency) of what was given back, by order."""
    query = sa.select(REFUNDS.c.order_key, REFUNDS.c.amount, REFUNDS.c.currency)
    found: dict[str, list[tuple[int | None, str]]] = {}
    for order, amount, currency in connection.execute(query.where(among(connection, REFUNDS.c.order_key, sorted(set(orders))))):
        found.setdefault(order, []).append((amount, currency))
    return found


def totals(connection: Connection, deliveries: Iterable[str]) -> list[dict[str, Any]]:
    """What each of these deliveries is credited with, as its columns say it; nothing included."""
    columns = (
        CONVERSIONS.c.delivery_id.label("id"),
        sa.func.count().label("conversions"),
        sa.func.min(CONVERSIONS.c.occurred_at).label("converted_at"),
        sa.func.sum(sa.case((CONVERSIONS.c.direct.is_(True), 1), else_=0)).label("direct"),
    )
    wanted = sorted(set(deliveries))
    query = sa.select(*columns).where(among(connection, CONVERSIONS.c.delivery_id, wanted)).group_by(CONVERSIONS.c.delivery_id)
    rows = {each: {"id": each, "conversions": 0, "converted_at": None, "direct": False} for each in wanted}
    for row in connection.execute(query).mappings():
        rows[row["id"]] = {**row, "direct": bool(row["direct"])}
    return [rows[each] for each in wanted]


# -- people who become one, or go ---------------------------------------------------------------------------------------


def move_conversions(connection: Connection, app_id: int, from_person: int, into_person: int) -> bool:
    """Let one person's conversions be another's; returns whether there were any."""
    theirs = (CONVERTED.c.app_id == app_id, CONVERTED.c.person_id == from_person)
    ids = list(connection.execute(sa.select(CONVERTED.c.conversion_id).where(*theirs)).scalars())
    if ids:
        add_people(connection, [(app_id, into_person, each) for each in ids])
        connection.execute(sa.delete(CONVERTED).where(*theirs))
    return bool(ids)


def forget_conversions(connection: Connection, app_id: int, person_id: int) -> None:
    """Delete what is known of a person's conversions; what they brought stays in the sums of the deliveries credited."""
    theirs = (CONVERTED.c.app_id == app_id, CONVERTED.c.person_id == person_id)
    ids = list(connection.execute(sa.select(CONVERTED.c.conversion_id).where(*theirs)).scalars())
    if not ids:
        return
    connection.execute(sa.delete(CONVERTED).where(*theirs))
    theirs_alone = ~sa.exists().where(CONVERTED.c.conversion_id == KEYS.c.conversion_id)
    connection.execute(sa.delete(KEYS).where(among(connection, KEYS.c.conversion_id, sorted(ids)), theirs_alone))
    orphaned = ~sa.exists().where(CONVERTED.c.conversion_id == CONVERSIONS.c.id)
    mine = (among(connection, CONVERSIONS.c.id, sorted(ids)), CONVERSIONS.c.delivery_id == _NOBODY, orphaned)
    connection.execute(sa.delete(CONVERSIONS).where(*mine))


# -- reads -------------------------------------------------------------------------------------------------------------

_NET = sa.func.sum(CONVERSIONS.c.amount - CONVERSIONS.c.refunded)


def revenues(connection: Connection, app_id: int) -> list[tuple[int, int, str, str, int]]:
    """(message, journey, node, currency, ten-thousandths) of all that was credited, but for tests."""
    table = DELIVERIES.c
    joined = sa.join(CONVERSIONS, DELIVERIES, CONVERSIONS.c.delivery_id == table.id)
    keys = (table.message_id, table.journey_id, table.node, CONVERSIONS.c.currency)
    query = sa.select(*keys, _NET).select_from(joined).group_by(*keys).order_by(*keys)
    query = query.where(table.app_id == app_id, CONVERSIONS.c.amount.is_not(None))
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in connection.execute(query)]


def revenues_of(connection: Connection, deliveries: Iterable[str]) -> list[tuple[str, str, int]]:
    """(delivery, currency, ten-thousandths) of these deliveries."""
    keys = (CONVERSIONS.c.delivery_id, CONVERSIONS.c.currency)
    mine = among(connection, CONVERSIONS.c.delivery_id, sorted(set(deliveries)))
    query = sa.select(*keys, _NET).where(mine, CONVERSIONS.c.amount.is_not(None)).group_by(*keys).order_by(*keys)
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]


def revenue_of_journey(connection: Connection, journey_id: int) -> list[tuple[str, int]]:
    """(currency, ten-thousandths) of what the messages of a journey are credited with."""
    joined = sa.join(CONVERSIONS, DELIVERIES, CONVERSIONS.c.delivery_id == DELIVERIES.c.id)
    query = sa.select(CONVERSIONS.c.currency, _NET).select_from(joined).group_by(CONVERSIONS.c.currency)
    query = query.where(HAS_CONVERTED, DELIVERIES.c.journey_id == journey_id, CONVERSIONS.c.amount.is_not(None))
    return [(row[0], int(row[1])) for row in connection.execute(query.order_by(CONVERSIONS.c.currency))]
