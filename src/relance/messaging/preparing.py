"""Everything between claiming a delivery and handing it to a channel: the facts as they are now, the decision, the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.engine import Connection

from relance.accounts.model import App
from relance.channels.errors import ContentInvalidError
from relance.channels.kind import Confirmation, DeletionAsked
from relance.channels.registry import KINDS, Channel
from relance.core.encoding import from_json
from relance.core.time import SECOND
from relance.links.return_address import sign_return
from relance.links.tracked import Links
from relance.messaging.audiences.service import cancelled
from relance.messaging.complaints.service import stopped
from relance.messaging.confirming import OF_NO_MESSAGE
from relance.messaging.context import service as context
from relance.messaging.context.service import Wanted
from relance.messaging.decision import Decision, Defer, MaySend, Skip, decide
from relance.messaging.deletion_mails import DELETION, language_in
from relance.messaging.eligibility import Candidate, skip_reason
from relance.messaging.model import HeldRuns, Message, MessageClass, SkipReason
from relance.messaging.outcome import Prepared
from relance.messaging.readdressing import readdress
from relance.messaging.render import NOTHING_MORE, Recipient, render
from relance.messaging.restraining import Members, Usages, nobody
from relance.messaging.saved import service as saved
from relance.messaging.sent.service import values_of
from relance.messaging.translations import in_language, language_wanted
from relance.templates.dates import reader
from relance.templates.errors import TemplateError, ValueMissingError
from relance.users.deletion_requests.service import open_request
from relance.users.model import Subscription, SubscriptionState
from relance.users.reach import PersonReach, read_named, read_reach, read_suppressed

log = structlog.get_logger()

Apps = Callable[[int], App]
NOTHING_REFUSED: frozenset[str] = frozenset()
NOTHING_READ: Mapping[int, Mapping[int, PersonReach]] = {}
NO_DOMAINS: frozenset[str] = frozenset()
READ_AGAIN = 5 * SECOND  # until what waits for history to be read is looked at again
NO_DEVICE: Mapping[str, Any] = {}
NO_AUDIENCES: frozenset[int] = frozenset()


class Decided(NamedTuple):
    """A claimed delivery with its decision, and what it is rendered from where it may leave."""

    row: dict[str, Any]
    decision: Decision
    message: Message | None = None
    person: PersonReach | None = None
    subscription: Subscription | None = None
    app: App | None = None
    valid_until: int | None = None
    detail: str = ""
    stopped: frozenset[str] = NO_DOMAINS
    known: Mapping[str, Any] = NOTHING_MORE


class HoldRuns(Protocol):
    """Asks journeys about runs."""

    def __call__(self, connection: Connection, ids: Iterable[str], *, lock: bool = False) -> HeldRuns:
        """Which of these are stopped or paused; ``lock``: so they stay until the transaction ends."""
        ...


class AppProvider(Protocol):
    """An app's own provider, as far as it says who sends."""

    @property
    def settings(self) -> Mapping[str, Any]: ...


class AppProviders(Protocol):
    """Which apps have a provider of their own, as of the last ``look``."""

    def look(self, connection: Connection) -> None: ...

    def active(self, app_id: int, channel: str, address: str) -> AppProvider | None: ...

    def has_own(self, app_id: int, channel: str) -> bool: ...

    def pace(self, app_id: int, channel: str, address: str) -> int: ...

    def least_pace(self, app_id: int, channel: str) -> int: ...

    def versions(self, app_id: int, channel: str) -> frozenset[tuple[int, int]]: ...


