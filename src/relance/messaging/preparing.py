"""Everything between claiming a delivery and handing it to a channel: the facts as they are now, the decision, the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import structlog
from sqlalchemy.engine import Connection

from relance.accounts.model import App
from relance.channels.errors import ContentInvalidError
from relance.channels.kind import Confirmation
from relance.channels.registry import KINDS, Channel
from relance.core.encoding import from_json
from relance.core.time import DAY
from relance.links.tracked import Links
from relance.messaging.confirming import OF_NO_MESSAGE
from relance.messaging.eligibility import Candidate, skip_reason
from relance.messaging.model import HeldRuns, Message, MessageClass, SkipReason
from relance.messaging.outcome import Prepared
from relance.messaging.render import Recipient, render
from relance.messaging.saved import service as saved
from relance.templates.dates import reader
from relance.templates.errors import TemplateError, ValueMissingError
from relance.users.model import SubscriptionState
from relance.users.reach import PersonReach, read_named, read_reach

log = structlog.get_logger()

Apps = Callable[[int], App]
NOTHING_REFUSED: frozenset[str] = frozenset()
HELD_FOR = 30 * DAY  # then what a paused journey wants, and is valid for ever, is looked at again


class HoldRuns(Protocol):
    """Asks journeys about runs."""

    def __call__(self, connection: Connection, ids: Iterable[str], *, lock: bool = False) -> HeldRuns:
        """Which of these are stopped or paused; ``lock``: so they stay until the transaction ends."""
        ...


class Preparation:
    """Reads what is true now for a batch of claimed deliveries, decides and renders each.

    ``apps`` tells an app's name and whether it sends; ``held_runs`` says which of some runs ended before their messages left,
    and which are of a paused journey (journeys lie above this package, so they are asked through the caller). ``patience`` is
    how long (ms) after its making a delivery waits for a consent where nothing was said yet.
    """

    def __init__(
        self,
        apps: Apps,
        held_runs: HoldRuns,
        channels: Iterable[Channel],
        base_url: str,
        secret: bytes,
        sender: str,
        patience: int = 0,
    ) -> None:
        self._apps = apps
        self.held_runs = held_runs
        self._channels = frozenset(channels)
        self._base_url = base_url
        self._secret = secret
        self._sender = sender
        self._patience = patience

    def prepare(self, connection: Connection, rows: Sequence[dict[str, Any]], now: int) -> list[Prepared]:
        """One ``Prepared`` for each row, in order."""
        messages = saved.messages_by_id(connection, (row["message_id"] for row in rows))
        held = self.held_runs(connection, sorted({row["run_id"] for row in rows if row["run_id"]}))
        persons: dict[int, set[int]] = {}
        for row in rows:
            persons.setdefault(row["app_id"], set()).add(row["person_id"])
        people = {app_id: read_reach(connection, app_id, those) for app_id, those in persons.items()}
        apps = {app_id: self._apps(app_id) for app_id in persons}
        return [
            self._safely(
                self._one,
                row,
                messages.get(row["message_id"]),
                people[row["app_id"]].get(row["person_id"]),
                apps[row["app_id"]],
                now,
                held,
            )
            if row["message_id"] != OF_NO_MESSAGE
            else self._safely(self._confirmation, row, connection, apps[row["app_id"]], now)
            for row in rows
        ]

    def _safely(self, prepare: Callable[..., Prepared], row: dict[str, Any], *given: Any, **named: Any) -> Prepared:
        """One row that no rule foresaw must not hold up the others for ever."""
        try:
            return prepare(row, *given, **named)
        except Exception as error:
            log.exception("preparing_failed", delivery=row["id"])
            return Prepared(row, reason=SkipReason.RENDER_ERROR, detail=f"{type(error).__name__}: {error}")

    def _one(
        self, row: dict[str, Any], message: Message | None, person: PersonReach | None, app: App, now: int, held: HeldRuns
    ) -> Prepared:
        if message is None:
            return Prepared(row, reason=SkipReason.MESSAGE_MISSING)
        if message.channel not in self._channels:
            return Prepared(row, reason=SkipReason.NO_CHANNEL)
        subscription = person.subscriptions.get(row["subscription_id"]) if person else None
        validity = message.validity
        valid_until = None if validity is None else row["created_at"] + validity
        candidate = Candidate(
            message_class=message.message_class,
            channel=message.channel,
            topic=message.topic,
            address=subscription.address if subscription else "",
            subscription_state=subscription.state if subscription else None,
            consents=person.consents.get(message.channel.value, {}) if person else {},
            refused=person.refused.get(row["subscription_id"], NOTHING_REFUSED) if person else NOTHING_REFUSED,
            person_exists=person is not None,
            run_stopped=row["run_id"] in held.stopped,
            journey_paused=row["run_id"] in held.paused,
            sending_paused=app.settings.sending_paused,
            valid_until=valid_until,
            is_test=row["is_test"],
        )
        reason = skip_reason(candidate, now)
        if reason is SkipReason.JOURNEY_PAUSED:
            return Prepared(row, reason=reason, wait_until=now + HELD_FOR if valid_until is None else valid_until + 1)
        if reason is not None or person is None or subscription is None:
            wait_until = row["created_at"] + self._patience if reason is SkipReason.NO_CONSENT else 0
            return Prepared(
                row, reason=reason or SkipReason.NO_SUBSCRIPTION, wait_until=min(wait_until, valid_until or wait_until)
            )
        recipient = recipient_of(person, subscription.address, row["data"], app, now)
        life = None if valid_until is None else valid_until - now
        try:
            links = Links(self._base_url, self._secret, row["id"])
            rendered = render(message, recipient, links, self._sender, life, link_hosts=app.settings.link_hosts)
        except ValueMissingError as error:
            return Prepared(row, reason=SkipReason.MISSING_VALUE, detail=error.message)
        except (TemplateError, ContentInvalidError) as error:
            return Prepared(row, reason=SkipReason.RENDER_ERROR, detail=error.message)
        return Prepared(row, rendered, subscription)

    def _confirmation(self, row: dict[str, Any], connection: Connection, app: App, now: int) -> Prepared:
        """A confirmation, as long as the address still asks for one."""
        channel, address = Channel(row["channel"]), row["address"]
        ask = KINDS[channel].confirmation
        found = next(iter(read_named(connection, app.id, channel.value, [address])), None)
        if channel not in self._channels or ask is None:
            return Prepared(row, reason=SkipReason.NO_CHANNEL)
        candidate = Candidate(
            message_class=MessageClass.TRANSACTIONAL,
            channel=channel,
            topic="",
            address=address,
            subscription_state=SubscriptionState.SUBSCRIBED.value if found else None,
            consents={},
            refused=NOTHING_REFUSED,
            person_exists=bool(row["person_id"]),
            run_stopped=False,
            journey_paused=False,
            sending_paused=app.settings.sending_paused,
            valid_until=None if found and found.state == SubscriptionState.UNCONFIRMED else now - 1,
        )
        reason = skip_reason(candidate, now)
        if reason is not None or found is None:
            return Prepared(row, reason=reason or SkipReason.NO_SUBSCRIPTION)
        links = Links(self._base_url, self._secret, row["id"])
        return Prepared(row, ask(Confirmation(app.name, app.settings.language, links, address, self._sender)), found)


def recipient_of(person: PersonReach, address: str, event: str, app: App, now: int) -> Recipient:
    """Who gets a message at ``now``, and why: ``event`` are the properties that it is filled with, as JSON."""
    return Recipient(
        user=_known(person),
        event=_properties(event),
        app={"id": app.id, "name": app.name},
        address=address,
        reader=reader(person.timezone or app.settings.timezone, person.language or app.settings.language, now),
    )


def _known(person: PersonReach) -> dict[str, Any]:
    """What a template knows as ``user``: the traits and, where no trait has the name, what else is known of the person."""
    facts = {"country": person.country, "language": person.language, "timezone": person.timezone}
    known = {name: value for name, value in facts.items() if value}
    return {**known, **person.traits, "id": person.external_id or str(person.person_id)}


def _properties(data: str) -> Mapping[str, Any]:
    properties = from_json(data)
    return properties if isinstance(properties, dict) else {}
