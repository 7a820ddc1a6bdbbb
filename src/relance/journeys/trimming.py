"""The record of runs is kept for so many days after they ended. Counts stay, history has their beginnings and ends, and who was
in which journey is remembered (``trimmed``).

A run stays while a late event could still be about it (``order``), its goal be reached, or a message of it leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.journeys import store
from relance.journeys.counting import service as counts
from relance.journeys.goals import count_reached_of, goal_of, graphs_of
from relance.journeys.graph import read_graph
from relance.journeys.model import Journey, Run
from relance.journeys.trimmed import service as trimmed
from relance.journeys.trimming_store import RunPlace, oldest_runs, on_record, remove_runs
from relance.messaging import service as messaging

__all__ = ["RunPlace", "TrimmedRuns", "on_record", "trim_runs"]

SLICE = 200  # runs looked at in one transaction
_ONCE = "once"


class TrimmedRuns(NamedTuple):
    """What one slice came to. ``at``: how far the record was looked through; None: to its end."""

    runs: int
    at: RunPlace | None


def trim_runs(connection: Connection, cutoff: int, after: RunPlace | None = None) -> TrimmedRuns:
    """Take the next slice of runs that were over before ``cutoff`` (ms) off the record."""
    runs, at = oldest_runs(connection, cutoff, after, SLICE)
    going = [run for run in runs if run.moved_at < cutoff] if at is not None else []
    journey = store.journey(connection, going[0].app_id, going[0].journey_id, lock=True) if going else None
    if journey is None:
        return TrimmedRuns(0, at)
    graphs = graphs_of(connection, journey.id)
    goal = goal_of(journey, graphs)
    within = goal.length if goal is not None else 0
    busy = messaging.runs_busy(
        connection, journey.app_id, {run.person_id for run in going}, {run.id for run in going}, cutoff - within
    )
    going = [run for run in going if run.id not in busy and run.entered_at + within < cutoff]
    if going:
        trimmed.raise_horizon(connection, cutoff)
        trimmed.note(connection, [_known(run, journey, graphs) for run in going])
        ids = [run.id for run in going]
        if goal is not None:
            counts.add_reached(connection, journey.id, goal.event, count_reached_of(connection, journey.id, goal, graphs, ids))
        remove_runs(connection, ids)
    return TrimmedRuns(len(going), at)


def _known(run: Run, journey: Journey, graphs: Mapping[int, Mapping[str, Any]]) -> tuple[int, int, int, str, int]:
    """Which key it had matters where people may enter once, or those are enrolled who have not been in it."""
    written = graphs.get(journey.published)
    entry = read_graph(written).entry if written is not None else None
    is_asked = entry is not None and (entry.reentry == _ONCE or entry.present)
    return run.app_id, run.person_id, run.journey_id, run.run_key if is_asked else "", run.entered_at
