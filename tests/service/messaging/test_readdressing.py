"""What waits goes to the address that its person has by now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import HOUR, MINUTE
from relance.events.model import Event, Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.derived import silence
from relance.messaging.model import Intent, SkipReason
from relance.users.model import SubscriptionState
from tests.service.world import APP, KEYS, START, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def intend(world: World, channel: str = "email", *, message_class: str = "marketing") -> None:
    content = {"subject": "Hi", "text": "Hi"} if channel == "email" else {"title": "Hi"}
    message = world.messages.create(APP, "m", channel, content, START, message_class=message_class)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, message.id, "c", START)])


def identify(world: World, user: str, email: str, at: int) -> None:
    event = Event(APP, Kind.IDENTIFY, "", f"i-{user}-{at}", user, "", at, at)
    event.body = b'{"email": "%s"}' % email.encode()
    world.people([event])


def end(world: World, address: str, channel: str = "email") -> None:
    world.people([silence(f"end {address}", APP, 1, channel, address, SubscriptionState.GONE.value, START + MINUTE)])


async def came(world: World) -> list[str]:
    world.clock.instant = START + HOUR
    await world.send()
    return [address for _, address, _ in [*world.mail.sent, *world.push.sent]]


async def test_an_address_that_was_changed_while_the_message_waited(world: World) -> None:
    world.person(1, email="old@example.com", consent=True)
    intend(world)
    identify(world, "u1", "new@example.com", START + MINUTE)
    assert await came(world) == ["new@example.com"]
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.address) == ("sent", "new@example.com")


async def test_nobody_gets_it_twice_who_has_two_addresses(world: World) -> None:
    world.person(1, email="a@example.com", consent=True)
    world.person(2, email="b@example.com")
    with writing(world.engine) as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET person_id = 1 WHERE person_id = 2")
    intend(world)
    end(world, "a@example.com")
    assert await came(world) == ["b@example.com"]
    assert sorted((each.state, each.reason) for each in world.deliveries.page(APP)) == [("sent", ""), ("skipped", "gone")]


async def test_an_address_that_is_on_the_suppression_list_gets_nothing_by_it(world: World) -> None:
    world.person(1, email="old@example.com", consent=True)
    intend(world)
    identify(world, "u1", "new@example.com", START + MINUTE)
    world.edit(1, subscription={"channel": "email", "address": "new@example.com", "state": "suppressed", "reason": "manual"})
    assert await came(world) == []
    assert world.deliveries.page(APP)[0].reason in (SkipReason.GONE, SkipReason.SUPPRESSED)


def by_call(world: World) -> None:
    world.person(1, email="old@example.com", consent=True)
    intend(world, message_class="transactional")
    identify(world, "u1", "new@example.com", START + MINUTE)


def one_of_two_devices(world: World) -> None:
    world.person(1, push="https://push.example/old")
    intend(world, "web_push")
    event = Event(APP, Kind.IDENTIFY, "", "device", "u1", "", START + MINUTE, START + MINUTE)
    event.body = b"{}"
    event.context = b'{"device": {"token": {"endpoint": "https://push.example/new", "keys": {"p256dh": "%s", "auth": "%s"}}}}' % (
        KEYS["p256dh"].encode(),
        KEYS["auth"].encode(),
    )
    world.people([event])
    end(world, "https://push.example/old", "web_push")


@pytest.mark.parametrize("happens", [by_call, one_of_two_devices])
async def test_what_named_its_address_goes_there_or_nowhere(world: World, happens: Callable[[World], None]) -> None:
    happens(world)
    assert await came(world) == []
    assert [each.reason for each in world.deliveries.page(APP)] == [SkipReason.GONE]
