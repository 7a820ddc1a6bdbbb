"""The tables of segments and of committed membership, and all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.infra.database import STATE, among_given, is_postgres, listed, upsert
from relance.segments.errors import SegmentConflictError
from relance.segments.model import RuleActivation, Segment, SegmentState, Version
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule, parse_rule, rule_hash, to_data

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

SEGMENTS = sa.Table(
    "segments",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    # The digest of the expanded rule if the edit that set it is to be announced; else empty.
    sa.Column("announced", sa.Text, nullable=False, server_default=""),
)
# The name of an archived segment is free again.
sa.Index(
    "segments_name",
    SEGMENTS.c.app_id,
    SEGMENTS.c.name,
    unique=True,
    sqlite_where=SEGMENTS.c.state == SegmentState.ACTIVE.value,
    postgresql_where=SEGMENTS.c.state == SegmentState.ACTIVE.value,
)

SEGMENT_VERSIONS = sa.Table(
    "segment_versions",
    STATE,
    sa.Column("segment_id", sa.BigInteger, sa.ForeignKey("segments.id"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

# One row per tick that changed anything, for all apps of the partition.
MEMBERSHIP_CHANGES = sa.Table(
    "membership_changes",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("settled_at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

MEMBERSHIP_SNAPSHOTS = sa.Table(
    "membership_snapshots",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("segment_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tick", sa.BigInteger, nullable=False),
    sa.Column("settled_at", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

# One row per rule activation that moved people without events.
SEGMENT_UPTAKES = sa.Table(
    "segment_uptakes",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("segment_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("taken_up_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entered_count", sa.BigInteger, nullable=False),
    sa.Column("left_count", sa.BigInteger, nullable=False),
)

# All of them, dependents first.
TABLES = (SEGMENT_VERSIONS, SEGMENTS, MEMBERSHIP_CHANGES, MEMBERSHIP_SNAPSHOTS, SEGMENT_UPTAKES)


class Definition(NamedTuple):
    """What live state needs of an active segment: its expanded rule, its digest, and whether the members moved by activating this
    very rule are announced to journeys and webhooks.
    """

    app_id: int
    segment_id: int
    rule: Rule
    digest: str
    announced: bool = False


class SnapshotRow(NamedTuple):
    """A segment's members as of a tick."""

    app_id: int
    segment_id: int
    digest: str
    payload: bytes


# -- definitions -------------------------------------------------------------------------------------------------------


def insert_segment(
    connection: Connection, app_id: int, name: str, rule: Rule, now: int, author: str, announced: str = ""
) -> Segment:
    """Raises ``SegmentConflictError`` if an active segment of the app has the name."""
    values = {"app_id": app_id, "name": name, "rule": write_rule(rule), "hash": rule_hash(rule), "version": 1}
    values |= {
        "state": SegmentState.ACTIVE.value,
        "created_at": now,
        "updated_at": now,
        "created_by": author,
        "announced": announced,
    }
    try:
        row = connection.execute(sa.insert(SEGMENTS).values(values).returning(SEGMENTS)).one()
    except IntegrityError as error:
        raise _name_taken(name) from error
    _insert_version(connection, row, author)
    return _segment(row)


def select_segment(connection: Connection, app_id: int, segment_id: int) -> Segment | None:
    row = connection.execute(_of(app_id, segment_id)).one_or_none()
    return None if row is None else _segment(row)


def select_segments(connection: Connection, app_id: int, state: SegmentState | None, after: int, limit: int) -> list[Segment]:
    """In order of id."""
    query = sa.select(SEGMENTS).where(SEGMENTS.c.app_id == app_id, SEGMENTS.c.id > after).order_by(SEGMENTS.c.id).limit(limit)
    if state is not None:
        query = query.where(SEGMENTS.c.state == state.value)
    return [_segment(row) for row in connection.execute(query)]


def select_names(connection: Connection, app_id: int, segments: Collection[int]) -> dict[int, str]:
    rows = connection.execute(_names(is_postgres(connection)), {"app": app_id, "ids": listed(connection, segments)})
    return {row.id: row.name for row in rows}


@cache
def _names(on_postgres: bool) -> sa.Select[tuple[int, str]]:
    """Cached, since building it takes longer than running it: every page about a person asks for names."""
    named = sa.select(SEGMENTS.c.id, SEGMENTS.c.name).where(SEGMENTS.c.app_id == sa.bindparam("app"))
    return named.where(among_given(SEGMENTS.c.id, "ids", on_postgres))


