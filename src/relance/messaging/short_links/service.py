"""Short links: kept before their message leaves, and gone with its delivery or its person."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.infra.database import reading, writing
from relance.links.short import CODE, ShortLink
from relance.links.signing import LinkKind
from relance.messaging.short_links import store


def keep(engine: Engine, links: Sequence[ShortLink]) -> None:
    """Durable before the messages that hold them; keeping one again changes nothing."""
    if links:
        with writing(engine) as connection:
            store.insert_links(connection, links)


def find(engine: Engine, code: str) -> ShortLink | None:
    """What a code stands for; None where it stands for nothing any more."""
    if CODE.fullmatch(code) is None:
        return None
    with reading(engine) as connection:
        return store.select_link(connection, code)


def remove(connection: Connection, deliveries: Collection[str]) -> None:
    """Those of deliveries that go off the record, but for what people say no by: their messages may lie on phones for years."""
    store.delete_links(connection, deliveries, but=(LinkKind.UNSUBSCRIBE, LinkKind.PREFERENCES))


def remove_of(connection: Connection, deliveries: sa.Select[tuple[str]]) -> None:
    """Those of the deliveries that a query names: of somebody who is deleted."""
    store.delete_links_of(connection, deliveries)
