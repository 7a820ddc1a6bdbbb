"""History: every event that was settled, for ever. Appended to by the tick, read by reports, segments and pages.

Each row carries its partition and position, so that whatever was appended after the last committed tick is removed
(``rewind``) and appended again: replays leave identical rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import sqlalchemy as sa

from relance.core.errors import CursorError
from relance.events.history_database import HistoryDatabase
from relance.events.history_migrations import Migration
from relance.events.model import Batch, EventCount, EventName, Merge, PastEvent
from relance.events.model_tables import EVENTS, MERGED, roots
from relance.events.seen import message_hashes

MEMORY_MB = 128
LIST_LIMIT = 50


class History:
    """The history file of this process. Reads are safe from any thread; writes take turns."""

    def __init__(self, path: Path | str, memory_mb: int = MEMORY_MB, *, steps: Sequence[Migration] | None = None) -> None:
        self._database = HistoryDatabase(path, memory_mb, steps)
        self._lock = RLock()

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        with self._lock:
            self._database.close()

    # ---- writing ----

    @contextmanager
    def _writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction, on the disk when the block has ended."""
        writer = self._database.writer
        with self._lock:
            writer.execute("BEGIN")
            try:
                yield writer
                writer.execute("COMMIT")
            except BaseException:
                _roll_back(writer)
                raise

    def rewind(self, partition: int, position: int) -> None:
        """Remove what a partition appended after ``position``: done before it is replayed from there."""
        with self._writing() as writer:
            for table in ("events", "merged"):
                writer.execute(f"DELETE FROM {table} WHERE partition = $1 AND position > $2", [partition, position])

    def append(self, partition: int, batch: Batch, merges: Sequence[Merge] = ()) -> None:
        """Add a tick's events and merges in one transaction; both are on the disk on return."""
        if not len(batch) and not merges:
            return
        with self._writing() as writer:
            if len(batch):
                _insert(writer, "events", _columns(partition, batch))
            if merges:
                self._add_merges(writer, partition, merges)

    def merge(self, app_id: int, from_id: int, into_id: int, position: int, partition: int = 0) -> None:
        """Let ``from_id`` belong to ``into_id`` from now on. Waits for the disk: many at once are given to ``append``."""
        with self._writing() as writer:
            self._add_merges(writer, partition, [Merge(app_id, from_id, into_id, position)])

    def _add_merges(self, writer: duckdb.DuckDBPyConnection, partition: int, merges: Sequence[Merge]) -> None:
        """Add the row of each merge, and one for each person that had been folded into ``from_id`` before."""
        root_of = self._roots_near(writer, merges)
        members: dict[tuple[int, int], list[int]] = {}
        for (app_id, person), root in root_of.items():
            members.setdefault((app_id, root), []).append(person)
        rows: dict[tuple[int, int, int], int] = {}  # (app, person, position) → root: one row a person and position
        for one in merges:
            source = root_of.get((one.app_id, one.from_id), one.from_id)
            target = root_of.get((one.app_id, one.into_id), one.into_id)
            if source == target:
                continue
            moved = [source, *members.pop((one.app_id, source), ())]
            members.setdefault((one.app_id, target), []).extend(moved)
            for person in moved:
                root_of[one.app_id, person] = target
                rows[one.app_id, person, one.position] = target
        if not rows:
            return
        columns = np.array([(*key, into) for key, into in rows.items()], dtype=np.int64).T
        app_ids, persons, positions, intos = (np.ascontiguousarray(column) for column in columns)
        data = {"app_id": app_ids, "from_id": persons, "into_id": intos, "partition": np.full(len(rows), partition)}
        _insert(writer, "merged", data | {"position": positions})

    def _roots_near(self, writer: duckdb.DuckDBPyConnection, merges: Sequence[Merge]) -> dict[tuple[int, int], int]:
        """The roots of everyone named in the merges, and of everyone who shares a root with them."""
        named = np.array([person for one in merges for person in (one.from_id, one.into_id)], dtype=np.int64)
        writer.register("named", {"person_id": named})
        near = (
            "WITH near AS (SELECT DISTINCT app_id, from_id FROM merged"
            "  WHERE from_id IN (SELECT person_id FROM named) OR into_id IN (SELECT person_id FROM named)"
            "  OR into_id IN (SELECT into_id FROM merged WHERE from_id IN (SELECT person_id FROM named)))"
            "SELECT app_id, from_id, arg_max(into_id, position) FROM merged SEMI JOIN near USING (app_id, from_id) GROUP BY 1, 2"
        )
        rows = writer.execute(near).fetchall()
        writer.unregister("named")
        return {(app_id, person): root for app_id, person, root in rows}

    def forget(self, app_id: int, person: int) -> int:
        """Delete the events of a person and of everyone folded into it; return how many."""
        with self._writing() as writer:
            persons = [person, *self._folded_into(app_id, [person])]
            deleted = writer.execute(
                "DELETE FROM events WHERE app_id = $1 AND person_id IN (SELECT unnest($2))", [app_id, persons]
            )
            row = deleted.fetchone()
            writer.execute("DELETE FROM merged WHERE app_id = $1 AND from_id IN (SELECT unnest($2))", [app_id, persons])
        return int(row[0]) if row else 0

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file now: best done when nothing is waiting."""
        with self._lock:
            self._database.writer.execute("CHECKPOINT")

    def rest(self) -> None:
        """Checkpoint and give memory back: for when nothing has happened for a while."""
        with self._lock:
            self._database.writer.execute("CHECKPOINT")
            self._database.shrink()

    # ---- reading ----

    def run(self, select: sa.Select[Any] | sa.CompoundSelect[Any] | sa.TextClause) -> list[tuple[Any, ...]]:
        """The rows of a query over ``EVENTS``, ``MERGED`` or ``resolved_events``. Safe from any thread."""
        with self._database.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select)]

    def known(self, app_id: int, hashes: Iterable[int]) -> set[int]:
        """Those of the message hashes that the app's history holds; for events older than the seen ids go back."""
        wanted = np.fromiter(hashes, dtype=np.uint64)
        if not len(wanted):
            return set()
        with self._lock:
            writer = self._database.writer
            writer.register("wanted", {"message_hash": wanted})
            sql = "SELECT message_hash FROM events WHERE app_id = $1 AND message_hash IN (SELECT message_hash FROM wanted)"
            rows = writer.execute(sql, [app_id]).fetchall()
            writer.unregister("wanted")
        return {row[0] for row in rows}

    def timeline(
        self, app_id: int, persons: Sequence[int], before: str | None = None, limit: int = LIST_LIMIT
    ) -> list[PastEvent]:
        """What happened to some persons, and to all who were folded into them, newest first.

        ``before`` is the cursor of the last event already seen.
        """
        everyone = [*persons, *self._folded_into(app_id, persons)]
        return self._newest([EVENTS.c.app_id == app_id, EVENTS.c.person_id.in_(everyone)], before, limit)

    def events(
        self, app_id: int, name: str | None = None, person: int | None = None, cursor: str | None = None, limit: int = LIST_LIMIT
    ) -> list[PastEvent]:
        """An app's events, newest first; of one name or one person, if given."""
        conditions = [EVENTS.c.app_id == app_id]
        if name is not None:
            conditions.append(EVENTS.c.event == name)
        if person is not None:
            conditions.append(EVENTS.c.person_id.in_([person, *self._folded_into(app_id, [person])]))
        return self._newest(conditions, cursor, limit)

    def _newest(self, conditions: list[sa.ColumnElement[bool]], cursor: str | None, limit: int) -> list[PastEvent]:
        """The last events by (occurred_at, partition, position). DuckDB reads the wide columns of those few rows only."""
        order = (EVENTS.c.occurred_at, EVENTS.c.partition, EVENTS.c.position)
        if cursor is not None:
            conditions.append(sa.tuple_(*order) < sa.tuple_(*(sa.literal(part, sa.BigInteger) for part in read_cursor(cursor))))
        columns = [EVENTS.c[name] for name in PastEvent.__struct_fields__]
        select = sa.select(*columns).where(*conditions).order_by(*(column.desc() for column in order)).limit(limit)
        found = [PastEvent(*row) for row in self.run(select)]
        if found:
            root_of = self._root_of(found[0].app_id, {one.person_id for one in found})
            for one in found:
                one.person_id = root_of.get(one.person_id, one.person_id)
        return found

    def _root_of(self, app_id: int, persons: Iterable[int]) -> dict[int, int]:
        root = roots()
        rows = self.run(
            sa.select(root.c.from_id, root.c.root_id).where(root.c.app_id == app_id, root.c.from_id.in_(list(persons)))
        )
        return {row[0]: row[1] for row in rows}

    def _folded_into(self, app_id: int, persons: Sequence[int]) -> list[int]:
        """Everyone whose root is one of the persons."""
        root = roots()
        rows = self.run(sa.select(root.c.from_id).where(root.c.app_id == app_id, root.c.root_id.in_(list(persons))))
        return [row[0] for row in rows]

    def names(self, app_id: int) -> list[EventName]:
        """The event names an app has sent, by name."""
        table = EVENTS.c
        columns = (table.event, sa.func.count(), sa.func.min(table.occurred_at), sa.func.max(table.occurred_at))
        rows = self.run(sa.select(*columns).where(table.app_id == app_id).group_by(table.event).order_by(table.event))
        return [EventName(*row) for row in rows]

    def counts(self, app_id: int, since: int, until: int, every: int, names: Sequence[str] = ()) -> list[EventCount]:
        """How many events of each name happened in [since, until), in intervals of ``every`` ms from ``since`` on."""
        table = EVENTS.c
        bucket = ((table.occurred_at - since) // every * every + since).label("since")
        rule = [table.app_id == app_id, table.occurred_at >= since, table.occurred_at < until]
        if names:
            rule.append(table.event.in_(list(names)))
        select = sa.select(table.event, bucket, sa.func.count()).where(*rule).group_by(table.event, bucket)
        return [EventCount(*row) for row in self.run(select.order_by(bucket, table.event))]

    def position(self, partition: int) -> int:
        """The newest position a partition has appended, 0 if none."""
        newest = self.run(sa.select(sa.func.max(EVENTS.c.position)).where(EVENTS.c.partition == partition))
        return newest[0][0] or 0

    def stats(self) -> dict[str, int]:
        """Rows, merges, bytes of the file and its write-ahead log, memory held, and the file's version."""
        events, merges = (self.run(sa.select(sa.func.count()).select_from(table))[0][0] for table in (EVENTS, MERGED))
        memory = self.run(sa.text("SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()"))[0][0]
        path = self._database.path
        log = path.with_name(path.name + ".wal")
        return {
            "events": events,
            "merges": merges,
            "file_bytes": path.stat().st_size if path.exists() else 0,
            "log_bytes": log.stat().st_size if log.exists() else 0,
            "memory_bytes": memory,
            "version": self._database.version,
        }


def read_cursor(text: str) -> tuple[int, int, int]:
    """``occurred_at.partition.position``. Raises ``CursorError``."""
    try:
        occurred_at, partition, position = map(int, text.split("."))
    except ValueError as error:
        raise CursorError("The cursor is not one of this list.", path="cursor") from error
    return occurred_at, partition, position


def _columns(partition: int, batch: Batch) -> dict[str, np.ndarray[Any, Any]]:
    """A batch as columns, in the order of the table."""
    events = batch.events
    count = len(events)
    hashes = np.array(batch.hashes, dtype=np.uint64) if batch.hashes else message_hashes(events)
    return {
        "app_id": np.array([e.app_id for e in events], dtype=np.int32),
        "event": np.array([e.name for e in events], dtype=object),
        "person_id": np.array(batch.persons, dtype=np.int64),
        "occurred_at": np.array([e.occurred_at for e in events], dtype=np.int64),
        "received_at": np.array([e.received_at for e in events], dtype=np.int64),
        "partition": np.full(count, partition, dtype=np.int32),
        "position": np.arange(batch.first_position, batch.first_position + count, dtype=np.int64),
        "message_hash": hashes,
        "message_id": np.array([e.message_id for e in events], dtype=object),
        "kind": np.array([e.kind for e in events], dtype=object),
        "late": np.array(batch.late, dtype=bool),
        "properties": np.array([e.body.decode() for e in events], dtype=object),
        "context": np.array([e.context.decode() for e in events], dtype=object),
        "anonymous_id": np.array([e.anonymous_id for e in events], dtype=object),
        "user_id": np.array([e.user_id for e in events], dtype=object),
    }


def _insert(writer: duckdb.DuckDBPyConnection, table: str, columns: dict[str, np.ndarray[Any, Any]]) -> None:
    writer.register("incoming", columns)
    try:
        writer.execute(f"INSERT INTO {table} SELECT * FROM incoming")
    finally:
        writer.unregister("incoming")


def _roll_back(writer: duckdb.DuckDBPyConnection) -> None:
    try:
        writer.execute("ROLLBACK")
    except duckdb.TransactionException:  # the failure has already ended the transaction
        return
