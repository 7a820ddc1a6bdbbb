"""Property columns in a DuckDB file: made, written with each append, and filled back a slice at a time.

The file says of each use how far its old rows are written (``filled``) and where they end (``until``): rows above that were
written when they were appended, as every row is that is appended anew after a rewind. A slice and its mark are one transaction,
so that a crash loses at most one slice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import duckdb
import numpy as np

from relance.core.numerals import PLAIN_NUMBER
from relance.core.paths import path_names
from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse, choose, column_names
from relance.events.history_rows import Column, Rows

#: Each column's type in the order of ``ColumnNames``. Values repeat, so that DuckDB finds its own way to keep texts small.
_TYPES = ("VARCHAR", "DOUBLE", "VARCHAR")


Transaction = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]


class _Use(NamedTuple):
    use: PropertyUse
    until: int
    filled: int

    @property
    def is_whole(self) -> bool:
        return self.filled >= self.until


class DuckdbColumns:
    """What the file has, remembered. Called by one thread at a time, but for ``readable``, which is replaced whole."""

    def __init__(self, writer: duckdb.DuckDBPyConnection, transaction: Transaction, checkpoint: Callable[[], bool]) -> None:
        self._writer = writer
        self._transaction = transaction
        self._checkpoint = checkpoint
        self._coming: list[PropertyUse] = []
        self._uses: list[_Use] = []
        self._paths: list[str] = []
        self._written: frozenset[tuple[int, str]] = frozenset()
        self.readable = PropertyColumns()
        self.read()

    def read(self) -> None:
        """Take up what the file says: at the start, and after each change."""
        rows = self._writer.execute("SELECT path, app_id, event, until, filled FROM property_uses ORDER BY place").fetchall()
        self._uses = [_Use(PropertyUse(path, app_id, event), until, filled) for path, app_id, event, until, filled in rows]
        self._paths = list(dict.fromkeys(each.use.path for each in self._uses))
        self._written = frozenset((each.use.app_id, each.use.event) for each in self._uses)
        self.readable = PropertyColumns(frozenset(each.use for each in self._uses if each.is_whole))

    def change(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Remove the columns that are not to be there any more; what is to come is made by ``fill``."""
        present = [each.use for each in self._uses]
        chosen = choose(present, wanted, most)
        self._coming = [each for each in chosen if each not in set(present)]
        kept = {each.path for each in chosen}
        gone = [path for path in self._paths if path not in kept]
        if not gone:
            return
        with self._transaction() as writer:
            for path in gone:
                writer.execute("DELETE FROM property_uses WHERE path = $1", [path])
        self.read()  # nobody reads them from here on
        with self._transaction() as writer:
            for path in gone:
                for name in column_names(path):
                    writer.execute(f"ALTER TABLE events DROP COLUMN IF EXISTS {name}")

    def _add(self) -> None:
        """Make one column that is missing; where none is, write down what reads them.

        A column costs 50 ns for each row there is, and as much memory as its bare values until it is checkpointed.
        """
        there = {row[0] for row in self._writer.execute("SELECT column_name FROM (DESCRIBE events)").fetchall()}
        for path in dict.fromkeys(each.path for each in self._coming):
            for name, kind in zip(column_names(path), _TYPES, strict=True):
                if name not in there:
                    with self._transaction() as writer:
                        writer.execute(f"ALTER TABLE events ADD COLUMN {name} {kind}")
                    self._checkpoint()  # where somebody reads the next one does it
                    return
        end = self._end()
        with self._transaction() as writer:
            for use in self._coming:
                writer.execute(
                    "INSERT INTO property_uses SELECT coalesce(max(place), 0) + 1, $1, $2, $3, $4, 0 FROM property_uses",
                    [*use, end],
                )
        self._coming = []
        self.read()

    def _end(self) -> int:
        """The newest position of any partition."""
        row = self._writer.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
        return int(row[0]) if row else 0

    # ---- appending ----

    def insert(self, rows: Rows) -> None:
        """Append events, with the columns of those that a use names."""
        if not self._written:
            self._insert_plain(rows)
            return
        pairs = zip(rows["app_id"].tolist(), rows["event"].tolist(), strict=True)
        named = np.fromiter((pair in self._written for pair in pairs), np.bool_, len(rows["app_id"]))
        if not named.all():
            self._insert_plain(_pick(rows, ~named))
        if named.any():
            self._insert_laid_out(_pick(rows, named))

    def _insert_plain(self, rows: Rows) -> None:
        names = ", ".join(rows)
        self._from(rows, f"INSERT INTO events ({names}) SELECT {names} FROM incoming")

    def _insert_laid_out(self, rows: Rows) -> None:
        names = ", ".join(rows)
        columns = ", ".join(name for path in self._paths for name in column_names(path))
        self._from(rows, f"INSERT INTO events ({names}, {columns}) {laid_out(self._paths, names, 'incoming')}")

    def _from(self, rows: Rows, sql: str) -> None:
        self._writer.register("incoming", rows)
        try:
            self._writer.execute(sql)
        finally:
            self._writer.unregister("incoming")

    # ---- filling back ----

    def fill(self, positions: int) -> bool:
        """Make a missing column, or write the old rows of one path in the next so many positions; tells whether more is left."""
        if self._coming:
            self._add()
        elif not all(each.is_whole for each in self._uses):
            with self._transaction():
                self._slice(positions)
            self.read()
        return bool(self._coming) or not all(each.is_whole for each in self._uses)

    def _slice(self, positions: int) -> None:
        first = min((each for each in self._uses if not each.is_whole), key=lambda each: each.filled)
        path, low = first.use.path, first.filled
        together = [each for each in self._uses if each.use.path == path and (each.filled, each.until) == (low, first.until)]
        high = min(low + positions, first.until)
        names = column_names(path)
        events = ", ".join(f"({each.use.app_id}, {_quoted(each.use.event)})" for each in together)
        within = f"position > {low} AND position <= {high}"
        old = f"(SELECT rowid AS line, properties FROM events WHERE {within} AND (app_id, event) IN ({events}))"
        self._writer.execute(
            f"UPDATE events SET {', '.join(f'{name} = made.{name}' for name in names)}"
            f" FROM ({laid_out([path], 'line', old)}) AS made WHERE events.rowid = made.line AND {within}"
        )
        self._writer.execute(
            "UPDATE property_uses SET filled = $1 WHERE path = $2 AND filled = $3 AND until = $4", [high, path, low, first.until]
        )

    def progress(self) -> list[ColumnFill]:
        """How far each path is."""
        found = []
        for path in self._paths:
            mine = [each for each in self._uses if each.use.path == path]
            until = sum(each.until for each in mine)
            found.append(ColumnFill(path, sum(min(each.filled, each.until) for each in mine) / until if until else 1.0))
        coming = dict.fromkeys(each.path for each in self._coming if each.path not in self._paths)
        return [*found, *(ColumnFill(path, 0.0) for path in coming)]


