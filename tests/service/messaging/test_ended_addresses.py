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


def opened(happened_at: int, received_at: int) -> Event:
    """The app or browser named its address once more."""
    event = Event(APP, Kind.IDENTIFY, "", f"again-{happened_at}", "u1", "", happened_at, received_at)
    event.body, event.context = b"{}", json.dumps({"device": {"token": {"endpoint": PUSH, "keys": KEYS}}}).encode()
    return event


@pytest.mark.parametrize(
    ("happened", "state_then"),
    [(5, SubscriptionState.GONE), (10, SubscriptionState.SUBSCRIBED), (15, SubscriptionState.SUBSCRIBED)],
)
def test_what_comes_late_does_not_bring_an_address_back(world: World, happened: int, state_then: SubscriptionState) -> None:
    world.person(1, push=PUSH)
    world.people([silence("removed", APP, 1, "web_push", PUSH, SubscriptionState.GONE.value, START + 10 * MINUTE)])
    world.people([opened(START + happened * MINUTE, START + 20 * MINUTE)])
    with reading(world.engine) as connection:
        [found] = read_subscriptions(connection, APP, [1])[1]
    assert found.state == state_then
