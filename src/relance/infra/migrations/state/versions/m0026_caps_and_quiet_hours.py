"""Frequency caps and quiet hours.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Of an older store nothing is capped and no hour is quiet."""
    op.create_table(
        "caps",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("classes", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer()),
        sa.Column("rolling", sa.Text()),
        sa.Column("calendar", sa.Text()),
        sa.Column("gap", sa.Text()),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_caps_app_id", "caps", ["app_id"])
    op.create_table(
        "quiet_hours",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("end", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_quiet_hours_app_id", "quiet_hours", ["app_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("quiet_hours")
    op.drop_table("caps")
