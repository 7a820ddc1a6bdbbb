"""The table of deletion requests and all its SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import updating
from relance.infra.database import STATE
from relance.users.deletion_requests.model import OVER, VALID_FOR, DeletionRequest, DeletionState

#: Written out rather than bound: a planner uses a partial index only where it sees its condition.
_IS_SCHEDULED = sa.text("state IN ('scheduled', 'under_way')")

DELETION_REQUESTS = sa.Table(
    "deletion_requests",
    STATE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("subscription_id", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", sa.BigInteger, nullable=False),
    sa.Column("confirmed_at", sa.BigInteger),
    sa.Column("due_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("ended_by", sa.Text, nullable=False),
    sa.Index("deletion_requests_by_person", "app_id", "person_id"),
    sa.Index("deletion_requests_by_app", "app_id", "asked_at", "id"),
    sa.Index("deletion_requests_due", "due_at", sqlite_where=_IS_SCHEDULED, postgresql_where=_IS_SCHEDULED),
)

MOVE_REQUESTS = updating(DELETION_REQUESTS, ("person_id",), ("app_id", "person_id"))
_OPEN = sorted(each.value for each in DeletionState if each not in OVER)


def insert(connection: Connection, new: DeletionRequest) -> None:
    connection.execute(sa.insert(DELETION_REQUESTS).values(_values(new)))


def _values(new: DeletionRequest) -> dict[str, Any]:
    """A request as a row."""
    return {name: getattr(new, name) for name in new.__struct_fields__} | {"state": new.state.value}


def find(connection: Connection, request_id: str, *, lock: bool = False) -> DeletionRequest | None:
    """One request, whatever its app; ``lock``: so it stays until the transaction ends."""
    query = sa.select(DELETION_REQUESTS).where(DELETION_REQUESTS.c.id == request_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _request(row)


def of_person(connection: Connection, app_id: int, person: int) -> list[DeletionRequest]:
    """Newest first."""
    theirs = (DELETION_REQUESTS.c.app_id == app_id, DELETION_REQUESTS.c.person_id == person)
    query = sa.select(DELETION_REQUESTS).where(*theirs).order_by(*_NEWEST_FIRST)
    return [_request(row) for row in connection.execute(query).mappings()]


def of_app(
    connection: Connection, app_id: int, state: DeletionState | None, before: tuple[int, str] | None, limit: int, now: int
) -> list[DeletionRequest]:
    """Newest first; ``before``: (asked at, id) of the last of the page before. ``state``: as of ``now``."""
    table = DELETION_REQUESTS.c
    query = sa.select(DELETION_REQUESTS).where(table.app_id == app_id)
    if state is not None:
        query = query.where(*_is_in(state, now))
    if before is not None:
        query = query.where(sa.tuple_(table.asked_at, table.id) < sa.tuple_(*map(sa.literal, before)))
    return [_request(row) for row in connection.execute(query.order_by(*_NEWEST_FIRST).limit(limit)).mappings()]


def _is_in(state: DeletionState, now: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that a request is in a state by ``now``, of which ``expired`` is never stored."""
    table = DELETION_REQUESTS.c
    if state is DeletionState.EXPIRED:
        return table.state == DeletionState.ASKED.value, table.asked_at <= now - VALID_FOR
    if state is DeletionState.ASKED:
        return table.state == state.value, table.asked_at > now - VALID_FOR
    return (table.state == state.value,)


def change(connection: Connection, request_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(sa.update(DELETION_REQUESTS).where(DELETION_REQUESTS.c.id == request_id).values(values))


def delete_unconfirmed(connection: Connection, app_id: int, person: int) -> None:
    """Those of which the links are to work no longer, since there is a newer mail."""
    theirs = (DELETION_REQUESTS.c.app_id == app_id, DELETION_REQUESTS.c.person_id == person)
    connection.execute(sa.delete(DELETION_REQUESTS).where(*theirs, DELETION_REQUESTS.c.state == DeletionState.ASKED.value))


def end_all(connection: Connection, app_id: int, persons: Collection[int], at: int) -> None:
    """These are deleted, by whatever."""
    theirs = (DELETION_REQUESTS.c.app_id == app_id, DELETION_REQUESTS.c.person_id.in_(persons))
    ended = {"state": DeletionState.DONE.value, "ended_at": at, "subscription_id": 0}
    connection.execute(sa.update(DELETION_REQUESTS).where(*theirs, DELETION_REQUESTS.c.state.in_(_OPEN)).values(ended))


def first_due(connection: Connection) -> int | None:
    """When the term of the first one is over."""
    query = sa.select(sa.func.min(DELETION_REQUESTS.c.due_at)).where(_IS_SCHEDULED, DELETION_REQUESTS.c.due_at.is_not(None))
    found: int | None = connection.scalar(query)
    return found


def due(connection: Connection, now: int, most: int) -> list[DeletionRequest]:
    """Those whose term is over, the first first; they stay as they are until the transaction ends."""
    query = sa.select(DELETION_REQUESTS).where(_IS_SCHEDULED, DELETION_REQUESTS.c.due_at <= now)
    ordered = query.order_by(DELETION_REQUESTS.c.due_at, DELETION_REQUESTS.c.id).limit(most).with_for_update()
    return [_request(row) for row in connection.execute(ordered).mappings()]


_NEWEST_FIRST = (DELETION_REQUESTS.c.asked_at.desc(), DELETION_REQUESTS.c.id.desc())


def _request(row: Mapping[Any, Any]) -> DeletionRequest:
    return DeletionRequest(**{**row, "state": DeletionState(row["state"])})
