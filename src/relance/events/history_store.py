"""What history asks of the engine that keeps its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from relance.events.history_columns import ColumnFill, PropertyColumns, PropertyUse
from relance.events.history_rows import Column, Rows
from relance.events.model import HistoryMerge, KnownEvent


class HistoryStore(Protocol):
    """One engine's tables of events and merges. Writes and ``known`` are called by one thread at a time."""

    @property
    def version(self) -> int:
        """The number of the newest migration that was applied."""
        ...

    def rows(self, select: sa.Select[Any] | sa.CompoundSelect[Any] | sa.TextClause) -> list[tuple[Any, ...]]:
        """The rows of a query. Safe from any thread."""
        ...

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of a query. Safe from any thread."""
        ...

    @property
    def columns(self) -> PropertyColumns:
        """What may be read from property columns now. Safe from any thread."""
        ...

    def use_columns(self, wanted: Sequence[PropertyUse], most: int) -> None:
        """Have property columns for these uses, of at most so many paths: ``fill_columns`` makes them."""
        ...

    def fill_columns(self, positions: int) -> bool:
        """Make a column, or write a slice of old rows; returns whether anything is left for another call."""
        ...

    def column_fills(self) -> list[ColumnFill]:
        """How far each path's columns are filled."""
        ...

    def append(self, events: Rows | None, merged: Rows | None) -> None:
        """Add rows; they are on the disk on return."""
        ...

    def rewind(self, partition: int, position: int) -> None:
        """Remove the rows of a partition above a position."""
        ...

    def roots_near(self, merges: Sequence[HistoryMerge]) -> dict[tuple[int, int], int]:
        """(app, person) → root of everyone named in the merges, and of everyone who shares a root with them."""
        ...

    def forget(self, app_id: int, persons: Sequence[int]) -> int:
        """Delete the events and merges of these persons; return how many events."""
        ...

    def known(self, app_id: int, wanted: Column) -> list[KnownEvent]:
        """What the app has under these message hashes."""
        ...

    def checkpoint(self) -> bool:
        """Fold what was logged ahead into its place; returns False where readers are in the way."""
        ...

    def rest(self) -> bool:
        """The same, and let go of cached memory."""
        ...

    def sizes(self) -> dict[str, int]:
        """``file_bytes``, ``log_bytes`` and ``memory_bytes``."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
