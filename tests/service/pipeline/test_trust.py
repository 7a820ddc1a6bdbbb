"""What is believed of browsers: with proof all, without it nothing about anybody, until somebody vouches for the device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.encoding import to_json
from relance.core.time import HOUR
from relance.events.model import Event, Flag, Kind
from relance.users.model import Person
from tests.service.pipeline.rig import Rig

UNSIGNED, SIGNED = Flag.UNSIGNED.value, Flag.SIGNED.value
TRUSTED = UNSIGNED | Flag.TRUSTED.value
PHONE = {"device": {"token": {"endpoint": "https://push.example/evil", "keys": {"p256dh": "k", "auth": "a"}}}}


class Shop:
    """A rig that is asked about people, with the device of one visitor and the trust that an app has."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def send(self, *events: Event) -> None:
        self.rig.write(*events)
        self.rig.settle()

    def person(self, value: str, kind: str = "user_id") -> Person:
        found = self.rig.people.find(self.rig.app, kind, value)
        assert found is not None
        return found

    def reach(self, person: Person) -> dict[str, str]:
        """Address → state."""
        return {each.address: each.state for each in self.rig.people.subscriptions(self.rig.app, person.id)}

    def consents(self, person: Person) -> dict[tuple[str, str], bool]:
        return {(each.channel, each.topic): each.granted for each in self.rig.people.consents(self.rig.app, person.id)}


def again(rig: Rig) -> None:
    rig.stop()
    rig.start()


@pytest.fixture
def shop(rig: Rig) -> Shop:
    return Shop(rig)


def says(shop: Shop, flags: int, user: str, device: str, at: int, context: Any = None, **traits: Any) -> Event:
    sent = to_json(context or {}).encode()
    return shop.rig.event(Kind.IDENTIFY, "", at, traits, user_id=user, anonymous_id=device, context=sent, flags=flags)


def did(shop: Shop, flags: int, user: str, device: str, at: int, name: str = "Product Viewed") -> Event:
    return shop.rig.event(Kind.TRACK, name, at, {}, user_id=user, anonymous_id=device, flags=flags)


@pytest.fixture
def victim(shop: Shop) -> Person:
    """Somebody of whom the server has spoken."""
    shop.send(says(shop, 0, "vic", "", 0, email="vic@example.org", plan="gold", marketing_consent=True))
    return shop.person("vic")


EVIL = {"email": "evil@example.org", "plan": "none", "first_name": "Mallory", "marketing_consent": False}


@pytest.mark.parametrize("flags", [UNSIGNED, TRUSTED])
def test_an_unsigned_call_moves_no_address_device_or_consent_of_somebody_vouched_for(
    shop: Shop, victim: Person, flags: int
) -> None:
    shop.send(says(shop, flags, "vic", "phone", 1, PHONE, **EVIL))
    after = shop.person("vic")
    assert shop.reach(after) == {"vic@example.org": "subscribed"}
    assert shop.consents(after)["email", "general"] is True
    assert shop.rig.people.find(shop.rig.app, "email", "evil@example.org") is None
    assert after.traits["email"] == "vic@example.org"
    assert after.traits["plan"] == ("gold" if flags == UNSIGNED else "none")


def test_an_unsigned_call_is_filed_and_joins_nothing(shop: Shop, victim: Person) -> None:
    shop.send(did(shop, UNSIGNED, "", "phone", 1), did(shop, UNSIGNED, "vic", "phone", 2))
    assert shop.person("phone", "anonymous_id").id != victim.id
    assert {person for person, _ in shop.rig.history("Product Viewed")} == {shop.person("phone", "anonymous_id").id, victim.id}
    shop.send(did(shop, UNSIGNED, "vic", "tablet", 3), did(shop, UNSIGNED, "", "tablet", 4))
    assert shop.person("tablet", "anonymous_id").id != victim.id


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("vouching", [SIGNED, 0])
def test_what_was_held_back_applies_once_the_device_is_vouched_for(shop: Shop, vouching: int, together: bool) -> None:
    events = [
        did(shop, UNSIGNED, "", "phone", 1),
        says(shop, UNSIGNED, "ada", "phone", 2, PHONE, first_name="Ada", email="ada@example.org"),
        did(shop, vouching, "ada", "phone", 3),
    ]
    if together:
        shop.send(*events)
    else:
        shop.send(events[0])
        shop.send(events[1])
        assert "first_name" not in shop.person("ada").traits
        again(shop.rig)  # a restart forgets nothing
        shop.send(events[2])
    ada = shop.person("ada")
    assert shop.person("phone", "anonymous_id").id == ada.id
    assert (ada.traits["first_name"], ada.traits["email"]) == ("Ada", "ada@example.org")
    assert shop.reach(ada) == {"ada@example.org": "subscribed", "https://push.example/evil": "subscribed"}


