"""However many push subscriptions somebody has, the newest are written to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from relance.events.model import Event, Kind
from relance.users.surplus import MOST
from tests.service.pipeline.rig import Rig


def subscribes(rig: Rig, user: str, number: int, anonymous: str = "", at: int = 0) -> Event:
    token = {"endpoint": f"https://push.example/{user or anonymous}/{number:03}", "keys": {"p256dh": "k", "auth": "a"}}
    return rig.identify(user, at or number, anonymous, {"device": {"token": token}})


def states(rig: Rig, user: str) -> dict[int, tuple[str, str]]:
    """Number → state and reason."""
    person = rig.people.find(rig.app, "user_id", user)
    assert person is not None
    found = rig.people.subscriptions(rig.app, person.id)
    return {int(each.address.rpartition("/")[2]): (each.state, each.reason) for each in found}


@pytest.mark.parametrize("together", [True, False])
def test_the_oldest_end_with_a_reason(rig: Rig, together: bool) -> None:
    events = [subscribes(rig, "ada", number) for number in range(1, MOST + 8)]
    for some in [events] if together else [[each] for each in events]:
        rig.write(*some)
        rig.settle()
    found = states(rig, "ada")
    assert [number for number, (state, _) in sorted(found.items()) if state == "subscribed"] == [*range(8, MOST + 8)]
    assert {found[number] for number in range(1, 8)} == {("gone", "too_many_devices")}
    rig.stop()
    rig.start()
    rig.write(subscribes(rig, "ada", 1, at=1_000))  # whoever comes back is the newest
    rig.settle()
    found = states(rig, "ada")
    assert (found[1], found[8]) == (("subscribed", ""), ("gone", "too_many_devices"))
    assert Counter(state for state, _ in found.values())["subscribed"] == MOST


def test_people_who_become_one_keep_the_newest_of_both(rig: Rig) -> None:
    for number in range(1, MOST + 1):
        rig.write(subscribes(rig, "", number, f"phone {number}"))
    rig.write(*(subscribes(rig, "bob", number) for number in range(MOST + 1, MOST + 6)))
    rig.settle()
    bodies: list[dict[str, Any]] = [{"previous_id": f"phone {number}"} for number in range(1, MOST + 1)]
    rig.write(*(rig.event(Kind.ALIAS, "", MOST + 10, body, user_id="bob") for body in bodies))
    rig.settle()
    found = states(rig, "bob")
    assert [number for number, (state, _) in sorted(found.items()) if state == "subscribed"] == [*range(6, MOST + 6)]


@pytest.mark.both_databases
def test_others_and_their_mail_are_left_alone(rig: Rig) -> None:
    rig.write(rig.identify("ada", 1, email="ada@example.org"), subscribes(rig, "eve", 1))
    rig.write(*(subscribes(rig, "ada", number) for number in range(2, MOST + 4)))
    rig.settle()
    ada = rig.people.find(rig.app, "user_id", "ada")
    assert ada is not None
    assert [each.state for each in rig.people.subscriptions(rig.app, ada.id) if each.channel == "email"] == ["subscribed"]
    assert states(rig, "eve") == {1: ("subscribed", "")}
