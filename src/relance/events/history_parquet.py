"""Rows as a Parquet file, written by the engine that history runs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np

MEMORY_MB = 64
Kind = Literal["BIGINT", "VARCHAR"]


def write_parquet(path: Path, columns: Mapping[str, Kind], pages: Iterable[Sequence[tuple[Any, ...]]]) -> int:
    """Write pages of rows, each a tuple in the order of ``columns``; returns how many. What is None stays null.

    Beyond 64 MB the rows wait on the disk beside the file.
    """
    settings: dict[str, Any] = {"memory_limit": f"{MEMORY_MB}MB", "threads": 1, "temp_directory": str(path) + ".tmp"}
    count = 0
    with duckdb.connect(":memory:", config=settings) as connection:
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"CREATE TABLE out ({declared})")
        for rows in pages:
            if not rows:
                continue
            given = {
                name: np.array([row[place] for row in rows], dtype=np.int64 if kind == "BIGINT" else object)
                for place, (name, kind) in enumerate(columns.items())
            }
            connection.register("incoming", given)
            connection.execute("INSERT INTO out SELECT * FROM incoming")
            connection.unregister("incoming")
            count += len(rows)
        connection.execute("COPY out TO $1 (FORMAT parquet, COMPRESSION zstd)", [str(path)])
    return count
