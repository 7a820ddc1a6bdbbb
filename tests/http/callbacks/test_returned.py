"""Mail that comes back: believed of the delivery that its return address names, and of no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.channels.email.notice import read_notice
from relance.core.time import DAY
from relance.events.model import Kind
from relance.events.service import list_rejected
from relance.infra.database import reading, writing
from relance.links.return_address import sign_return
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, Intent, MessageClass
from relance.messaging.store import DELIVERIES
from relance.users.service import use_secret
from relance.users.suppression.service import Suppressions
from relance.web.callbacks.returned import ReturnedMail
from tests.service.pipeline.rig import START, Rig
from tests.unit.channels.test_notice import GMAIL_FULL, OUTLOOK_AUTHENTICATION, POSTFIX, RCPT, complaint, failed

SECRET, DOMAIN = b"s" * 32, "bounces.example"


class Place:
    """A rig, a person with an address, and an e-mail that was sent there."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.mail = ReturnedMail(
            rig.state, SECRET, rig.clock, DOMAIN, read_notice, lambda events: rig.writer.append_now(list(events))
        )
        self.at = 1
        self.settle(rig.identify("lea", 1, email=RCPT, consent={"email": True}))
        self.person = self.id_of("lea")
        self.delivery = self.sent(self.person)

    def id_of(self, user: str) -> int:
        found = self.rig.people.find(self.rig.app, "user_id", user)
        assert found is not None
        return found.id

    def sent(self, person: int) -> Delivery:
        content = {"subject": "S", "text": "T"}
        message = self.rig.messages.create(self.rig.app, "m", "email", content, START, message_class=MessageClass.TRANSACTIONAL)
        with writing(self.rig.state) as connection:
            messaging.intend(connection, [Intent(self.rig.app, person, message.id, "c", START)])
            connection.execute(DELIVERIES.update().values(state="sent", sent_at=START + 1))
        return self.rig.deliveries.page(self.rig.app, message_id=message.id)[0]

    def settle(self, *events: Any) -> None:
        if events:
            self.rig.write(*events)
        self.rig.settle(self.at)

    def address(self, to: str = RCPT, delivery: str = "") -> str:
        return sign_return(SECRET, delivery or self.delivery.id, to, START, DOMAIN)

    def comes_back(self, raw: bytes, address: str = "") -> None:
        token = self.mail.read(address or self.address())
        assert token is not None
        self.mail.take(token, raw)
        self.settle()

    def command(self, kind: Kind, **body: Any) -> None:
        self.at += 1
        self.settle(self.rig.event(kind, kind.value, self.at, body, person_id=self.person))

    def states(self, person: int) -> list[tuple[str, str]]:
        return [(each.state, each.reason) for each in self.rig.people.subscriptions(self.rig.app, person)]

    def listed(self) -> list[tuple[str, str]]:
        return [(each.address, each.reason.value) for each in Suppressions(self.rig.state).page(self.rig.app)]

    def told(self) -> Delivery:
        return self.rig.deliveries.get(self.rig.app, self.delivery.id)


@pytest.fixture
def place(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Place]:
    use_secret(state, SECRET)
    rig = Rig(tmp_path / "data", state, log_engine)
    yield Place(rig)
    rig.close()


both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@both
def test_a_notice_that_comes_again_in_other_words_is_no_conflict(place: Place) -> None:
    for words in ("smtp; 550 5.1.1 no such user", "smtp; 550 5.1.1 unknown, id 4711", "smtp; 550 5.1.1 unknown, id 4712"):
        place.comes_back(failed("5.1.1", words))
    assert place.told().state == "sent"
    assert place.listed() == [(RCPT, "bounced")]
    with reading(place.rig.log) as connection:
        assert list_rejected(connection, place.rig.app) == []


def test_a_bounce_is_told_once_however_often_it_comes(place: Place) -> None:
    for _ in range(3):
        place.comes_back(POSTFIX)
    assert place.listed() == [(RCPT, "bounced")]
    assert place.states(place.person) == [("suppressed", "bounced")]
    assert place.told().bounce_type == "hard"
    found = place.rig.parts.history
    assert found is not None
    place.settle(place.rig.identify("noe", 5, email=RCPT))  # and whoever takes the address
    assert place.states(place.id_of("noe")) == [("suppressed", "bounced")]


def test_a_full_mailbox_and_a_refused_sender_suppress_nobody(place: Place) -> None:
    place.comes_back(OUTLOOK_AUTHENTICATION)
    assert place.told().bounce_type == "sender"
    place.comes_back(GMAIL_FULL)
    assert (place.told().bounce_type, place.listed(), place.states(place.person)) == ("soft", [], [("subscribed", "")])


@both
def test_a_complaint_is_a_no_that_outlives_the_entry(place: Place) -> None:
    place.comes_back(complaint())
    assert place.listed() == [(RCPT, "complained")]
    assert place.told().complained_at is not None
    assert place.rig.people.refuses(place.rig.app, "email", RCPT, "general")


@both
def test_after_a_merge_it_is_told_of_who_the_person_is_now(place: Place) -> None:
    place.settle(place.rig.identify("noe", 2, email="noe@example.com"))
    place.command(Kind.MERGE, **{"from": place.person, "into": place.id_of("noe")})
    place.comes_back(POSTFIX)
    assert place.listed() == [(RCPT, "bounced")]
    assert ("suppressed", "bounced") in place.states(place.id_of("noe"))


@both
def test_after_the_deletion_only_a_keyed_hash_is_listed(place: Place) -> None:
    address = place.address()
    place.command(Kind.DELETE, person=place.person)
    place.comes_back(POSTFIX.replace(RCPT.encode(), b"eve@example.com"), address)
    assert place.listed() == [], "the token proves another recipient"
    place.comes_back(POSTFIX, address)
    assert place.listed() == [("", "bounced")]
    with reading(place.rig.state) as connection:
        assert RCPT not in str(connection.exec_driver_sql("SELECT * FROM suppressions").all())
    place.settle(place.rig.identify("lea-2", 9, email=RCPT))
    assert place.states(place.id_of("lea-2")) == [("suppressed", "bounced")]


@pytest.mark.parametrize("domain", [DOMAIN, "other.example"])
def test_forged_unsigned_and_expired_addresses_name_nothing(place: Place, domain: str) -> None:
    forged = sign_return(b"x" * 32, place.delivery.id, RCPT, START, domain)
    for address in (forged, f"b+{place.delivery.id}@{domain}", f"postmaster@{domain}", RCPT, "", "@", f"b+@{domain}"):
        assert place.mail.read(address) is None
    old = place.address()
    place.rig.clock.advance(START + 40 * DAY)
    assert place.mail.read(old) is None


def test_an_address_made_for_another_recipient_tells_nothing_of_this_delivery(place: Place) -> None:
    place.comes_back(POSTFIX, place.address(to="eve@example.com"))
    place.comes_back(POSTFIX, place.address(delivery="f" * 32))
    assert (place.listed(), place.told().bounced_at) == ([], None)


def test_what_is_no_notice_changes_nothing(place: Place) -> None:
    place.comes_back(b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.")
    assert (place.listed(), place.told().bounced_at) == ([], None)
