"""What was answered to the messages of a run, for its later steps.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """No run kept any before."""
    op.add_column("runs", sa.Column("answers", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Later steps find none then."""
    op.drop_column("runs", "answers")
