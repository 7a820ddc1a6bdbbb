"""When a device last reported its address is known to the hour, so that a message can go to the one last active."""

from __future__ import annotations

from relance.core.time import HOUR, MINUTE
from relance.users.folding import HEARD_EVERY
from tests.service.pipeline.rig import START, Rig

BEGIN = 10 * HOUR  # after the story's start


def heard(rig: Rig, at: int, phone: str = "a:phone") -> None:
    rig.write(rig.identify("ada", at, "", {"device": {"token": phone}}))
    rig.settle()


def noted(rig: Rig) -> dict[str, int]:
    person = rig.people.find(rig.app, "user_id", "ada")
    assert person is not None
    return {each.address: each.updated_at - START for each in rig.people.subscriptions(rig.app, person.id)}


def test_an_address_that_is_reported_again_is_noted_once_an_hour(rig: Rig) -> None:
    heard(rig, BEGIN)
    heard(rig, BEGIN + 59 * MINUTE)
    assert noted(rig) == {"a:phone": BEGIN}
    heard(rig, BEGIN + HEARD_EVERY)
    assert noted(rig) == {"a:phone": BEGIN + HEARD_EVERY}


def test_the_one_heard_of_last_is_the_one_last_active_after_a_restart_too(rig: Rig) -> None:
    heard(rig, BEGIN, "a:old")
    heard(rig, BEGIN + MINUTE, "b:new")
    rig.stop()
    rig.start()
    heard(rig, BEGIN + 3 * HOUR, "a:old")
    assert max(noted(rig).items(), key=lambda each: each[1])[0] == "a:old"
