"""The worker is killed again and again while it sends by e-mail, web push, mobile push and SMS; everybody gets each message once.

Mail goes to a slow relay; the rest to the sandbox, which is in the server's process and outlives the worker.
"""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.journeys.service import Journeys
from relance.messaging.model import MessageClass
from relance.messaging.service import Messages
from tests.faults.books import open_books
from tests.faults.test_mail_killed import Relay
from tests.postgres import Server
from tests.process import Program

KILLS = 20
PEOPLE = 15  # who sign up before each kill
LEASE = 45  # seconds for which a dispatcher holds what it took
SEED = 11
CONTENTS: dict[str, dict[str, Any]] = {
    "email": {"subject": "Welcome", "text": "Hello {{ user.id }}"},
    "web_push": {"title": "Welcome {{ user.id }}"},
    "mobile_push": {"title": "Welcome {{ user.id }}"},
    "sms": {"body": "Welcome {{ user.id }}"},
}
AREAS = (202, 212, 213, 310)  # in each of them, a hundred numbers are kept for films
#: How many of a kill's flights may be in doubt, of those whose repeat would be seen: places at the provider, and what had come
#: back and was not written down yet.
DOUBT = 48


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    server = Server(durable=True)
    yield server
    server.remove()


@pytest.mark.xdist_group("faults-sqlite")
def test_everybody_gets_each_message_once_however_often_the_worker_is_killed_on_sqlite(tmp_path: Path) -> None:
    with Ordeal(tmp_path) as ordeal:
        for number in range(KILLS):
            ordeal.sign_up(PEOPLE)
            ordeal.kill_the_worker(number)
        ordeal.finish()
    ordeal.check(kills=KILLS)


@pytest.mark.xdist_group("faults-postgresql")
def test_everybody_gets_each_message_once_however_often_the_worker_is_killed_on_postgresql(
    tmp_path: Path, durable: Server
) -> None:
    with Ordeal(tmp_path, durable.create("channels")) as ordeal:
        for number in range(KILLS):
            ordeal.sign_up(PEOPLE)
            ordeal.kill_the_worker(number)
        ordeal.finish()
    ordeal.check(kills=KILLS)


@pytest.mark.xdist_group("faults-sqlite")
def test_a_worker_that_stood_still_for_longer_than_its_lease_repeats_nothing(tmp_path: Path) -> None:
    with Ordeal(tmp_path, stall_seconds=0) as ordeal:
        ordeal.sign_up(4 * PEOPLE)
        ordeal.wait_for(5)
        (worker,) = ordeal.program.workers()
        worker.send_signal(signal.SIGSTOP)
        time.sleep(LEASE + 5)
        worker.send_signal(signal.SIGCONT)
        ordeal.finish()
    ordeal.check(kills=1)


