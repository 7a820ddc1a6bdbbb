"""Suppressing addresses for what became of a message: within a tick, which also deletes people."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among
from relance.users.address_store import SUBSCRIPTIONS
from relance.users.suppression.model import AddressKey, NewSuppression
from relance.users.suppression.service import suppress


def suppress_reached(connection: Connection, app_id: int, new: Mapping[AddressKey, NewSuppression]) -> None:
    """Put addresses that deliveries went to on the suppression list; of one that nobody has any more only the keyed hash."""
    if not new:
        return
    columns = SUBSCRIPTIONS.c.channel, SUBSCRIPTIONS.c.address
    addresses = sorted({address for _, address in new})
    query = sa.select(*columns).where(SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.address, addresses))
    known = {(channel, address) for channel, address in connection.execute(query)}
    suppress(connection, app_id, new, unknown=new.keys() - known)
