"""Figures of a journey: its counts, goal, and what its messages brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.journeys.counting import service as counts
from relance.journeys.counting.service import totals
from relance.journeys.goals import count_reached, goal_of, graphs_of
from relance.journeys.model import EdgeCount, Journey, NodeCount, Totals, Via
from relance.journeys.nodes.kinds import read_nodes
from relance.messaging.model import Goal, Revenue
from relance.messaging.service import revenue_of_journey


class GoalCount(msgspec.Struct, frozen=True):
    """How many runs reached the journey's goal, each counted once (``goals``)."""

    event: str
    within: str
    reached: int


class JourneyFigures(msgspec.Struct, frozen=True):
    """Counts by version and node, by edge, and in total. ``goal`` is None if the journey has none."""

    nodes: list[NodeCount]
    edges: list[EdgeCount]
    totals: Totals
    goal: GoalCount | None
    revenue: Revenue


def journey_figures(connection: Connection, journey: Journey) -> JourneyFigures:
    """All figures of one journey."""
    graphs = graphs_of(connection, journey.id)
    goal = goal_of(journey, graphs)
    nodes = counts.nodes_of(connection, journey.id)
    targets = {version: _targets(graph) for version, graph in graphs.items()}
    edges = [
        _with_target(each, graphs.get(each.version, {}), targets.get(each.version, {}))
        for each in counts.edges_of(connection, journey.id)
    ]
    return JourneyFigures(
        nodes=nodes,
        edges=edges,
        totals=totals(nodes, edges),
        goal=None if goal is None else _goal_count(connection, journey.id, goal, graphs),
        revenue=revenue_of_journey(connection, journey.id),
    )


def _goal_count(connection: Connection, journey_id: int, goal: Goal, graphs: Mapping[int, Mapping[str, Any]]) -> GoalCount:
    return GoalCount(goal.event, goal.within, count_reached(connection, journey_id, goal, graphs))


def _with_target(edge: EdgeCount, graph: Mapping[str, Any], targets: Mapping[tuple[str, str], str | None]) -> EdgeCount:
    """The edge with its target according to its version."""
    if edge.way == Via.START.value:
        return msgspec.structs.replace(edge, to=graph.get("start"))
    return msgspec.structs.replace(edge, to=targets.get((edge.node, edge.way)))


def _targets(graph: Mapping[str, Any]) -> dict[tuple[str, str], str | None]:
    """The targets of each node's edges."""
    return {(node.id, edge.label): edge.to for node in read_nodes(graph) for edge in node.edges}
