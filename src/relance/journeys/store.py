"""Journeys, versions, runs and steps: their tables and all their SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.core.partitions import Bounds
from relance.infra.bulk import inserting
from relance.infra.database import STATE, among, fetched, is_postgres
from relance.journeys.answers import answers_of
from relance.journeys.counting import service as counting
from relance.journeys.counting.service import CountDeltas
from relance.journeys.entries import service as entries
from relance.journeys.model import Journey, JourneyState, JourneyVersion, LeaveReason, Run, RunState, RunStep, WaysToGoal
from relance.journeys.trimmed import service as trimmed
from relance.messaging.model import Goal, HeldRuns
from relance.messaging.service import RunRow, did_in_time, was_about

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CHUNK = 500  # values in one IN list
# Written out rather than bound: a planner uses a partial index only if it sees its condition.
_IS_WAITING = sa.text("state = 'waiting'")

JOURNEYS = sa.Table(
    "journeys",
    STATE,
    sa.Column("id", _AutoId, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("graph", sa.Text, nullable=False),
    sa.Column("published", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("resumed_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Index("journeys_by_app", "app_id", "id"),
    sqlite_autoincrement=True,
)

VERSIONS = sa.Table(
    "journey_versions",
    STATE,
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("graph", sa.Text, nullable=False),
    sa.Column("published_at", sa.BigInteger, nullable=False),
)

RUNS = sa.Table(
    "runs",
    STATE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("journey_id", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("run_key", sa.Text, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("wake_at", sa.BigInteger, nullable=False),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
    sa.Column("moved_at", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("caused_by", sa.Text, nullable=False, server_default=""),
    sa.Column("left_by", sa.Text, nullable=False, server_default=""),
    sa.Column("answers", sa.Text, nullable=False, server_default=""),
    sa.Index(
        "runs_active", "journey_id", "person_id", "run_key", unique=True, sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING
    ),
    sa.Index("runs_due", "journey_id", "wake_at", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
    sa.Index("runs_by_journey", "journey_id", "entered_at", "id"),
    sa.Index("runs_by_person", "app_id", "person_id"),
)

RUN_STEPS = sa.Table(
    "run_steps",
    STATE,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

RUN = tuple(RUNS.c[name] for name in Run.__struct_fields__)


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


# -- journeys and versions ---------------------------------------------------------------------------------------------


def _journey(row: Mapping[Any, Any]) -> Journey:
    return Journey(**{**row, "state": JourneyState(row["state"]), "graph": from_json(row["graph"])})


def _values(journey: Journey) -> dict[str, Any]:
    values = msgspec.structs.asdict(journey)
    del values["id"]
    return {**values, "state": journey.state.value, "graph": to_json(journey.graph)}


def insert_journey(connection: Connection, journey: Journey) -> Journey:
    key = connection.execute(sa.insert(JOURNEYS), _values(journey)).inserted_primary_key
    return msgspec.structs.replace(journey, id=int(key[0]) if key else 0)


def journey(connection: Connection, app_id: int, journey_id: int, *, lock: bool = False) -> Journey | None:
    """One journey; ``lock`` holds it until the transaction ends."""
    query = sa.select(JOURNEYS).where(JOURNEYS.c.app_id == app_id, JOURNEYS.c.id == journey_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _journey(row)


def journeys_of(connection: Connection, app_id: int, after: int, limit: int, *, archived: bool = True) -> list[Journey]:
    """By id; ``archived`` includes archived ones."""
    query = sa.select(JOURNEYS).where(JOURNEYS.c.app_id == app_id, JOURNEYS.c.id > after)
    if not archived:
        query = query.where(JOURNEYS.c.state != JourneyState.ARCHIVED.value)
    return [_journey(row) for row in connection.execute(query.order_by(JOURNEYS.c.id).limit(limit)).mappings()]


def delete_journey(connection: Connection, journey_id: int) -> None:
    """Delete a journey that nobody ever entered, with everything that belongs to it."""
    entries.forget_journey(connection, journey_id)
    trimmed.forget_journey(connection, journey_id)
    for table in (VERSIONS, counting.NODE_COUNTS, counting.EDGE_COUNTS, counting.GOAL_COUNTS):
        connection.execute(sa.delete(table).where(table.c.journey_id == journey_id))
    connection.execute(sa.delete(JOURNEYS).where(JOURNEYS.c.id == journey_id))


def has_runs(connection: Connection, journey_id: int) -> bool:
    """Whether anyone ever entered."""
    is_there = connection.execute(sa.select(RUNS.c.id).where(RUNS.c.journey_id == journey_id).limit(1)).first() is not None
    return is_there or trimmed.has_any(connection, journey_id)


def people_of(connection: Connection, journey_id: int) -> set[int]:
    """Everyone who was ever in the journey."""
    there = connection.execute(sa.select(RUNS.c.person_id).where(RUNS.c.journey_id == journey_id).distinct()).scalars()
    return {*there, *trimmed.people_of(connection, journey_id)}


def update_journey(connection: Connection, journey: Journey) -> None:
    """Write a journey locked by this transaction."""
    connection.execute(sa.update(JOURNEYS).where(JOURNEYS.c.id == journey.id), _values(journey))


def insert_version(connection: Connection, app_id: int, version: JourneyVersion) -> None:
    values = msgspec.structs.asdict(version)
    connection.execute(sa.insert(VERSIONS), {**values, "app_id": app_id, "graph": to_json(version.graph)})


def versions_of(connection: Connection, journey_id: int) -> list[JourneyVersion]:
    columns = (VERSIONS.c.journey_id, VERSIONS.c.version, VERSIONS.c.graph, VERSIONS.c.published_at)
    query = sa.select(*columns).where(VERSIONS.c.journey_id == journey_id).order_by(VERSIONS.c.version)
    return [
        JourneyVersion(journey_id, number, from_json(graph), published_at)
        for journey_id, number, graph, published_at in connection.execute(query)
    ]


def running_journeys(connection: Connection) -> list[tuple[int, int, str, int, int]]:
    """(id, app, state, published, resumed) of the live and paused journeys."""
    columns = (JOURNEYS.c.id, JOURNEYS.c.app_id, JOURNEYS.c.state, JOURNEYS.c.published, JOURNEYS.c.resumed_at)
    running = JOURNEYS.c.state.in_((JourneyState.LIVE.value, JourneyState.PAUSED.value))
    query = sa.select(*columns).where(running).order_by(JOURNEYS.c.id)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)]


def graph_of(connection: Connection, journey_id: int, version: int) -> Any:
    """The published graph, decoded."""
    query = sa.select(VERSIONS.c.graph).where(VERSIONS.c.journey_id == journey_id, VERSIONS.c.version == version)
    return from_json(connection.execute(query).scalar_one())


# -- runs, for the engine ----------------------------------------------------------------------------------------------


def active_runs(connection: Connection, journeys: Collection[int], persons: Collection[int]) -> list[Run]:
    """These persons' active runs in these journeys, oldest first."""
    return _oldest_first(connection, _waiting_of(connection, journeys, persons))


