"""Who was in which journey by runs that were trimmed, and how far back runs were: the tables and all their SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, among, upsert

#: One row for each person, journey and key that had a run. The key is empty where the journey asks for none.
TRIMMED_RUNS = sa.Table(
    "trimmed_runs",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("run_key", sa.Text, primary_key=True),
    sa.Column("entered_at", sa.BigInteger, nullable=False),  # the first of them
    sa.Index("trimmed_runs_by_journey", "journey_id", "person_id"),
)

#: One row: a run that began before may be known no more.
RUNS_TRIMMED = sa.Table(
    "runs_trimmed",
    STATE,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("upto", sa.BigInteger, nullable=False),
)

_KEY = ("app_id", "person_id", "journey_id", "run_key")
TrimmedRun = tuple[int, int, int, str, int]
"""App, person, journey, key, when it began."""


def note(connection: Connection, runs: Iterable[TrimmedRun]) -> None:
    """Remember these runs; of several with one key the first."""
    first: dict[tuple[int, int, int, str], int] = {}
    for app_id, person_id, journey_id, run_key, entered_at in runs:
        key = (app_id, person_id, journey_id, run_key)
        first[key] = min(entered_at, first.get(key, entered_at))
    if not first:
        return
    statement = upsert(connection, TRIMMED_RUNS)
    earlier = sa.case(
        (statement.excluded.entered_at < TRIMMED_RUNS.c.entered_at, statement.excluded.entered_at),
        else_=TRIMMED_RUNS.c.entered_at,
    )
    statement = statement.on_conflict_do_update(index_elements=list(_KEY), set_={"entered_at": earlier})
    rows = [{**dict(zip(_KEY, key, strict=True)), "entered_at": at} for key, at in sorted(first.items())]
    connection.execute(statement, rows)


def raise_horizon(connection: Connection, upto: int) -> None:
    """Runs that began before this instant may be trimmed from now on."""
    statement = upsert(connection, RUNS_TRIMMED).values(id=1, upto=upto)
    later = {"upto": upto}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=later, where=RUNS_TRIMMED.c.upto < upto)
    connection.execute(statement)


def horizon(connection: Connection) -> int:
    """Runs that began before this instant may be known no more; 0 = none was ever trimmed."""
    return connection.scalar(sa.select(RUNS_TRIMMED.c.upto)) or 0


def past_keys(connection: Connection, journeys: Collection[int], persons: Collection[int]) -> list[tuple[int, int, str, int]]:
    """(journey, person, key, when the first began) of the trimmed runs of these persons in these journeys."""
    table = TRIMMED_RUNS.c
    mine = (table.journey_id.in_(sorted(journeys)), among(connection, table.person_id, sorted(persons)))
    rows = connection.execute(sa.select(table.journey_id, table.person_id, table.run_key, table.entered_at).where(*mine))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def has_any(connection: Connection, journey_id: int) -> bool:
    """Whether any run of the journey was trimmed."""
    query = sa.select(TRIMMED_RUNS.c.person_id).where(TRIMMED_RUNS.c.journey_id == journey_id).limit(1)
    return connection.execute(query).first() is not None


def people_of(connection: Connection, journey_id: int) -> set[int]:
    """Everyone of whom a run in the journey was trimmed."""
    table = TRIMMED_RUNS.c
    return set(connection.execute(sa.select(table.person_id).where(table.journey_id == journey_id).distinct()).scalars())


def move(connection: Connection, app_id: int, from_person: int, into_person: int) -> None:
    """Let what is known of one person be known of another."""
    table = TRIMMED_RUNS.c
    theirs = (table.app_id == app_id, table.person_id == from_person)
    rows = connection.execute(sa.select(table.journey_id, table.run_key, table.entered_at).where(*theirs)).all()
    note(connection, [(app_id, into_person, *row) for row in rows])
    if rows:
        connection.execute(sa.delete(TRIMMED_RUNS).where(*theirs))


def forget(connection: Connection, app_id: int, person_id: int) -> None:
    """Delete what is known of a person."""
    connection.execute(sa.delete(TRIMMED_RUNS).where(TRIMMED_RUNS.c.app_id == app_id, TRIMMED_RUNS.c.person_id == person_id))


def forget_journey(connection: Connection, journey_id: int) -> None:
    """Delete what is known of a journey."""
    connection.execute(sa.delete(TRIMMED_RUNS).where(TRIMMED_RUNS.c.journey_id == journey_id))
