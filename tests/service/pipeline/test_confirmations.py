"""The one mail that an address gets which only a browser without proof told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.channels.email.model import Email
from relance.channels.model import SendResult, SendState
from relance.channels.registry import Channel
from relance.channels.transport import Transport
from relance.core.time import HOUR
from relance.events.model import Event, Flag, Kind
from relance.infra.database import reading
from relance.journeys.service import held_runs
from relance.messaging import store
from relance.messaging.confirming import confirmation_id
from relance.messaging.model import DeliveryState
from relance.messaging.service import Dispatcher, Preparation
from relance.users.model import Subscription
from relance.users.withheld import HoldReason
from tests.service.pipeline.rig import START, Rig
from tests.service.world import NotedTransport

EMAIL = Channel("email")

UNSIGNED = Flag.UNSIGNED.value
NEW = "new@example.org"


class Post:
    """Sends what is due of a rig, and notes it."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.mail = rig, NotedTransport()

    def settle(self, *events: Event) -> None:
        self.rig.write(*events)
        self.rig.settle()

    def restart(self) -> None:
        self.rig.stop()
        self.rig.start()

    def send(self) -> list[str]:
        """Where to, from now on."""
        before, rig = len(self.mail.sent), self.rig
        rig.settle(100)
        channels: dict[Channel, Transport] = {EMAIL: self.mail}
        sender = "Shop <shop@example.com>"
        preparation = Preparation(Accounts(rig.state).app, held_runs, channels, "https://r.example", b"s" * 32, sender)
        dispatcher = Dispatcher(rig.state, rig.log, rig.clock, channels, preparation, lambda: None)
        asyncio.run(dispatcher.run_due(rig.clock.now()))
        rig.settle()
        return [address for _, address, _ in self.mail.sent[before:]]

    def state_of(self, address: str = NEW) -> tuple[str, str]:
        with reading(self.rig.state) as connection:
            found = store.delivery(connection, confirmation_id(self.rig.app, address))
        assert found is not None
        return found.state.value, found.reason

    def says(self, device: str, at: int, flags: int = UNSIGNED, user: str = "", **traits: Any) -> Event:
        return self.rig.event(Kind.IDENTIFY, "", at, traits, user_id=user, anonymous_id=device, flags=flags)


def subscriptions(post: Post, device: str) -> list[Subscription]:
    person = post.rig.people.find(post.rig.app, "anonymous_id", device)
    assert person is not None
    return [*post.rig.people.subscriptions(post.rig.app, person.id)]


@pytest.fixture
def post(rig: Rig) -> Post:
    return Post(rig)


def app_is(post: Post, **changes: Any) -> None:
    Accounts(post.rig.state).update_app(post.rig.app, START, version=1, **changes)


def held_back(post: Post, reason: HoldReason | None = HoldReason.TOO_MANY_CONFIRMATIONS) -> list[tuple[str, list[str]]]:
    found = post.rig.people.held_back(post.rig.app, reason=reason)
    return sorted((each.anonymous_id, [call.traits["email"] for call in each.calls]) for each in found)


