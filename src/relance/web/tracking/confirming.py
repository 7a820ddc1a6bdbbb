"""Handles the link of a confirmation mail."""

from __future__ import annotations

from typing import NamedTuple

from relance.accounts.service import Accounts
from relance.core.encoding import to_json
from relance.core.ids import stable_id
from relance.events.model import Event, Kind
from relance.messaging.model import Delivery
from relance.users.consent import REPORTED_SOURCES
from relance.users.model import EMAIL, Subscription, SubscriptionState
from relance.users.service import Directory
from relance.web.context import Context
from relance.web.tracking.pages import agreement

SOURCE = "confirmation"


class ConfirmationRequest(NamedTuple):
    """The state of a confirmation; ``topics`` are those for which a yes of the address's owner was reported."""

    app: str
    subscription: Subscription
    topics: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        return self.subscription.state == SubscriptionState.SUBSCRIBED

    @property
    def is_open(self) -> bool:
        return self.subscription.state == SubscriptionState.UNCONFIRMED


def read_asked(context: Context, delivery: Delivery | None) -> ConfirmationRequest | None:
    """None if there is nothing to confirm, or no longer."""
    if delivery is None or delivery.message_id or not delivery.address:
        return None
    directory, app_id = Directory(context.state), delivery.app_id
    found = directory.at(app_id, delivery.channel, delivery.address)
    if found is None:
        return None
    said = directory.consents(app_id, found.person_id)
    topics = sorted(each.topic for each in said if each.channel == EMAIL and each.granted and each.source in REPORTED_SOURCES)
    asked = ConfirmationRequest(Accounts(context.state).app(app_id).name, found, tuple(topics))
    return asked if asked.is_open or asked.is_done else None


def confirmed(delivery: Delivery, asked: ConfirmationRequest, now: int, language: str, *, agrees: bool) -> Event:
    """The edit that a confirmation makes: once, of the address as it is. ``agrees``: the page stated what else it
    implies. Pure.
    """
    topics = asked.topics if agrees else ()
    about = {"channel": EMAIL, "granted": True, "source": SOURCE, "address": delivery.address}
    evidence = {"wording": agreement(language, asked.app), "proof": {"delivery": delivery.id, "by": "page"}}
    subscription = {"channel": EMAIL, "address": delivery.address, "was": "unconfirmed", "state": "subscribed"}
    return Event(
        app_id=delivery.app_id,
        kind=Kind.EDIT,
        name="",
        message_id=stable_id("confirmed", delivery.id, asked.subscription.person_id, asked.subscription.updated_at, *topics),
        occurred_at=now,
        received_at=now,
        body=to_json(
            {"subscription": subscription, "consent": [{**about, **evidence, "topic": each} for each in topics]}
        ).encode(),
        person_id=asked.subscription.person_id,
    )
