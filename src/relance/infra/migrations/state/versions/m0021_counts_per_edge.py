"""How many runs went by each edge, and what ended a run; which deliveries brought something about.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Edges are counted from the steps of the runs that there are. Where a version has one exit event it ended what one ended."""
    op.add_column("runs", sa.Column("left_by", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "edge_counts",
        sa.Column("journey_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("node", sa.Text(), primary_key=True),
        sa.Column("way", sa.Text(), primary_key=True),
        sa.Column("event", sa.Text(), primary_key=True),
        sa.Column("runs", sa.BigInteger(), nullable=False),
    )
    is_converted = sa.text("conversions > 0")
    op.create_index(
        "deliveries_converted", "deliveries", ["journey_id"], sqlite_where=is_converted, postgresql_where=is_converted
    )
    _name_the_only_exits()
    op.execute(
        "INSERT INTO edge_counts (journey_id, version, node, way, event, runs) "
        "SELECT r.journey_id, r.version, coalesce(s.before, ''), s.via, '', count(*) FROM runs r JOIN "
        "(SELECT run_id, via, lag(node) OVER (PARTITION BY run_id ORDER BY seq) AS before FROM run_steps) s ON s.run_id = r.id "
        "WHERE s.via <> 'exit_event' AND r.reason <> 'superseded' "
        "GROUP BY r.journey_id, r.version, coalesce(s.before, ''), s.via"
    )
    op.execute(
        "INSERT INTO edge_counts (journey_id, version, node, way, event, runs) "
        "SELECT journey_id, version, node, reason, left_by, count(*) FROM runs "
        "WHERE state <> 'waiting' AND reason <> 'superseded' GROUP BY journey_id, version, node, reason, left_by"
    )


def _name_the_only_exits() -> None:
    connection = op.get_bind()
    name = sa.text(
        "UPDATE runs SET left_by = :event WHERE journey_id = :journey AND version = :version AND reason = 'exit_event'"
    )
    for journey, version, graph in connection.execute(sa.text("SELECT journey_id, version, graph FROM journey_versions")).all():
        events = {each["event"] for each in json.loads(graph).get("exits", ())}
        if len(events) == 1:
            connection.execute(name, {"event": events.pop(), "journey": journey, "version": version})


def downgrade() -> None:
    """Without it nodes alone are counted."""
    op.drop_index("deliveries_converted", table_name="deliveries")
    op.drop_table("edge_counts")
    op.drop_column("runs", "left_by")
