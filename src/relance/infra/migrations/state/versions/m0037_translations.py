"""The language of messages, their translations, and in which of them each delivery was written.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Nobody said in which language messages are."""
    for table in ("messages", "message_versions"):
        op.add_column(table, sa.Column("language", sa.Text(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("translations", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("deliveries", sa.Column("language", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Everybody gets messages as their content is."""
    op.drop_column("deliveries", "language")
    for table in ("message_versions", "messages"):
        op.drop_column(table, "translations")
        op.drop_column(table, "language")
