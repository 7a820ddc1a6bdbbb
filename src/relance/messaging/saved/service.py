"""The door to messages as they are kept."""

from __future__ import annotations

from relance.messaging.saved.store import (
    as_of,
    chunks,
    delete_message,
    insert_message,
    message,
    messages_by_id,
    messages_of,
    naming,
    rendering,
    topics_of,
    trim_versions,
    update_message,
    usable_messages,
)

__all__ = [
    "as_of",
    "chunks",
    "delete_message",
    "insert_message",
    "message",
    "messages_by_id",
    "messages_of",
    "naming",
    "rendering",
    "topics_of",
    "trim_versions",
    "update_message",
    "usable_messages",
]
