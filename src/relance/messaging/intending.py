"""From intents to deliveries: one row for each address that can be reached, or one that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.channels.kind import PersonDevice
from relance.channels.registry import KINDS
from relance.core.ids import stable_id
from relance.events.model import Event
from relance.messaging import store
from relance.messaging.derived import skipped
from relance.messaging.model import DeliveryState, Intent, Message, MessageClass, SkipReason
from relance.messaging.saved import service as saved
from relance.restraint.model import Lane
from relance.users.model import Subscription, SubscriptionState
from relance.users.reach import read_subscriptions

NO_GOAL_EVENT = ""  # no event has such a name
_OPEN = (SubscriptionState.SUBSCRIBED.value, SubscriptionState.UNSUBSCRIBED.value)


class Intended(NamedTuple):
    """The deliveries written, and what is told of those that ended at once."""

    ids: list[str]
    events: list[Event]


def delivery_id(intent: Intent, subscription_id: int) -> str:
    """The same intent and subscription are one delivery, however often they are written."""
    return stable_id("delivery", intent.message_id, intent.cause, subscription_id)


class Made(NamedTuple):
    """Deliveries that no record has yet. ``events`` tell of those that ended at once, in their order; ``causes`` are the
    intents' own, one for each row."""

    rows: list[dict[str, Any]]
    events: list[Event]
    causes: list[str]

    @property
    def ended(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["state"] != DeliveryState.PENDING]


def intend(connection: Connection, intents: Sequence[Intent], wait_until: int = 0) -> Intended:
    """Write the deliveries that the intents call for; returns their ids and the events about those that can reach nobody.

    One that was withdrawn because its run had gone another way, and is wanted after all, is looked at as if it were new: the
    journey may be paused by now, and the address there for which it waited.

    Consent is not asked here but when the delivery leaves: it may be given or taken in between. A person without any address on
    the channel may get one until ``wait_until`` (``waiting``; 0: it is not waited for), as far as the message is valid then.
    """
    if not intents:
        return Intended([], [])
    by_app: dict[int, set[int]] = {}
    for intent in intents:
        by_app.setdefault(intent.app_id, set()).add(intent.person_id)
    known = {app_id: read_subscriptions(connection, app_id, persons) for app_id, persons in by_app.items()}
    made = deliveries_of(connection, intents, known, wait_until)
    store.insert_wanted(connection, made.rows)
    return Intended([row["id"] for row in made.rows], made.events)


def deliveries_of(
    connection: Connection,
    intents: Sequence[Intent],
    known: Mapping[int, Mapping[int, Sequence[Subscription]]],
    wait_until: int = 0,
) -> Made:
    """The deliveries that the intents call for; their goals are watched from now on. ``known``: app → person → the addresses."""
    messages = saved.messages_by_id(connection, (each.message_id for each in intents))
    rows: list[dict[str, Any]] = []
    causes: list[str] = []
    for intent in intents:
        message = messages.get(intent.message_id)
        if message is not None and message.app_id != intent.app_id:
            message = None
        rows += _rows(intent, message, known[intent.app_id].get(intent.person_id, ()), wait_until)
        causes += [intent.cause] * (len(rows) - len(causes))
    store.add_goal_events(connection, ((row["app_id"], row["goal_event"]) for row in rows if row["goal_event"]))
    waiting = {row["dispatch"] for row in rows if row["state"] == DeliveryState.PENDING}
    ended = [row for row in rows if row["state"] != DeliveryState.PENDING]
    return Made(rows, [skipped(row, row["created_at"], is_last=row["dispatch"] not in waiting) for row in ended], causes)


