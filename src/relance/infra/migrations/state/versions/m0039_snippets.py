"""Snippets: pieces of templates that messages share, kept with each message as they stood when it was saved.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """No message renders any yet."""
    op.create_table(
        "snippets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("snippets_by_name", "snippets", ["app_id", "name"], unique=True)
    for table in ("messages", "message_versions"):
        op.add_column(table, sa.Column("snippets", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Messages that render snippets cannot be rendered then."""
    for table in ("messages", "message_versions"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("snippets")
    op.drop_table("snippets")
