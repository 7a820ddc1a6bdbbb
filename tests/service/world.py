"""A small world for journeys and messages: people with addresses, a tick without log and history, channels that note."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.accounts.model import App, AppSettings
from relance.channels.model import SendResult, SendState
from relance.channels.registry import Channel
from relance.channels.transport import Begin, LaneRoom, SendAddress, Transport
from relance.core.time import HOUR
from relance.events.causes import causes_of
from relance.events.model import Batch, Event, Flag, Kind, Name
from relance.events.service import put_outbox, remove_outbox, take_outbox
from relance.infra.database import LOG, reading, writing
from relance.journeys.recall import SettledEvent
from relance.journeys.service import Engine as JourneyEngine
from relance.journeys.service import Journeys, held_runs
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, MessageClass
from relance.messaging.outcome import Prepared
from relance.messaging.service import Deliveries, Dispatcher, Messages, Preparation
from relance.users.service import People
from relance.web.tracking.engagement import engagement
from tests.journey_graphs import with_messages

WEB_PUSH = Channel("web_push")
EMAIL = Channel("email")

APP = 1
SECRET = b"w" * 32
START = 1_790_000_000_000
# A browser's keys: those of the example in RFC 8291.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


class NotedTransport:
    """Answers as told and notes what it was given, with the instant."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, str, Any]] = []
        self.answers: list[SendResult] = []
        self.refusing: dict[str, SendResult] = {}  # what goes to these addresses
        self.down: SendResult | None = None  # what everything comes to while it is
        self.error: Exception | None = None
        self.room = LaneRoom(256)
        self.gate: asyncio.Event | None = None  # what is sent waits for it
        self.noted: Callable[[str], None] = lambda _: None  # is told each address
        self.slow = ""  # only what goes to addresses that begin like this

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        await begin()
        if self.error is not None:
            raise self.error
        self.sent.append((now, destination.address, rendered))
        self.noted(destination.address)
        if self.gate is not None and destination.address.startswith(self.slow):
            await self.gate.wait()
        if self.down is not None:
            return self.down
        if destination.address in self.refusing:
            return self.refusing[destination.address]
        return self.answers.pop(0) if self.answers else SendResult(SendState.SENT, provider_id="p1")

    def paused(self) -> list[dict[str, Any]]:
        return []


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> int:
        return self.instant


def take(sender: Dispatcher, now: int, channel: str, most: int = 1_000) -> list[Prepared]:
    """Claim what is due on a channel."""
    heads = [each for each in sender._claiming.heads(now) if each.key.channel == channel]
    turns = sender._claiming.by_provider(heads, {}).items()
    return [each for key, queues in turns for each in sender._take(now, key, queues, most)[0]]


class OwnProviders:
    """Apps that have providers of their own, which say nothing else."""

    def __init__(self, own: set[tuple[int, str]], paces: dict[int, int], versions: dict[int, int]) -> None:
        self._own = own
        self._versions = versions  # app → of its provider
        self.paces = paces  # app → messages a second

    def look(self, connection: Connection) -> None: ...

    def active(self, app_id: int, channel: str, address: str) -> None: ...

    def has_own(self, app_id: int, channel: str) -> bool:
        return (app_id, channel) in self._own

    def pace(self, app_id: int, *_: str) -> int:
        return self.paces.get(app_id, 0)

    def least_pace(self, app_id: int, _: str) -> int:
        return self.paces.get(app_id, 0)

    def versions(self, app_id: int, _: str) -> frozenset[tuple[int, int]]:
        return frozenset([(app_id, self._versions.get(app_id, 1))])


