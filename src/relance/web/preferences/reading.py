"""Reads what the preference page shows, and waits until what it posts has settled."""

from __future__ import annotations

import msgspec

from relance.accounts.model import App
from relance.accounts.service import Accounts
from relance.events.flows import Flow
from relance.events.model import Event
from relance.messaging.model import Delivery
from relance.messaging.service import Deliveries, Messages, can_confirm, was_not_sent
from relance.pipeline.errors import NotSettledError, WorkerGoneError
from relance.users.deletion_requests.model import DeletionRequest, DeletionState, open_one
from relance.users.deletion_requests.service import DeletionRequests
from relance.users.errors import PersonNotFoundError
from relance.users.model import FACTS, GENERAL, Subscription, SubscriptionState
from relance.users.service import Directory
from relance.web.context import Context
from relance.web.preferences.page import title_of
from relance.web.preferences.standing import Choices, Known, channels_of, masked, topics_of
from relance.web.preferences.words import WORDS

WAIT_SECONDS = 4.0


class Standing(msgspec.Struct, frozen=True):
    """A link's app, person and choices. ``reads`` is the person's language where one is known.

    ``has_moved``: the address that the link was sent to is somebody else's by now. ``confirms`` is that address where a mail to
    it can confirm a deletion; ``deletion`` the request by which the person may be deleted.
    """

    app: App
    person: int
    address: str
    reads: str
    choices: Choices
    zone: str = ""
    has_moved: bool = False
    confirms: Subscription | None = None
    deletion: DeletionRequest | None = None

    def titles(self, language: str) -> dict[str, str]:
        """Topic → its name to people in a language."""
        named = {each.topic: each.titles for each in self.app.settings.topics}
        general = WORDS[language]["general"]
        return {each.name: title_of(each.name, named.get(each.name, {}), language, general) for each in self.choices.topics}


def read_standing(context: Context, delivery: Delivery) -> Standing | None:
    """What holds now for whom a delivery went to; None where nobody is left."""
    directory, app_id = Directory(context.state), delivery.app_id
    try:
        person = directory.get(app_id, delivery.person_id)
    except PersonNotFoundError:
        return None
    app = Accounts(context.state).app(app_id)
    subscriptions = directory.subscriptions(app_id, person.id)
    known = Known(subscriptions, directory.consents(app_id, person.id), directory.refused(app_id, subscriptions))
    channels = channels_of(known, delivery.channel)
    names = list(dict.fromkeys([each.topic for each in app.settings.topics] or Messages(context.state).topics(app_id)))
    names += sorted({each.topic for each in known.consents}.difference(names))
    facts = directory.rule_facts(app_id, person.id).get(FACTS, {})
    chosen = person.language if facts.get("language_source") == "choice" else None
    choices = Choices(
        channels=channels,
        topics=topics_of(known, [each.name for each in channels], [each for each in names if each != GENERAL]),
        quiet_hours=person.preferences.quiet_hours,
        limit=person.preferences.limit,
        language=chosen or "",
    )
    holder = directory.at(app_id, delivery.channel, delivery.address) if delivery.address else None
    return Standing(
        app=app,
        person=person.id,
        address=masked(delivery.channel, delivery.address),
        reads=person.language or "",
        choices=choices,
        zone=person.timezone or app.settings.timezone,
        has_moved=holder is not None and holder.person_id != person.id and holder.state != SubscriptionState.UNCONFIRMED,
        confirms=holder if holder is not None and _can_confirm(app, person.id, holder) else None,
        deletion=_deletion(context, app_id, person.id),
    )


def _deletion(context: Context, app_id: int, person: int) -> DeletionRequest | None:
    """The request by which they may be deleted, but none whose mail was not sent: nobody can confirm that."""
    found = open_one(DeletionRequests(context.state).of_person(app_id, person), context.clock.now())
    if found is None or found.state is not DeletionState.ASKED:
        return found
    mail = Deliveries(context.state).locate(found.id)
    return None if mail is not None and was_not_sent(mail.state) else found


def _can_confirm(app: App, person: int, holder: Subscription) -> bool:
    reads = holder.person_id == person and holder.state in (SubscriptionState.SUBSCRIBED, SubscriptionState.UNSUBSCRIBED)
    return reads and app.settings.deletion_days > 0 and can_confirm(holder.channel)


async def settle(context: Context, events: list[Event]) -> bool:
    """Record, durably, and wait until it has taken effect; False where that takes long: it will."""
    offset = await context.log.append(events, flow=Flow.LINK)
    try:
        await context.worker.call("settled", offset=offset, timeout=WAIT_SECONDS)
    except (NotSettledError, WorkerGoneError):
        return False
    return True


def decide_anew(context: Context, app_id: int, person: int) -> None:
    """What waits for the person's hours or limit of before may leave sooner, or later, by those of now."""
    Deliveries(context.state).decide_anew(app_id, context.clock.now(), person)
