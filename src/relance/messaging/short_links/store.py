"""The table of short links and all its SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among, upsert
from relance.links.short import ShortLink
from relance.links.signing import LinkKind

SHORT_LINKS = sa.Table(
    "short_links",
    STATE,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("delivery_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
)


def insert_links(connection: Connection, links: Sequence[ShortLink]) -> None:
    rows = [
        {"code": each.code, "delivery_id": each.delivery_id, "kind": each.kind.value, "target": each.target} for each in links
    ]
    connection.execute(upsert(connection, SHORT_LINKS).on_conflict_do_nothing(), rows)


def select_link(connection: Connection, code: str) -> ShortLink | None:
    row = connection.execute(sa.select(SHORT_LINKS).where(SHORT_LINKS.c.code == code)).first()
    return None if row is None else ShortLink(row.code, row.delivery_id, LinkKind(row.kind), row.target)


def delete_links(connection: Connection, deliveries: Collection[str], but: Collection[LinkKind]) -> None:
    theirs = (among(connection, SHORT_LINKS.c.delivery_id, deliveries), SHORT_LINKS.c.kind.not_in([kind.value for kind in but]))
    connection.execute(sa.delete(SHORT_LINKS).where(*theirs))


def delete_links_of(connection: Connection, deliveries: sa.Select[tuple[str]]) -> None:
    connection.execute(sa.delete(SHORT_LINKS).where(SHORT_LINKS.c.delivery_id.in_(deliveries)))
