"""The oldest runs of the record, and taking them off: the SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among
from relance.journeys.model import Run, RunState
from relance.journeys.store import RUN, RUN_STEPS, RUNS


class RunPlace(NamedTuple):
    """How far the record was looked through, in order of its index."""

    journey_id: int
    entered_at: int
    run_id: str


def oldest_runs(connection: Connection, cutoff: int, after: RunPlace | None, most: int) -> tuple[list[Run], RunPlace | None]:
    """The next runs of one journey that began before ``cutoff`` and are over, and where the look ended; None: there are no more.

    They stay as they are until the transaction ends; one that somebody is changing is passed over until the next time.
    """
    journey_id = _next_journey(connection, 0) if after is None else after.journey_id
    while journey_id is not None:
        query = sa.select(*RUN).where(RUNS.c.journey_id == journey_id, RUNS.c.entered_at < cutoff)
        if after is not None and after.journey_id == journey_id:
            same = sa.and_(RUNS.c.entered_at == after.entered_at, RUNS.c.id > after.run_id)
            query = query.where(RUNS.c.entered_at >= after.entered_at, sa.or_(RUNS.c.entered_at > after.entered_at, same))
        query = query.order_by(RUNS.c.journey_id, RUNS.c.entered_at, RUNS.c.id).limit(most)
        runs = [Run(*row) for row in connection.execute(query.with_for_update(skip_locked=True))]
        if runs:
            at = RunPlace(journey_id, runs[-1].entered_at, runs[-1].id)
            return [run for run in runs if run.state != RunState.WAITING.value], at
        journey_id = _next_journey(connection, journey_id)
    return [], None


def _next_journey(connection: Connection, after: int) -> int | None:
    """The next journey that has runs: a look into the index."""
    return connection.execute(sa.select(sa.func.min(RUNS.c.journey_id)).where(RUNS.c.journey_id > after)).scalar()


def remove_runs(connection: Connection, ids: Collection[str]) -> None:
    """Take runs off the record, with their steps."""
    connection.execute(sa.delete(RUN_STEPS).where(among(connection, RUN_STEPS.c.run_id, ids)))
    connection.execute(sa.delete(RUNS).where(among(connection, RUNS.c.id, ids)))


def on_record(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which of these runs are on the record."""
    if not ids:
        return set()
    return set(connection.execute(sa.select(RUNS.c.id).where(among(connection, RUNS.c.id, sorted(ids)))).scalars())
