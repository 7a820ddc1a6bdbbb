"""What holds messages back: their switches and priority, and of each delivery what caps count and by which rule it waits.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_LACKS = sa.text("state = 'pending' AND reason NOT IN ('', 'capped', 'quiet_hours')")
_LACKED = sa.text("state = 'pending' AND reason <> ''")
_HELD = sa.text("state = 'pending' AND reason IN ('capped', 'quiet_hours')")
_RANKED = sa.text("state = 'pending' AND rank <> 0")
_RESERVED = sa.text("reserved_at IS NOT NULL")

_OF_MESSAGES = ("obeys_caps", "counts_toward_caps", "obeys_quiet_hours")
_TEXTS = ("message_class", "topic", "lane", "dispatch", "tiers", "held_by")


def upgrade() -> None:
    """Class and topic of what was sent are those of its message now. Marketing that has left counts from when it was sent."""
    for name in _OF_MESSAGES:
        op.add_column("messages", sa.Column(name, sa.Boolean()))
    for name in ("when_held", "wait_at_most"):
        op.add_column("messages", sa.Column(name, sa.Text()))
    op.add_column("messages", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    for name in _TEXTS:
        op.add_column("deliveries", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    for name in ("reserved_at", "held_since"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger()))
    _fill()
    op.drop_index("deliveries_lacking", "deliveries")
    _index("deliveries_lacking", ["app_id", "person_id"], _LACKS)
    _index("deliveries_held", ["app_id", "due_at"], _HELD)
    _index("deliveries_ranked", ["channel", "app_id", "rank", "due_at", "id"], _RANKED)
    _index("deliveries_reserved", ["app_id", "person_id", "reserved_at"], _RESERVED)


def _fill() -> None:
    of_message = "(SELECT {} FROM messages WHERE messages.id = deliveries.message_id)"
    op.execute(
        f"UPDATE deliveries SET message_class = COALESCE({of_message.format('message_class')}, ''),"
        f" topic = COALESCE({of_message.format('topic')}, '')"
    )
    op.execute(
        "UPDATE deliveries SET lane = CASE WHEN message_class = 'transactional' THEN 'transactional'"
        " WHEN journey_id <> 0 THEN 'journey' ELSE 'campaign' END,"
        # One intent was written at one instant, for all addresses of its person.
        " dispatch = 'before-0028/' || message_id || '/' || run_id || '/' || node || '/' || created_at,"
        " reserved_at = CASE WHEN message_class = 'marketing' AND NOT is_test AND person_id <> 0 AND state IN ('sent', 'unknown')"
        " THEN COALESCE(sent_at, due_at) END"
    )


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """What waits for a cap or for the end of quiet hours is looked at when it is due, as anything else."""
    for name in ("deliveries_reserved", "deliveries_ranked", "deliveries_held", "deliveries_lacking"):
        op.drop_index(name, "deliveries")
    op.execute("UPDATE deliveries SET reason = '' WHERE state = 'pending' AND reason IN ('capped', 'quiet_hours')")
    _index("deliveries_lacking", ["app_id", "person_id"], _LACKED)
    for name in (*_TEXTS, "rank", "reserved_at", "held_since"):
        op.drop_column("deliveries", name)
    for name in (*_OF_MESSAGES, "when_held", "wait_at_most", "priority"):
        op.drop_column("messages", name)
