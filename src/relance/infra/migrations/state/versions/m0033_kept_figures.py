"""What is known of deliveries and runs that are on the record no more.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """All of them are on the record so far."""
    op.create_table(
        "kept_figures",
        *(
            sa.Column(name, sa.BigInteger(), primary_key=True, autoincrement=False)
            for name in ("app_id", "message_id", "journey_id")
        ),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("node", "figure", "part", "origin")),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "trimmed_runs",
        *(
            sa.Column(name, sa.BigInteger(), primary_key=True, autoincrement=False)
            for name in ("app_id", "person_id", "journey_id")
        ),
        sa.Column("run_key", sa.Text(), primary_key=True),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("trimmed_runs_by_journey", "trimmed_runs", ["journey_id", "person_id"])
    op.create_table(
        "runs_trimmed",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """What was trimmed counts no more."""
    op.drop_table("runs_trimmed")
    op.drop_index("trimmed_runs_by_journey", "trimmed_runs")
    op.drop_table("trimmed_runs")
    op.drop_table("kept_figures")
