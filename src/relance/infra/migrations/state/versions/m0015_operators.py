"""Operators who were invited or removed, where they are signed in, and links to choose a password.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Sessions that are open count as used just when they were made; failed sign-ins are counted in memory from now on."""
    op.add_column("operators", sa.Column("removed_at", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("last_used", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("agent", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE sessions SET last_used = created_at")
    op.create_table(
        "password_links",
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_password_links_operator_id", "password_links", ["operator_id"])
    op.drop_table("sign_in_failures")


def downgrade() -> None:
    """Without them: whoever was removed cannot sign in, since no password fits."""
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("sign_in_failures_by_address", "sign_in_failures", ["address", "failed_at"])
    op.drop_table("password_links")
    for name in ("agent", "address", "last_used"):
        op.drop_column("sessions", name)
    op.drop_column("operators", "removed_at")
