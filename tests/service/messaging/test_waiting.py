"""A message waits a short time for a first address, and for a consent nobody was asked for yet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.encoding import to_json
from relance.core.time import MINUTE, SECOND
from relance.events.model import Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, DeliveryState, Intent, SkipReason
from relance.users.service import People
from tests.service.world import APP, START, World

PATIENCE = 2 * MINUTE


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def intend(world: World, person: int, channel: str = "email", *, kind: str = "transactional", **more: Any) -> None:
    content = {"title": "Hi"} if channel == "web_push" else {"subject": "Hi", "text": "Hi"}
    message = world.messages.create(APP, "m", channel, content, START, message_class=kind, **more)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, person, message.id, "c", START)], START + PATIENCE)


def people(world: World, now: int, *events: Any) -> None:
    """Settle changes of people as a tick does, and look at what waits for them."""
    changed = settle_people(world, events)
    with writing(world.engine) as connection:
        for app_id, persons in changed.items():
            messaging.awaken(connection, app_id, persons, now)


def settle_people(world: World, events: Any) -> dict[int, list[int]]:
    made = People()
    with writing(world.engine) as connection:
        made.begin(connection, START)
        persons = made.resolve(events).persons
        made.fold(events, persons, [False] * len(events))
        made.flush()
        return made.reachable()


def identify(world: World, person: int, at: int, **traits: Any) -> Any:
    event = world.event("", person, START + at, kind=Kind.IDENTIFY, **traits)
    event.user_id = f"u{person}"
    event.person_id = 0
    return event


async def send(world: World, at: int) -> list[Delivery]:
    world.patience, world.clock.instant = PATIENCE, START + at
    await world.send()
    return world.deliveries.page(APP)


async def test_an_address_that_comes_seconds_later_gets_the_message(world: World) -> None:
    world.person(1)
    intend(world, 1)
    [waiting] = await send(world, SECOND)
    assert (waiting.state, waiting.reason, waiting.due_at) == (DeliveryState.PENDING, "no_subscription", START + PATIENCE)
    people(world, START + 2 * SECOND, identify(world, 1, 2 * SECOND, email="ada@example.com"))
    [sent] = await send(world, 2 * SECOND)
    assert (sent.state, sent.address, sent.reason, sent.attempts) == (DeliveryState.SENT, "ada@example.com", "", 1)
    assert [address for _, address, _ in world.mail.sent] == ["ada@example.com"]


async def test_without_an_address_it_is_skipped_once_its_time_is_over(world: World) -> None:
    world.person(1)
    intend(world, 1)
    [skipped] = await send(world, PATIENCE)
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, SkipReason.NO_SUBSCRIPTION)
    people(world, START + PATIENCE + 1, identify(world, 1, PATIENCE + 1, email="ada@example.com"))
    assert [each.state for each in await send(world, PATIENCE + 1)] == [DeliveryState.SKIPPED]


async def test_it_waits_no_longer_than_it_is_valid(world: World) -> None:
    world.person(1)
    intend(world, 1, valid_for="30s")
    [skipped] = await send(world, 30 * SECOND)
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, SkipReason.NO_SUBSCRIPTION)


async def test_an_address_that_comes_with_a_merge_counts(world: World) -> None:
    world.person(1)
    world.person(2, email="ada@example.com")
    intend(world, 1)
    merge = world.event("", 1, START + SECOND, kind=Kind.MERGE, **{"from": 1, "into": 2})
    changed = settle_people(world, [merge])
    with writing(world.engine) as connection:
        messaging.follow_merge(connection, APP, 1, 2)
        for app_id, persons in changed.items():
            messaging.awaken(connection, app_id, persons, START + SECOND)
    [sent] = await send(world, SECOND)
    assert (sent.state, sent.person_id) == (DeliveryState.SENT, 2)


@pytest.mark.both_databases
async def test_each_of_several_addresses_gets_it_once(world: World) -> None:
    world.person(1)
    intend(world, 1, "web_push")

    def pushed(at: int, number: int) -> Any:
        event = identify(world, 1, at)
        token = {"endpoint": f"https://push.example/{number}", "keys": {"p256dh": "x", "auth": "y"}}
        event.context = to_json({"device": {"token": token}}).encode()
        return event

    people(world, START + 1, pushed(1, 1), pushed(1, 2))
    people(world, START + 2, pushed(2, 3))
    sent = await send(world, SECOND)
    assert sorted(each.address for each in sent) == ["https://push.example/1", "https://push.example/2"]
    assert {each.state for each in sent} == {DeliveryState.SENT}
    assert len(world.push.sent) == 2


async def test_a_consent_that_comes_seconds_later_counts_and_a_no_does_not_wait(world: World) -> None:
    world.person(1, email="ada@example.com")
    world.person(2, email="bob@example.com", consent=False)
    intend(world, 1, kind="marketing")
    intend(world, 2, kind="marketing")
    by_person = {each.person_id: each for each in await send(world, SECOND)}
    assert (by_person[1].state, by_person[1].reason, by_person[1].attempts) == (DeliveryState.PENDING, "no_consent", 0)
    assert (by_person[2].state, by_person[2].reason) == (DeliveryState.SKIPPED, "unsubscribed")
    people(world, START + 2 * SECOND, identify(world, 1, 2 * SECOND, consent={"email": True}))
    by_person = {each.person_id: each for each in await send(world, 3 * SECOND)}
    assert by_person[1].state is DeliveryState.SENT


async def test_a_consent_that_never_comes_is_skipped(world: World) -> None:
    world.person(1, email="ada@example.com")
    intend(world, 1, kind="marketing")
    await send(world, SECOND)
    [skipped] = await send(world, PATIENCE)
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, SkipReason.NO_CONSENT)


@pytest.mark.parametrize("address_first", [True, False])
async def test_one_that_was_withdrawn_while_it_waited_waits_anew_if_it_is_wanted_again(world: World, address_first: bool) -> None:
    world.person(1)
    message = world.messages.create(APP, "m", "email", {"subject": "Hi", "text": "Hi"}, START, message_class="transactional")
    wanted = [Intent(APP, 1, message.id, "c", START)] * 2
    with writing(world.engine) as connection:
        messaging.intend(connection, wanted, START + PATIENCE)
    withdrawn = world.rows("deliveries")
    with writing(world.engine) as connection:
        messaging.withdraw(connection, withdrawn, START)
    address = identify(world, 1, SECOND, email="ada@example.com")
    if address_first:
        people(world, START + SECOND, address)
    with writing(world.engine) as connection:
        messaging.intend(connection, wanted, START + PATIENCE)
    if not address_first:
        people(world, START + SECOND, address)
    assert [each.state for each in await send(world, 2 * SECOND) if each.address] == [DeliveryState.SENT]


async def test_what_has_left_is_not_sent_again_if_it_is_wanted_again(world: World) -> None:
    world.person(1, email="ada@example.com")
    message = world.messages.create(APP, "m", "email", {"subject": "Hi", "text": "Hi"}, START, message_class="transactional")
    for at in (SECOND, 2 * SECOND):
        with writing(world.engine) as connection:
            messaging.intend(connection, [Intent(APP, 1, message.id, "c", START)])
        assert [each.state for each in await send(world, at)] == [DeliveryState.SENT]
    assert len(world.mail.sent) == 1


async def test_a_test_send_does_not_wait(world: World) -> None:
    world.person(1)
    message = world.messages.create(APP, "m", "email", {"subject": "Hi", "text": "Hi"}, START)
    [skipped] = world.messages.send_test(APP, message.id, 1, START)
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, SkipReason.NO_SUBSCRIPTION)
