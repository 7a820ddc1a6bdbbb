"""The second public interface of this package: what only the worker needs, and what imports DuckDB and numpy."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from relance.core.configuration import Settings
from relance.events.history import History
from relance.events.history_parquet import Kind, write_parquet
from relance.events.seen import Seen, message_hashes

__all__ = ["History", "Kind", "Seen", "message_hashes", "open_history", "write_parquet"]


def open_history(settings: Settings) -> History:
    """History at ``history_url``: a DuckDB file in the data folder, or ClickHouse."""
    if not settings.history_url:
        return History(Path(settings.data) / "history.duckdb", settings.history_memory_mb)
    # Imported by name, so that a worker on DuckDB does not load ClickHouse's client.
    opened: History = import_module("relance.events.history_clickhouse").open_on_clickhouse(
        settings.history_url, settings.history_database
    )
    return opened
