"""The steps that bring history up to date: ``0001_name.sql`` and so on, applied in order, never changed once released.

Each engine has its own, under the same numbers and to the same end: DuckDB's lie here, ClickHouse's in a folder beside them.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal, NamedTuple


class Migration(NamedTuple):
    """One step: its number (from 1) and the statements to run."""

    number: int
    sql: str


def migrations(engine: Literal["duckdb", "clickhouse"] = "duckdb") -> list[Migration]:
    """All steps of an engine, in order."""
    folder = files(__name__) / "clickhouse" if engine == "clickhouse" else files(__name__)
    texts = sorted((file.name, file.read_text()) for file in folder.iterdir() if file.name.endswith(".sql"))
    return [Migration(int(name[:4]), sql) for name, sql in texts]
