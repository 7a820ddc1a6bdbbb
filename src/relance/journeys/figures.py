"""What a journey came to: its counts, who reached its goal, what its messages brought."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.journeys import store
from relance.journeys.counting import service as counts
from relance.journeys.counting.service import totals
from relance.journeys.model import EdgeCount, Journey, NodeCount, Totals, Via
from relance.messaging.model import Goal, Revenue
from relance.messaging.service import credited_runs, revenue_of_journey


class GoalCount(msgspec.Struct, frozen=True):
    """How many runs the journey's goal ended as an exit event, or is credited to a message of, each once."""

    event: str
    within: str
    reached: int


class JourneyFigures(msgspec.Struct, frozen=True):
    """Counts by version and node, by edge, and together. ``goal`` is None where the journey has none."""

    nodes: list[NodeCount]
    edges: list[EdgeCount]
    totals: Totals
    goal: GoalCount | None
    revenue: Revenue


def journey_figures(connection: Connection, journey: Journey) -> JourneyFigures:
    """All of one journey."""
    graphs = {each.version: each.graph for each in store.versions_of(connection, journey.id)}
    nodes = counts.nodes_of(connection, journey.id)
    edges = [_with_target(each, graphs.get(each.version, {})) for each in counts.edges_of(connection, journey.id)]
    written = graphs.get(journey.published, journey.graph).get("goal")
    return JourneyFigures(
        nodes=nodes,
        edges=edges,
        totals=totals(nodes, edges),
        goal=_goal_count(connection, journey.id, msgspec.convert(written, Goal), edges) if written else None,
        revenue=revenue_of_journey(connection, journey.id),
    )


def _goal_count(connection: Connection, journey_id: int, goal: Goal, edges: list[EdgeCount]) -> GoalCount:
    ended = sum(each.runs for each in edges if each.way == Via.EXIT_EVENT.value and each.event == goal.event)
    credited = store.count_not_ended_by(connection, credited_runs(journey_id, goal.event), goal.event)
    return GoalCount(goal.event, goal.within, ended + credited)


def _with_target(edge: EdgeCount, graph: dict[str, Any]) -> EdgeCount:
    """The edge with the node that its version says it leads to."""
    if edge.way == Via.START.value:
        return msgspec.structs.replace(edge, to=graph.get("start"))
    node: dict[str, Any] = next((each for each in graph.get("nodes", ()) if each.get("id") == edge.node), {})
    return msgspec.structs.replace(edge, to=node.get(edge.way))