def update_segment(connection: Connection, segment: Segment, changes: dict[str, Any], now: int, author: str) -> Segment | None:
    """Compare and set: None if the segment is no longer active at the version read. Raises if a new name is taken."""
    statement = (
        sa.update(SEGMENTS)
        .where(SEGMENTS.c.id == segment.id, SEGMENTS.c.app_id == segment.app_id)
        .where(SEGMENTS.c.version == segment.version, SEGMENTS.c.state == SegmentState.ACTIVE.value)
        .values(changes | {"version": segment.version + 1, "updated_at": now})
        .returning(SEGMENTS)
    )
    try:
        row = connection.execute(statement).one_or_none()
    except IntegrityError as error:
        raise _name_taken(str(changes.get("name"))) from error
    if row is None:
        return None
    _insert_version(connection, row, author)
    return _segment(row)


def select_versions(connection: Connection, app_id: int, segment_id: int, before: int, limit: int) -> list[Version]:
    """Newest first, from the one before ``before``."""
    query = (
        _versions_of(app_id, segment_id)
        .where(SEGMENT_VERSIONS.c.version < before)
        .order_by(SEGMENT_VERSIONS.c.version.desc())
        .limit(limit)
    )
    return [_version(row) for row in connection.execute(query)]


def select_version(connection: Connection, app_id: int, segment_id: int, version: int) -> Version | None:
    row = connection.execute(_versions_of(app_id, segment_id).where(SEGMENT_VERSIONS.c.version == version)).one_or_none()
    return None if row is None else _version(row)


def _versions_of(app_id: int, segment_id: int) -> sa.Select[Any]:
    table = SEGMENT_VERSIONS.c
    return sa.select(SEGMENT_VERSIONS).where(table.app_id == app_id, table.segment_id == segment_id)


def _version(row: Any) -> Version:
    return Version(row.version, row.name, parse_rule(from_json(row.rule)), row.created_at, row.created_by)


def active_definitions(connection: Connection, only: int | None = None) -> list[Definition]:
    """Of all apps, or of one, expanded: editing a segment changes the digests of those that depend on it."""
    query = (
        sa.select(SEGMENTS.c.app_id).where(SEGMENTS.c.state == SegmentState.ACTIVE.value).distinct().order_by(SEGMENTS.c.app_id)
    )
    found = []
    for app_id in connection.scalars(query).all() if only is None else [only]:
        rules = {number: each.rule for number, each in active_segments(connection, app_id).items()}
        announced = _announced(connection, app_id)
        for number, rule in rules.items():
            written = meaning(rule, rules.get, number)
            digest = rule_hash(written)
            found.append(Definition(app_id, number, written, digest, announced.get(number) == digest))
    return found


def active_segments(connection: Connection, app_id: int) -> dict[int, Segment]:
    """All of an app by id, in that order."""
    query = sa.select(SEGMENTS).where(SEGMENTS.c.app_id == app_id, SEGMENTS.c.state == SegmentState.ACTIVE.value)
    return {row.id: _segment(row) for row in connection.execute(query.order_by(SEGMENTS.c.id))}


def _announced(connection: Connection, app_id: int) -> dict[int, str]:
    """The segments of an app whose last rule is to be announced, with its digest at the time of the edit."""
    table = SEGMENTS.c
    mine = (table.app_id == app_id) & (table.state == SegmentState.ACTIVE.value) & (table.announced != "")
    return {row.id: row.announced for row in connection.execute(sa.select(table.id, table.announced).where(mine))}


def _of(app_id: int, segment_id: int) -> sa.Select[Any]:
    return sa.select(SEGMENTS).where(SEGMENTS.c.id == segment_id, SEGMENTS.c.app_id == app_id)


def _insert_version(connection: Connection, row: Any, author: str) -> None:
    values = {"segment_id": row.id, "version": row.version, "app_id": row.app_id, "name": row.name, "rule": row.rule}
    connection.execute(sa.insert(SEGMENT_VERSIONS).values(values | {"created_at": row.updated_at, "created_by": author}))


def _segment(row: Any) -> Segment:
    return Segment(
        id=row.id,
        app_id=row.app_id,
        name=row.name,
        rule=parse_rule(from_json(row.rule)),
        hash=row.hash,
        version=row.version,
        state=SegmentState(row.state),
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
    )


def _name_taken(name: str) -> SegmentConflictError:
    return SegmentConflictError(
        ErrorText("segment_name_taken", "Another active segment of this app has that name."), path="name", name=name
    )


def write_rule(rule: Rule) -> str:
    """The rule as stored."""
    return to_json(to_data(rule))


