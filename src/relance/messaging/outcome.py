"""What an attempt leads to: the delivery's next state and the events that tell of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.channels.model import SendResult, SendState
from relance.core.time import DAY, HOUR, SECOND
from relance.events.causes import Causes, from_text
from relance.events.model import Event, Name
from relance.messaging.derived import OPTED_OUT, about_delivery, asked_at, own_answer, silence, skipped
from relance.messaging.model import DeliveryState, SkipReason
from relance.users.model import Subscription, SubscriptionState

ATTEMPTS = 5
TRIED_FOR = 3 * DAY  # what the other side never took because it was down
FIRST_WAIT = 30 * SECOND
LONGEST_WAIT = HOUR
_DETAIL = 500  # characters
NOT_BEGUN = "The program ended before it was handed over; sent after the restart."


class Prepared(msgspec.Struct):
    """A claimed delivery, ready to be sent, or with the reason why it will not be."""

    row: dict[str, Any]
    rendered: Any = None
    subscription: Subscription | None = None
    reason: SkipReason | None = None
    detail: str = ""
    wait_until: int = 0  # what it lacks may come until then, or what holds it back is over
    held_by: str = ""


class DeliveryOutcome(msgspec.Struct):
    """A delivery's row as it was claimed, and what is written over it. ``now`` is the program's clock at the attempt."""

    row: dict[str, Any]
    now: int
    state: DeliveryState
    reason: str = ""
    detail: str = ""
    due_at: int = 0
    provider_id: str = ""
    is_untried: bool = False  # it was claimed, and nothing was attempted
    has_left: bool = False  # it was handed over, or may have been: it keeps the slot of caps that it took
    held_by: str = ""
    is_last: bool = False  # of its dispatch, none of whose deliveries was sent
    answer: Mapping[str, Any] | None = None  # what the other side said, for the run that wanted it

    @property
    def was_tried(self) -> bool:
        """Whether an attempt failed after which it waits for another."""
        return self.state is DeliveryState.PENDING and not self.is_untried and self.detail != NOT_BEGUN

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return {
            "id": self.row["id"],
            "state": self.state.value,
            "reason": self.reason,
            "detail": self.detail[:_DETAIL].replace("\x00", ""),
            "due_at": self.due_at or self.row["due_at"],
            "sent_at": self.now if self.state is DeliveryState.SENT else None,
            "provider_id": self.provider_id[:_DETAIL].replace("\x00", ""),
            "reserved_at": self.row["reserved_at"] if self.has_left else self.row["reserved_before"],
            "held_by": self.held_by,
            "held_since": self._held_since(),
            "sending_domain": self.row["sending_domain"] or "",  # of one that was never rendered: none
            "language": self.row["language"],
        }

    def _held_since(self) -> int | None:
        """When it was first held back: until it leaves, time for which it may wait runs from there."""
        since: int | None = self.row["held_since"]
        return self.now if since is None and self.held_by and self.state is DeliveryState.PENDING else since


def wait_after(attempts: int, asked: int) -> int:
    """Milliseconds to the next attempt: 30 s, 2 min, 8 min, 32 min, then an hour; longer if the other side asked for it."""
    own: int = FIRST_WAIT * 4 ** min(attempts - 1, 4)
    return min(max(own, asked), LONGEST_WAIT)


def outcome_of_skip(prepared: Prepared, now: int) -> DeliveryOutcome:
    """It will not be sent, or not yet."""
    reason = prepared.reason or SkipReason.NO_SUBSCRIPTION
    if prepared.wait_until > now:
        return DeliveryOutcome(
            prepared.row,
            now,
            DeliveryState.PENDING,
            reason.value,
            due_at=prepared.wait_until,
            is_untried=True,
            held_by=prepared.held_by,
        )
    return DeliveryOutcome(prepared.row, now, DeliveryState.SKIPPED, reason.value, prepared.detail, held_by=prepared.held_by)


def outcome_of_result(row: dict[str, Any], result: SendResult, now: int, *, repeatable: bool) -> DeliveryOutcome:
    """What the channel answered. Where a message may have arrived and a repeat would show, nobody knows: ``unknown``."""
    if result.state is SendState.SENT:
        return DeliveryOutcome(
            row,
            now,
            DeliveryState.SENT,
            detail=result.detail,
            provider_id=result.provider_id,
            has_left=True,
            answer=result.answer,
        )
    if result.state is SendState.GONE:
        return DeliveryOutcome(row, now, DeliveryState.FAILED, SkipReason.GONE.value, result.detail)
    if result.state is SendState.HELD:
        due_at = now + max(result.retry_after_ms, SECOND)
        return DeliveryOutcome(row, now, DeliveryState.PENDING, detail=result.detail, due_at=due_at, is_untried=True)
    if result.state is SendState.BOUNCED:
        return DeliveryOutcome(row, now, DeliveryState.FAILED, SkipReason.BOUNCED.value, result.detail)
    if result.state is SendState.OPTED_OUT:
        return DeliveryOutcome(row, now, DeliveryState.FAILED, SkipReason.UNSUBSCRIBED.value, result.detail)
    if result.state is SendState.RETRY:
        if result.uncertain and not repeatable:
            return DeliveryOutcome(row, now, DeliveryState.UNKNOWN, detail=result.detail, has_left=True)
        if row["attempts"] < ATTEMPTS or (result.is_outage and now < row["created_at"] + TRIED_FOR):
            due_at = now + wait_after(row["attempts"], result.retry_after_ms)
            return DeliveryOutcome(
                row, now, DeliveryState.PENDING, detail=result.detail, due_at=due_at, has_left=result.uncertain
            )
    return DeliveryOutcome(row, now, DeliveryState.FAILED, detail=result.detail, has_left=result.uncertain, answer=result.answer)


def outcome_of_abandoned(row: dict[str, Any], now: int, *, repeatable: bool, begun: bool) -> DeliveryOutcome:
    """Its dispatcher ended while it held it. ``begun``: it was on the wire, so that it may have arrived."""
    if repeatable:
        return DeliveryOutcome(
            row, now, DeliveryState.PENDING, detail="The program ended while sending it; sent again.", due_at=now, has_left=True
        )
    if not begun:
        return DeliveryOutcome(row, now, DeliveryState.PENDING, detail=NOT_BEGUN, due_at=row["due_at"])
    return DeliveryOutcome(row, now, DeliveryState.UNKNOWN, detail="The program ended while sending it.", has_left=True)


def events_of(outcome: DeliveryOutcome) -> list[Event]:
    """Nothing while it still waits; else what became of it, and what that means for its address."""
    row = outcome.row
    if outcome.state is DeliveryState.PENDING or not row["person_id"]:
        return []
    if not row["message_id"]:  # a confirmation mail is no message of the app
        return _of_address(outcome)
    if outcome.state is DeliveryState.SKIPPED:
        return [skipped({**row, "reason": outcome.reason}, outcome.now, is_last=outcome.is_last)]
    sent = outcome.state is DeliveryState.SENT
    state = "" if sent else outcome.state.value
    name, aimed = Name.MESSAGE_SENT if sent else Name.MESSAGE_FAILED, bool(row["goal_event"])
    answer = outcome.answer if row["run_id"] else None  # nobody else can use it
    told = _about(name, outcome, state=state, reason=outcome.reason, aimed=aimed, last=outcome.is_last or None, answer=answer)
    where = (row["app_id"], row["person_id"], row["channel"], row["address"])
    if outcome.reason == SkipReason.BOUNCED.value:
        # The tick notes it on the delivery, and suppresses the address (``engagement``): so it is with bounces told later, too.
        return [told, _about(Name.MESSAGE_BOUNCED, outcome)]
    if outcome.reason == SkipReason.GONE.value:
        return [told, silence(row["id"], *where, SubscriptionState.GONE.value, outcome.now)]
    if outcome.reason == SkipReason.UNSUBSCRIBED.value:
        proof = {"by": "provider", "delivery": row["id"], "detail": outcome.detail}
        return [told, own_answer(row["id"], *where, outcome.now, granted=False, source=OPTED_OUT, proof=proof)]
    return [told]


def _of_address(outcome: DeliveryOutcome) -> list[Event]:
    """What an attempt means for the address alone."""
    ends = {SkipReason.BOUNCED.value: SubscriptionState.SUPPRESSED, SkipReason.GONE.value: SubscriptionState.GONE}
    row, state = outcome.row, ends.get(outcome.reason)
    if state is None or outcome.state is DeliveryState.SKIPPED:
        return []
    where = (row["app_id"], row["person_id"], row["channel"], row["address"])
    return [silence(row["id"], *where, state.value, outcome.now, outcome.reason)]


def _about(name: Name, outcome: DeliveryOutcome, **body: Any) -> Event:
    row = outcome.row
    return about_delivery(
        name,
        row["id"],
        row["app_id"],
        row["person_id"],
        outcome.now,
        is_test=row["is_test"],
        causes=Causes(from_text(row["caused_by"])),
        delivery=row["id"],
        message=row["message_id"],
        channel=row["channel"],
        journey=row["journey_id"] or None,
        run=row["run_id"],
        node=row["node"],
        asked_at=asked_at(row),
        **body,
    )
