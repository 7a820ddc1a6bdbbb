"""When the words happened that an order's amount and currency are from.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Of conversions that there are it is taken to be the earliest word."""
    op.add_column("conversions", sa.Column("amount_at", sa.BigInteger()))
    op.add_column("conversions", sa.Column("currency_at", sa.BigInteger()))
    op.execute("UPDATE conversions SET amount_at = occurred_at WHERE amount IS NOT NULL")


def downgrade() -> None:
    """Without it the first amount to come counts."""
    op.drop_column("conversions", "currency_at")
    op.drop_column("conversions", "amount_at")
