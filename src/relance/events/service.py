"""The door of this package: the log, the seen ids, history, the outbox and what was set aside."""

from __future__ import annotations

from relance.events.history import History
from relance.events.log import LogWriter
from relance.events.model import Rejection
from relance.events.model_tables import EVENTS, MERGED, resolved_events, roots
from relance.events.seen import Seen, message_hashes
from relance.events.store import (
    insert_rejected,
    list_rejected,
    log_end,
    put_outbox,
    read_log,
    remove_outbox,
    take_outbox,
    trim_log,
    trim_rejected,
)

__all__ = [
    "EVENTS",
    "MERGED",
    "History",
    "LogWriter",
    "Rejection",
    "Seen",
    "insert_rejected",
    "list_rejected",
    "log_end",
    "message_hashes",
    "put_outbox",
    "read_log",
    "remove_outbox",
    "resolved_events",
    "roots",
    "take_outbox",
    "trim_log",
    "trim_rejected",
]