# -- committed membership ----------------------------------------------------------------------------------------------


def insert_changes(connection: Connection, partition: int, tick: int, settled_at: int, payload: bytes) -> None:
    values = {"partition": partition, "tick": tick, "settled_at": settled_at, "payload": payload}
    connection.execute(sa.insert(MEMBERSHIP_CHANGES).values(values))


def select_changes(connection: Connection, partition: int) -> list[tuple[int, int, bytes]]:
    """(tick, settled at, payload), in order."""
    table = MEMBERSHIP_CHANGES
    query = sa.select(table.c.tick, table.c.settled_at, table.c.payload).where(table.c.partition == partition)
    return [(row.tick, row.settled_at, bytes(row.payload)) for row in connection.execute(query.order_by(table.c.tick))]


def select_snapshots(connection: Connection, partition: int) -> list[tuple[SnapshotRow, int, int]]:
    """(snapshot, tick, settled at)."""
    table = MEMBERSHIP_SNAPSHOTS
    rows = connection.execute(sa.select(table).where(table.c.partition == partition))
    return [(SnapshotRow(row.app_id, row.segment_id, row.hash, bytes(row.payload)), row.tick, row.settled_at) for row in rows]


def snapshots_since(
    connection: Connection, partition: int, after: int, keys: Collection[tuple[int, int]]
) -> list[tuple[SnapshotRow, int]]:
    """(snapshot, tick) of those of these segments, as (app, segment), that were written whole after a tick."""
    table = MEMBERSHIP_SNAPSHOTS.c
    columns = (table.app_id, table.segment_id, table.hash, table.payload, table.tick)
    mine = sa.tuple_(table.app_id, table.segment_id).in_(sorted(keys))
    rows = connection.execute(sa.select(*columns).where(table.partition == partition, table.tick > after, mine))
    return [(SnapshotRow(row.app_id, row.segment_id, row.hash, bytes(row.payload)), row.tick) for row in rows]


def changes_since(connection: Connection, partition: int, after: int) -> list[tuple[int, bytes]]:
    """(tick, payload) of what ticks changed after one, in order."""
    table = MEMBERSHIP_CHANGES.c
    query = sa.select(table.tick, table.payload).where(table.partition == partition, table.tick > after).order_by(table.tick)
    return [(row.tick, bytes(row.payload)) for row in connection.execute(query)]


def write_snapshots(connection: Connection, partition: int, tick: int, settled_at: int, snapshots: Iterable[SnapshotRow]) -> None:
    """Replace older snapshots of the same segments."""
    for each in snapshots:
        values = {"tick": tick, "settled_at": settled_at, "hash": each.digest, "payload": each.payload}
        key = {"app_id": each.app_id, "segment_id": each.segment_id, "partition": partition}
        statement = upsert(connection, MEMBERSHIP_SNAPSHOTS).values(key | values)
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def forget_changes(connection: Connection, partition: int, upto: int) -> None:
    """Delete the changes of all ticks up to this one: snapshots contain them."""
    table = MEMBERSHIP_CHANGES
    connection.execute(sa.delete(table).where(table.c.partition == partition, table.c.tick <= upto))


def forget_membership(connection: Connection, app_id: int, segment_id: int) -> None:
    """Delete the committed members of an archived segment, and the effects of its rules."""
    for table in (MEMBERSHIP_SNAPSHOTS, SEGMENT_UPTAKES):
        connection.execute(sa.delete(table).where(table.c.app_id == app_id, table.c.segment_id == segment_id))


def insert_activations(
    connection: Connection, partition: int, tick: int, activations: Iterable[tuple[int, RuleActivation]]
) -> None:
    """(app, activation), at most one per segment and instant."""
    rows = [
        {
            "app_id": app_id,
            "segment_id": each.segment_id,
            "taken_up_at": each.taken_up_at,
            "partition": partition,
            "tick": tick,
            "entered_count": each.entered,
            "left_count": each.left,
        }
        for app_id, each in activations
    ]
    if rows:
        connection.execute(sa.insert(SEGMENT_UPTAKES), rows)


def select_activations(connection: Connection, app_id: int) -> list[RuleActivation]:
    """Of all segments and partitions, in order of time."""
    table = SEGMENT_UPTAKES.c
    columns = (table.segment_id, table.taken_up_at, table.entered_count, table.left_count)
    query = sa.select(*columns).where(table.app_id == app_id).order_by(table.taken_up_at, table.segment_id, table.partition)
    return [RuleActivation(*row) for row in connection.execute(query)]
