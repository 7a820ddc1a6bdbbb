"""Until when the run that asked for a message waits for it.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Messages that were asked for before may be sent after it, as they could."""
    op.add_column("deliveries", sa.Column("wanted_until", sa.BigInteger()))


def downgrade() -> None:
    """What waits may be sent after its run has gone on."""
    op.drop_column("deliveries", "wanted_until")
