"""A webhook message: the changes in it, its id, its JSON, and when a failed one is retried. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from relance.channels.model import SendResult, SendState
from relance.core.encoding import from_json, to_json
from relance.core.ids import stable_id
from relance.core.time import DAY, HOUR, MINUTE, SECOND, to_iso
from relance.segments.model import CHANGES
from relance.webhooks.model import WebhookCursor, WebhookEvent

MOST_CHANGES = 500  # per message; about 130 KB
GIVE_UP_AFTER = 5 * DAY
# The example pauses of the Standard Webhooks specification, the last one repeated.
PAUSES = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)


def read_event(
    position: int, message_id: str, event: str, person: int, occurred_at: int, late: bool, properties: str
) -> WebhookEvent:
    """A row of history, filed under the person of that time; ``person`` in its body is whom it was about."""
    body = from_json(properties)
    return WebhookEvent(position, message_id, event, body.get("person", person), occurred_at, bool(late), body["segment"])


class Chosen(NamedTuple):
    """The contents of one message, and the position settled with it."""

    changes: Sequence[WebhookEvent]
    until: int


def choose(read: Sequence[WebhookEvent], segments: Sequence[int], end: int) -> Chosen:
    """The first changes of the wanted segments (all if none is named). ``read`` covers the positions up to ``end``."""
    wanted = set(segments)
    found = [each for each in read if not wanted or each.segment_id in wanted]
    if len(found) > MOST_CHANGES:
        return Chosen(found[:MOST_CHANGES], found[MOST_CHANGES - 1].position)
    return Chosen(found, end)


def message_id(place: WebhookCursor, until: int) -> str:
    """The same for every attempt at the changes between the place and ``until``, so that the receiver recognises a repeat."""
    return "msg_" + stable_id("webhook", place.webhook_id, place.partition, place.position, until)


def write_message(
    app_id: int,
    changes: Sequence[WebhookEvent],
    segments: Mapping[int, str],
    persons: Mapping[int, tuple[int, str | None]],
    formers: Mapping[int, str],
) -> bytes:
    """The JSON of a message. ``segments`` are names; ``persons`` maps to who each person is today: (id, user id).

    ``formers`` are the former user ids, if known, of persons who have been merged.
    """
    newest = max(each.occurred_at for each in changes)
    change = [_written(each, segments, persons, formers) for each in changes]
    return to_json(
        {"type": "segment.changes", "timestamp": to_iso(newest), "data": {"app": app_id, "changes": change}}
    ).encode()  # fmt: skip


def write_test(now: int) -> bytes:
    """The JSON of a test message."""
    return to_json({"type": "webhook.test", "timestamp": to_iso(now), "data": {}}).encode()


def _written(
    change: WebhookEvent, segments: Mapping[int, str], persons: Mapping[int, tuple[int, str | None]], formers: Mapping[int, str]
) -> dict[str, Any]:
    person, user_id = persons.get(change.person_id, (change.person_id, None))
    return {
        "id": change.message_id,
        "type": CHANGES[change.event],
        "segment": {"id": change.segment_id, "name": segments.get(change.segment_id, "")},
        "person": {"id": person, "user_id": user_id},
        "former_id": change.person_id if change.person_id != person else None,
        "former_user_id": formers.get(change.person_id) if change.person_id != person else None,
        "occurred_at": to_iso(change.occurred_at),
        "late": change.late,
    }


class After(NamedTuple):
    """The consequence of an answer: the new place, and whether the webhook is stopped."""

    place: WebhookCursor
    stopped: bool


def after_answer(place: WebhookCursor, answer: SendResult, now: int) -> After:
    """``now`` is real time in ms."""
    if answer.state is SendState.SENT:
        return After(
            WebhookCursor(place.webhook_id, place.partition, place.until, answered_at=now, detail=answer.detail), stopped=False
        )
    since = place.failing_since or now
    pause = PAUSES[min(place.attempts, len(PAUSES) - 1)]
    failed = WebhookCursor(
        place.webhook_id,
        place.partition,
        place.position,
        place.until,
        attempts=place.attempts + 1,
        next_at=now + max(pause, answer.retry_after_ms),
        failing_since=since,
        answered_at=now,
        detail=answer.detail,
    )
    return After(failed, stopped=answer.state is not SendState.RETRY or now - since >= GIVE_UP_AFTER)