def test_what_was_held_back_of_one_user_is_not_said_of_another(shop: Shop, victim: Person) -> None:
    shop.send(says(shop, UNSIGNED, "vic", "phone", 1, PHONE, **EVIL))
    shop.send(says(shop, SIGNED, "mallory", "phone", 2, city="Here"))
    assert shop.reach(shop.person("vic")) == {"vic@example.org": "subscribed"}
    assert shop.reach(shop.person("mallory")) == {}
    assert shop.person("mallory").traits == {"city": "Here"}


@pytest.mark.both_databases
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("linked_by", [Kind.ALIAS, Kind.MERGE])
def test_a_server_that_links_a_device_to_a_user_vouches_for_it(shop: Shop, linked_by: Kind, together: bool) -> None:
    sent = [
        did(shop, UNSIGNED, "", "phone", 1),
        says(shop, 0, "ada", "", 2, plan="free"),
        says(shop, UNSIGNED, "ada", "phone", 3, PHONE, first_name="Ada", email="ada@example.org"),
    ]
    if linked_by is Kind.MERGE or not together:
        shop.send(*sent)
        again(shop.rig)
        sent = []
    if linked_by is Kind.MERGE:
        both = {"from": shop.person("phone", "anonymous_id").id, "into": shop.person("ada").id}
        shop.send(shop.rig.event(Kind.MERGE, "", 4, both, person_id=both["into"]))
    else:
        shop.send(*sent, shop.rig.event(Kind.ALIAS, "", 4, {"previous_id": "phone"}, user_id="ada"))
    ada = shop.person("ada")
    assert shop.person("phone", "anonymous_id").id == ada.id
    assert ada.traits == {"plan": "free", "first_name": "Ada", "email": "ada@example.org"}
    assert shop.reach(ada) == {"ada@example.org": "subscribed", "https://push.example/evil": "subscribed"}


@pytest.mark.both_databases
@pytest.mark.parametrize("together", [False, True])
def test_what_a_shared_device_said_of_nobody_by_name_is_its_owners(shop: Shop, together: bool) -> None:
    events = [
        says(shop, SIGNED, "ada", "laptop", 1, plan="free"),
        says(shop, UNSIGNED, "", "laptop", 2, PHONE, email="ada@example.org", marketing_consent=True),
        says(shop, SIGNED, "bob", "laptop", 3, plan="pro"),
    ]
    for some in [events] if together else [[event] for event in events]:
        shop.send(*some)
        again(shop.rig)
    bob = shop.person("bob")
    assert (bob.traits, shop.reach(bob), shop.consents(bob)) == ({"plan": "pro"}, {}, {})
    shop.send(did(shop, SIGNED, "ada", "laptop", 4))
    assert shop.reach(shop.person("ada")) == {"ada@example.org": "subscribed", "https://push.example/evil": "subscribed"}


def test_what_changed_since_is_not_set_back(shop: Shop) -> None:
    shop.send(says(shop, 0, "ada", "", 0, city="Nice", plan="free"))
    shop.send(says(shop, UNSIGNED, "ada", "phone", 1, city="Lyon", plan="pro"))
    shop.send(says(shop, 0, "ada", "", 2, city="Paris"))
    shop.send(did(shop, SIGNED, "ada", "phone", 3))
    assert shop.person("ada").traits == {"city": "Paris", "plan": "pro"}


def test_an_unsigned_visitor_takes_no_address_from_anybody(shop: Shop, victim: Person) -> None:
    shop.send(says(shop, UNSIGNED, "", "phone", 1, email="vic@example.org"))
    assert shop.reach(shop.person("vic")) == {"vic@example.org": "subscribed"}
    assert shop.person("vic@example.org", "email").id == victim.id
    assert shop.reach(shop.person("phone", "anonymous_id")) == {}


def test_an_address_that_is_nobodys_stays_unconfirmed_until_somebody_vouches_for_it(shop: Shop) -> None:
    shop.send(says(shop, UNSIGNED, "", "phone", 1, PHONE, email="new@example.org"))
    visitor = shop.person("phone", "anonymous_id")
    assert shop.reach(visitor) == {"new@example.org": "unconfirmed", "https://push.example/evil": "subscribed"}
    shop.send(says(shop, UNSIGNED, "", "tablet", 2, email="new@example.org"))
    assert shop.reach(shop.person("tablet", "anonymous_id")) == {"new@example.org": "unconfirmed"}
    shop.send(says(shop, SIGNED, "new", "desk", 3, email="new@example.org"))
    assert shop.reach(shop.person("new")) == {"new@example.org": "subscribed"}