def laid_out(paths: Sequence[str], names: str, source: str) -> str:
    """A query of ``names`` of a source that has ``properties``, and of each path's columns: one reading of the JSON for all."""
    found = [f"found_{place}" for place, _ in enumerate(paths)]
    columns = [
        f"{sql} AS {name}"
        for path, each in zip(paths, found, strict=True)
        for name, sql in zip(column_names(path), _columns(each), strict=True)
    ]
    asked = ", ".join(_quoted(_json_path(path)) for path in paths)
    each_found = [f"CAST(found[{place}] AS VARCHAR) AS {name}" for place, name in enumerate(found, 1)]
    parsed = f"SELECT {names}, json_extract(properties, [{asked}]) AS found FROM {source}"
    return f"SELECT {names}, {', '.join(columns)} FROM (SELECT {names}, {', '.join(each_found)} FROM ({parsed}))"


def _columns(json: str) -> Iterable[str]:
    """Text, number and other of a value as DuckDB writes it: without spaces, and escaped only where it must be."""
    is_text = f"starts_with({json}, '\"')"
    text = (
        f"CASE WHEN contains({json}, '\\') THEN json_extract_string({json}, '$')"
        f" ELSE substring({json}, 2, length({json}) - 2) END"
    )
    plain = f"CASE WHEN regexp_matches({text}, '\\A(?:{PLAIN_NUMBER})\\z') THEN TRY_CAST({text} AS DOUBLE) END"
    yield f"CASE WHEN {is_text} THEN {text} END"
    yield f"CASE WHEN {is_text} THEN {plain} ELSE TRY_CAST({json} AS DOUBLE) END"
    yield (
        f"CASE WHEN {json} IN ('true', 'false') OR starts_with({json}, '[') THEN {json}"
        f" WHEN starts_with({json}, '{{') THEN '{{}}' END"
    )


def _json_path(path: str) -> str:
    return "$" + "".join(f'."{name}"' for name in path_names(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pick(rows: Rows, chosen: Column) -> Rows:
    return {name: column[chosen] for name, column in rows.items()}
