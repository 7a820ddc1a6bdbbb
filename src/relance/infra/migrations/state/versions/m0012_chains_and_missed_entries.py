"""Which journeys brought about what runs and deliveries do, and the entry events that started nothing.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Of runs and deliveries so far nothing is known but the journey itself, which is added as they go on."""
    for table in ("runs", "deliveries"):
        op.add_column(table, sa.Column("caused_by", sa.Text(), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE deliveries SET caused_by = CAST(journey_id AS TEXT) WHERE journey_id <> 0"))
    op.create_table(
        "missed_entries",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("journey_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text(), primary_key=True),
        sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("missed_entries_by_age", "missed_entries", ["received_at"])


def downgrade() -> None:
    """Without them journeys may go round in a circle again."""
    op.drop_table("missed_entries")
    for table in ("deliveries", "runs"):
        op.drop_column(table, "caused_by")
