"""What waits to be sent is in queues of its own, apart from the record of deliveries.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_AUTO_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_FREE = sa.text("lease_owner IS NULL")
_LEASED = sa.text("lease_owner IS NOT NULL")
_HAS_RECORD = sa.text("delivery_id IS NOT NULL")
_ENTERING = sa.text("entered < size")
_PENDING = sa.text("state = 'pending'")
_SENDING = sa.text("state = 'sending'")
_RANKED = sa.text("state = 'pending' AND rank <> 0")


def upgrade() -> None:
    """What waits, or is in a dispatcher's hands, comes into its queue."""
    _tables()
    key = "app_id, channel, CASE WHEN is_test OR message_id = 0 THEN 'transactional' WHEN lane = '' THEN 'campaign' ELSE lane END"
    waiting = "deliveries WHERE state IN ('pending', 'sending')"
    op.execute(
        f"INSERT INTO send_queues (app_id, channel, lane, audience_id, rank) SELECT DISTINCT {key}, 0, rank FROM {waiting}"
    )
    op.execute(
        "INSERT INTO queued (queue_id, due_at, delivery_id, destination, lease_owner, lease_until)"
        " SELECT q.id, d.due_at, d.id, '', CASE WHEN d.state = 'sending' THEN COALESCE(d.lease_owner, '') END, d.lease_until"
        f" FROM (SELECT id, due_at, state, lease_owner, lease_until, rank, {key} AS lane FROM {waiting}) AS d"
        " JOIN send_queues AS q ON q.app_id = d.app_id AND q.channel = d.channel AND q.lane = d.lane AND q.rank = d.rank"
        " ORDER BY d.due_at, d.id"
    )
    for name in ("deliveries_pending", "deliveries_waiting", "deliveries_sending", "deliveries_ranked"):
        op.drop_index(name, "deliveries")
    for name in ("lease_until", "lease_owner"):
        op.drop_column("deliveries", name)


def _tables() -> None:
    op.create_table(
        "send_queues",
        sa.Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("audience_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.UniqueConstraint("app_id", "channel", "lane", "audience_id", "rank", name="send_queues_key"),
    )
    op.create_table(
        "queued",
        sa.Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("delivery_id", sa.Text()),
        sa.Column("destination", sa.Text(), nullable=False, server_default=""),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
    )
    _index("queued_due", "queued", ["queue_id", "due_at", "id"], _FREE)
    _index("queued_leased", "queued", ["lease_until"], _LEASED)
    _index("queued_delivery", "queued", ["delivery_id"], _HAS_RECORD, unique=True)
    op.create_table(
        "audiences",
        sa.Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("entered", sa.BigInteger(), nullable=False),
        sa.Column("entered_upto", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
    )
    _index("audiences_entering", "audiences", ["id"], _ENTERING)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """What waits is found among the deliveries again; people of an audience whose deliveries were not made are forgotten."""
    op.add_column("deliveries", sa.Column("lease_until", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("lease_owner", sa.Text()))
    of_queue = "(SELECT {} FROM queued WHERE queued.delivery_id = deliveries.id)"
    op.execute(
        f"UPDATE deliveries SET due_at = COALESCE({of_queue.format('due_at')}, due_at),"
        f" lease_until = {of_queue.format('lease_until')}, lease_owner = {of_queue.format('lease_owner')}"
        " WHERE state IN ('pending', 'sending')"
    )
    _index("deliveries_pending", "deliveries", ["due_at", "id"], _PENDING)
    _index("deliveries_waiting", "deliveries", ["channel", "app_id", "due_at", "id"], _PENDING)
    _index("deliveries_sending", "deliveries", ["lease_until"], _SENDING)
    _index("deliveries_ranked", "deliveries", ["channel", "app_id", "rank", "due_at", "id"], _RANKED)
    for name in ("audiences", "queued", "send_queues"):
        op.drop_table(name)
