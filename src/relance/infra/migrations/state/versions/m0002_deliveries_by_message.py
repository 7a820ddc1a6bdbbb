"""The list of one message's deliveries reads its own rows only, however many the app has.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """An index by message, newest last."""
    op.create_index("deliveries_by_message", "deliveries", ["app_id", "message_id", "created_at", "id"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("deliveries_by_message", table_name="deliveries")
