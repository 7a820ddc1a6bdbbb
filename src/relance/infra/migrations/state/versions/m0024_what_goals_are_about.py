"""What people did that journeys are for, and which run it was about; how many runs of deleted people had reached a goal.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """From now on goals are kept with what they are about, for journeys that were published before, too."""
    op.create_table(
        "goal_keys",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
    )
    op.create_table(
        "conversion_keys",
        sa.Column("conversion_id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("run_key", sa.Text(), primary_key=True),
    )
    op.create_table(
        "goal_counts",
        sa.Column("journey_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), primary_key=True),
        sa.Column("runs", sa.BigInteger(), nullable=False),
    )
    _watch_goals()


def _watch_goals() -> None:
    connection = op.get_bind()
    goals: set[tuple[int, str]] = set()
    keys: set[tuple[int, str, str]] = set()
    for app_id, text in connection.execute(sa.text("SELECT app_id, graph FROM journey_versions")).all():
        graph = json.loads(text)
        if graph.get("goal"):
            event, key = graph["goal"]["event"], graph["entry"].get("key")
            goals.add((app_id, event))
            keys |= {(app_id, event, key)} if key is not None else set()
    known = {(app_id, event) for app_id, event in connection.execute(sa.text("SELECT app_id, event FROM goal_events"))}
    for app_id, event in sorted(goals - known):
        connection.execute(
            sa.text("INSERT INTO goal_events (app_id, event) VALUES (:app_id, :event)"), {"app_id": app_id, "event": event}
        )
    for app_id, event, name in sorted(keys):
        connection.execute(
            sa.text("INSERT INTO goal_keys (app_id, event, name) VALUES (:app_id, :event, :name)"),
            {"app_id": app_id, "event": event, "name": name},
        )


def downgrade() -> None:
    """Without it only what is credited and what ends runs counts."""
    for table in ("goal_counts", "conversion_keys", "goal_keys"):
        op.drop_table(table)