def active_runs_of_keys(
    connection: Connection, journeys: Collection[int], persons: Collection[int], keys: Collection[str]
) -> list[Run]:
    """Those with one of these keys: a person's thousand other carts are not read."""
    # An expression keeps SQLite from seeking each key of each person: it walks the person's part of the index.
    key = RUNS.c.run_key if is_postgres(connection) else sa.type_coerce(RUNS.c.run_key.op("||")(""), sa.Text)
    return _oldest_first(connection, _waiting_of(connection, journeys, persons).where(among(connection, key, sorted(keys))))


def _waiting_of(connection: Connection, journeys: Collection[int], persons: Collection[int]) -> sa.Select[Any]:
    mine = (RUNS.c.journey_id.in_(sorted(journeys)), among(connection, RUNS.c.person_id, sorted(persons)))
    return sa.select(*RUN).where(_IS_WAITING, *mine)


def _oldest_first(connection: Connection, query: sa.Select[Any]) -> list[Run]:
    runs = [Run(*row) for row in fetched(connection, query)]
    runs.sort(key=lambda run: (run.entered_at, run.id))
    return runs


def runs_since(connection: Connection, journeys: Collection[int], persons: Collection[int], since: int) -> list[Run]:
    """These persons' runs in these journeys that are active or have moved since an instant, oldest first."""
    mine = (RUNS.c.journey_id.in_(sorted(journeys)), among(connection, RUNS.c.person_id, sorted(persons)))
    lately = sa.or_(_IS_WAITING, RUNS.c.moved_at >= since)
    runs = [Run(*row) for row in connection.execute(sa.select(*RUN).where(*mine, lately)).all()]
    runs.sort(key=lambda run: (run.entered_at, run.id))
    return runs


