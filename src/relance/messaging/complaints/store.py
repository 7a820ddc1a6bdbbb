"""Domains whose marketing is stopped, and what complaints are counted by: the SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among, upsert
from relance.messaging.model import DeliveryState
from relance.messaging.store import DELIVERIES, HAS_COMPLAINED, HAS_DOMAIN

STOPS = sa.Table(
    "domain_stops",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("stopped_at", sa.BigInteger, nullable=False),
    sa.Column("delivered", sa.BigInteger, nullable=False),
    sa.Column("complained", sa.BigInteger, nullable=False),
    sa.Column("resumed_at", sa.BigInteger),
)


def stopped(connection: Connection, apps: Collection[int]) -> dict[int, frozenset[str]]:
    """App → the domains whose marketing is stopped."""
    query = sa.select(STOPS.c.app_id, STOPS.c.domain).where(among(connection, STOPS.c.app_id, apps), STOPS.c.resumed_at.is_(None))
    found: dict[int, set[str]] = {}
    for app_id, domain in connection.execute(query):
        found.setdefault(app_id, set()).add(domain)
    return {app_id: frozenset(domains) for app_id, domains in found.items()}


def stops_of(connection: Connection, app_id: int) -> dict[str, sa.RowMapping]:
    """Domain → its last stop, be it over."""
    rows = connection.execute(sa.select(STOPS).where(STOPS.c.app_id == app_id)).mappings()
    return {row["domain"]: row for row in rows}


def stop(connection: Connection, app_id: int, domain: str, now: int, delivered: int, complained: int) -> None:
    """Stop a domain's marketing."""
    values = {"stopped_at": now, "delivered": delivered, "complained": complained, "resumed_at": None}
    statement = upsert(connection, STOPS).values(app_id=app_id, domain=domain, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["app_id", "domain"], set_=values))


def resume(connection: Connection, app_id: int, domain: str, now: int) -> bool:
    """Let it be sent again; False where it is not stopped."""
    mine = (STOPS.c.app_id == app_id, STOPS.c.domain == domain, STOPS.c.resumed_at.is_(None))
    return connection.execute(sa.update(STOPS).where(*mine).values(resumed_at=now)).rowcount == 1


def complained_since(connection: Connection, app_id: int, domain: str, since: int) -> int:
    """How many of a domain's messages were reported as spam."""
    table = DELIVERIES.c
    those = (HAS_COMPLAINED, table.app_id == app_id, table.complained_at > since, table.sending_domain == domain)
    query = sa.select(sa.func.count()).select_from(DELIVERIES).where(*those, table.is_test.is_(False))
    return connection.execute(query).scalar() or 0


def delivered_since(connection: Connection, app_id: int, domain: str, since: int, limit: int) -> int:
    """How many of a domain's messages were delivered, as far as is known; counted up to ``limit``."""
    some = sa.select(sa.literal(1)).where(*_delivered(app_id, since), DELIVERIES.c.sending_domain == domain).limit(limit)
    return connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar() or 0


def by_domain(connection: Connection, app_id: int, since: int) -> dict[str, tuple[int, int]]:
    """Domain → how many of its messages were delivered and reported as spam."""
    table = DELIVERIES.c
    sent = sa.select(table.sending_domain, sa.func.count()).where(*_delivered(app_id, since)).group_by(table.sending_domain)
    found = {domain: (count, 0) for domain, count in connection.execute(sent)}
    those = (HAS_COMPLAINED, table.app_id == app_id, table.complained_at > since, table.is_test.is_(False))
    reported = sa.select(table.sending_domain, sa.func.count()).where(*those).group_by(table.sending_domain)
    for domain, count in connection.execute(reported):
        if domain:
            found[domain] = (found.get(domain, (0, 0))[0], count)
    return found


def _delivered(app_id: int, since: int) -> Iterable[Any]:
    table = DELIVERIES.c
    is_sent = (table.state == DeliveryState.SENT.value, table.bounced_at.is_(None), table.is_test.is_(False))
    return (HAS_DOMAIN, table.app_id == app_id, table.sent_at > since, *is_sent)
