"""Held-back calls of devices: read, written and deleted. Private to this package."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import deleting, inserting
from relance.infra.database import among
from relance.users.model import AliasKind
from relance.users.store import HELD
from relance.users.trust import Held
from relance.users.working_set import WorkingSet

_insert = inserting(HELD, ("app_id", "anonymous_id", "user_id", "held", "updated_at", "reason"))
_delete = deleting(HELD, ("app_id", "anonymous_id"))
_delete_of_user = deleting(HELD, ("app_id", "user_id"))
MOST_DEVICES = 50_000  # devices of an app with held-back calls
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Held]).decode
_by_receipt = attrgetter("received_at")


def write(connection: Connection, working_set: WorkingSet) -> None:
    """Write the changes in this transaction."""
    if not working_set.dirty_withheld:
        return
    devices, working_set.dirty_withheld = sorted(working_set.dirty_withheld), set()
    _delete.run(connection, [(working_set.app_id, device) for device in devices])
    rows: list[tuple[Any, ...]] = []
    for device in devices:
        held = working_set.withheld[device]
        for user in sorted({each.user for each in held}):
            theirs = [each for each in held if each.user == user]
            rows.append((working_set.app_id, device, user, _encode(theirs).decode(), theirs[-1].received_at, theirs[-1].reason))
        (working_set.withholding.add if held else working_set.withholding.discard)(device)
    _insert.run(connection, rows)
    if len(working_set.withholding) > MOST_DEVICES:
        _forget_oldest(connection, working_set, len(working_set.withholding) - MOST_DEVICES)


def _forget_oldest(connection: Connection, working_set: WorkingSet, count: int) -> None:
    newest = sa.func.max(HELD.c.updated_at)
    query = sa.select(HELD.c.anonymous_id).where(HELD.c.app_id == working_set.app_id).group_by(HELD.c.anonymous_id)
    oldest = list(connection.scalars(query.order_by(newest, HELD.c.anonymous_id).limit(count)))
    _delete.run(connection, [(working_set.app_id, device) for device in oldest])
    working_set.withholding.difference_update(oldest)
    for device in oldest:
        working_set.withheld.pop(device, None)


def devices_of(connection: Connection, app_id: int) -> set[str]:
    """The devices with held-back calls."""
    return set(connection.scalars(sa.select(HELD.c.anonymous_id).where(HELD.c.app_id == app_id)))


def read(connection: Connection, app_id: int, devices: Collection[str]) -> dict[str, list[Held]]:
    """The held-back calls of each of these devices, in order."""
    query = sa.select(HELD.c.anonymous_id, HELD.c.held).where(
        HELD.c.app_id == app_id, among(connection, HELD.c.anonymous_id, devices)
    )
    found: dict[str, list[Held]] = {}
    for device, held in connection.execute(query.order_by(HELD.c.user_id)):
        found.setdefault(device, []).extend(_decode(held))
    return {device: sorted(held, key=_by_receipt) for device, held in found.items()}


def forget(connection: Connection, app_id: int, aliases: Collection[tuple[str, str]]) -> None:
    """The owner of these ids was deleted."""
    _delete.run(connection, [(app_id, value) for kind, value in aliases if kind == AliasKind.ANONYMOUS_ID])
    _delete_of_user.run(connection, [(app_id, value) for kind, value in aliases if kind == AliasKind.USER_ID])
