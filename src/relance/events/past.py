"""The second door of this package: what only the worker needs, and what brings DuckDB and numpy along."""

from __future__ import annotations

from relance.events.history import History
from relance.events.history_parquet import Kind, write_parquet
from relance.events.seen import Seen, message_hashes

__all__ = ["History", "Kind", "Seen", "message_hashes", "write_parquet"]