def runs_over_since(connection: Connection, journeys: Collection[int], persons: Iterable[int], since: int) -> list[Run]:
    """These persons' runs in these journeys that ended after an instant."""
    mine = (RUNS.c.journey_id.in_(sorted(journeys)), among(connection, RUNS.c.person_id, sorted(persons)))
    over = (RUNS.c.state != RunState.WAITING.value, RUNS.c.moved_at > since)
    query = sa.select(*RUN).where(*mine, *over).order_by(RUNS.c.entered_at, RUNS.c.id)
    return [Run(*row) for row in connection.execute(query)]


def done_runs(connection: Connection, journeys: Collection[int], ids: Collection[str]) -> list[Run]:
    """Those of these runs that completed these journeys, oldest first."""
    found: list[Run] = []
    for some in _chunks(ids):
        mine = (RUNS.c.id.in_(some), RUNS.c.state == RunState.DONE.value, RUNS.c.journey_id.in_(sorted(journeys)))
        found.extend(Run(*row) for row in connection.execute(sa.select(*RUN).where(*mine)))
    found.sort(key=lambda run: (run.entered_at, run.id))
    return found


def steps_of_runs(connection: Connection, ids: Iterable[str]) -> dict[str, list[RunStep]]:
    """The steps of each of these runs, in order."""
    found: dict[str, list[RunStep]] = {}
    for some in _chunks(ids):
        query = sa.select(RUN_STEPS).where(RUN_STEPS.c.run_id.in_(some)).order_by(RUN_STEPS.c.run_id, RUN_STEPS.c.seq)
        for row in connection.execute(query).mappings():
            found.setdefault(row["run_id"], []).append(RunStep(**row))
    return found


class KeyedRun(NamedTuple):
    """A run as far as it keeps others of its key from starting."""

    journey_id: int
    person_id: int
    key: str
    id: str
    entered_at: int
    reason: str


def runs_of_keys(connection: Connection, journeys: Collection[int], persons: Collection[int]) -> list[KeyedRun]:
    """Every run these persons ever had in these journeys."""
    mine = (RUNS.c.journey_id.in_(sorted(journeys)), among(connection, RUNS.c.person_id, sorted(persons)))
    columns = (RUNS.c.journey_id, RUNS.c.person_id, RUNS.c.run_key, RUNS.c.id, RUNS.c.entered_at, RUNS.c.reason)
    there = [KeyedRun(*row) for row in connection.execute(sa.select(*columns).where(*mine))]
    gone = trimmed.past_keys(connection, journeys, persons)
    return there + [KeyedRun(journey_id, person, key, "", at, "") for journey_id, person, key, at in gone]


