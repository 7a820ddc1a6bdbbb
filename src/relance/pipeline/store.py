"""The cursor of each partition: how far it has settled, its owner, and the owner's lease."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import to_json
from relance.infra.database import STATE, upsert
from relance.pipeline.suspicion import Suspicion

CURSORS = sa.Table(
    "cursors",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("lease_until", sa.BigInteger, nullable=False),  # real time
    sa.Column("log_offset", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("tick", sa.BigInteger, nullable=False),
    sa.Column("settled_at", sa.BigInteger, nullable=False),  # the program's time of the last tick
)


SUSPICIONS = sa.Table(
    "suspicions",
    STATE,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("found", sa.Text, nullable=False),
)


class Cursor(msgspec.Struct, frozen=True):
    """A partition as of its last committed tick. ``position`` is that of the newest event settled by then."""

    partition: int
    epoch: int
    owner: str
    lease_until: int
    log_offset: int
    position: int
    tick: int
    settled_at: int


def count_cursors(connection: Connection) -> int:
    """How many partitions the store has; 0 for a new one."""
    return connection.execute(sa.select(sa.func.count()).select_from(CURSORS)).scalar() or 0


def read_cursor(connection: Connection, partition: int) -> Cursor | None:
    row = connection.execute(sa.select(CURSORS).where(CURSORS.c.partition == partition)).first()
    return None if row is None else Cursor(**row._mapping)


def read_offsets(connection: Connection) -> list[tuple[int, int]]:
    """(partition, log offset up to which it has settled) of every partition."""
    return [(row.partition, row.log_offset) for row in connection.execute(sa.select(CURSORS.c.partition, CURSORS.c.log_offset))]


def highest_position(connection: Connection) -> int:
    """The newest position committed by any partition."""
    return connection.execute(sa.select(sa.func.max(CURSORS.c.position))).scalar() or 0


def start_cursor(connection: Connection, partition: int) -> None:
    """Create the row of a partition that never ran."""
    statement = upsert(connection, CURSORS).values(
        partition=partition, epoch=0, owner="", lease_until=0, log_offset=0, position=0, tick=0, settled_at=0
    )
    connection.execute(statement.on_conflict_do_nothing())


def take_cursor(connection: Connection, seen: Cursor, owner: str, lease_until: int) -> bool:
    """Raise the epoch and become the owner, unless someone else did since ``seen`` was read."""
    statement = (
        sa.update(CURSORS)
        .where(CURSORS.c.partition == seen.partition, CURSORS.c.epoch == seen.epoch)
        .values(epoch=seen.epoch + 1, owner=owner, lease_until=lease_until)
    )
    return connection.execute(statement).rowcount == 1


def holds_cursor(connection: Connection, mine: Cursor) -> bool:
    """Whether the partition is still owned under this epoch, and will be until the transaction ends."""
    query = sa.select(CURSORS.c.epoch).where(CURSORS.c.partition == mine.partition).with_for_update(read=True)
    return connection.scalar(query) == mine.epoch


def move_cursor(connection: Connection, to: Cursor) -> bool:
    """Write the new place if this epoch is still ours. False means that another worker took the partition."""
    statement = (
        sa.update(CURSORS)
        .where(CURSORS.c.partition == to.partition, CURSORS.c.epoch == to.epoch)
        .values(
            lease_until=to.lease_until, log_offset=to.log_offset, position=to.position, tick=to.tick, settled_at=to.settled_at
        )
    )
    return connection.execute(statement).rowcount == 1


def read_suspicion(connection: Connection, partition: int) -> Suspicion | None:
    found = connection.scalar(sa.select(SUSPICIONS.c.found).where(SUSPICIONS.c.partition == partition))
    return None if found is None else msgspec.json.decode(found, type=Suspicion)


def write_suspicion(connection: Connection, partition: int, found: Suspicion | None) -> None:
    """Store the suspicion, or its absence."""
    connection.execute(sa.delete(SUSPICIONS).where(SUSPICIONS.c.partition == partition))
    if found is not None:
        connection.execute(sa.insert(SUSPICIONS), {"partition": partition, "found": to_json(found)})
