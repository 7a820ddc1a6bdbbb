"""Runs that reached their journey's goal: the person did the goal's event. Each run counts once, however it continued or ended.

A run reached the goal if the event

- ended it, or was what one of its nodes waited for;
- happened within the goal's period after the run began, or after one of its messages was sent, even if the run was over by then;
- is credited to one of its messages;

and was about the same thing, if the journey keys its runs. Computed from what is known now, so that late orders, merged people
and replayed runs come out as if everything had arrived in order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.journeys import store
from relance.journeys.counting import service as counts
from relance.journeys.model import Journey, WaysToGoal
from relance.journeys.nodes.kinds import read_nodes
from relance.messaging.model import Goal


def goal_of(journey: Journey, graphs: Mapping[int, Mapping[str, Any]]) -> Goal | None:
    """The goal of the published version, else of the draft."""
    written = graphs.get(journey.published, journey.graph).get("goal")
    return msgspec.convert(written, Goal) if written else None


def count_reached(connection: Connection, journey_id: int, goal: Goal, graphs: Mapping[int, Mapping[str, Any]]) -> int:
    """How many runs of all versions reached the goal, including those of people deleted since."""
    there = store.count_reached(connection, journey_id, goal, _ways(goal.event, graphs))
    return there + counts.reached_of(connection, journey_id, goal.event)


def count_reached_of(
    connection: Connection, journey_id: int, goal: Goal, graphs: Mapping[int, Mapping[str, Any]], runs: Collection[str]
) -> int:
    """How many of these runs reached the goal."""
    return store.count_reached(connection, journey_id, goal, _ways(goal.event, graphs), runs=runs)


def keep_reached(connection: Connection, app_id: int, person_id: int) -> None:
    """Before a deleted person's runs are removed: record how many had reached their goal."""
    for journey_id in sorted({run.journey_id for run in store.runs_of_person(connection, app_id, person_id)}):
        journey = store.journey(connection, app_id, journey_id)
        graphs = graphs_of(connection, journey_id)
        goal = goal_of(journey, graphs) if journey is not None else None
        if goal is not None:
            reached = store.count_reached(connection, journey_id, goal, _ways(goal.event, graphs), person_id)
            counts.add_reached(connection, journey_id, goal.event, reached)


def graphs_of(connection: Connection, journey_id: int) -> dict[int, dict[str, Any]]:
    """The published graphs by version."""
    return {each.version: each.graph for each in store.versions_of(connection, journey_id)}


def _ways(event: str, graphs: Mapping[int, Mapping[str, Any]]) -> list[WaysToGoal]:
    """Versions that lead to the goal in the same way share a query."""
    found: dict[tuple[str, str | None, frozenset[tuple[str, str]]], set[int]] = {}
    for version, graph in graphs.items():
        waits = frozenset((node.id, each.label) for node in read_nodes(graph) for each in node.awaited if each.event == event)
        found.setdefault((graph["entry"]["event"], graph["entry"].get("key"), waits), set()).add(version)
    return [WaysToGoal(frozenset(versions), entry, key, waits) for (entry, key, waits), versions in found.items()]
