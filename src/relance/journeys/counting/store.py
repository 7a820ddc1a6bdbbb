"""Counts of nodes and edges: their tables and all their SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, upsert
from relance.journeys.counting.tally import CountDeltas, EdgeKey, NodeKey
from relance.journeys.model import EdgeCount, NodeCount

NODE_COUNTS = sa.Table(
    "node_counts",
    STATE,
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, primary_key=True),
    sa.Column("arrived", sa.BigInteger, nullable=False),
    sa.Column("departed", sa.BigInteger, nullable=False),
    sa.Column("stopped", sa.BigInteger, nullable=False),
)

EDGE_COUNTS = sa.Table(
    "edge_counts",
    STATE,
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, primary_key=True),
    sa.Column("way", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("runs", sa.BigInteger, nullable=False),
)


#: Runs that reached a goal and whose person has since been deleted.
GOAL_COUNTS = sa.Table(
    "goal_counts",
    STATE,
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("runs", sa.BigInteger, nullable=False),
)


def add_reached(connection: Connection, journey_id: int, event: str, runs: int) -> None:
    """Add runs that reached a goal and are about to be deleted."""
    statement = upsert(connection, GOAL_COUNTS)
    more = {"runs": GOAL_COUNTS.c.runs + statement.excluded.runs}
    statement = statement.on_conflict_do_update(index_elements=["journey_id", "event"], set_=more)
    connection.execute(statement, {"journey_id": journey_id, "event": event, "runs": runs})


def reached_of(connection: Connection, journey_id: int, event: str) -> int:
    """How many there were."""
    query = sa.select(GOAL_COUNTS.c.runs).where(GOAL_COUNTS.c.journey_id == journey_id, GOAL_COUNTS.c.event == event)
    return int(connection.execute(query).scalar() or 0)


def add(connection: Connection, tally: CountDeltas) -> None:
    """Add counts."""
    nodes = [
        dict(zip((*NodeKey._fields, *_SUMS), (*place, *sums), strict=True))
        for place, sums in sorted(tally.nodes.items())
        if any(sums)
    ]
    if nodes:
        statement = upsert(connection, NODE_COUNTS)
        added = {name: NODE_COUNTS.c[name] + statement.excluded[name] for name in _SUMS}
        connection.execute(statement.on_conflict_do_update(index_elements=list(NodeKey._fields), set_=added), nodes)
    edges = [{**edge._asdict(), "runs": runs} for edge, runs in sorted(tally.edges.items()) if runs]
    if edges:
        statement = upsert(connection, EDGE_COUNTS)
        more = {"runs": EDGE_COUNTS.c.runs + statement.excluded.runs}
        connection.execute(statement.on_conflict_do_update(index_elements=list(EdgeKey._fields), set_=more), edges)


_SUMS = ("arrived", "departed", "stopped")


def versions_in_use(connection: Connection) -> set[tuple[int, int]]:
    """(journey, version) of all active runs."""
    counts = NODE_COUNTS.c
    query = sa.select(counts.journey_id, counts.version).where(counts.arrived > counts.departed).distinct()
    return {(journey_id, version) for journey_id, version in connection.execute(query)}


def nodes_of(connection: Connection, journey_id: int) -> list[NodeCount]:
    counts = NODE_COUNTS.c
    query = sa.select(counts.version, counts.node, counts.arrived, counts.arrived - counts.departed, counts.stopped)
    query = query.where(counts.journey_id == journey_id).order_by(counts.version, counts.node)
    return [NodeCount(*row) for row in connection.execute(query)]


def edges_of(connection: Connection, journey_id: int) -> list[EdgeCount]:
    """Their targets are not known here: ``to`` is null."""
    counts = EDGE_COUNTS.c
    columns = (counts.version, counts.node, counts.way, sa.null(), counts.event, counts.runs)
    query = sa.select(*columns).where(counts.journey_id == journey_id, counts.runs != 0)
    return [EdgeCount(*row) for row in connection.execute(query.order_by(counts.version, counts.node, counts.way, counts.event))]
