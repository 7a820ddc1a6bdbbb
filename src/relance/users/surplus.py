"""Limits a person's push subscriptions to the newest, so that thousands of them cannot multiply messages.

Private to this package.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among
from relance.users.address_store import SUBSCRIPTIONS
from relance.users.model import EMAIL, SubscriptionState
from relance.users.working_set import WorkingSet

MOST = 50  # per person and channel
TOO_MANY_DEVICES = "too_many_devices"  # the reason given to subscriptions ended by the limit


def end_surplus(connection: Connection, working_set: WorkingSet) -> None:
    """End the oldest subscriptions of people who got one, or were merged, in this transaction, once everything is written."""
    if not working_set.pushed:
        return
    persons, working_set.pushed = sorted({*map(working_set.identity.root, working_set.pushed)}), set()
    for number, channel, address, now in _surplus(connection, working_set.app_id, persons):
        ended = {"state": SubscriptionState.GONE.value, "reason": TOO_MANY_DEVICES, "updated_at": now}
        connection.execute(sa.update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == number).values(ended))
        row = working_set.addresses.get((channel, address)) or working_set.old_addresses.get((channel, address))
        if row is not None:
            row.state, row.reason, row.updated_at = SubscriptionState.GONE.value, TOO_MANY_DEVICES, now


def _surplus(connection: Connection, app_id: int, persons: Collection[int]) -> list[tuple[int, str, str, int]]:
    """(id, channel, address, when the newest of its person and channel came) of those over the limit."""
    table = SUBSCRIPTIONS.c
    live = (
        table.app_id == app_id,
        table.channel != EMAIL,
        table.state == SubscriptionState.SUBSCRIBED.value,
        among(connection, table.person_id, persons),
    )
    whose = table.person_id, table.channel
    crowded = set(connection.scalars(sa.select(table.person_id).where(*live).group_by(*whose).having(sa.func.count() > MOST)))
    if not crowded:  # the common case
        return []
    place = sa.func.row_number().over(partition_by=whose, order_by=(table.updated_at.desc(), table.id.desc()))
    newest = sa.func.max(table.updated_at).over(partition_by=whose)
    columns = table.id, table.channel, table.address, newest.label("newest"), place.label("place")
    ranked = sa.select(*columns).where(*live, among(connection, table.person_id, sorted(crowded))).subquery()
    query = sa.select(ranked.c.id, ranked.c.channel, ranked.c.address, ranked.c.newest).where(ranked.c.place > MOST)
    return [(number, channel, address, at) for number, channel, address, at in connection.execute(query.order_by(ranked.c.id))]
