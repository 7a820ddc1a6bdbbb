"""Property columns on ClickHouse, which computes them itself: from a row's JSON when it is inserted, and while it is read where
a part is older than the column. So they hold for all apps and events at once, may be read from the first moment on, and
nothing can be lost. The server lays old parts out in the background, and goes on after a crash.

What there is, is written in the table alone: a column's comment is its path.
"""

from __future__ import annotations

from collections.abc import Sequence

from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client

from relance.core.numerals import PLAIN_NUMBER
from relance.core.paths import path_names
from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse, choose, column_names

_KINDS = ("Nullable(String) CODEC(ZSTD)", "Nullable(Float64) CODEC(ZSTD)", "Nullable(String) CODEC(ZSTD)")
_NUMBERS = "('Int64', 'UInt64', 'Double')"


class ClickhouseColumns:
    """What the table has, remembered. Called by one thread at a time, but for ``readable``, which is replaced whole."""

    def __init__(self, client: Client, database: str) -> None:
        self._client = client
        self._database = database
        self._paths: list[str] = []
        self.readable = PropertyColumns()
        self._read()

    def _read(self) -> None:
        rows = self._client.query(
            "SELECT comment FROM system.columns WHERE database = %(database)s AND table = 'events'"
            " AND startsWith(name, 'p_') AND endsWith(name, '_text') ORDER BY position",
            {"database": self._database},
        ).result_rows
        self._paths = [row[0] for row in rows]
        self.readable = PropertyColumns(everywhere=frozenset(self._paths), places=True)

    def change(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Make the columns that are to be there, and remove the others; what a crash left half done is done again."""
        self._read()  # another worker may have been here
        present = [PropertyUse(path, 0, "") for path in self._paths]
        paths = list(dict.fromkeys(each.path for each in choose(present, wanted, most)))
        self.readable = PropertyColumns(
            everywhere=frozenset(self._paths) & frozenset(paths), places=True
        )  # nobody reads the others from here on
        for path in self._paths:
            if path not in paths:
                self._drop(path)
        for path in paths:
            if path not in self._paths:
                self._client.command(f"ALTER TABLE events {_added(path)}")
        self._read()
        for fill in self.progress():
            if fill.share < 1:
                self._lay_out(fill.path)

    def _drop(self, path: str) -> None:
        """Remove a path's columns, and what the server may still be writing of them: it drops none that it is at."""
        names = column_names(path)
        asked = {"database": self._database, "like": f"%MATERIALIZE COLUMN {names.text}%"}
        self._client.command("KILL MUTATION WHERE database = %(database)s AND NOT is_done AND command LIKE %(like)s SYNC", asked)
        self._client.command(f"ALTER TABLE events {', '.join(f'DROP COLUMN IF EXISTS {name}' for name in names)}")

    def _lay_out(self, path: str) -> None:
        """Let the server write the columns of old parts, unless it is at it."""
        waiting = "SELECT count() FROM system.mutations WHERE database = %(database)s AND NOT is_done AND command LIKE %(like)s"
        names = column_names(path)
        asked = {"database": self._database, "like": f"%MATERIALIZE COLUMN {names.text}%"}
        if not self._client.query(waiting, asked).result_rows[0][0]:
            written = ", ".join(f"MATERIALIZE COLUMN {name}" for name in names)
            self._client.command(f"ALTER TABLE events {written} SETTINGS mutations_sync = 0")

    def progress(self) -> list[ColumnFill]:
        """How many of all rows lie in parts that have the column."""
        whole = "SELECT sum(rows) FROM system.parts WHERE database = %(database)s AND table = 'events' AND active"
        total = int(self._client.query(whole, {"database": self._database}).result_rows[0][0] or 0)
        having = (
            "SELECT column, sum(rows) FROM system.parts_columns WHERE database = %(database)s AND table = 'events' AND active"
            " AND startsWith(column, 'p_') AND endsWith(column, '_text') GROUP BY column"
        )
        rows = {name: int(count) for name, count in self._client.query(having, {"database": self._database}).result_rows}
        return [ColumnFill(path, rows.get(column_names(path).text, 0) / total if total else 1.0) for path in self._paths]


def _added(path: str) -> str:
    names = ", ".join(f"'{_escaped(name)}'" for name in path_names(path))
    kind = f"JSONType(properties, {names})"
    text = f"JSONExtractString(properties, {names})"
    plain = f"match({text}, '(?-s)\\\\A(?:{_escaped(PLAIN_NUMBER)})\\\\z')"
    values = (
        f"if({kind} = 'String', {text}, NULL)",
        f"multiIf({kind} IN {_NUMBERS}, JSONExtractFloat(properties, {names}),"
        f" {kind} = 'String' AND {plain}, toFloat64OrNull({text}), NULL)",
        f"multiIf({kind} IN ('Bool', 'Array'), JSONExtractRaw(properties, {names}), {kind} = 'Object', '{{}}', NULL)",
    )
    comment = _escaped(path)
    return ", ".join(
        f"ADD COLUMN IF NOT EXISTS {quote_identifier(name)} {_type} MATERIALIZED {value} COMMENT '{comment}' {codec}"
        for name, (_type, codec), value in zip(column_names(path), (each.split(" ", 1) for each in _KINDS), values, strict=True)
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
