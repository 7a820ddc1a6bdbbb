"""The tables of snapshots and all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE, upsert
from relance.segments.live.snapshot.chunks import ChunkWrite, Head, write_head

# What is stored of each part of live state, and where its chunks are.
LIVE_PARTS = sa.Table(
    "live_parts",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),  # real time
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
)

LIVE_CHUNKS = sa.Table(
    "live_chunks",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("writing", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("column_name", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

# Deleted people, until no snapshot contains them.
LIVE_FORGOTTEN = sa.Table(
    "live_forgotten",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
)

Part = tuple[int, str]  # app, name
Person = tuple[int, int]  # app, person


def select_heads(connection: Connection, partition: int) -> dict[Part, bytes]:
    table = LIVE_PARTS.c
    rows = connection.execute(sa.select(table.app_id, table.part, table.head).where(table.partition == partition))
    return {(row.app_id, row.part): bytes(row.head) for row in rows}


def select_chunks(connection: Connection, partition: int, part: Part) -> dict[str, dict[tuple[int, int], bytes]]:
    """Column → (place, writing) → payload."""
    found: dict[str, dict[tuple[int, int], bytes]] = {}
    for row in connection.execute(sa.select(LIVE_CHUNKS).where(*_of(LIVE_CHUNKS, partition, part))):
        found.setdefault(row.column_name, {})[row.place, row.writing] = bytes(row.payload)
    return found


def insert_chunks(connection: Connection, partition: int, part: Part, writing: int, chunks: Sequence[ChunkWrite]) -> None:
    rows = [
        {"partition": partition, "app_id": part[0], "part": part[1], "writing": writing}
        | {"column_name": each.column, "place": each.place, "payload": each.payload}
        for each in chunks
    ]
    if rows:
        connection.execute(sa.insert(LIVE_CHUNKS), rows)


def delete_unfinished(connection: Connection, partition: int, finished: Mapping[Part, int]) -> None:
    """Delete the chunks of interrupted writings: ``finished`` are the last completed ones of each part."""
    table = LIVE_CHUNKS.c
    newest = sa.select(table.app_id, table.part, sa.func.max(table.writing).label("writing")).where(table.partition == partition)
    for app_id, name, written in connection.execute(newest.group_by(table.app_id, table.part)).all():
        last = finished.get((app_id, name), 0)
        if written > last:
            connection.execute(sa.delete(LIVE_CHUNKS).where(*_of(LIVE_CHUNKS, partition, (app_id, name)), table.writing > last))


def put_head(connection: Connection, partition: int, part: Part, head: Head, before: Head | None, written_at: int) -> None:
    """Make this head current; chunks that only the one ``before`` it uses are deleted."""
    key = {"partition": partition, "app_id": part[0], "part": part[1]}
    values: dict[str, Any] = {"position": head.position, "written_at": written_at, "head": write_head(head)}
    present = _chunks(head)
    values["bytes"] = sum(present.values())
    gone = _chunks(before).keys() - present.keys() if before is not None else ()
    if gone:
        table = LIVE_CHUNKS.c
        names = ("old_writing", "old_column", "old_place")
        columns = (table.writing, table.column_name, table.place)
        old = [column == sa.bindparam(name) for column, name in zip(columns, names, strict=True)]
        rows = [dict(zip(names, each, strict=True)) for each in sorted(gone)]
        connection.execute(sa.delete(LIVE_CHUNKS).where(*_of(LIVE_CHUNKS, partition, part), *old), rows)
    statement = upsert(connection, LIVE_PARTS).values(key | values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _chunks(head: Head) -> dict[tuple[int, str, int], int]:
    """(writing, column, place) → size, of everything a head refers to."""
    return {
        (chunk.writing, name, place): chunk.size
        for name, column in head.columns.items()
        for place, chunk in enumerate(column.chunks)
    }


def delete_part(connection: Connection, partition: int, part: Part) -> None:
    for table in (LIVE_CHUNKS, LIVE_PARTS):
        connection.execute(sa.delete(table).where(*_of(table, partition, part)))


def select_oldest(connection: Connection, partition: int) -> int:
    """The position of the part that is furthest behind; 0 if nothing is stored."""
    table = LIVE_PARTS.c
    return connection.scalar(sa.select(sa.func.min(table.position)).where(table.partition == partition)) or 0


def select_newest(connection: Connection, partition: int) -> tuple[int, int, int, int] | None:
    """(parts, when the oldest of them was written in real ms, total bytes, position of the one furthest behind), if any."""
    table = LIVE_PARTS.c
    columns = (sa.func.count(), sa.func.min(table.written_at), sa.func.sum(table.bytes), sa.func.min(table.position))
    row = connection.execute(sa.select(*columns).where(table.partition == partition)).one()
    return (row[0], row[1], int(row[2]), row[3]) if row[0] else None


def insert_forgotten(connection: Connection, partition: int, people: Iterable[Person]) -> None:
    for app_id, person_id in people:
        values = {"partition": partition, "app_id": app_id, "person_id": person_id}
        connection.execute(upsert(connection, LIVE_FORGOTTEN).values(values).on_conflict_do_nothing())


def select_forgotten(connection: Connection, partition: int) -> list[Person]:
    table = LIVE_FORGOTTEN.c
    rows = connection.execute(sa.select(table.app_id, table.person_id).where(table.partition == partition))
    return [(row.app_id, row.person_id) for row in rows]


def delete_forgotten(connection: Connection, partition: int, people: Iterable[Person]) -> None:
    table = LIVE_FORGOTTEN
    for app_id, person_id in people:
        mine = (table.c.partition == partition, table.c.app_id == app_id, table.c.person_id == person_id)
        connection.execute(sa.delete(table).where(*mine))


def _of(table: sa.Table, partition: int, part: Part) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.partition == partition, table.c.app_id == part[0], table.c.part == part[1]