class Ordeal:
    """The program, an app that greets whoever signs up by four channels, and what came of it."""

    def __init__(self, folder: Path, state_url: str = "", **settings: Any) -> None:
        self.data, self.state_url = folder / "data", state_url
        self.chance = random.Random(SEED)
        self.relay = Relay()
        self.relay.delay = 0.1
        self.program = Program(
            folder,
            state_url=state_url,
            smtp_host="127.0.0.1",
            smtp_port=self.relay.server_address[1],
            smtp_security="none",
            email_from="Shop <shop@example.org>",
            webhook_private="true",
            provider_authority=self.data / "inbox/tls/authority.pem",
            **settings,
        )
        self.people = 0
        self.arrived: list[dict[str, Any]] = []  # in the sandbox

    def __enter__(self) -> Ordeal:
        threading.Thread(target=self.relay.serve_forever, daemon=True).start()
        self.app, self.write_key, self.api_key = open_greeting(self.data, self.state_url)
        self.program.start()
        for provider in self.program.get("/sandbox/api/providers"):
            self.program.call("POST", f"/api/v1/apps/{self.app}/providers", provider, self.api_key)
        return self

    def __exit__(self, *_: object) -> None:
        self.program.kill()
        self.relay.shutdown()
        self.relay.server_close()

    def sign_up(self, count: int) -> None:
        """So many more people with an address of each kind."""
        batch: list[dict[str, Any]] = []
        for number in range(self.people, self.people + count):
            name = f"p{number}"
            asked: list[dict[str, Any]] = [
                {"name": f"{name} {kind}", "system": kind} for kind in ("web", "ios" if number % 2 else "android", "number")
            ]
            asked[2]["number"] = f"+1{AREAS[number // 100]}55501{number % 100:02}"
            subscription, device, phone = (self.program.call("POST", "/sandbox/phones", each) for each in asked)
            traits = {"email": f"{name}@example.org", "phone": phone["number"]}
            about = {"device": {"type": asked[1]["system"], "token": device["token"]}}
            batch += [
                {"type": "identify", "userId": name, "traits": traits, "context": about},
                {"type": "identify", "userId": name, "context": {"device": {"type": "web", "token": subscription}}},
                {"type": "track", "userId": name, "event": "Signed Up"},
            ]
        self.people += count
        self.program.call("POST", "/v1/batch", {"batch": batch}, f"basic:{self.write_key}")

    def kill_the_worker(self, number: int) -> None:
        """In the middle of sending; each fourth time so soon that it has hardly started."""
        if number % 4 == 3:
            time.sleep(self.chance.uniform(0.0, 0.5))
        else:
            self.wait_for(self.chance.randrange(1, PEOPLE))
            time.sleep(self.chance.uniform(0.0, 0.3))
        for worker in self.program.workers():
            worker.kill()

    def wait_for(self, more: int) -> None:
        """Until the relay has taken so many more mails; all there are may have left already."""
        wanted, deadline = self.relay.taken.total() + more, time.monotonic() + 20
        while self.relay.taken.total() < wanted and time.monotonic() < deadline:
            time.sleep(0.005)

    def finish(self) -> None:
        """Wait until nothing is to be sent any more, and read what came."""
        deadline, calm, seen = time.monotonic() + 300, 0, -1
        self.relay.delay = 0.0
        while calm < 12:
            assert time.monotonic() < deadline, self.program.log()[-4000:]
            time.sleep(0.5)
            with contextlib.suppress(OSError):
                self.program.wait_until_settled(calm=1)
                left = sum(each["waiting"] + each["sending"] for each in self.queue())
                came = self.relay.taken.total() + len(self.all_arrived())
                calm = calm + 1 if came == seen and not left else 0
                seen = came
        self.arrived = self.all_arrived()
        assert self.program.stop() == 0, self.program.log()[-4000:]

    def queue(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.program.get(f"/api/v1/apps/{self.app}/queue", self.api_key)["channels"]
        return found

    def all_arrived(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self.program.get(f"/sandbox/api/messages?limit=200&after={found[-1]['id'] if found else 0}"):
            found += page
        return found

    def check(self, *, kills: int) -> None:
        with open_books(self.data, self.state_url) as books:
            rows = [row for row in books.rows("deliveries") if row["message_id"]]
            waiting = books.rows("queued")
        assert not waiting, [row for row in rows if row["state"] == "pending"][:5]
        for channel in CONTENTS:
            mine = [row for row in rows if row["channel"] == channel]
            states = Counter(row["state"] for row in mine)
            assert len({row["person_id"] for row in mine}) == len(mine) == self.people, (channel, states)
            told = Counter((row["state"], row["reason"], row["detail"]) for row in mine)
            doubt = DOUBT * kills if channel in ("email", "sms") else 0
            assert states["unknown"] <= doubt, (channel, told)
            assert states["sent"] + states["unknown"] == self.people, (channel, told)
            assert states["sent"] > self.people // 10, "hardly anything is known to have been sent: the test proves nothing"
        sent = {(row["channel"], row["address"]) for row in rows if row["state"] == "sent"}
        doubtful = {row["address"] for row in rows if row["state"] == "unknown" and row["channel"] == "email"}
        assert max(self.relay.taken.values()) == 1, "somebody was written to twice"
        assert {address for channel, address in sent if channel == "email"} <= set(self.relay.taken)
        assert doubtful <= set(self.relay.addressed), "in doubt though the relay had never heard of it"
        texts = Counter(each["number"] for each in self.arrived if each["kind"] == "text")
        assert max(texts.values()) == 1, "somebody got a text twice"
        assert {address for channel, address in sent if channel == "sms"} <= set(texts)
        pushes: dict[str, set[str]] = {}
        for each in self.arrived:
            if each["kind"] == "push":
                pushes.setdefault(each["phone"], set()).add(each["topic"])
        assert len(pushes) == 2 * self.people, "everybody has two phones that take pushes"
        assert {len(topics) for topics in pushes.values()} == {1}, "a repeat is shown beside the first"


def open_greeting(data: Path, state_url: str) -> tuple[int, str, str]:
    """An app that greets whoever signs up, by each channel; its number, write key and API key."""
    data.mkdir(parents=True)
    state, log = open_stores(Settings(data=str(data), state_url=state_url))
    now = time.time_ns() // 1_000_000
    made = Accounts(state).create_app("Shop", now)
    messages, nodes = Messages(state), []
    for channel, following in zip(CONTENTS, [*list(CONTENTS)[1:], None], strict=True):
        message = messages.create(made.app.id, channel, channel, CONTENTS[channel], now, message_class=MessageClass.TRANSACTIONAL)
        nodes.append({"id": channel, "kind": "message", "message": message.id, "next": following})
    journeys = Journeys(state)
    graph = {"entry": {"event": "Signed Up", "where": [], "reentry": "once"}, "nodes": nodes, "start": "email"}
    journeys.publish(made.app.id, journeys.create(made.app.id, "Welcome", graph, now).id, now)
    state.dispose()
    log.dispose()
    return made.app.id, made.write_key.text, made.api_key.text
