"""Which audience a delivery is for, and audiences that are stopped because too many of their messages fail.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Of what was made so far it is not known for which audience; no audience was ever stopped."""
    op.add_column("deliveries", sa.Column("audience_id", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("send_queues", sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("rendered", "failed"):
        op.add_column("audiences", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("stopped_at", "cancelled_at"):
        op.add_column("audiences", sa.Column(name, sa.BigInteger()))
    op.create_index("audiences_by_app", "audiences", ["app_id", "id"])


def downgrade() -> None:
    """Audiences that are stopped or cancelled go on."""
    op.drop_index("audiences_by_app", "audiences")
    for name in ("cancelled_at", "stopped_at", "failed", "rendered"):
        op.drop_column("audiences", name)
    op.drop_column("send_queues", "is_held")
    op.drop_column("deliveries", "audience_id")