@pytest.mark.both_databases
@pytest.mark.parametrize("together", [True, False])
def test_one_visitor_causes_few_mails_and_what_was_not_asked_is_listed_until_it_is(post: Post, together: bool) -> None:
    addresses = [f"{number}@example.org" for number in range(6)]
    events = [post.says("phone", 1 + number, email=address) for number, address in enumerate(addresses)]
    for some in [events] if together else [[each] for each in events]:
        post.settle(*some)
        post.restart()
    assert post.send() == []  # the first three were given up meanwhile
    assert held_back(post) == [("phone", addresses[3:])]
    assert held_back(post, HoldReason.KNOWN_DEVICE) == []
    (last,) = [each for each in subscriptions(post, "phone") if each.address == addresses[5]]
    assert (last.state, last.reason) == ("unconfirmed", "too_many_confirmations")
    post.settle(post.says("phone", HOUR // 2, email=addresses[5]))
    assert post.send() == []
    post.rig.clock.advance(START + 2 * HOUR)
    post.settle(post.says("phone", 2 * HOUR, email=addresses[5]))
    assert post.send() == [addresses[5]]
    (last,) = [each for each in subscriptions(post, "phone") if each.address == addresses[5]]
    assert (last.state, last.reason) == ("unconfirmed", "")
    assert held_back(post) == []


@pytest.mark.parametrize("partitions", [1, 4])
def test_all_visitors_of_an_app_cause_so_many_mails_an_hour(
    tmp_path: Path, state: Engine, log_engine: Engine, partitions: int
) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, confirmations_per_hour=5, partitions=partitions)
    try:
        post = Post(rig)
        post.settle(*(post.says(f"phone {number:02}", 1 + number, email=f"{number:02}@example.org") for number in range(20)))
        post.settle(*(post.says(f"phone {number:02}", 1 + number, email=f"{number:02}@example.org") for number in range(20, 40)))
        sent = post.send()
        assert len(sent) == 5
        noted = [address for _, addresses in held_back(post) for address in addresses]
        assert sorted({*sent, *noted}) == [f"{number:02}@example.org" for number in range(40)]
        app_is(post, confirm_addresses=True)
        other = Accounts(rig.state).create_app("Other", START).app.id
        event = post.says("desk", 50, email=NEW)
        post.settle(msgspec.structs.replace(event, app_id=other))
        assert post.send() == [NEW]  # another app has its own
    finally:
        rig.close()


@pytest.mark.both_databases
def test_what_was_not_asked_does_not_come_true_by_that(post: Post) -> None:
    for number in range(5):
        post.settle(post.says("phone", 1 + number, email=f"{number}@example.org", marketing_consent=True))
    post.settle(post.rig.identify("ada", 10, "phone"))
    assert [each.state for each in subscriptions(post, "phone") if each.address == "4@example.org"] == ["unconfirmed"]
    assert held_back(post, None) == []


@pytest.mark.parametrize("together", [True, False])
def test_an_address_is_asked_once_however_often_and_by_however_many_it_is_told(post: Post, together: bool) -> None:
    events = [post.says("phone", 1, email=NEW), post.says("phone", 2, email=NEW), post.says("tablet", 3, email=NEW)]
    sent: list[str] = []
    for some in [events] if together else [[each] for each in events]:
        post.settle(*some)
        sent += post.send()
        post.restart()
    assert sent == [NEW]
    tablet = post.rig.people.find(post.rig.app, "anonymous_id", "tablet")
    with reading(post.rig.state) as connection:
        found = store.delivery(connection, confirmation_id(post.rig.app, NEW))
    assert tablet is not None
    assert found is not None
    assert found.person_id == tablet.id  # so that it is forgotten with them
    # Given up, and told again: it was asked already.
    post.settle(post.says("tablet", 4, email="other@example.org"))
    assert post.send() == ["other@example.org"]
    post.settle(post.says("tablet", 5, email=NEW))
    assert post.send() == []


def test_an_address_whose_person_was_deleted_is_not_asked_again(post: Post) -> None:
    post.settle(post.says("phone", 1, email=NEW))
    assert post.send() == [NEW]
    person = post.rig.people.find(post.rig.app, "anonymous_id", "phone")
    assert person is not None
    post.settle(post.rig.event(Kind.DELETE, "", 2, {}, person_id=person.id))
    post.settle(post.says("desk", 3, email=NEW))
    assert post.send() == []
    with reading(post.rig.state) as connection:
        found = store.delivery(connection, confirmation_id(post.rig.app, NEW))
    assert found is not None
    assert (found.person_id, found.address) == (0, "")


def test_the_mail_holds_nothing_that_a_visitor_said(post: Post) -> None:
    app_is(post, name="Thé & <Café>\u00a0", language="fr-CA")
    post.settle(post.says("phone", 1, email=NEW, first_name="BUY NOW https://evil.example", city="evil"))
    post.send()
    ((_, _, mail),) = post.mail.sent
    assert isinstance(mail, Email)
    assert mail.subject == "Confirmez votre adresse pour Thé & <Café>"
    assert "Thé &amp; &lt;Café&gt;" in mail.html
    assert "https://r.example/t/k/" in mail.html
    assert "https://r.example/t/k/" in mail.text
    assert "evil" not in (mail.html + mail.text).lower()
    assert mail.list_unsubscribe == ""


def test_it_counts_nowhere_among_the_apps_messages(post: Post) -> None:
    post.settle(post.says("phone", 1, email=NEW))
    post.send()
    assert post.state_of() == ("sent", "")
    rig = post.rig
    assert rig.deliveries.page(rig.app) == []
    assert rig.deliveries.figures(rig.app) == []
    assert rig.deliveries.skipped(rig.app) == []
    assert rig.history("message_sent") == []


@pytest.mark.parametrize("flags", [0, Flag.SIGNED.value])
def test_an_address_that_is_somebodys_by_then_is_not_asked(post: Post, flags: int) -> None:
    post.settle(post.says("phone", 1, email=NEW), post.says("desk", 2, flags, "ada", email=NEW))
    assert post.send() == []
    assert post.state_of() == (DeliveryState.SKIPPED.value, "expired")
    post.settle(post.says("tablet", 3, email=NEW))
    assert post.send() == []


def test_who_is_believed_is_asked_nothing(post: Post) -> None:
    post.settle(
        post.says("desk", 1, 0, "ada", email=NEW), post.says("phone", 2, UNSIGNED | Flag.TRUSTED.value, email="b@example.org")
    )
    assert post.send() == []


def test_an_app_may_ask_nobody(post: Post) -> None:
    app_is(post, confirm_addresses=False)
    post.settle(post.says("phone", 1, email=NEW))
    assert post.send() == []


def test_a_mailbox_that_does_not_exist_is_suppressed(post: Post) -> None:
    post.mail.answers = [SendResult(SendState.BOUNCED, "550 5.1.1")]
    post.settle(post.says("phone", 1, email=NEW))
    post.send()
    person = post.rig.people.find(post.rig.app, "anonymous_id", "phone")
    assert person is not None
    assert [each.state for each in post.rig.people.subscriptions(post.rig.app, person.id)] == ["suppressed"]
    assert post.rig.history("message_bounced") == []
