"""Where events happened, in a DuckDB file that is older than the columns for it: filled back a slice at a time.

The file says up to which position old rows are written (``filled``), and where they end (``until``): rows above that were written
when they were appended, as every row is that is appended anew after a rewind. A slice and its mark are one transaction.
"""

from __future__ import annotations

import duckdb
import numpy as np

from relance.events.history_columns import ColumnFill
from relance.events.history_columns_duckdb import Transaction
from relance.events.history_spots import spot_in

LOCATION = "context.location"


class PlaceFill:
    """What a DuckDB file has of its old rows, remembered. Called by one thread at a time, but for ``is_whole``."""

    def __init__(self, writer: duckdb.DuckDBPyConnection, transaction: Transaction) -> None:
        self._writer = writer
        self._transaction = transaction
        self._until: int
        self._filled: int
        ((self._until, self._filled),) = writer.execute("SELECT until, filled FROM place_fill").fetchall()

    @property
    def is_whole(self) -> bool:
        """Whether every row is written."""
        return self._filled >= self._until

    def fill(self, positions: int) -> None:
        """Write the old rows of the next so many positions: a slice and its mark, or nothing."""
        high = min(self._filled + positions, self._until)
        within = f"position > {self._filled} AND position <= {high}"
        with self._transaction() as writer:
            found = writer.execute(
                f"SELECT rowid AS line, context FROM events WHERE {within}"
                " AND (contains(context, '\"latitude\"') OR contains(context, '\\u'))"
            ).fetchnumpy()
            spots = [spot_in(context) for context in found["context"].tolist()]
            placed = np.array([spot is not None for spot in spots], np.bool_)
            if placed.any():
                known = np.array([spot for spot in spots if spot is not None], np.int64)
                writer.register(
                    "placed", {"line": found["line"][placed], "north": known[:, 0].copy(), "east": known[:, 1].copy()}
                )
                try:
                    writer.execute(
                        "UPDATE events SET latitude = placed.north, longitude = placed.east FROM placed"
                        f" WHERE events.rowid = placed.line AND {within}"
                    )
                finally:
                    writer.unregister("placed")
            writer.execute("UPDATE place_fill SET filled = $1", [high])
        self._filled = high

    def progress(self) -> list[ColumnFill]:
        """How far it is, while it is on."""
        return [] if self.is_whole else [ColumnFill(LOCATION, self._filled / self._until)]