def known_runs(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these runs exist, active or over."""
    return set(connection.execute(sa.select(RUNS.c.id).where(among(connection, RUNS.c.id, sorted(ids)))).scalars())


def past_keys(connection: Connection, journeys: Collection[int], persons: Collection[int]) -> set[tuple[int, int, str]]:
    """(journey, person, key) of every run these persons ever had in these journeys."""
    mine = (RUNS.c.journey_id.in_(sorted(journeys)), among(connection, RUNS.c.person_id, sorted(persons)))
    query = sa.select(RUNS.c.journey_id, RUNS.c.person_id, RUNS.c.run_key).where(*mine)
    gone = trimmed.past_keys(connection, journeys, persons)
    there = {(journey_id, person_id, key) for journey_id, person_id, key in connection.execute(query)}
    return there | {(journey_id, person_id, key) for journey_id, person_id, key, _ in gone}


def _of_share(share: Bounds | None) -> list[sa.ColumnElement[bool]]:
    """The condition that a run's person belongs to this share."""
    if share is None:
        return []
    modulus, low, high = share
    return [(RUNS.c.person_id % modulus).between(low, high)]


def due_runs(connection: Connection, journeys: Collection[int], now: int, limit: int, share: Bounds | None = None) -> list[Run]:
    """Runs of these journeys whose wait is over, longest overdue first; of a share of the persons, or of all."""
    query = sa.select(*RUN).where(_IS_WAITING, RUNS.c.journey_id.in_(sorted(journeys)), RUNS.c.wake_at <= now)
    query = query.where(*_of_share(share))
    return [Run(*row) for row in connection.execute(query.order_by(RUNS.c.wake_at, RUNS.c.id).limit(limit))]


def next_wake(connection: Connection, journeys: Iterable[int], share: Bounds | None = None) -> int | None:
    """The earliest end of a wait in these journeys, of a share of the persons or of all."""
    theirs = _of_share(share)
    earliest = [
        sa.select(sa.func.min(RUNS.c.wake_at)).where(_IS_WAITING, RUNS.c.journey_id == each, *theirs).scalar_subquery()
        for each in sorted(journeys)
    ]
    found = [connection.execute(sa.select(each)).scalar() for each in earliest]
    return min((each for each in found if each is not None), default=None)


_insert_runs = inserting(RUNS, Run.__struct_fields__)
_insert_steps = inserting(RUN_STEPS, RunStep.__struct_fields__)
_MOVED = ("node", "state", "reason", "wake_at", "moved_at", "seq", "caused_by", "left_by", "answers")
_UPDATE_RUN = (
    sa.update(RUNS)
    .where(RUNS.c.id == sa.bindparam("b_id"), RUNS.c.seq == sa.bindparam("b_old_seq"), _IS_WAITING)
    .values({name: sa.bindparam(f"b_{name}") for name in _MOVED})
)


def insert_runs(connection: Connection, runs: Sequence[Run]) -> None:
    _insert_runs.run(connection, [msgspec.structs.astuple(run) for run in runs])


def update_runs(connection: Connection, runs: Sequence[tuple[Run, int]]) -> bool:
    """Update active runs, given the ``seq`` they had; False = one of them was no longer active at it."""
    if not runs:
        return True
    values = [{"b_id": run.id, "b_old_seq": seq, **{f"b_{name}": getattr(run, name) for name in _MOVED}} for run, seq in runs]
    return connection.execute(_UPDATE_RUN, values).rowcount == len(runs)


def rewrite_runs(connection: Connection, runs: Sequence[tuple[Run, Run]]) -> bool:
    """Update runs, given as (before, after), active or over; False = one of them was no longer as before."""
    changed = 0
    for before, after in sorted(runs, key=lambda each: each[1].state == RunState.WAITING.value):  # a key has one active run
        same = (RUNS.c.id == before.id, RUNS.c.seq == before.seq, RUNS.c.state == before.state)
        values = {name: getattr(after, name) for name in _MOVED}
        changed += connection.execute(sa.update(RUNS).where(*same).values(values)).rowcount
    return changed == len(runs)


def delete_steps(connection: Connection, run_id: str, after: int) -> None:
    """Delete a run's steps after a ``seq``."""
    connection.execute(sa.delete(RUN_STEPS).where(RUN_STEPS.c.run_id == run_id, RUN_STEPS.c.seq > after))


def insert_steps(connection: Connection, steps: Sequence[RunStep]) -> None:
    _insert_steps.run(connection, [msgspec.structs.astuple(step) for step in steps])


def end_runs(connection: Connection, ids: Iterable[str], reason: LeaveReason, now: int | None = None) -> list[Run]:
    """End the active ones of these runs, at ``now`` if given, and count them as departed from their nodes."""
    ended: list[Run] = []
    for some in _chunks(ids):
        query = sa.select(*RUN).where(_IS_WAITING, RUNS.c.id.in_(some)).order_by(RUNS.c.id).with_for_update()
        ended.extend(Run(*row) for row in connection.execute(query))
    before = [(run, run.seq) for run in ended]
    tally = CountDeltas()
    for run in ended:
        run.state, run.reason = RunState.LEFT.value, reason.value
        run.moved_at = run.moved_at if now is None else now
        tally.leave(run)
    update_runs(connection, before)
    counting.add(connection, tally)
    return ended


def active_of_journey(connection: Connection, journey_id: int) -> list[str]:
    return list(connection.execute(sa.select(RUNS.c.id).where(_IS_WAITING, RUNS.c.journey_id == journey_id)).scalars())


def active_of_persons(connection: Connection, app_id: int, persons: Sequence[int]) -> list[Run]:
    query = sa.select(*RUN).where(RUNS.c.app_id == app_id, RUNS.c.person_id.in_(persons), _IS_WAITING)
    return sorted((Run(*row) for row in connection.execute(query)), key=lambda run: (run.entered_at, run.id))


def move_runs(connection: Connection, app_id: int, from_person: int, into_person: int) -> None:
    theirs = (RUNS.c.app_id == app_id, RUNS.c.person_id == from_person)
    connection.execute(sa.update(RUNS).where(*theirs).values(person_id=into_person))
    trimmed.move(connection, app_id, from_person, into_person)


def delete_runs(connection: Connection, app_id: int, person_id: int) -> None:
    theirs = (RUNS.c.app_id == app_id, RUNS.c.person_id == person_id)
    mine = sa.select(RUNS.c.id).where(*theirs)
    connection.execute(sa.delete(RUN_STEPS).where(RUN_STEPS.c.run_id.in_(mine)))
    connection.execute(sa.delete(RUNS).where(*theirs))
    trimmed.forget(connection, app_id, person_id)


# -- reads -------------------------------------------------------------------------------------------------------------


def held_runs(connection: Connection, ids: Iterable[str], *, lock: bool = False) -> HeldRuns:
    """Which of these runs' messages must not be sent, which runs' journey is paused, and what the others were answered; ``lock``:
    nobody resumes it until the transaction ends.
    """
    wanted = set(ids)
    going: set[str] = set()
    paused: set[str] = set()
    answers: dict[str, dict[str, Any]] = {}
    running = (JourneyState.LIVE.value, JourneyState.PAUSED.value)
    for some in _chunks(wanted):
        query = sa.select(RUNS.c.id, JOURNEYS.c.state, RUNS.c.answers).join(JOURNEYS, JOURNEYS.c.id == RUNS.c.journey_id)
        query = query.where(RUNS.c.id.in_(some), RUNS.c.state != RunState.LEFT.value, JOURNEYS.c.state.in_(running))
        for run_id, state, text in connection.execute(query.with_for_update(read=True, of=JOURNEYS) if lock else query):
            (going if state == JourneyState.LIVE.value else paused).add(run_id)
            if text:
                answers[run_id] = answers_of(text)
    return HeldRuns(wanted - going - paused, paused, answers)


def count_reached(
    connection: Connection,
    journey_id: int,
    goal: Goal,
    ways: Iterable[WaysToGoal],
    person_id: int | None = None,
    *,
    runs: Collection[str] | None = None,
) -> int:
    """How many runs of a journey reached a goal, each counted once, as in ``goals``; of one person, of these runs, or of all."""
    theirs = [RUNS.c.journey_id == journey_id, RUNS.c.reason.not_in(_NOT_COUNTED)]
    if person_id is not None:
        theirs.append(RUNS.c.person_id == person_id)
    if runs is not None:
        theirs.append(among(connection, RUNS.c.id, sorted(runs)))
    reached = 0
    for each in ways:
        run = RunRow(RUNS.c.id, RUNS.c.app_id, RUNS.c.person_id, RUNS.c.run_key, RUNS.c.entered_at, each.key)
        of_version = RUNS.c.version.in_(sorted(each.versions))
        did = [_was_ended_by(run, goal.event), did_in_time(run, goal.event, goal.length, is_entry=each.entry == goal.event)]
        for label in sorted({label for _, label in each.waits}):
            did.insert(1, _was_moved_by(run, goal.event, label, {node for node, by in each.waits if by == label}))
        query = sa.select(sa.func.count()).select_from(RUNS).where(*theirs, of_version, sa.or_(*did))
        reached += int(connection.execute(query).scalar_one())
    return reached


_NOT_COUNTED = (LeaveReason.SUPERSEDED.value, LeaveReason.MERGED.value)  # another run is the same passage


def _was_ended_by(run: RunRow, event: str) -> sa.ColumnElement[bool]:
    ended = (RUNS.c.reason == LeaveReason.EXIT_EVENT.value, RUNS.c.left_by == event)
    return sa.and_(*ended, was_about(run, event, RUNS.c.moved_at))


def _was_moved_by(run: RunRow, event: str, label: str, waits: Collection[str]) -> sa.ColumnElement[bool]:
    """It took this edge from one of these waits for the event, or ended by it."""
    at, after = RUN_STEPS.alias("at"), RUN_STEPS.alias("after")
    went_on = (at.c.run_id == RUNS.c.id, after.c.run_id == RUNS.c.id, after.c.seq == at.c.seq + 1)
    by_edge = (at.c.node.in_(sorted(waits)), after.c.via == label, was_about(run, event, after.c.occurred_at))
    at_end = (RUNS.c.left_by == label, RUNS.c.node.in_(sorted(waits)), was_about(run, event, RUNS.c.moved_at))
    there = sa.select(at.c.run_id).select_from(at, after).where(*went_on, *by_edge).correlate_except(at, after)
    return sa.or_(sa.and_(*at_end), there.exists())


def runs_of_journey(
    connection: Connection, journey_id: int, state: str | None, node: str | None, before: tuple[int, str] | None, limit: int
) -> list[Run]:
    """Newest first."""
    query = sa.select(*RUN).where(RUNS.c.journey_id == journey_id)
    if node is not None:
        query = query.where(RUNS.c.node == node)
    if state is not None:
        query = query.where(RUNS.c.state == state)
    if before is not None:
        same = sa.and_(RUNS.c.entered_at == before[0], RUNS.c.id < before[1])
        query = query.where(sa.or_(RUNS.c.entered_at < before[0], same))
    query = query.order_by(RUNS.c.entered_at.desc(), RUNS.c.id.desc()).limit(limit)
    return [Run(*row) for row in connection.execute(query)]


def runs_of_person(connection: Connection, app_id: int, person_id: int) -> list[Run]:
    query = sa.select(*RUN).where(RUNS.c.app_id == app_id, RUNS.c.person_id == person_id)
    return [Run(*row) for row in connection.execute(query.order_by(RUNS.c.entered_at.desc(), RUNS.c.id.desc()))]


def steps_of_run(connection: Connection, app_id: int, run_id: str) -> list[RunStep]:
    query = sa.select(RUN_STEPS).join(RUNS, RUNS.c.id == RUN_STEPS.c.run_id)
    query = query.where(RUNS.c.app_id == app_id, RUNS.c.id == run_id).order_by(RUN_STEPS.c.seq)
    return [RunStep(**row) for row in connection.execute(query).mappings()]
