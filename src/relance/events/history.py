"""History: every event that was settled, for ever. Appended to by the tick, read by reports, segments and pages.

Each row carries its partition and position, so that whatever was appended after the last committed tick is removed
(``rewind``) and appended again: replays leave identical rows. The rows are in a DuckDB file or on ClickHouse
(``history_clickhouse``); nothing here knows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import sqlalchemy as sa

from relance.core.error_text import ErrorText
from relance.core.errors import CursorError
from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse
from relance.events.history_database import HistoryDatabase
from relance.events.history_migrations import Migration
from relance.events.history_rows import Column, Rows, event_rows, merge_rows, merged_rows
from relance.events.history_store import HistoryStore
from relance.events.model import Batch, EventCount, HistoryEvent, HistoryMerge, KnownEvent, Name, SeenEventName
from relance.events.model_tables import EVENTS, MERGED, roots

MEMORY_MB = 128
LIST_LIMIT = 50


class History:
    """The history of this process. Reads are safe from any thread; writes take turns."""

    def __init__(
        self,
        path: Path | str,
        memory_mb: int = MEMORY_MB,
        *,
        steps: Sequence[Migration] | None = None,
        store: HistoryStore | None = None,
    ) -> None:
        """The DuckDB file at ``path``, or another store that is open already."""
        self._store: HistoryStore = HistoryDatabase(path, memory_mb, steps) if store is None else store
        self._lock = RLock()

    def close(self) -> None:
        """Bring all to rest and let go of it."""
        with self._lock:
            self._store.close()

    # ---- writing ----

    def rewind(self, partition: int, position: int) -> None:
        """Remove what a partition appended after ``position``: done before it is replayed from there."""
        with self._lock:
            self._store.rewind(partition, position)

    def append(self, partition: int, batch: Batch, merges: Sequence[HistoryMerge] = ()) -> None:
        """Add a tick's events and merges; both are on the disk on return.

        DuckDB adds all or nothing. ClickHouse, which has no transactions, may keep a part when it fails: whoever appends again
        rewinds before.
        """
        if not len(batch) and not merges:
            return
        events = event_rows(partition, batch) if len(batch) else None
        with self._lock:
            self._store.append(events, self._merged(partition, merges))

    def merge(self, app_id: int, from_id: int, into_id: int, position: int, partition: int = 0) -> None:
        """Let ``from_id`` belong to ``into_id`` from now on. Waits for the disk: many at once are given to ``append``."""
        with self._lock:
            self._store.append(None, self._merged(partition, [HistoryMerge(app_id, from_id, into_id, position)]))

    def _merged(self, partition: int, merges: Sequence[HistoryMerge]) -> Rows | None:
        """The row of each merge, and one for each person that had been folded into ``from_id`` before."""
        if not merges:
            return None
        return merge_rows(partition, merged_rows(merges, self._store.roots_near(merges)))

    def forget(self, app_id: int, person: int) -> int:
        """Delete the events of a person and of everyone folded into it; return how many."""
        with self._lock:
            return self._store.forget(app_id, [person, *self._folded_into(app_id, [person])])

    def use_columns(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Lay these properties out as columns, of at most ``most`` paths; ``history_columns.choose`` says whose.

        ``fill_columns`` does it, call by call. What is appended once a column is there is written at once.
        """
        with self._lock:
            self._store.use_columns(wanted, most)

    def fill_columns(self, positions: int) -> bool:
        """Make a column that is missing, or lay out the next so many positions; returns whether anything is left.

        Appends wait meanwhile: keep it short. Making a column takes DuckDB 50 ns for each row.
        """
        with self._lock:
            return self._store.fill_columns(positions)

    def checkpoint(self) -> None:
        """Fold what was logged ahead into its place now: best done when nothing is waiting."""
        with self._lock:
            self._store.checkpoint()

    def rest(self) -> bool:
        """Checkpoint and give memory back: for when nothing has happened for a while. Returns False where somebody reads."""
        with self._lock:
            return self._store.rest()

    # ---- reading ----

    @property
    def columns(self) -> PropertyColumns:
        """Which properties a query may read from columns now."""
        return self._store.columns

    def column_fills(self) -> list[ColumnFill]:
        """How far the columns of each property are filled with what was there before."""
        with self._lock:
            return self._store.column_fills()

    def run(self, select: sa.Select[Any] | sa.CompoundSelect[Any] | sa.TextClause) -> list[tuple[Any, ...]]:
        """The rows of a query over ``EVENTS``, ``MERGED`` or ``resolved_events``. Safe from any thread."""
        return self._store.rows(select)

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of such a query: many rows without a Python object for each. No column holds a NULL."""
        return self._store.arrays(select)

    def known(self, app_id: int, hashes: Iterable[int]) -> list[KnownEvent]:
        """What the app's history holds under these message hashes; for events older than the seen ids go back."""
        wanted = np.fromiter(hashes, dtype=np.uint64)
        if not len(wanted):
            return []
        with self._lock:
            return self._store.known(app_id, wanted)

    def timeline(
        self, app_id: int, persons: Sequence[int], before: str | None = None, limit: int = LIST_LIMIT
    ) -> list[HistoryEvent]:
        """What happened to some persons, and to all who were folded into them, newest first.

        ``before`` is the cursor of the last event already seen.
        """
        everyone = [*persons, *self._folded_into(app_id, persons)]
        return self._newest([EVENTS.c.app_id == app_id, EVENTS.c.person_id.in_(everyone)], before, limit)

    def events(
        self, app_id: int, name: str | None = None, person: int | None = None, cursor: str | None = None, limit: int = LIST_LIMIT
    ) -> list[HistoryEvent]:
        """An app's events, newest first; of one name or one person, if given."""
        conditions = [EVENTS.c.app_id == app_id]
        if name is not None:
            conditions.append(EVENTS.c.event == name)
        if person is not None:
            conditions.append(EVENTS.c.person_id.in_([person, *self._folded_into(app_id, [person])]))
        return self._newest(conditions, cursor, limit)

    def event(self, app_id: int, message_id: str) -> HistoryEvent | None:
        """The event under that id, if there is one."""
        found = self._newest([EVENTS.c.app_id == app_id, EVENTS.c.message_id == message_id], None, 1)
        return found[0] if found else None

    def _newest(self, conditions: list[sa.ColumnElement[bool]], cursor: str | None, limit: int) -> list[HistoryEvent]:
        """The last events by (occurred_at, partition, position). Engines read the wide columns of those few rows only."""
        order = (EVENTS.c.occurred_at, EVENTS.c.partition, EVENTS.c.position)
        if cursor is not None:
            conditions.append(sa.tuple_(*order) < sa.tuple_(*(sa.literal(part, sa.BigInteger) for part in read_cursor(cursor))))
        columns = [EVENTS.c[name] for name in HistoryEvent.__struct_fields__]
        select = sa.select(*columns).where(*conditions).order_by(*(column.desc() for column in order)).limit(limit)
        found = [HistoryEvent(*row) for row in self.run(select)]
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

    def names(self, app_id: int, search: str = "", after: str = "", limit: int | None = None) -> list[SeenEventName]:
        """The event names an app has sent, by name: those that hold ``search`` (in any case), after one of them, and so many."""
        table = EVENTS.c
        columns = (table.event, sa.func.count(), sa.func.min(table.occurred_at), sa.func.max(table.occurred_at))
        theirs = (table.app_id == app_id, table.event != Name.MESSAGE_TESTED.value)  # what became of tests is nothing to ask for
        rows = self.run(sa.select(*columns).where(*theirs).group_by(table.event).order_by(table.event))
        wanted = search.casefold()
        found = [SeenEventName(*row) for row in rows if row[0] > after and wanted in row[0].casefold()]
        return found if limit is None else found[:limit]

    def counts(self, app_id: int, since: int, until: int, every: int, names: Sequence[str] = ()) -> list[EventCount]:
        """How many events of each name happened in [since, until), in intervals of ``every`` ms from ``since`` on."""
        table = EVENTS.c
        bucket = (table.occurred_at - (table.occurred_at - since) % every).label("since")
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
        """Rows, merges, bytes of the rows and of what is logged ahead of them, memory held, and the tables' version."""
        events, merges = (self.run(sa.select(sa.func.count()).select_from(table))[0][0] for table in (EVENTS, MERGED))
        return {"events": events, "merges": merges, **self._store.sizes(), "version": self._store.version}


def read_cursor(text: str) -> tuple[int, int, int]:
    """``occurred_at.partition.position``. Raises ``CursorError``."""
    try:
        occurred_at, partition, position = map(int, text.split("."))
    except ValueError as error:
        raise CursorError(ErrorText("cursor", "This cursor does not belong to this list."), path="cursor") from error
    return occurred_at, partition, position
