"""What suppressing does beside the list: for what became of a message, within a tick, and for lists from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.infra.database import among, writing
from relance.users.address_store import SUBSCRIPTIONS
from relance.users.consent_store import refuse_at
from relance.users.pseudonyms import pseudonyms_of
from relance.users.suppression.model import COMPLAINED, AddressKey, NewSuppression, SuppressionReason
from relance.users.suppression.service import suppress


def refuse_complained(engine: Engine, app_id: int, new: Mapping[AddressKey, NewSuppression]) -> None:
    """Whoever complained wants no marketing: so it is at these addresses, whoever brings them later, also once they are off the
    list."""
    complained = {address: each.added_at for address, each in new.items() if each.reason == SuppressionReason.COMPLAINED}
    if not complained:
        return
    with writing(engine) as connection:
        name = pseudonyms_of(connection).address
        refuse_at(connection, app_id, {name(app_id, *address): at for address, at in complained.items()}, COMPLAINED)


def suppress_reached(connection: Connection, app_id: int, new: Mapping[AddressKey, NewSuppression]) -> None:
    """Put addresses that deliveries went to on the suppression list; of one that nobody has any more only the keyed hash."""
    if not new:
        return
    columns = SUBSCRIPTIONS.c.channel, SUBSCRIPTIONS.c.address
    addresses = sorted({address for _, address in new})
    query = sa.select(*columns).where(SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.address, addresses))
    known = {(channel, address) for channel, address in connection.execute(query)}
    suppress(connection, app_id, new, unknown=new.keys() - known)
