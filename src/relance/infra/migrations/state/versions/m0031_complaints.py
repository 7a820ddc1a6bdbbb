"""Complaints and what made messages come back, on deliveries; and the sending domains whose marketing was stopped for complaints.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_COMPLAINED = sa.text("complained_at IS NOT NULL")
_DOMAIN = sa.text("sending_domain <> ''")


def upgrade() -> None:
    """What came back so far did so because the address does not exist, or is not known why."""
    op.add_column("deliveries", sa.Column("complained_at", sa.BigInteger()))
    for name in ("bounce_type", "sending_domain"):
        op.add_column("deliveries", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE deliveries SET bounce_type = 'hard' WHERE state = 'failed' AND reason = 'bounced'")
    op.create_index(
        "deliveries_complained", "deliveries", ["app_id", "complained_at"], sqlite_where=_COMPLAINED, postgresql_where=_COMPLAINED
    )
    op.create_index(
        "deliveries_by_domain",
        "deliveries",
        ["app_id", "sending_domain", "sent_at"],
        sqlite_where=_DOMAIN,
        postgresql_where=_DOMAIN,
    )
    op.create_table(
        "domain_stops",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("domain", sa.Text(), primary_key=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("complained", sa.BigInteger(), nullable=False),
        sa.Column("resumed_at", sa.BigInteger()),
    )


def downgrade() -> None:
    """Marketing of every domain is sent again."""
    op.drop_table("domain_stops")
    for name in ("deliveries_by_domain", "deliveries_complained"):
        op.drop_index(name, "deliveries")
    for name in ("complained_at", "bounce_type", "sending_domain"):
        op.drop_column("deliveries", name)