class Preparation:
    """Reads what is true now for a batch of claimed deliveries, decides and renders each.

    ``apps`` tells an app's name and whether it sends; ``held_runs`` says which of some runs ended before their messages left,
    and which are of a paused journey (journeys lie above this package, so they are asked through the caller). ``patience`` is
    how long (ms) after its making a delivery waits for a consent where nothing was said yet. ``members`` says who is in the
    segments that caps have tiers for. ``channels`` are those that the server itself has a transport for; on others an app needs a
    provider of its own. ``sender`` is the server's: of messages that name none, of apps whose provider names none.
    ``return_domain`` is where notices about mails come back to; empty: to their senders. ``keeps_values``: what a message is
    filled with is kept with what becomes of it, so that it can be shown again.
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
        members: Members | None = None,
        providers: AppProviders | None = None,
        return_domain: str = "",
        *,
        keeps_values: bool = True,
    ) -> None:
        self._apps = apps
        self.held_runs = held_runs
        self._return_domain = return_domain
        self._keeps_values = keeps_values
        self._channels = frozenset(channels)
        self._base_url = base_url
        self._secret = secret
        self._sender = sender
        self._patience = patience
        self._members = members or nobody
        self._providers = providers

    def look(self, connection: Connection) -> None:
        """Learn which apps have providers of their own now."""
        if self._providers is not None:
            self._providers.look(connection)

    def has_own_provider(self, app_id: int, channel: str) -> bool:
        """Whether any of the app's messages on a channel go through a provider of its own, as of the last ``look``."""
        return self._providers is not None and self._providers.has_own(app_id, channel)

    def pace(self, app_id: int, channel: str, address: str) -> int:
        """How many messages a second may leave through the app's own provider; 0: as many as it takes."""
        return 0 if self._providers is None else self._providers.pace(app_id, channel, address)

    def least_pace(self, app_id: int, channel: str) -> int:
        """The slowest of the app's own providers on a channel, likewise."""
        return 0 if self._providers is None else self._providers.least_pace(app_id, channel)

    def provider_versions(self, app_id: int, channel: str) -> frozenset[tuple[int, int]]:
        """What is different as soon as any of the app's own providers on a channel has changed."""
        return frozenset() if self._providers is None else self._providers.versions(app_id, channel)

    def most_render_errors(self, app_id: int) -> float:
        """The share of an audience's messages, in percent, that an app lets fail before the audience stops."""
        return self._apps(app_id).settings.render_error_percent

    def decide(
        self,
        connection: Connection,
        rows: Sequence[dict[str, Any]],
        now: int,
        reach: Mapping[int, Mapping[int, PersonReach]] = NOTHING_READ,
    ) -> list[Decided]:
        """What becomes of each row, in order: of those together the first has the first slot. In the claim's transaction.

        ``reach``: app → person, as far as they were read in this transaction.
        """
        self.look(connection)
        messages = saved.messages_by_id(connection, (row["message_id"] for row in rows))
        held = self.held_runs(connection, sorted({row["run_id"] for row in rows if row["run_id"]}))
        persons: dict[int, set[int]] = {}
        for row in rows:
            persons.setdefault(row["app_id"], set()).add(row["person_id"])
        people = {app_id: self._people(connection, app_id, those, reach.get(app_id, {})) for app_id, those in persons.items()}
        readdress(connection, rows, people)
        apps = {app_id: self._apps(app_id) for app_id in persons}
        domains = stopped(connection, persons)
        usages = Usages(connection, rows, messages, people, now, self._members)
        named = context.Round(connection, messages.values(), self._apps)
        of_audiences = {row["audience_id"] for row in rows} - {0}
        over = cancelled(connection, of_audiences) if of_audiences else NO_AUDIENCES
        decided = [
            Decided(row, Skip(SkipReason.AUDIENCE_CANCELLED))
            if row["audience_id"] in over
            else self._decided(
                row,
                connection,
                messages.get(row["message_id"]),
                people[row["app_id"]].get(row["person_id"]),
                apps[row["app_id"]],
                usages,
                held,
                now,
            )
            if named.is_ready(messages.get(row["message_id"]))
            else Decided(row, Defer(now + READ_AGAIN, SkipReason.HISTORY_READ))
            for row in rows
        ]
        decided = _told(connection, named, decided)
        return [each._replace(stopped=domains.get(each.row["app_id"], NO_DOMAINS)) for each in decided] if domains else decided

    @staticmethod
    def _people(
        connection: Connection, app_id: int, wanted: set[int], read: Mapping[int, PersonReach]
    ) -> Mapping[int, PersonReach]:
        missing = wanted - read.keys()
        return {**read, **read_reach(connection, app_id, missing)} if missing else read

    def prepare(self, decided: Decided, now: int) -> Prepared:
        """What was decided, ready for its channel. Outside of any transaction: templates take their time."""
        row, decision = decided.row, decided.decision
        if isinstance(decision, Skip):
            return Prepared(row, reason=decision.reason, detail=decided.detail, held_by=decision.by)
        if isinstance(decision, Defer):
            return Prepared(row, reason=decision.reason, wait_until=decision.until, held_by=decision.by)
        try:
            return self._rendered(decided, now)
        except Exception as error:
            return Prepared(row, reason=SkipReason.RENDER_ERROR, detail=_unforeseen(row, error))

    def _carries(self, app_id: int, channel: Channel, address: str) -> bool:
        own = self._providers is not None and self._providers.active(app_id, channel.value, address) is not None
        return own or channel in self._channels

    def _decided(self, row: dict[str, Any], connection: Connection, *given: Any) -> Decided:
        """One row that no rule foresaw must not hold up the others for ever."""
        try:
            if row["message_id"] == OF_NO_MESSAGE:
                return self._of_confirmation(row, connection, *given)
            return self._of_message(row, *given)
        except Exception as error:
            return Decided(row, Skip(SkipReason.RENDER_ERROR), detail=_unforeseen(row, error))

    def _of_message(
        self,
        row: dict[str, Any],
        message: Message | None,
        person: PersonReach | None,
        app: App,
        usages: Usages,
        held: HeldRuns,
        now: int,
    ) -> Decided:
        if message is None:
            return Decided(row, Skip(SkipReason.MESSAGE_MISSING))
        if not self._carries(app.id, message.channel, row["address"]):
            return Decided(row, Skip(SkipReason.NO_CHANNEL))
        subscription = _place(person, message.channel, row["subscription_id"])
        validity = message.validity
        valid_until = None if validity is None else row["created_at"] + validity
        leaves_until = min((each for each in (valid_until, row["wanted_until"]) if each is not None), default=None)
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
            valid_until=leaves_until,
            is_test=row["is_test"],
            consent_awaited_until=row["created_at"] + self._patience,
            suppressed=person.suppressed.get(row["subscription_id"], "") if person else "",
        )
        restraints = usages.grounds.of(row, message, person, subscription, app, leaves_until)
        decision = decide(candidate, restraints, usages.of(row), now)
        if isinstance(decision, MaySend) and (person is None or subscription is None):
            decision = Skip(SkipReason.NO_SUBSCRIPTION)
        if isinstance(decision, MaySend) and decision.reserve:
            usages.reserve(row, decision, now)
        detail = candidate.suppressed if isinstance(decision, Skip) and decision.reason is SkipReason.SUPPRESSED else ""
        answers = held.answers.get(row["run_id"])
        known = {"journey": answers} if answers else NOTHING_MORE
        return Decided(row, decision, message, person, subscription, app, valid_until, detail, known=known)

    def _rendered(self, decided: Decided, now: int) -> Prepared:
        row, message, person, subscription, app = decided.row, decided.message, decided.person, decided.subscription, decided.app
        links = Links(self._base_url, self._secret, row["id"], campaign=_campaign(app, message))
        if app is None or subscription is None:
            return Prepared(row, reason=SkipReason.NO_SUBSCRIPTION)
        kind = KINDS[subscription.channel]
        if row["message_id"] == OF_NO_MESSAGE and row["node"] == DELETION and kind.deletion is not None:
            language, days = language_in(row["data"], app.settings.language), app.settings.deletion_days
            asked_for = DeletionAsked(app.name, language, links, row["address"], self._sender_of(row), days)
            return Prepared(row, kind.deletion(asked_for), subscription)
        ask = kind.confirmation
        if (message is None or person is None) and ask is not None:
            asked = Confirmation(app.name, app.settings.language, links, row["address"], self._sender_of(row))
            return Prepared(row, ask(asked), subscription)
        if message is None or person is None:
            return Prepared(row, reason=SkipReason.NO_CHANNEL)
        recipient = recipient_of(person, subscription.address, row["data"], app, now, decided.known, subscription.device)
        message = in_language(message, recipient.reader.language)
        row["language"] = message.language
        life = None if decided.valid_until is None else decided.valid_until - now
        try:
            rendered = render(message, recipient, links, self._sender_of(row), life, link_hosts=app.settings.link_hosts)
        except ValueMissingError as error:
            return Prepared(row, reason=SkipReason.MISSING_VALUE, detail=error.message)
        except (TemplateError, ContentInvalidError) as error:
            return Prepared(row, reason=SkipReason.RENDER_ERROR, detail=error.message)
        kind = KINDS[message.channel]
        row["sending_domain"] = kind.sending_domain(rendered)
        if row["sending_domain"] in decided.stopped and message.message_class is MessageClass.MARKETING and not row["is_test"]:
            return Prepared(row, reason=SkipReason.COMPLAINTS, detail=row["sending_domain"])
        if self._return_domain and kind.returning is not None:
            back = sign_return(self._secret, row["id"], subscription.address, now, self._return_domain)
            rendered = kind.returning(rendered, back)
        if self._keeps_values:
            zone, language = person.timezone or app.settings.timezone, recipient.reader.language
            row["filled"] = values_of(recipient, message.version, zone, language, self._sender_of(row))
        return Prepared(row, rendered, subscription)

    def _sender_of(self, row: Mapping[str, Any]) -> str:
        """Who sends what names no sender: as the app's own provider says, else the server's."""
        own = None if self._providers is None else self._providers.active(row["app_id"], row["channel"], row["address"])
        return str((own.settings.get("sender") if own is not None else "") or self._sender)

    def _of_confirmation(
        self, row: dict[str, Any], connection: Connection, _message: Message | None, _person: Any, app: App, *given: Any
    ) -> Decided:
        """A mail that asks for something, as long as there is something to confirm."""
        channel, address, now = Channel(row["channel"]), row["address"], given[-1]
        found = next(iter(read_named(connection, app.id, channel.value, [address])), None)
        kind, is_deletion = KINDS[channel], row["node"] == DELETION
        ask = kind.deletion if is_deletion else kind.confirmation
        if ask is None or not self._carries(app.id, channel, address):
            return Decided(row, Skip(SkipReason.NO_CHANNEL))
        if is_deletion:
            is_open = open_request(connection, row["id"], now) is not None
        else:
            is_open = found is not None and found.state == SubscriptionState.UNCONFIRMED
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
            valid_until=None if is_open else now - 1,
            suppressed=read_suppressed(connection, app.id, [found]).get(found.id, "") if found else "",
        )
        reason = skip_reason(candidate, now)
        if reason is not None or found is None:
            return Decided(row, Skip(reason or SkipReason.NO_SUBSCRIPTION))
        return Decided(row, MaySend(), subscription=found, app=app)


