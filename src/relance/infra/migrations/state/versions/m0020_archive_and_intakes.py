"""Messages can be archived; who is in a segment is taken in when a journey on it is published.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """No message is archived yet, and nobody waits to be taken in."""
    op.add_column("messages", sa.Column("archived_at", sa.BigInteger()))
    op.create_table(
        "journey_intakes",
        sa.Column("journey_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("piece", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Without it archived messages are in the lists again."""
    op.drop_table("journey_intakes")
    op.drop_column("messages", "archived_at")
