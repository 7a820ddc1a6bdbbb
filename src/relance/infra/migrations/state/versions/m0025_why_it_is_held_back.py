"""Why something is held back, where the ids do not tell.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Of what is there the ids tell it (an empty reason)."""
    op.add_column("held_back", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Without it all is held back for want of proof."""
    op.drop_column("held_back", "reason")
