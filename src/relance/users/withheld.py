"""Held-back calls as listed: by device and user id, newest first. Reads only; ``held`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.users.model import AliasKind
from relance.users.store import HELD, aliases_of
from relance.users.trust import TOO_MANY_CONFIRMATIONS, Held

_decode = msgspec.json.Decoder(list[Held]).decode


class HoldReason(StrEnum):
    """Why a call was held back. Stable, documented in ``docs/reference/api.md``."""

    UNPROVED_USER = "unproved_user"  # it named a user id without proof
    KNOWN_DEVICE = "known_device"  # it named nobody, on the device of someone whom a server or a signed call has named
    TOO_MANY_CONFIRMATIONS = TOO_MANY_CONFIRMATIONS  # it reported an address, but the limit of confirmation mails was reached


class HeldCall(msgspec.Struct, frozen=True):
    """One held-back call: its traits, and its context."""

    kind: str
    message_id: str
    occurred_at: int
    received_at: int
    traits: dict[str, Any]
    context: dict[str, Any]


class HeldBack(msgspec.Struct, frozen=True):
    """The held-back calls of one device about one user id (empty: about whoever it is), oldest first."""

    anonymous_id: str
    user_id: str
    reason: str
    held_at: int
    calls: list[HeldCall]


class HeldPlace(NamedTuple):
    """The place of a row in the list."""

    held_at: int
    anonymous_id: str
    user_id: str


def read_held_back(
    connection: Connection,
    app_id: int,
    *,
    reason: HoldReason | None = None,
    person: int | None = None,
    before: HeldPlace | None = None,
    limit: int = 50,
) -> list[HeldBack]:
    """Newest first. ``person`` is a root: rows of its devices or user ids."""
    table = HELD.c
    query = sa.select(HELD).where(table.app_id == app_id)
    if reason is not None:
        query = query.where(*_has(reason))
    if person is not None:
        query = query.where(
            sa.or_(
                table.anonymous_id.in_(_ids(app_id, person, AliasKind.ANONYMOUS_ID)),
                table.user_id.in_(_ids(app_id, person, AliasKind.USER_ID)),
            )
        )
    if before is not None:
        query = query.where(
            sa.or_(
                table.updated_at < before.held_at,
                sa.and_(
                    table.updated_at == before.held_at,
                    sa.or_(
                        table.anonymous_id > before.anonymous_id,
                        sa.and_(table.anonymous_id == before.anonymous_id, table.user_id > before.user_id),
                    ),
                ),
            )
        )
    order = table.updated_at.desc(), table.anonymous_id, table.user_id
    return [_row(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def _has(reason: HoldReason) -> tuple[sa.ColumnElement[bool], ...]:
    if reason is HoldReason.TOO_MANY_CONFIRMATIONS:
        return (HELD.c.reason == reason.value,)
    return HELD.c.reason == "", HELD.c.user_id == "" if reason is HoldReason.KNOWN_DEVICE else HELD.c.user_id != ""


def _ids(app_id: int, person: int, kind: AliasKind) -> sa.Select[Any]:
    theirs = aliases_of(app_id, (person,)).subquery()
    return sa.select(theirs.c.value).where(theirs.c.kind == str(kind))


def _row(row: sa.Row[Any]) -> HeldBack:
    reason = HoldReason(row.reason or (HoldReason.UNPROVED_USER if row.user_id else HoldReason.KNOWN_DEVICE))
    return HeldBack(row.anonymous_id, row.user_id, reason.value, row.updated_at, list(_calls(row.held)))


def _calls(held: str) -> Iterator[HeldCall]:
    for each in _decode(held):
        body, context = _object(each.body), _object(each.context)
        traits = body if each.kind == "identify" else {}
        yield HeldCall(each.kind, each.message_id, each.occurred_at, each.received_at, traits, context)


def _object(raw: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(raw)
    return found if isinstance(found, dict) else {}
