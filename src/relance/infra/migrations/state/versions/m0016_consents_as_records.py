"""Every saying about consent as a record, the explicit and the told apart, and what was refused of an address.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from relance.core.ids import stable_id

revision = "0016"
down_revision = "0015"

_BYTEWISE = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_SAYINGS = ("explicit_granted", "explicit_source", "explicit_at", "told_granted", "told_source", "told_at")
# What came with traits, contexts and edits of traits; all else was somebody's act.
_REPORTED = "source IN ('identify', 'context', 'edit')"


def upgrade() -> None:
    """What is known so far becomes the first records: explicit, unless its source says that it was told."""
    for kind in ("explicit", "told"):
        op.add_column("consents", sa.Column(f"{kind}_granted", sa.Boolean(), nullable=True))
        op.add_column("consents", sa.Column(f"{kind}_source", sa.Text(), nullable=True))
        op.add_column("consents", sa.Column(f"{kind}_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "consent_records",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("id", _BYTEWISE, primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("consent_records_person", "consent_records", ["app_id", "person_id", "recorded_at"])
    op.create_table(
        "address_consents",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("address_key", _BYTEWISE, primary_key=True),
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", _BYTEWISE, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    for kind, those in (("told", _REPORTED), ("explicit", f"NOT {_REPORTED}")):
        op.execute(f"UPDATE consents SET {kind}_granted = granted, {kind}_source = source, {kind}_at = changed_at WHERE {those}")
    op.execute(
        "INSERT INTO consent_records SELECT app_id, 'first/' || person_id || '/' || channel || '/' || topic, person_id, '',"
        f" channel, topic, granted, NOT {_REPORTED}, source, changed_at, changed_at, '', '{{}}' FROM consents"
    )
    _refuse_at_addresses()


def _refuse_at_addresses() -> None:
    """Whoever refused explicitly did so at the addresses they have."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT c.app_id, c.channel, s.address, c.topic, c.source, c.changed_at FROM consents c JOIN subscriptions s"
            " ON s.app_id = c.app_id AND s.person_id = c.person_id AND s.channel = c.channel"
            " WHERE c.explicit_at IS NOT NULL AND NOT c.granted"
        )
    )
    insert = sa.text("INSERT INTO address_consents VALUES (:app_id, :address_key, :topic, :granted, :source, :changed_at)")
    for row in found.mappings().all():
        key = stable_id("address", row["app_id"], row["channel"], row["address"])
        refusal = {"app_id": row["app_id"], "address_key": key, "topic": row["topic"], "granted": False}
        op.get_bind().execute(insert, {**refusal, "source": row["source"], "changed_at": row["changed_at"]})


def downgrade() -> None:
    """Without it: one consent a person, channel and topic, the one that holds."""
    op.drop_table("address_consents")
    op.drop_index("consent_records_person", table_name="consent_records")
    op.drop_table("consent_records")
    for name in _SAYINGS:
        op.drop_column("consents", name)
