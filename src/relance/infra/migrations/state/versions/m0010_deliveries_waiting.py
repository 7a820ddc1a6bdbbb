"""What waits to be sent is found by channel and app, so that each has its turn.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_IS_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """An index of the pending ones."""
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["channel", "app_id", "due_at", "id"],
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index("deliveries_waiting", table_name="deliveries")
