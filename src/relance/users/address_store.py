"""The table of people's addresses (subscriptions) and its SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import deleting, inserting, updating
from relance.infra.database import STATE, among
from relance.users.model import MERGED, SubscriptionState
from relance.users.suppression import service as suppression
from relance.users.working_set import CachedAddress, WorkingSet

# Compared bytewise on both databases, as in ``store``.
_Bytewise = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")

SUBSCRIPTIONS = sa.Table(
    "subscriptions",
    STATE,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("channel", _Bytewise, nullable=False),
    sa.Column("address", _Bytewise, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("suppressed", sa.Text, nullable=False, server_default=""),  # as the suppression list has it
    sa.UniqueConstraint("app_id", "channel", "address", name="subscriptions_address"),
    sa.Index("subscriptions_person", "app_id", "person_id"),
)

_insert = inserting(
    SUBSCRIPTIONS,
    (
        "person_id",
        "secret",
        "state",
        "device",
        "created_at",
        "updated_at",
        "reason",
        "suppressed",
        "app_id",
        "channel",
        "address",
    ),
)
_update = updating(
    SUBSCRIPTIONS,
    ("person_id", "secret", "state", "device", "created_at", "updated_at", "reason", "suppressed"),
    ("app_id", "channel", "address"),
)
MOVE_ADDRESSES = updating(SUBSCRIPTIONS, ("person_id",), ("app_id", "person_id"))
DELETE_ADDRESSES = deleting(SUBSCRIPTIONS, ("app_id", "person_id"))

_ADDRESS = ("person_id", "channel", "address", "secret", "state", "device", "created_at", "updated_at", "reason", "suppressed")
_NOBODYS = (SubscriptionState.GONE.value, SubscriptionState.UNCONFIRMED.value)
#: What others are shown: an address on the suppression list is suppressed, whatever else it is.
SHOWN_STATE = sa.case((SUBSCRIPTIONS.c.suppressed != "", SubscriptionState.SUPPRESSED.value), else_=SUBSCRIPTIONS.c.state)
SHOWN_REASON = sa.case((SUBSCRIPTIONS.c.suppressed != "", SUBSCRIPTIONS.c.suppressed), else_=SUBSCRIPTIONS.c.reason)


def read_addresses(connection: Connection, app_id: int, channel: str, addresses: Collection[str]) -> list[CachedAddress]:
    query = sa.select(*(SUBSCRIPTIONS.c[name] for name in _ADDRESS)).where(
        SUBSCRIPTIONS.c.app_id == app_id,
        SUBSCRIPTIONS.c.channel == channel,
        among(connection, SUBSCRIPTIONS.c.address, addresses),
    )
    return [CachedAddress(*row) for row in connection.execute(query).all()]


def read_addresses_of(connection: Connection, app_id: int, persons: Collection[int]) -> list[CachedAddress]:
    """Every address that these people have, in whatever state."""
    query = sa.select(*(SUBSCRIPTIONS.c[name] for name in _ADDRESS)).where(
        SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.person_id, persons)
    )
    return [CachedAddress(*row) for row in connection.execute(query).all()]


def read_subscription_keys(connection: Connection, app_id: int, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Subscription id → (channel, address)."""
    query = sa.select(SUBSCRIPTIONS.c.id, SUBSCRIPTIONS.c.channel, SUBSCRIPTIONS.c.address).where(
        SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.id, ids)
    )
    return {row.id: (row.channel, row.address) for row in connection.execute(query).all()}


def holder_of(connection: Connection, app_id: int, subscription: int) -> int:
    """Whose an address is, by the id of its subscription; 0: nobody's any more, or nobody has confirmed it.

    One that a merge set aside still is the merged person's, unless somebody else has taken it since.
    """
    table = SUBSCRIPTIONS.c
    is_set_aside = sa.and_(table.state == SubscriptionState.GONE.value, table.reason == MERGED)
    mine = (table.app_id == app_id, table.id == subscription, sa.or_(table.state.not_in(_NOBODYS), is_set_aside))
    return connection.scalar(sa.select(table.person_id).where(*mine)) or 0


def write_addresses(connection: Connection, working_set: WorkingSet) -> None:
    new: list[tuple[Any, ...]] = []
    old: list[tuple[Any, ...]] = []
    for row in working_set.dirty_addresses:
        person = row.person_id = working_set.identity.root(row.person_id)
        values = (person, row.secret, row.state, row.device, row.created_at, row.updated_at, row.reason, row.suppressed)
        (old if row.stored else new).append((*values, working_set.app_id, row.channel, row.address))
        row.stored, row.dirty = True, False
    _insert.run(connection, new)
    _update.run(connection, old)
    working_set.dirty_addresses = []


def write_suppressions(connection: Connection, working_set: WorkingSet) -> None:
    """Let the suppression list follow what events said."""
    if working_set.unsuppressing:
        suppression.unsuppress(connection, working_set.app_id, working_set.unsuppressing)
    if working_set.suppressing:
        suppression.suppress(connection, working_set.app_id, working_set.suppressing)
    if working_set.revealing:
        suppression.reveal(connection, working_set.app_id, working_set.revealing)
    working_set.suppressing, working_set.unsuppressing, working_set.revealing = {}, set(), set()
