"""What browsers are believed: identity secrets, who is vouched for, and what is held back of devices that proved nothing.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """So far every key was a server's, which vouched for whomever it named."""
    op.create_table(
        "identity_secrets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )
    op.create_index(op.f("ix_identity_secrets_app_id"), "identity_secrets", ["app_id"])
    bytewise = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
    op.create_table(
        "held_back",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("anonymous_id", bytewise, primary_key=True),
        sa.Column("user_id", bytewise, primary_key=True),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("users", sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE users SET vouched = true WHERE external_id IS NOT NULL")


def downgrade() -> None:
    """Without it: every key is a server's again."""
    op.drop_column("users", "vouched")
    op.drop_table("held_back")
    op.drop_index(op.f("ix_identity_secrets_app_id"), table_name="identity_secrets")
    op.drop_table("identity_secrets")