def _place(person: PersonReach | None, channel: Channel, subscription_id: int) -> Subscription | None:
    """Where a person gets it: an address, or what stands for one on a channel that has none."""
    if person is None or KINDS[channel].has_addresses:
        return None if person is None else person.subscriptions.get(subscription_id)
    open_ = SubscriptionState.SUBSCRIBED.value
    return Subscription(0, 0, person.person_id, channel.value, "", {}, open_, {}, 0, 0)


def _unforeseen(row: dict[str, Any], error: Exception) -> str:
    log.exception("preparing_failed", delivery=row["id"])
    return f"{type(error).__name__}: {error}"


def _campaign(app: App | None, message: Message | None) -> tuple[tuple[str, str], ...]:
    """What is told about the message to the analytics of where its links lead, if the app wants that."""
    if app is None or message is None or not app.settings.utm_source:
        return ()
    return (("utm_source", app.settings.utm_source), ("utm_medium", message.channel.value), ("utm_campaign", message.name))


def _told(connection: Connection, named: context.Round, decided: list[Decided]) -> list[Decided]:
    """With what those that may leave are told of their person beside traits and event."""
    if not named.names_anything:
        return decided
    leaving = [
        (place, Wanted(each.message, each.app, each.row["person_id"], each.row["data"], each.subscription.device))
        for place, each in enumerate(decided)
        if isinstance(each.decision, MaySend) and each.message and each.app and each.subscription
    ]
    told = named.tell(connection, [wanted for _, wanted in leaving])
    for (place, _), known in zip(leaving, told, strict=True):
        if known:
            decided[place] = decided[place]._replace(known={**decided[place].known, **known})
    return decided


