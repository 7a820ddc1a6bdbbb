"""What a webhook is, and its progress. No I/O."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class WebhookState(StrEnum):
    """Whether messages are sent."""

    ACTIVE = "active"
    PAUSED = "paused"  # paused by an operator
    STOPPED = "stopped"  # gone (410), unusable, or failing for days: needs an operator


class Webhook(msgspec.Struct, frozen=True):
    """The address of another system. ``segments`` are those it is subscribed to; empty means all.

    ``secret`` is encrypted; it is in clear only in the answer that created it.
    """

    id: int
    app_id: int
    url: str
    secret: str
    segments: tuple[int, ...]
    state: WebhookState
    created_at: int
    created_by: str


class WebhookCursor(msgspec.Struct, frozen=True):
    """A webhook's progress in one partition's history.

    Everything up to ``position`` was accepted. A message in flight ends at ``until``, so that a repeat, even by another process,
    is the same message; 0 means none. ``attempts`` counts its failures. ``next_at``, ``failing_since`` and ``answered_at`` are
    real time in ms, 0 for never; ``detail`` is the other side's last response.
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
    """An event of history that may concern a webhook. ``person_id`` is whom it was about when it happened."""

    position: int
    message_id: str
    event: str
    person_id: int
    occurred_at: int
    late: bool
    segment_id: int