class World:
    """One app. ``tick`` settles events; ``send`` dispatches what is due at ``now``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        LOG.create_all(engine)  # for the marks of what is on the wire
        self.clock = Hand()
        self.paused = False
        self.settings: dict[str, Any] = {}  # of the app
        self.own: set[tuple[int, str]] = set()  # (app, channel) with a provider of the app's own
        self.paces: dict[int, int] = {}
        self.versions: dict[int, int] = {}  # app → how often its provider was changed
        self.return_domain = ""  # where notices about mails come back to
        self.patience = 0  # how long a message waits for a consent, in ms
        self.memberships: dict[int, set[int]] = {}  # person → segments
        self.journeys = JourneyEngine(recall=self.recall, memberships_of=lambda _, person: self.memberships.get(person, ()))
        self.past: list[tuple[Event, bool]] = []  # what was settled, and whether it was late
        self.definitions = Journeys(engine)
        self.messages = Messages(engine)
        self.deliveries = Deliveries(engine)
        self.push, self.mail = NotedTransport(), NotedTransport()
        self.position = 1
        self.emitted: list[Event] = []  # every derived event, once it was read from the outbox
        self._numbers = 0

    def app(self, app_id: int) -> App:
        return App(app_id, "Shop", "shop", AppSettings(sending_paused=self.paused, **self.settings), 0, 1)

    # -- people ----------------------------------------------------------------------------------------------------

    def person(
        self,
        person_id: int,
        *,
        push: str | None = None,
        email: str | None = None,
        consent: bool | None = None,
        app: int = APP,
        **traits: Any,
    ) -> int:
        """A person; ``consent`` is to e-mail marketing."""
        if email is not None:
            traits["email"] = email
        if consent is not None:
            traits["consent"] = {"email": consent}
        context: dict[str, Any] = {}
        if push is not None:
            context["device"] = {"token": {"endpoint": push, "keys": KEYS}}
        emitted = Event(app, Kind.IDENTIFY, "", f"identify-{person_id}", f"u{person_id}", "", START, START)
        emitted.body, emitted.context = json.dumps(traits).encode(), json.dumps(context).encode()
        assert self.people([emitted]) == [person_id], "people are numbered from 1 in the order they are made"
        return person_id

    def people(self, events: Sequence[Event]) -> list[int]:
        """Let people change by these records; returns whose they were."""
        people = People()
        with writing(self.engine) as connection:
            people.begin(connection, START)
            persons = people.resolve(events).persons
            people.fold(events, persons, [False] * len(events))
            people.flush()
        return persons

    def edit(self, person_id: int, **body: Any) -> None:
        """An operator's change of consent or of a subscription."""
        emitted = self.event("", person_id, START, kind=Kind.EDIT)
        emitted.body = json.dumps(body).encode()
        self.people([emitted])

    # -- definitions -----------------------------------------------------------------------------------------------

    def cart_journey(self, **changes: Any) -> int:
        """The abandoned cart, published; returns the journey's id."""
        push = self.messages.create(
            APP,
            "cart push",
            "web_push",
            {"title": "Your {{ event.name }}", "url": "https://shop.example/cart/{{ event.cart_id }}"},
            START,
            valid_for="12h",
        )
        mail = self.messages.create(
            APP, "cart mail", "email", {"subject": "Still there", "html": "<p>{{ user.first_name }}</p>"}, START
        )
        return self.publish({**with_messages(push.id, mail.id), **changes})

    def welcome_journey(self, channel: str = "email") -> int:
        content = {"subject": "Welcome", "text": "Hi"} if channel == "email" else {"title": "Welcome"}
        message = self.messages.create(APP, "welcome", channel, content, START, message_class=MessageClass.TRANSACTIONAL)
        nodes = [{"id": "hello", "kind": "message", "message": message.id, "next": None}]
        return self.publish({"entry": {"event": "Signed Up", "reentry": "once"}, "start": "hello", "nodes": nodes})

    def publish(self, graph: dict[str, Any]) -> int:
        journey = self.definitions.create(APP, "journey", graph, START)
        self.definitions.publish(APP, journey.id, START)
        self.reload()
        return journey.id

    def reload(self) -> None:
        with writing(self.engine) as connection:
            self.journeys.load(connection, self.clock.instant)

    # -- events ----------------------------------------------------------------------------------------------------

    def event(
        self,
        name: str,
        /,
        person_id: int,
        occurred_at: int,
        *,
        received_at: int | None = None,
        kind: str = Kind.TRACK,
        app: int = APP,
        flags: int = 0,
        **properties: Any,
    ) -> Event:
        self._numbers += 1
        received = occurred_at if received_at is None else received_at
        body = json.dumps(properties).encode()
        return Event(app, kind, name, f"m{self._numbers}", "", "", occurred_at, received, body, b"{}", flags, person_id)

    def engagement(self, name: str, delivery: Delivery, occurred_at: int) -> Event:
        """What a tracking link or a receipt tells, as the server tells it."""
        return engagement(Name(name), delivery, occurred_at)

    # -- time ------------------------------------------------------------------------------------------------------

    def tick(self, events: Sequence[Event] = (), now: int | None = None) -> None:
        """Settle these events and what waits in the outbox, then let time pass up to ``now``."""
        self.clock.instant = (
            max(self.clock.instant, *(each.received_at for each in events), now or 0) if events or now else self.clock.instant
        )
        with writing(self.engine) as connection:
            ids, waiting, _ = take_outbox(connection, 0, 10_000)
            if ids:
                remove_outbox(connection, ids)
            self.emitted += waiting
            entries = [*events, *(each for each in waiting if each.kind == Kind.DERIVED)]
            late = [bool(each.flags & Flag.IMPORTED) or each.received_at - each.occurred_at > HOUR for each in entries]
            batch = Batch(entries, [each.person_id for each in entries], late, self.position)
            self.position += len(batch)
            self.past += zip(entries, late, strict=True)
            derived = messaging.observe(connection, batch)
            for moved in (self.journeys.advance(connection, batch), self.journeys.wake(connection, self.clock.instant)):
                derived += moved.derived
                derived += messaging.intend(connection, moved.intents).events
            if derived:
                put_outbox(connection, 0, derived, self.clock.instant)

    def recall(self, app_id: int, persons: Collection[int], names: Collection[str], since: int) -> dict[int, list[SettledEvent]]:
        """What history would tell."""
        found: dict[int, list[SettledEvent]] = {}
        for event, late in self.past:
            if event.app_id == app_id and event.person_id in persons and event.name in names and event.occurred_at >= since:
                past = SettledEvent(
                    event.name, event.key, event.occurred_at, late, event.body.decode(), causes_of(event).caused_by
                )
                found.setdefault(event.person_id, []).append(past)
        return found

    def transports(self) -> dict[Channel, Transport]:
        return {WEB_PUSH: self.push, EMAIL: self.mail}

    def segments_of(
        self, _connection: Connection, _app: int, segments: Collection[int], persons: Collection[int]
    ) -> dict[int, frozenset[int]]:
        return {person: frozenset(self.memberships.get(person, ())) & frozenset(segments) for person in persons}

    def dispatcher(self, sends_per_second: int = 0) -> Dispatcher:
        channels = self.transports()
        url, sender = "https://relance.example", "Shop <shop@example.com>"
        preparation = Preparation(
            self.app,
            held_runs,
            channels,
            url,
            SECRET,
            sender,
            self.patience,
            self.segments_of,
            OwnProviders(self.own, self.paces, self.versions),
            return_domain=self.return_domain,
        )
        return Dispatcher(
            self.engine, self.engine, self.clock, channels, preparation, lambda: None, sends_per_second=sends_per_second
        )

    async def send(self) -> int:
        done = await self.dispatcher().run_due(self.clock.instant)
        self.check_queue()
        return done

    def check_queue(self) -> None:
        """What waits is in a queue, at the instant on its record, and nothing else is."""
        with reading(self.engine) as connection:
            waiting = connection.execute(
                sa.text("SELECT id, due_at FROM deliveries WHERE state IN ('pending', 'sending') ORDER BY id")
            ).all()
            queued = connection.execute(
                sa.text("SELECT delivery_id, due_at FROM queued WHERE delivery_id IS NOT NULL ORDER BY delivery_id")
            ).all()
        assert [tuple(row) for row in queued] == [tuple(row) for row in waiting]

    async def pass_to(self, until: int) -> None:
        """Let the story go on: stop at every instant something is due, settle and send."""
        while True:
            self.tick()
            await self.send()
            self.tick()
            due = self.next_due()
            if due is None or due > until:
                break
            self.clock.instant = max(self.clock.instant, due)
        self.tick(now=until)
        await self.send()
        self.tick()

    def next_due(self) -> int | None:
        with reading(self.engine) as connection:
            instants = (self.journeys.next_due(connection), messaging.next_due(connection))
        return min((each for each in instants if each is not None), default=None)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, for comparing."""
        with reading(self.engine) as connection:
            found = connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()
            return sorted((dict(row) for row in found), key=lambda row: json.dumps(row, default=str))
