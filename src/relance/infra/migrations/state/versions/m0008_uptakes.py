"""How many entered and left a segment by its rule being taken up: the steps in its course that no event tells.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of the rules taken up so far nothing is known: the course before an edit stays counted as if there had been none."""
    op.create_table(
        "segment_uptakes",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("segment_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("taken_up_at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("tick", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entered_count", sa.BigInteger(), nullable=False),
        sa.Column("left_count", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Without it: a segment's course knows nothing of edits."""
    op.drop_table("segment_uptakes")
