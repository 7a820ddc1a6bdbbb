"""The suppression list: its entries, and on each address whether it is listed.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_AT_ONCE = 1_000
_BYTEWISE = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_TEXTS = ("channel", "reason", "note", "added_by", "delivery_id")


def upgrade() -> None:
    """What was suppressed is listed, under a plain hash, which the next start replaces by a keyed one."""
    op.add_column("subscriptions", sa.Column("suppressed", sa.Text(), nullable=False, server_default=""))
    table = op.create_table(
        "suppressions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("address_key", _BYTEWISE, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", _BYTEWISE, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS[1:4]),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.UniqueConstraint("app_id", "address_key", name="suppressions_key"),
        sa.Index("suppressions_by_app", "app_id", "id"),
        sa.Index("suppressions_by_address", "app_id", "address"),
        sqlite_autoincrement=True,
    )
    _list(table)
    op.execute(
        "UPDATE subscriptions SET suppressed = CASE WHEN reason = 'bounced' THEN reason ELSE 'manual' END,"
        " state = 'subscribed', reason = '' WHERE state = 'suppressed'"
    )


def _list(table: sa.Table) -> None:
    connection, after = op.get_bind(), 0
    query = sa.text(
        "SELECT id, app_id, channel, address, reason, updated_at FROM subscriptions"
        " WHERE state = 'suppressed' AND id > :after ORDER BY id LIMIT :limit"
    )
    while rows := connection.execute(query, {"after": after, "limit": _AT_ONCE}).all():
        entries = [
            {
                "app_id": row.app_id,
                "address_key": _hash("address", row.app_id, row.channel, row.address),
                "channel": row.channel,
                "address": row.address,
                "reason": "bounced" if row.reason == "bounced" else "manual",
                "note": "",
                "added_by": "",
                "added_at": row.updated_at,
                "delivery_id": "",
            }
            for row in rows
        ]
        connection.execute(table.insert(), entries)
        after = rows[-1].id


def _hash(*parts: str | int) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def downgrade() -> None:
    """What is listed and nobody has is forgotten."""
    op.execute(
        "UPDATE subscriptions SET state = 'suppressed', reason = CASE WHEN suppressed = 'bounced' THEN suppressed ELSE '' END"
        " WHERE suppressed <> ''"
    )
    op.drop_column("subscriptions", "suppressed")
    op.drop_table("suppressions")
