"""Which of a person's phones a push message goes to."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import HOUR, MINUTE
from relance.events.model import Event, Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Intent
from relance.users.service import People
from tests.service.world import APP, START, World

IPHONE, IPAD, ANDROID = "aa" * 32, "bb" * 32, "pixel:APA91b"
DEVICES = [(IPHONE, "ios", 0), (IPAD, "iOS", 2), (ANDROID, "android", 1)]  # with the hour at which each was heard of


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def hear(world: World, *devices: tuple[str, str, int]) -> None:
    """A person's apps report their tokens; what waits for an address is looked at."""
    events = []
    for token, kind, hour in devices:
        event = Event(APP, Kind.IDENTIFY, "", f"{token}-{hour}", "u1", "", START + hour * HOUR, START + hour * HOUR)
        event.body = b"{}"
        event.context = json.dumps({"device": {"token": token, "type": kind}}).encode()
        events.append(event)
    people = People()
    with writing(world.engine) as connection:
        people.begin(connection, START)
        persons = people.resolve(events).persons
        people.fold(events, persons, [False] * len(events))
        people.flush()
        messaging.awaken(connection, APP, persons, START + MINUTE)


def intend(world: World, devices: str) -> None:
    content = {"title": "Hi", "devices": devices}
    message = world.messages.create(APP, "m", "mobile_push", content, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, message.id, "c", START)], START + 2 * MINUTE)


def addresses(world: World) -> list[str]:
    return sorted(each.address for each in world.deliveries.page(APP))


CHOICES = pytest.mark.parametrize(
    ("choice", "sent"), [("all", [IPHONE, IPAD, ANDROID]), ("last_active", [IPAD]), ("one_a_kind", [IPAD, ANDROID])]
)


@CHOICES
def test_a_message_goes_to_the_devices_it_names(world: World, choice: str, sent: list[str]) -> None:
    hear(world, *DEVICES)
    intend(world, choice)
    assert addresses(world) == sorted(sent)


@CHOICES
def test_so_does_one_that_waited_for_a_first_address(world: World, choice: str, sent: list[str]) -> None:
    world.person(1)
    intend(world, choice)
    assert addresses(world) == [""]
    hear(world, *DEVICES)
    assert addresses(world) == sorted(sent)


def test_a_phone_that_has_ended_is_not_the_one_last_active(world: World) -> None:
    hear(world, *DEVICES)
    world.edit(1, subscription={"channel": "mobile_push", "address": IPAD, "state": "gone"})
    intend(world, "last_active")
    assert addresses(world) == [ANDROID]


def test_where_all_have_ended_the_reason_says_so(world: World) -> None:
    hear(world, DEVICES[0])
    world.edit(1, subscription={"channel": "mobile_push", "address": IPHONE, "state": "gone"})
    intend(world, "last_active")
    assert [(each.address, each.reason) for each in world.deliveries.page(APP)] == [("", "gone")]


def test_an_app_reports_the_token_it_got_however_it_is_written(world: World) -> None:
    hear(world, (IPHONE, "ios", 0), (IPHONE.upper(), "ios", 0))
    intend(world, "all")
    assert addresses(world) == [IPHONE]
