"""Whose a row of the outbox is, so that ticks take apps in turns.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Rows that wait are of several apps (0): they are settled before all others."""
    op.add_column("outbox", sa.Column("app_id", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_index("outbox_by_partition", table_name="outbox")
    op.create_index("outbox_in_turns", "outbox", ["partition", "id", "app_id", "event_count"])


def downgrade() -> None:
    """Without it rows are settled in their order."""
    op.drop_index("outbox_in_turns", table_name="outbox")
    op.create_index("outbox_by_partition", "outbox", ["partition", "id"])
    op.drop_column("outbox", "app_id")
