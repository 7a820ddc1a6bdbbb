"""Messages that are held back from whoever lacks a value they put in.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Messages that are there say less where a value is missing, as they did."""
    op.add_column("messages", sa.Column("require_values", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Without it."""
    op.drop_column("messages", "require_values")
