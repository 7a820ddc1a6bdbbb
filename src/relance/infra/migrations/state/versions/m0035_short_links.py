"""Short links of texts that are paid for by length.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """No message had one before."""
    op.create_table(
        "short_links",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
    )
    op.create_index("ix_short_links_delivery_id", "short_links", ["delivery_id"])


def downgrade() -> None:
    """Links in messages that were sent lead nowhere then."""
    op.drop_table("short_links")
