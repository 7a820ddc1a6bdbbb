"""The callback address of a Twilio account: what is signed counts once, whatever else comes changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy.engine import Engine

from relance.events.model import Event, Kind
from relance.events.service import LogWriter
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Intent, MessageClass
from relance.messaging.store import DELIVERIES
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.service import Providers
from relance.web.callbacks import handlers
from tests.http.sandbox.server import make_app
from tests.providers.fake_twilio import ACCOUNT, TOKEN, signature
from tests.service.pipeline.rig import START, Rig

SECRET = b"s" * 32
BASE = "https://relance.example"
ADA = "+33612345678"


class Place:
    """A rig behind the callback addresses, an account with Twilio, and a person with a number."""

    def __init__(self, rig: Rig, client: TestClient[Any]) -> None:
        self.rig, self.client, self.at = rig, client, 1
        self.providers = Providers(rig.state, SECRET, PROVIDER_TYPES, url=BASE, private=False)
        self.provider = self.providers.create(
            rig.app,
            "twilio",
            "SMS",
            {"account_sid": ACCOUNT, "sender": "Shop", "help_text": "<help> & more"},
            {"auth_token": TOKEN},
            1,
        )
        self.settle(rig.identify("ada", 1, phone=ADA, consent={"sms": True}))
        found = rig.people.find(rig.app, "user_id", "ada")
        assert found is not None
        self.person = found.id

    @property
    def url(self) -> str:
        return self.providers.callback_url(self.provider)

    def post(self, path: str, form: dict[str, str], signed: str | None = None) -> Any:
        url = self.url + path
        headers = {"X-Twilio-Signature": signature(url, form) if signed is None else signed}
        return self.client.post(url.removeprefix(BASE), data=form, headers=headers)

    def answer(self, text: str, sid: str = "SM1", number: str = ADA, **more: str) -> Any:
        self.at += 1
        self.rig.clock.advance(START + self.at)
        return self.post("/inbound", {"MessageSid": sid, "From": number, "Body": text, **more})

    def sent(self) -> str:
        """The id of a text that the provider was handed."""
        message = self.rig.messages.create(
            self.rig.app, "m", "sms", {"body": "Hi"}, START, message_class=MessageClass.TRANSACTIONAL
        )
        with writing(self.rig.state) as connection:
            messaging.intend(connection, [Intent(self.rig.app, self.person, message.id, "c", START)])
            connection.execute(DELIVERIES.update().values(state="sent", sent_at=START + 1))
        return self.rig.deliveries.page(self.rig.app, message_id=message.id)[0].id

    def settle(self, *events: Event) -> None:
        self.rig.write(*events)
        self.rig.settle(self.at)

    def refused(self, number: str = ADA) -> bool:
        self.settle()
        return self.rig.people.refuses(self.rig.app, "sms", number, "general")

    def records(self) -> list[tuple[str, bool]]:
        self.settle()
        return [(each.source, each.granted) for each in self.rig.people.statements(self.rig.app, self.person) if each.explicit]


@pytest.fixture
def place(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Place]:
    rig = Rig(tmp_path / "data", state, log_engine)
    log = LogWriter(log_engine, clock=rig.clock)
    log.start()
    settings = SimpleNamespace(url=BASE, webhook_private=False)
    app = make_app(handlers, state=state, log=log, clock=rig.clock, secret=SECRET, settings=settings)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        yield Place(rig, client)
    log.stop()
    rig.close()


def test_stop_is_a_no_told_once_and_start_lifts_it(place: Place) -> None:
    for _ in range(3):
        assert place.answer("STOP").status_code == 200
    assert place.refused()
    assert place.records() == [("stop", False)]
    place.answer("Start", "SM2")
    assert not place.refused()
    place.answer("start", "SM3")  # nothing left to lift
    assert place.records() == [("start", True), ("stop", False)]


def test_without_a_no_start_makes_no_consent(place: Place) -> None:
    place.answer("START")
    assert place.records() == []


@pytest.mark.parametrize(
    ("text", "more"), [("hello", {}), ("", {}), ("stop by tomorrow please ok", {}), ("\x00", {}), ("HELP", {})]
)
def test_other_answers_change_nothing(place: Place, text: str, more: dict[str, str]) -> None:
    assert place.answer(text, **more).status_code == 200
    assert place.records() == []


def test_twilios_own_reading_of_a_word_counts(place: Place) -> None:
    place.answer("Genug davon", OptOutType="STOP")
    assert place.records() == [("stop", False)]
    assert place.answer("?", "SM5", OptOutType="HELP").text.count("<Message>") == 0  # it has answered itself


def test_help_is_answered_as_xml(place: Place) -> None:
    answer = place.answer("aide")
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<Response><Message>&lt;help&gt; &amp; more</Message></Response>" in answer.text
    assert "<Response></Response>" in place.answer("hello").text


def test_a_number_that_nobody_has_is_answered_and_nothing_else(place: Place) -> None:
    assert place.answer("STOP", number="anonymous").status_code == 200
    assert place.answer("HELP", "SM2", number="+33698765432").status_code == 200
    assert place.answer("START", "SM3", number="+33698765432").status_code == 200
    assert place.records() == []
    assert not place.refused("+33698765432")


def test_a_no_from_a_number_whose_owner_was_deleted_holds_for_whoever_brings_it(place: Place) -> None:
    bob = "+33698765432"
    place.settle(place.rig.identify("bob", 1, phone=bob))
    found = place.rig.people.find(place.rig.app, "user_id", "bob")
    assert found is not None
    place.settle(place.rig.event(Kind.DELETE, "", 2, {"person": found.id}, person_id=found.id))
    assert place.rig.people.at(place.rig.app, "sms", bob) is None
    for sid in ("SM1", "SM1", "SM2"):
        assert place.answer("STOP", sid, number=bob).status_code == 200
    assert place.refused(bob)
    place.at += 1
    place.settle(place.rig.identify("eve", place.at, phone=bob, consent={"sms": True}))
    eve = place.rig.people.find(place.rig.app, "user_id", "eve")
    assert eve is not None
    consent = place.rig.people.general_consent(place.rig.app, eve.id, "sms")
    assert consent is not None
    assert (consent.granted, consent.source) == (False, "stop")
    assert place.refused(bob)
    place.answer("START", "SM9", number=bob)
    assert not place.refused(bob)


def test_a_no_that_comes_before_a_deletion_has_settled_holds_for_whoever_brings_the_number(place: Place) -> None:
    place.rig.write(place.rig.event(Kind.DELETE, "", 2, {"person": place.person}, person_id=place.person))
    assert place.rig.people.at(place.rig.app, "sms", ADA) is not None
    assert place.answer("STOP").status_code == 200
    place.settle()
    assert place.rig.people.at(place.rig.app, "sms", ADA) is None
    assert place.refused()


def test_start_ends_a_no_at_a_number_that_nobody_has(place: Place) -> None:
    bob = "+33698765432"
    place.answer("STOP", "SM1", number=bob)
    assert place.refused(bob)
    place.answer("START", "SM2", number=bob)
    assert not place.refused(bob)


@pytest.mark.parametrize(
    "statuses", [["undelivered"], ["failed", "failed"], ["delivered", "undelivered"], ["undelivered", "sent"]]
)
def test_a_stop_that_only_a_status_tells_is_a_no_whatever_was_told_before_and_after(place: Place, statuses: list[str]) -> None:
    delivery, codes = place.sent(), {"undelivered": "21610", "failed": "21610"}
    for status in statuses:
        form = {"MessageSid": "SM7", "MessageStatus": status, "ErrorCode": codes.get(status, "")}
        assert place.post(f"/status?delivery={delivery}", form).status_code == 200
    assert place.refused()
    assert place.records() == [("opted_out", False)]
    assert place.rig.people.at(place.rig.app, "sms", ADA) is not None  # the number is a phone that exists


@pytest.mark.parametrize("signed", ["", "x", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "é", "A" * 5_000])
def test_what_is_not_signed_is_refused(place: Place, signed: str) -> None:
    form = {"MessageSid": "SM1", "From": ADA, "Body": "STOP"}
    headers = [(b"X-Twilio-Signature", signed.encode())]
    answer = place.client.post(f"{place.url}/inbound".removeprefix(BASE), data=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "callback_forged")
    assert place.records() == []


def test_a_signature_holds_for_its_address_and_its_fields_alone(place: Place) -> None:
    form = {"MessageSid": "SM1", "From": ADA, "Body": "hello"}
    signed = signature(f"{place.url}/inbound", form)
    assert place.post("/inbound", {**form, "Body": "STOP"}, signed).status_code == 403
    assert place.post("/status", form, signed).status_code == 403
    assert place.post("/inbound?x=1", form, signed).status_code == 403
    assert place.records() == []


@pytest.mark.parametrize("number", ["0", "-1", "9", str(2**70), "x"])
def test_an_unknown_provider_is_not_found(place: Place, number: str) -> None:
    token = place.url.rpartition("/")[2]
    assert place.client.post(f"/p/{number}/{token}/inbound", data={"Body": "STOP"}).status_code == 404
    assert place.client.post(f"/p/{place.provider.id}/{token[:-1]}/inbound", data={"Body": "STOP"}).status_code == 404


@pytest.mark.parametrize("body", [b"\xff=\xfe", b"&".join(b"a=1" for _ in range(300)), b"x" * 70_000, b"%ff=%fe"])
def test_no_form_is_refused(place: Place, body: bytes) -> None:
    path = f"{place.url}/inbound".removeprefix(BASE)
    answer = place.client.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (400, 403, 413)
    assert place.records() == []


def test_a_report_about_an_unknown_delivery_is_ignored(place: Place) -> None:
    for delivery in ("0" * 32, "", "x", "' OR 1=1"):
        assert place.post(f"/status?delivery={delivery.replace(' ', '%20')}", {"MessageStatus": "delivered"}).status_code == 200
    assert place.rig.history("message_delivered") == []


def test_it_is_closed_to_other_methods(place: Place) -> None:
    path = f"{place.url}/inbound".removeprefix(BASE)
    assert place.client.get(path).status_code == 405
    assert place.client.put(path, data={}).status_code == 405
