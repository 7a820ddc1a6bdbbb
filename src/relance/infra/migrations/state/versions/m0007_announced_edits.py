"""Edits of segments that journeys and webhooks are told of.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of those made so far nothing was told."""
    op.add_column("segments", sa.Column("announced", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Without it: no edit is told."""
    op.drop_column("segments", "announced")
