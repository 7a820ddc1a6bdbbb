"""What a tick refuses or sets aside: counted, and kept beside the log for whoever sent it."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog

from relance.events.model import Event, Kind, Note, Rejection
from relance.pipeline.tick_result import TickResult
from relance.users.model import Refusal

UNSETTLEABLE = "cannot_be_settled"
PAYLOAD = 4_096  # bytes kept of what was set aside
REFUSALS = {
    Refusal.DELETED_PERSON.value: "The event is about a person who was deleted after it happened.",
    Refusal.UNKNOWN_PERSON.value: "The event names a person this app does not have.",
    Refusal.NO_ID.value: "The event carries no id of a person.",
}

_IDS_ALONE = frozenset((Note.REUSED_ID.value, Refusal.DELETED_PERSON.value))
_BODIES = {Kind.IDENTIFY.value: "traits", Kind.GROUP.value: "traits", Kind.ALIAS.value: "body", Kind.EDIT.value: "body"}
log = structlog.get_logger()


class Rejections:
    """One tick's rejections. ``rows`` are written once the tick is about to commit."""

    def __init__(self, result: TickResult) -> None:
        self.rows: list[Rejection] = []
        self._result = result

    def refuse(self, event: Event, reason: str, detail: str) -> None:
        """The event changes nothing, and its sender can read why."""
        self._result.refused += 1
        self.rows.append(rejection_of(event, reason, detail))

    def refuse_about(self, event: Event, reason: str) -> None:
        """Refuse an event because of the person it names."""
        if event.kind == Kind.DERIVED:  # our own word about somebody deleted meanwhile: no sender to tell
            self._result.refused += 1
        else:
            self.refuse(event, reason, REFUSALS.get(reason, "The event is about nobody."))

    def set_aside(self, event: Event, why: str) -> None:
        """Let an event go that no tick can settle: kept whole beside the log, for whoever looks into it."""
        self.refuse(event, UNSETTLEABLE, why)
        self._result.set_aside += 1
        log.error("event_set_aside", app=event.app_id, message_id=event.message_id, kind=event.kind, reason=why)

    def note(self, event: Event, reason: str, detail: str) -> None:
        """The event is taken, and this is worth knowing about it."""
        self.rows.append(rejection_of(event, reason, detail))


def rejection_of(event: Event, reason: str, detail: str) -> Rejection:
    """The row for an event: the event as it was sent, but its ids alone where it was taken, or is about a deleted person, of
    whom nothing is kept."""
    sent: dict[str, Any] = {"type": event.kind, "event": event.name, "userId": event.user_id, "anonymousId": event.anonymous_id}
    if reason not in _IDS_ALONE:
        sent["messageId"] = event.message_id
        sent[_BODIES.get(event.kind, "properties")] = msgspec.Raw(event.body)
        sent["context"] = msgspec.Raw(event.context)
    payload = msgspec.json.encode(sent)[:PAYLOAD]
    return Rejection(event.app_id, event.received_at, reason, "", detail, payload, event.message_id)
