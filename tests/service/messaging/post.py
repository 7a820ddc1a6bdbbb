"""A rig with a dispatcher: messages are called for, leave, are opened and bring something; the record grows old."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from relance.accounts.service import Accounts
from relance.core.time import DAY, HOUR
from relance.events.model import Kind, Name
from relance.infra.database import LOG, STATE, open_engine, reading, writing
from relance.journeys.service import held_runs, on_record, trim_runs
from relance.messaging import service as messaging
from relance.messaging.model import MessageClass, MessageFigures, SkippedCount
from relance.messaging.service import Dispatcher, Preparation, Rebuilt
from relance.web.tracking.engagement import engagement
from tests.conftest import declare_tables
from tests.service.pipeline.rig import START, Rig
from tests.service.world import EMAIL, KEYS, SECRET, WEB_PUSH, NotedTransport

ORDER = "Order Completed"
Shown = tuple[list[MessageFigures], list[SkippedCount]]


class Post:
    """One app with a push, a mail and a journey. Time passes by hours."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.hour = rig, 0
        self.push, self.mail = NotedTransport(), NotedTransport()
        create = rig.messages.create
        self.messages = [
            create(rig.app, "push", "web_push", {"title": "Now"}, START).id,
            create(rig.app, "mail", "email", {"subject": "Hi", "text": "Hi"}, START, message_class=MessageClass.TRANSACTIONAL).id,
            create(rig.app, "offer", "email", {"subject": "Off", "text": "{{ event.x }}"}, START).id,
        ]
        nodes = [
            {"id": "wait", "kind": "delay", "for": "1h", "next": "say"},
            {"id": "say", "kind": "message", "message": self.messages[0], "next": "again"},
            {"id": "again", "kind": "delay", "for": "2h", "next": "mail"},
            {"id": "mail", "kind": "message", "message": self.messages[1], "next": None},
        ]
        graph = {"entry": {"event": "Cart"}, "start": "wait", "nodes": nodes, "exits": [{"event": ORDER}]}
        self.journey = rig.journeys.create(rig.app, "cart", {**graph, "goal": {"event": ORDER, "within": "2d"}}, START).id
        rig.journeys.publish(rig.app, self.journey, START)
        rig.definitions_changed()
        channels = {WEB_PUSH: self.push, EMAIL: self.mail}
        preparation = Preparation(
            Accounts(rig.state).app, held_runs, channels, "https://relance.example", SECRET, "Shop <shop@example.com>"
        )
        self.sender = Dispatcher(rig.state, rig.log, rig.clock, channels, preparation, lambda: None)

    @property
    def at(self) -> int:
        return self.hour * HOUR

    def person(self, user: str, *, devices: int = 1, consent: bool | None = None) -> None:
        traits: dict[str, Any] = {"email": f"{user}@example.com"}
        if consent is not None:
            traits["consent"] = {"email": consent}
        for device in range(devices):
            context = {"device": {"token": {"endpoint": f"https://push.example/{user}/{device}", "keys": KEYS}}}
            self.rig.write(self.rig.identify(user, self.at, context=context, **traits))
        self.settle()

    def settle(self) -> None:
        self.rig.settle(self.at)

    def leave(self) -> None:
        """Let what is due leave, and settle what is told of it."""
        for _ in range(3):
            asyncio.run(self.sender.run_due(self.rig.clock.now()))
            self.settle()

    def call(self, user: str, message: int, key: str) -> None:
        found = self.rig.people.find(self.rig.app, "user_id", user)
        if found is not None:
            self.rig.messages.send(self.rig.app, self.messages[message], found.id, START + self.at, key=key)
            self.leave()

    def track(self, user: str, name: str, late: int = 0, **body: Any) -> None:
        at = max(0, self.at - late)
        self.rig.write(self.rig.event(Kind.TRACK, name, at, body, user_id=user, received_at=START + self.at))
        self.settle()

    def engage(self, name: Name, number: int, late: int = 0) -> None:
        """Somebody does something with the delivery of this number: what a link tells, if the record has it."""
        ids = self.ids("WHERE state <> 'skipped'")  # nobody can have what never left
        found = self.rig.deliveries.locate(ids[number % len(ids)]) if ids else None
        if found is not None and found.person_id:
            self.rig.write(engagement(name, found, max(START, START + self.at - late)))
            self.settle()

    def command(self, kind: Kind, user: str, other: str = "") -> None:
        persons = [self.rig.people.find(self.rig.app, "user_id", each) for each in (user, other) if each]
        ids = [each.id for each in persons if each is not None]
        if len(ids) == 1 + (kind is Kind.MERGE) and len({*ids}) == len(ids):
            body = {"into": ids[0], "from": ids[1]} if kind is Kind.MERGE else {"person": ids[0]}
            self.rig.write(self.rig.event(kind, "", self.at, body, person_id=ids[0]))
            self.settle()

    def pass_by(self, hours: int) -> None:
        """Hours pass, each of them lived through as long as something may be due."""
        for _ in range(min(hours, 6)):
            self.hour += 1
            self.settle()
            self.leave()
        self.hour += max(0, hours - 6)
        self.settle()

    def ids(self, where: str = "") -> list[str]:
        with reading(self.rig.state) as connection:
            query = sa.text(f"SELECT id FROM deliveries {where} ORDER BY created_at, id")
            return list(connection.execute(query).scalars())

    def trim(self, days: int = 31) -> tuple[int, int]:
        """Runs and deliveries taken off the record."""
        cutoff = self.rig.clock.now() - days * DAY
        runs, deliveries, at, place = 0, 0, None, None
        while True:
            with writing(self.rig.state) as connection:
                done = trim_runs(connection, cutoff, at)
            runs, at = runs + done.runs, done.at
            if at is None:
                break
        while True:
            with writing(self.rig.state) as connection:
                trimmed = messaging.trim(connection, cutoff, on_record, place)
            deliveries, place = deliveries + trimmed.deliveries, trimmed.at
            if place is None:
                return runs, deliveries

    def rebuild(self) -> Rebuilt:
        upto = {tick.partition: tick.cursor.position for tick in self.rig.ticks}
        with writing(self.rig.state) as connection:
            return messaging.rebuild_figures(connection, self.rig.parts.history, upto, lambda _done, _of: None)

    def shown(self) -> Shown:
        app = self.rig.app
        return self.rig.deliveries.figures(app), self.rig.deliveries.skipped(app)

    def of_journey(self) -> Any:
        return self.rig.journeys.figures(self.rig.app, self.journey)

    def run(self, *statements: str) -> None:
        with writing(self.rig.state) as connection:
            for each in statements:
                connection.execute(sa.text(each))


@contextmanager
def post_office() -> Iterator[Post]:
    """A post of its own, for each example of a property test."""
    memory = Path("/dev/shm")  # noqa: S108
    declare_tables()
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        state, log = (open_engine(f"sqlite:///{folder}/{name}.db") for name in ("state", "log"))
        STATE.create_all(state)
        LOG.create_all(log)
        rig = Rig(Path(folder) / "data", state, log)
        try:
            yield Post(rig)
        finally:
            rig.close()
            state.dispose()
            log.dispose()
