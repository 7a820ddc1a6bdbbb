"""The slots of caps that people's deliveries hold. Private to this package.

A slot is the delivery's own column ``reserved_at``: it is taken in the transaction that claims the delivery, and given back by
whatever writes that the message has not left. So it follows its delivery through merges and deletions, and none can be left over.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

from relance.infra.database import among, fetched, is_postgres
from relance.messaging.queue import service as queue
from relance.messaging.store import DELIVERIES, IS_HELD, IS_RESERVED
from relance.restraint.caps import Use

_USE = tuple(DELIVERIES.c[name] for name in ("person_id", "reserved_at", "dispatch", "channel", "message_class", "topic", "lane"))


def uses_of(connection: Connection, app_id: int, persons: Collection[int], since: int) -> dict[int, list[Use]]:
    """Person → the slots taken after ``since``. The addresses of one dispatch share the first that one of them took."""
    first: dict[tuple[int, str], Use] = {}
    for person, *use in fetched(connection, _uses(connection, app_id, persons, since)):
        found = Use(*use)
        known = first.get((person, found.dispatch))
        if known is None or found.at < known.at:
            first[person, found.dispatch] = found
    uses: dict[int, list[Use]] = {}
    for (person, _), use_ in first.items():
        uses.setdefault(person, []).append(use_)
    return uses


def _uses(connection: Connection, app_id: int, persons: Collection[int], since: int) -> sa.Select[Any]:
    """PostgreSQL is told to look each person up: while it has no statistics of a new table it takes people for few, and reads all
    of their app's deliveries instead."""
    taken = sa.select(*_USE).where(IS_RESERVED, DELIVERIES.c.app_id == app_id, DELIVERIES.c.reserved_at > since)
    if not is_postgres(connection):
        return taken.where(among(connection, DELIVERIES.c.person_id, persons))
    person = (
        sa.func.unnest(sa.bindparam(None, list(persons), type_=ARRAY(sa.BigInteger)))
        .table_valued(sa.column("id", sa.BigInteger), name="person")
        .render_derived()
    )
    each = taken.where(DELIVERIES.c.person_id == person.c.id).offset(0).lateral()
    return sa.select(each).select_from(person).join(each, sa.true())


def is_anything_held(connection: Connection, app_id: int) -> bool:
    """Whether any of an app's deliveries waits for caps or for the end of quiet hours."""
    query = sa.select(DELIVERIES.c.id).where(IS_HELD, DELIVERIES.c.app_id == app_id)
    return connection.execute(query.limit(1)).first() is not None


def release_held(connection: Connection, app_id: int, now: int, persons: Collection[int] | None = None) -> int:
    """Let what waits for caps or for the end of quiet hours, of all or of some people, be decided anew now; returns how many."""
    theirs = sa.true() if persons is None else among(connection, DELIVERIES.c.person_id, persons)
    waiting = (IS_HELD, DELIVERIES.c.app_id == app_id, DELIVERIES.c.due_at > now, theirs)
    found = connection.execute(sa.update(DELIVERIES).where(*waiting).values(due_at=now).returning(DELIVERIES.c.id))
    ids = list(found.scalars())
    queue.make_due(connection, ids, now)
    return len(ids)