def _rows(intent: Intent, message: Message | None, found: Sequence[Subscription], wait_until: int) -> list[dict[str, Any]]:
    if message is None:
        return [_row(intent, None, None, SkipReason.MESSAGE_MISSING)]
    if not KINDS[message.channel].has_addresses:
        return [_row(intent, message, None, None)]
    ours = [each for each in found if each.channel == message.channel.value]
    named = [each for each in ours if each.id == intent.subscription_id]
    wanted = named if intent.subscription_id else chosen(message, ours)
    usable = usable_of(wanted)
    if usable:
        return [_row(intent, message, each, SkipReason.DUPLICATE_ADDRESS if is_same else None) for each, is_same in usable]
    reason = _closed(wanted)
    row = _row(intent, message, None, reason)
    if reason is SkipReason.SUPPRESSED:
        row["detail"] = next(each.reason for each in wanted if each.state == SubscriptionState.SUPPRESSED)
    until = wait_until if message.validity is None else min(wait_until, intent.created_at + message.validity)
    until = until if intent.wanted_until is None else min(until, intent.wanted_until)
    if reason is SkipReason.NO_SUBSCRIPTION and until > intent.created_at and not (intent.is_test or intent.subscription_id):
        row |= {"state": DeliveryState.PENDING.value, "due_at": until}
    return [row]


def chosen(message: Message, subscriptions: list[Subscription]) -> list[Subscription]:
    """Those of a person's devices that a message goes to, by what its content says; of one that has ended nothing is said."""
    choose = KINDS[message.channel].choose_devices
    writable = [each for each in subscriptions if each.state in _OPEN]
    if choose is None or not writable:
        return subscriptions
    ids = choose(message.content, [PersonDevice(each.id, each.address, each.device, each.updated_at) for each in writable])
    return [each for each in subscriptions if each.id in ids]


def usable_of(subscriptions: Sequence[Subscription]) -> list[tuple[Subscription, bool]]:
    """Those that can be written to, each with: is it the same place as one before?"""
    found, taken = [], set()
    for subscription in subscriptions:
        if subscription.state in _OPEN:
            same = _same_place(subscription)
            found.append((subscription, same in taken))
            taken.add(same)
    return found


def _closed(subscriptions: list[Subscription]) -> SkipReason:
    """Why none of these can be written to: the reason an operator can do most about."""
    states = {each.state for each in subscriptions}
    if SubscriptionState.SUPPRESSED.value in states:
        return SkipReason.SUPPRESSED
    if SubscriptionState.UNCONFIRMED.value in states:
        return SkipReason.UNCONFIRMED
    return SkipReason.GONE if states else SkipReason.NO_SUBSCRIPTION


def _same_place(subscription: Subscription) -> str:
    """What is the same for all spellings of its address."""
    kind = KINDS.get(subscription.channel)
    return subscription.address if kind is None else kind.canonical_address(subscription.address)


def _as_it_stands(intent: Intent, message: Message | None) -> dict[str, Any]:
    """What caps will count the delivery as, whatever becomes of its message meanwhile."""
    if message is None:
        return {"message_class": "", "topic": "", "lane": "", "dispatch": "", "rank": 0}
    urgent = message.message_class is MessageClass.TRANSACTIONAL
    lane = Lane.TRANSACTIONAL if urgent else Lane.JOURNEY if intent.journey_id else Lane.CAMPAIGN
    return {
        "message_class": message.message_class.value,
        "topic": message.topic,
        "lane": lane.value,
        "dispatch": stable_id("dispatch", intent.message_id, intent.cause),
        "rank": -message.priority,
    }


def _row(intent: Intent, message: Message | None, subscription: Subscription | None, reason: SkipReason | None) -> dict[str, Any]:
    goal = message.goal_in(intent.goal) if message else None
    subscription_id = subscription.id if subscription else 0
    return {
        "id": delivery_id(intent, subscription_id),
        "app_id": intent.app_id,
        "person_id": intent.person_id,
        "subscription_id": subscription_id,
        "channel": message.channel.value if message else "",
        "address": subscription.address if subscription else "",
        "message_id": intent.message_id,
        "journey_id": intent.journey_id,
        "run_id": intent.run_id,
        "node": intent.node,
        "is_test": intent.is_test,
        "state": (DeliveryState.SKIPPED if reason else DeliveryState.PENDING).value,
        "reason": reason.value if reason else "",
        "detail": "",
        "goal_event": goal.event if goal else NO_GOAL_EVENT,
        "goal_length": goal.length if goal else 0,
        "created_at": intent.created_at,
        "due_at": intent.created_at,
        "attempts": 0,
        "provider_id": "",
        "conversions": 0,
        "direct": False,
        "data": intent.event_body.decode(),
        **_as_it_stands(intent, message),
        "caused_by": intent.caused_by,
        "audience_id": intent.audience_id,
        "wanted_until": intent.wanted_until,
    }
