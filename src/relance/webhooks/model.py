"""What a webhook is, and how far it has come. No I/O."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class WebhookState(StrEnum):
    """Whether messages are sent."""

    ACTIVE = "active"
    PAUSED = "paused"  # an operator holds it
    STOPPED = "stopped"  # its address ended it (410), cannot be used, or failed for days: an operator must look


class Webhook(msgspec.Struct, frozen=True):
    """An address of another system. ``segments`` are those it is told of; none named means all of them.

    ``secret`` is as it is kept, sealed; in clear only in the answer that made it."""

    id: int
    app_id: int
    url: str
    secret: str
    segments: tuple[int, ...]
    state: WebhookState
    created_at: int
    created_by: str


class WebhookCursor(msgspec.Struct, frozen=True):
    """How far a webhook has come in the history of one partition.

    Everything up to ``position`` was taken. While a message is on its way it ends at ``until``, so that a repeat, also by another
    process, is the same message; 0 means that none is. ``attempts`` counts its failures. ``next_at``, ``failing_since`` and
    ``answered_at`` are real time in ms, 0 for never; ``detail`` is what the other side said last.
    """

    webhook_id: int
    partition: int
    position: int
    until: int = 0
    attempts: int = 0
    next_at: int = 0
    failing_since: int = 0
    answered_at: int = 0
    detail: str = ""


class WebhookEvent(msgspec.Struct, frozen=True):
    """One event of history that a webhook may be told of. ``person_id`` is who it was about when it happened."""

    position: int
    message_id: str
    event: str
    person_id: int
    occurred_at: int
    late: bool
    segment_id: int
