"""Deliveries that wait for an address or a consent, by the person.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_LACKS = sa.text("state = 'pending' AND reason <> ''")


def upgrade() -> None:
    """None waits so far."""
    op.create_index(
        "deliveries_lacking",
        "deliveries",
        ["app_id", "person_id"],
        unique=False,
        sqlite_where=_LACKS,
        postgresql_where=_LACKS,
    )


def downgrade() -> None:
    """Without it: they are found by their person all the same, more slowly."""
    op.drop_index("deliveries_lacking", table_name="deliveries")
