"""Pending enrolments and missed entries: their tables and all their SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import inserting
from relance.infra.database import STATE
from relance.journeys.missed import MissedEntry

MISSED_ENTRIES = sa.Table(
    "missed_entries",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("run_key", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Index("missed_entries_by_age", "received_at"),
    sqlite_with_rowid=False,
)

# Members to enrol when a version is published. A row without a partition (-1) requests it; portion 0 of a partition says that its
# members are written down, in the portions after it, each of which is deleted by the tick that enrols it.
INTAKES = sa.Table(
    "journey_intakes",
    STATE,
    sa.Column("journey_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("piece", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("people", sa.LargeBinary, nullable=False),
)
_NO_PARTITION = -1


# -- members to enrol --------------------------------------------------------------------------------------------------


def ask_intake(connection: Connection, journey_id: int, version: int) -> None:
    """Request that each partition enrols its current members."""
    place = {"journey_id": journey_id, "version": version, "partition": _NO_PARTITION, "piece": 0}
    connection.execute(sa.insert(INTAKES), {**place, "people": b""})


def end_intakes(connection: Connection, journey_id: int) -> None:
    """Cancel pending enrolments."""
    connection.execute(sa.delete(INTAKES).where(INTAKES.c.journey_id == journey_id))


def open_intakes(connection: Connection, partition: int) -> list[tuple[int, int, bool]]:
    """(journey, version, whether its members are written down) of a partition's pending enrolments."""
    table = INTAKES.c
    query = sa.select(table.journey_id, table.version, table.partition, sa.func.count(), sa.func.max(table.piece))
    query = query.where(table.partition.in_((_NO_PARTITION, partition)))
    asked: list[tuple[int, int]] = []
    listed: dict[tuple[int, int], int] = {}
    for journey_id, version, where, _, last in connection.execute(
        query.group_by(table.journey_id, table.version, table.partition).order_by(table.journey_id, table.version)
    ):
        if where == _NO_PARTITION:
            asked.append((journey_id, version))
        else:
            listed[journey_id, version] = last
    return [(*key, key in listed) for key in asked if listed.get(key) != 0]


def insert_pieces(connection: Connection, journey_id: int, version: int, partition: int, pieces: Sequence[bytes]) -> None:
    place = {"journey_id": journey_id, "version": version, "partition": partition}
    rows = [{**place, "piece": number, "people": people} for number, people in enumerate([b"", *pieces])]
    connection.execute(sa.insert(INTAKES), rows)


def take_piece(connection: Connection, journey_id: int, version: int, partition: int) -> bytes | None:
    """The next portion, which is deleted with this transaction; None if there is none."""
    table = INTAKES.c
    mine = (table.journey_id == journey_id, table.version == version, table.partition == partition)
    query = sa.select(table.piece, table.people).where(*mine, table.piece > 0).order_by(table.piece).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    connection.execute(sa.delete(INTAKES).where(*mine, table.piece == row[0]))
    return bytes(row[1])


# -- missed entries ----------------------------------------------------------------------------------------------------

_insert_missed = inserting(
    MISSED_ENTRIES,
    MissedEntry.__struct_fields__,
    "ON CONFLICT (app_id, person_id, journey_id, reason, slot) DO UPDATE SET"
    " times = CASE WHEN missed_entries.run_key = excluded.run_key THEN missed_entries.times ELSE 0 END + excluded.times,"
    " run_key = excluded.run_key, event = excluded.event, message_id = excluded.message_id,"
    " occurred_at = excluded.occurred_at, received_at = excluded.received_at",
)


def add_missed(connection: Connection, missed: Iterable[MissedEntry]) -> None:
    """Write records of missed entries over earlier ones, each slot at most once."""
    _insert_missed.run(connection, [msgspec.structs.astuple(each) for each in missed])


def missed_of_person(connection: Connection, app_id: int, person_id: int) -> list[MissedEntry]:
    """Newest first."""
    table = MISSED_ENTRIES.c
    query = sa.select(*(table[name] for name in MissedEntry.__struct_fields__)).where(
        table.app_id == app_id, table.person_id == person_id
    )
    newest = query.order_by(table.received_at.desc(), table.journey_id, table.reason, table.slot)
    return [MissedEntry(*row) for row in connection.execute(newest)]


def move_missed(connection: Connection, app_id: int, from_person: int, into_person: int) -> None:
    """Move one person's records to another."""
    mine = missed_of_person(connection, app_id, from_person)
    delete_missed(connection, app_id, from_person)
    add_missed(connection, [msgspec.structs.replace(each, person_id=into_person) for each in mine])


def delete_missed(connection: Connection, app_id: int, person_id: int) -> None:
    table = MISSED_ENTRIES.c
    connection.execute(sa.delete(MISSED_ENTRIES).where(table.app_id == app_id, table.person_id == person_id))


def trim_missed(connection: Connection, before: int) -> None:
    """Delete records older than an instant."""
    connection.execute(sa.delete(MISSED_ENTRIES).where(MISSED_ENTRIES.c.received_at < before))


def forget_journey(connection: Connection, journey_id: int) -> None:
    """Delete everything about a deleted journey."""
    for table in (INTAKES, MISSED_ENTRIES):
        connection.execute(sa.delete(table).where(table.c.journey_id == journey_id))
