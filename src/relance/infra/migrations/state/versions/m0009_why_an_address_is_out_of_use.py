"""Why an address is out of use.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Of those that are out of use so far nobody knows why."""
    op.add_column("subscriptions", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Without it: only that it is."""
    op.drop_column("subscriptions", "reason")
