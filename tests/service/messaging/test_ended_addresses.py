"""An address that has ended comes back by what happened since, not by what happened before and came after."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import MINUTE
from relance.events.model import Event, Kind
from relance.infra.database import reading
from relance.messaging.derived import silence
from relance.users.model import SubscriptionState
from relance.users.reach import read_subscriptions
from tests.service.world import APP, KEYS, START, World

pytestmark = pytest.mark.both_databases

PUSH = "https://push.example/1"


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def opened(happened_at: int, received_at: int, user: str = "u1") -> Event:
    """The app or browser named its address once more."""
    event = Event(APP, Kind.IDENTIFY, "", f"again-{user}-{happened_at}", user, "", happened_at, received_at)
    event.body, event.context = b"{}", json.dumps({"device": {"token": {"endpoint": PUSH, "keys": KEYS}}}).encode()
    return event


def states(world: World) -> dict[int, str]:
    """Person → the state of the address."""
    with reading(world.engine) as connection:
        return {person: each.state for person, some in read_subscriptions(connection, APP, [1, 2]).items() for each in some}


@pytest.mark.parametrize(
    ("happened", "state_then"),
    [(5, SubscriptionState.GONE), (10, SubscriptionState.SUBSCRIBED), (15, SubscriptionState.SUBSCRIBED)],
)
def test_what_comes_late_does_not_bring_an_address_back(world: World, happened: int, state_then: SubscriptionState) -> None:
    world.person(1, push=PUSH)
    world.people([silence("removed", APP, 1, "web_push", PUSH, SubscriptionState.GONE.value, START + 10 * MINUTE)])
    world.people([opened(START + happened * MINUTE, START + 20 * MINUTE)])
    assert states(world)[1] == state_then


@pytest.mark.parametrize(("happened", "owner"), [(5, 2), (10, 1), (15, 1)])
def test_who_signed_out_does_not_get_a_device_back_by_what_its_sdk_sends_late(world: World, happened: int, owner: int) -> None:
    world.person(1, push=PUSH)
    world.person(2)
    world.people([opened(START + 10 * MINUTE, START + 10 * MINUTE, "u2")])
    world.people([opened(START + happened * MINUTE, START + 20 * MINUTE)])
    assert {person: state for person, state in states(world).items() if state == SubscriptionState.SUBSCRIBED} == {
        owner: SubscriptionState.SUBSCRIBED
    }