def test_a_token_speaks_for_one_user_id(shop: Shop, victim: Person) -> None:
    shop.send(did(shop, UNSIGNED, "", "phone", 1))
    for previous in ("vic", "phone", "nobody yet"):
        shop.send(shop.rig.event(Kind.ALIAS, "", 2, {"previous_id": previous}, user_id="mallory", flags=SIGNED))
    mallory = shop.person("mallory")
    assert shop.person("vic").id == victim.id != mallory.id
    assert shop.person("phone", "anonymous_id").id == mallory.id
    assert shop.rig.people.find(shop.rig.app, "user_id", "nobody yet") is None


def test_an_app_that_trusts_browsers_works_as_any_client_expects(shop: Shop) -> None:
    shop.send(did(shop, TRUSTED, "", "phone", 1), says(shop, TRUSTED, "ada", "phone", 2, PHONE, email="ada@example.org"))
    ada = shop.person("ada")
    assert shop.person("phone", "anonymous_id").id == ada.id
    assert shop.reach(ada) == {"ada@example.org": "subscribed", "https://push.example/evil": "subscribed"}
    shop.send(says(shop, TRUSTED, "lea", "tablet", 3, email="ada@example.org"))
    assert shop.reach(shop.person("lea")) == {"ada@example.org": "subscribed"}
    shop.send(shop.rig.event(Kind.ALIAS, "", 4, {"previous_id": "lea"}, user_id="ada", flags=TRUSTED))
    assert shop.person("lea").id != shop.person("ada").id


def test_an_app_that_trusts_browsers_joins_no_new_device_to_somebody_vouched_for(shop: Shop, victim: Person) -> None:
    shop.send(did(shop, TRUSTED, "vic", "phone", 1))
    shop.send(says(shop, TRUSTED, "", "phone", 2, PHONE, email="evil@example.org", plan="none"))
    assert shop.reach(shop.person("vic")) == {"vic@example.org": "subscribed"}
    assert shop.person("vic").traits["plan"] == "gold"
    assert shop.person("phone", "anonymous_id").id != victim.id


@pytest.mark.parametrize("together", [False, True])
def test_an_app_that_trusts_browsers_joins_no_device_to_somebody_vouched_for(shop: Shop, victim: Person, together: bool) -> None:
    events = [says(shop, TRUSTED, "", "phone", 1, PHONE, email="evil@example.org"), did(shop, TRUSTED, "vic", "phone", 2)]
    for some in [events] if together else [[event] for event in events]:
        shop.send(*some)
    assert shop.reach(shop.person("vic")) == {"vic@example.org": "subscribed"}


def test_a_server_vouches_by_any_call_also_for_people_who_lie_on_a_shelf(rig: Rig) -> None:
    shop = Shop(rig)
    shop.send(*(did(shop, TRUSTED, f"u{n}", "", n) for n in range(3)))
    people = rig.parts.people
    event_list = people._working_sets[rig.app]
    event_list.rotate()
    event_list.rotate()
    shop.send(did(shop, 0, "u1", "", 10), did(shop, TRUSTED, "u2", "", 11))
    shop.send(*(says(shop, TRUSTED, f"u{n}", "", 20, email=f"e{n}@example.org") for n in range(3)))
    assert [shop.reach(shop.person(f"u{n}")) for n in range(3)] == [
        {"e0@example.org": "subscribed"},
        {},
        {"e2@example.org": "subscribed"},
    ]


def test_what_is_held_back_goes_with_the_person(shop: Shop, victim: Person) -> None:
    shop.send(says(shop, UNSIGNED, "vic", "phone", 1, **EVIL))
    shop.send(shop.rig.event(Kind.DELETE, "", 2, {"person": victim.id}, person_id=victim.id))
    again(shop.rig)
    shop.send(did(shop, SIGNED, "vic", "phone", 2 * HOUR))
    assert shop.person("vic").traits == {}


def test_partitions_hold_back_and_vouch_alike(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, partitions=3)
    shop = Shop(rig)
    for number in range(5):  # devices and users live in all of them
        user, device, at = f"ada {number}", f"phone {number}", 10 * number
        shop.send(did(shop, UNSIGNED, "", device, at + 1), says(shop, UNSIGNED, user, device, at + 2, first_name="Ada"))
        assert shop.person(user).traits == {}
        assert shop.person(device, "anonymous_id").id != shop.person(user).id
        shop.send(did(shop, SIGNED, user, device, at + 3))
        assert shop.person(user).traits == {"first_name": "Ada"}
        assert shop.person(device, "anonymous_id").id == shop.person(user).id
        shop.send(says(shop, UNSIGNED, user, "elsewhere", at + 4, email="evil@example.org"))
        assert shop.reach(shop.person(user)) == {}
    rig.close()
