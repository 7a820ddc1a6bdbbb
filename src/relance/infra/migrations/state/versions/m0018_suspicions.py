"""What makes a tick fail again and again is looked for over restarts.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """One row a partition that is suspected of something."""
    op.create_table(
        "suspicions",
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("found", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("suspicions")
