"""What is being handed to a channel, marked before it can arrive: after a crash only that is in doubt.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A table of marks, by delivery."""
    op.create_table(
        "on_the_wire",
        sa.Column("delivery_id", sa.Text(), primary_key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("on_the_wire")
