"""Public interface of this package: the log, the outbox, rejections, and history's tables. The second one is ``past``."""

from __future__ import annotations

from relance.events.backlog import Backlog
from relance.events.event_batch import EventBatch, EventTemplate
from relance.events.flows import Flow
from relance.events.history_columns import NO_COLUMNS, ColumnFill, PropertyColumns, PropertyUse
from relance.events.log import LogWriter
from relance.events.model import Rejection
from relance.events.model_tables import EVENTS, MERGED, named, property_column, resolved_events, roots
from relance.events.routing import parted, partition_of
from relance.events.store import (
    apps_in_log,
    insert_rejected,
    is_outbox_empty,
    list_rejected,
    log_end,
    next_offset,
    oldest_waiting,
    put_outbox,
    read_log,
    read_outbox,
    remove_outbox,
    take_outbox,
    take_some_outbox,
    trim_log,
    trim_rejected,
)

__all__ = [
    "EVENTS",
    "MERGED",
    "NO_COLUMNS",
    "Backlog",
    "ColumnFill",
    "EventBatch",
    "EventTemplate",
    "Flow",
    "LogWriter",
    "PropertyColumns",
    "PropertyUse",
    "Rejection",
    "apps_in_log",
    "insert_rejected",
    "is_outbox_empty",
    "list_rejected",
    "log_end",
    "named",
    "next_offset",
    "oldest_waiting",
    "parted",
    "partition_of",
    "property_column",
    "put_outbox",
    "read_log",
    "read_outbox",
    "remove_outbox",
    "resolved_events",
    "roots",
    "take_outbox",
    "take_some_outbox",
    "trim_log",
    "trim_rejected",
]
