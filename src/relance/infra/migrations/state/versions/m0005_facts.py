"""Facts of people: who told their country, zone and language, their sessions added up, and what contexts say about them.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Of those who are there, the present session is counted and no origin is known."""
    op.add_column("users", sa.Column("origins", sa.Text(), nullable=False, server_default="---"))
    op.add_column("users", sa.Column("session_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("session_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE users SET session_count = 1, session_ms = active_at - session_at WHERE session_at > 0")
    op.create_table(
        "about",
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("app_id", "person_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("about")
    for name in ("session_ms", "session_count", "origins"):
        op.drop_column("users", name)
