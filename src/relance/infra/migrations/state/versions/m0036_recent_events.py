"""The newest events of each person that messages name.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """No message names any yet; what history has of them is read when one does."""
    op.create_table(
        "kept_events",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), primary_key=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("filled_to", sa.BigInteger(), nullable=False),
        sa.Column("fill_to", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "recent_events",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.Column("instants", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Messages that name them say nothing there then."""
    op.drop_table("recent_events")
    op.drop_table("kept_events")