def recipient_of(
    person: PersonReach,
    address: str,
    event: str,
    app: App,
    now: int,
    known: Mapping[str, Any] = NOTHING_MORE,
    device: Mapping[str, Any] = NO_DEVICE,
) -> Recipient:
    """Who gets a message at ``now``, and why: ``event`` are the properties that it is filled with, as JSON; ``known`` as in
    ``Recipient``.

    They read it in the language that they chose, or that is known of them, or ``device`` tells, or else in the app's.
    """
    told = (person.traits.get("language"), person.traits.get("locale"), device.get("locale"), device.get("language"))
    language = language_wanted(person.language, told, app.settings.language)
    return Recipient(
        user=_known(person),
        event=_properties(event),
        app={"id": app.id, "name": app.name},
        address=address,
        reader=reader(person.timezone or app.settings.timezone, language, now),
        known=known,
    )


def _known(person: PersonReach) -> dict[str, Any]:
    """What a template knows as ``user``: the traits and, where no trait has the name, what else is known of the person."""
    facts = {"country": person.country, "language": person.language, "timezone": person.timezone}
    known = {name: value for name, value in facts.items() if value}
    return {**known, **person.traits, "id": person.external_id or str(person.person_id)}


def _properties(data: str) -> Mapping[str, Any]:
    properties = from_json(data)
    return properties if isinstance(properties, dict) else {}
