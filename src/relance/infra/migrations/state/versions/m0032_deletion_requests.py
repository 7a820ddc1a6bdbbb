"""Deletions that people ask for themselves by the link of a mail.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_IS_SCHEDULED = sa.text("state IN ('scheduled', 'under_way')")


def upgrade() -> None:
    """Nobody could ask for one before."""
    op.create_table(
        "deletion_requests",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.Text(), nullable=False),
    )
    op.create_index("deletion_requests_by_person", "deletion_requests", ["app_id", "person_id"])
    op.create_index("deletion_requests_by_app", "deletion_requests", ["app_id", "asked_at", "id"])
    op.create_index(
        "deletion_requests_due", "deletion_requests", ["due_at"], sqlite_where=_IS_SCHEDULED, postgresql_where=_IS_SCHEDULED
    )


def downgrade() -> None:
    """What was asked for and not carried out is lost: carry it out before, or delete those people by hand."""
    op.drop_table("deletion_requests")
