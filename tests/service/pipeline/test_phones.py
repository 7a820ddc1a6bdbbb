"""Phone numbers as addresses: told by a trait, kept in one spelling, and read by whoever has them now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.events.model import Event, Flag, Kind
from tests.service.pipeline.rig import START, Rig

pytestmark = pytest.mark.both_databases

ADA, NEW = "+33612345678", "+33698765432"


class Phones:
    """People of a rig and their numbers."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.at = rig, 0

    def tell(self, user: str, flags: int = 0, device: str = "", **traits: Any) -> None:
        self.at += 1
        event = self.rig.event(Kind.IDENTIFY, "", self.at, traits, user_id=user, anonymous_id=device, flags=flags)
        self.settle(event)

    def edit(self, user: str, **consent: Any) -> None:
        self.at += 1
        body = {"consent": {"channel": "sms", "source": "test", **consent}}
        self.settle(self.rig.event(Kind.EDIT, "", self.at, body, person_id=self.person(user)))

    def settle(self, *events: Event) -> None:
        self.rig.write(*events)
        self.rig.settle(self.at)

    def person(self, user: str) -> int:
        found = self.rig.people.find(self.rig.app, "user_id", user)
        assert found is not None
        return found.id

    def of(self, user: str) -> dict[str, str]:
        """Number → state."""
        found = self.rig.people.subscriptions(self.rig.app, self.person(user), "sms")
        return {each.address: each.state for each in found}

    def refuses(self, number: str) -> bool:
        return self.rig.people.refuses(self.rig.app, "sms", number, "general")

    def says(self, user: str) -> dict[str, bool]:
        return {
            each.source: each.granted
            for each in self.rig.people.consents(self.rig.app, self.person(user))
            if each.channel == "sms"
        }


@pytest.fixture
def phones(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Phones]:
    rig = Rig(tmp_path / "data", state, log_engine)
    yield Phones(rig)
    rig.close()


def test_a_number_is_kept_as_one_spelling_however_it_is_told(phones: Phones) -> None:
    for spelling in (ADA, "+33 6 12 34 56 78", "0033 6.12.34.56.78"):
        phones.tell("ada", phone=spelling, country="FR")
        assert phones.of("ada") == {ADA: "subscribed"}
    person = phones.rig.people.get(phones.rig.app, phones.person("ada"))
    assert person.traits["phone"] == ADA


def test_a_national_number_is_read_by_the_country_told_with_it_or_the_apps(phones: Phones) -> None:
    phones.tell("ada", phone="06 12 34 56 78")
    assert phones.of("ada") == {}
    phones.tell("ada", phone="06 12 34 56 78", address={"country": "fr"})
    assert phones.of("ada") == {ADA: "subscribed"}
    accounts = Accounts(phones.rig.state)
    accounts.update_app(phones.rig.app, START, version=accounts.app(phones.rig.app).version, country="FR")
    phones.tell("bob", phone="06 98 76 54 32")
    assert phones.of("bob") == {NEW: "subscribed"}


@pytest.mark.parametrize("given", ["", "hello", "+33142685300", 612345678, None, ["+33612345678"], "+3361234567812345"])
def test_what_is_no_number_for_sms_is_a_trait_and_no_address(phones: Phones, given: object) -> None:
    phones.tell("ada", phone=given, country="FR")
    assert phones.of("ada") == {}


def test_another_number_ends_the_former_one_and_no_number_ends_it_too(phones: Phones) -> None:
    phones.tell("ada", phone=ADA)
    phones.tell("ada", phone=NEW)
    assert phones.of("ada") == {ADA: "gone", NEW: "subscribed"}
    phones.tell("ada", phone=ADA)
    assert phones.of("ada") == {ADA: "subscribed", NEW: "gone"}
    phones.tell("ada", phone=None)
    assert phones.of("ada") == {ADA: "gone", NEW: "gone"}
    phones.tell("ada", name="Ada")
    assert phones.of("ada") == {ADA: "gone", NEW: "gone"}


def test_it_belongs_to_whoever_named_it_last_and_a_merge_keeps_one(phones: Phones) -> None:
    phones.tell("ada", phone=ADA)
    phones.tell("bob", phone=ADA)
    assert (phones.of("ada"), phones.of("bob")) == ({}, {ADA: "subscribed"})
    phones.tell("ada", phone=NEW)
    ids = {"from": phones.person("ada"), "into": phones.person("bob")}
    phones.settle(phones.rig.event(Kind.MERGE, "", phones.at, ids, person_id=ids["from"]))
    assert phones.of("bob") == {ADA: "subscribed", NEW: "gone"}


def test_a_no_at_a_number_is_of_whoever_has_it(phones: Phones) -> None:
    phones.tell("ada", phone=ADA, consent={"sms": True})
    phones.edit("ada", granted=False, source="stop", address="+33 6 12 34 56 78")
    assert phones.refuses(ADA)
    assert phones.says("ada") == {"stop": False}
    phones.tell("eve", phone=ADA, consent={"sms": True})
    assert phones.says("eve")["stop"] is False
    phones.edit("eve", granted=True, source="start", address=ADA)
    assert not phones.refuses(ADA)
    assert phones.says("eve") == {"start": True}


def test_a_general_yes_to_marketing_is_none_to_texts_and_a_general_no_is(phones: Phones) -> None:
    phones.tell("ada", phone=ADA, marketing_consent=True)
    assert phones.says("ada") == {}
    phones.tell("ada", consent={"sms": True})
    assert phones.says("ada") == {"identify": True}
    phones.tell("ada", marketing_consent=False)
    assert phones.says("ada") == {"identify": False}


def test_a_visitor_without_proof_gives_nobody_a_number(phones: Phones) -> None:
    phones.tell("", Flag.UNSIGNED.value, "browser", phone=ADA, name="Mallory")
    found = phones.rig.people.find(phones.rig.app, "anonymous_id", "browser")
    assert found is not None
    assert phones.rig.people.subscriptions(phones.rig.app, found.id) == []
    phones.tell("ada", phone=ADA)
    phones.tell("ada", Flag.UNSIGNED.value, "browser", phone=NEW)
    assert phones.of("ada") == {ADA: "subscribed"}


def test_after_a_restart_it_is_as_before(phones: Phones) -> None:
    phones.tell("ada", phone=ADA)
    phones.edit("ada", granted=False, source="stop", address=ADA)
    phones.rig.stop()
    phones.rig.start()
    phones.tell("eve", phone="+33-6-12-34-56-78")
    assert (phones.of("ada"), phones.of("eve")) == ({}, {ADA: "subscribed"})
    assert phones.says("eve") == {"stop": False}
