"""What messages said in each version, and the values that deliveries were filled with.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Of what was sent so far the values are not known; what is sent from now on names the version that each message has."""
    op.create_table(
        "message_versions",
        sa.Column("message_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message_class", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
    )
    op.execute(
        "INSERT INTO message_versions (message_id, version, name, message_class, content, saved_at)"
        " SELECT id, version, name, message_class, content, updated_at FROM messages"
    )
    op.create_table(
        "sent_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("sent_values_by_age", "sent_values", ["sent_at"])
    op.add_column("deliveries", sa.Column("sent_values", sa.BigInteger()))


def downgrade() -> None:
    """What was sent cannot be shown again."""
    op.drop_column("deliveries", "sent_values")
    op.drop_index("sent_values_by_age", "sent_values")
    op.drop_table("sent_values")
    op.drop_table("message_versions")
