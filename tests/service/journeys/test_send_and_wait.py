"""A run stays at its message until it is known what became of it, and goes on as that was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Event, Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import MessageClass
from tests.service.world import APP, KEYS, START, World

pytestmark = pytest.mark.both_databases
REFUSED = SendResult(SendState.FAILED, "no")


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def publish(world: World, channel: str = "web_push", up_to: str = "3d", **more: Any) -> int:
    content = {"title": "Hi"} if channel == "web_push" else {"subject": "Hi", "text": "Hi"}
    message = world.messages.create(APP, "m", channel, content, START, **more).id
    nodes = [
        {"id": "say", "kind": "send_and_wait", "message": message, "up_to": up_to, "then": "after", "else": "instead"},
        {"id": "after", "kind": "delay", "for": "9d", "next": None},
        {"id": "instead", "kind": "delay", "for": "9d", "next": None},
    ]
    entry = {"event": "Add", "key": "c"}
    return world.publish({"entry": entry, "exits": [{"event": "Buy", "match": "c"}], "start": "say", "nodes": nodes})


def add(world: World, person: int = 1) -> None:
    world.tick([world.event("Add", person, START, c="1")])


def at(world: World, journey: int) -> tuple[str, str, int]:
    """Where the run is, its state, and how long after its start it came there."""
    [run] = world.definitions.runs(APP, journey)
    return run.node, run.state, run.moved_at - START


async def sent_at(world: World, instant: int) -> None:
    world.tick(now=START + instant)
    await world.send()
    world.tick()


async def test_it_stays_while_sending_is_paused_and_goes_on_when_it_was_sent(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)]
    journey = publish(world)
    add(world)
    await sent_at(world, MINUTE)
    assert at(world, journey) == ("say", "waiting", 0)
    await sent_at(world, 3 * HOUR)
    assert at(world, journey) == ("after", "waiting", 3 * HOUR)


async def test_one_address_that_is_reached_is_enough_and_one_that_is_not_says_nothing(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.people([_other_device()])
    world.push.refusing = {"https://push.example/1": REFUSED}
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)]
    journey = publish(world)
    add(world)
    await sent_at(world, MINUTE)
    assert sorted(each.state for each in world.deliveries.page(APP)) == ["failed", "pending"]
    assert at(world, journey) == ("say", "waiting", 0)
    await sent_at(world, 3 * HOUR)
    assert at(world, journey) == ("after", "waiting", 3 * HOUR)


@pytest.mark.parametrize("together", [True, False])
async def test_when_no_address_is_reached_it_goes_the_other_way_once(world: World, *, together: bool) -> None:
    world.person(1, push="https://push.example/1")
    world.people([_other_device()])
    world.push.refusing = {"https://push.example/1": REFUSED, "https://push.example/2": REFUSED}
    if not together:
        world.push.refusing = {"https://push.example/1": REFUSED}
        world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR), REFUSED]
    journey = publish(world)
    add(world)
    await sent_at(world, MINUTE)
    await sent_at(world, 3 * HOUR)
    assert at(world, journey) == ("instead", "waiting", MINUTE if together else 3 * HOUR)


async def test_who_has_no_address_goes_the_other_way_at_once(world: World) -> None:
    world.person(1)
    journey = publish(world)
    add(world)
    world.tick()
    assert at(world, journey) == ("instead", "waiting", 0)


async def test_what_expired_was_not_sent_and_what_may_have_left_counts_as_sent(world: World) -> None:
    world.person(1, push="https://push.example/1")
    journey = publish(world, valid_for="1h")
    add(world)
    await sent_at(world, 2 * HOUR)
    assert at(world, journey) == ("instead", "waiting", 2 * HOUR)
    world.person(2, email="bob@example.com")
    world.mail.answers = [SendResult(SendState.RETRY, "perhaps", uncertain=True)]
    mail = publish(world, "email", message_class=MessageClass.TRANSACTIONAL)
    world.tick([world.event("Add", 2, START + 3 * HOUR, c="1")])
    await sent_at(world, 3 * HOUR + MINUTE)
    assert at(world, mail)[0] == "after"


async def test_an_exit_ends_the_run_meanwhile_and_the_message_is_not_sent(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)]
    journey = publish(world)
    add(world)
    await sent_at(world, MINUTE)
    world.tick([world.event("Buy", 1, START + HOUR, c="1")])
    assert at(world, journey)[1] == "left"
    await sent_at(world, 3 * HOUR)
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.reason) == ("skipped", "journey_stopped")
    assert at(world, journey) == ("say", "left", HOUR)


async def test_after_its_time_it_goes_the_other_way_and_what_comes_later_moves_nothing(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=5 * HOUR)]
    journey = publish(world, up_to="2h")
    add(world)
    await sent_at(world, MINUTE)
    await sent_at(world, 6 * HOUR)
    assert at(world, journey) == ("instead", "waiting", 2 * HOUR)
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.reason) == ("skipped", "expired")
    assert len(world.push.sent) == 1  # the attempt that was put off


async def test_it_may_leave_until_its_time_is_over_and_not_at_that_instant(world: World) -> None:
    for person, wait in ((1, 2 * HOUR - 1), (2, 2 * HOUR)):
        world.person(person, push=f"https://push.example/{person}")
        world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=wait)]
        journey = publish(world, up_to="2h")
        world.tick([world.event("Add", person, world.clock.instant, c="1")])
        began = world.clock.instant
        await world.send()
        await world.pass_to(began + 3 * HOUR)
        [run] = world.definitions.runs(APP, journey)
        assert run.node == ("after" if person == 1 else "instead")


@pytest.mark.parametrize("late", [SendResult(SendState.SENT), REFUSED])
async def test_what_became_of_the_message_of_an_earlier_visit_moves_nobody_at_the_next(world: World, late: SendResult) -> None:
    """It was on the wire when the run went round: what is told of it comes while the run waits for the next."""
    world.person(1, push="https://push.example/1")
    message = world.messages.create(APP, "m", "web_push", {"title": "Hi"}, START).id
    nodes = [
        {"id": "say", "kind": "send_and_wait", "message": message, "up_to": "1m", "then": "sent", "else": "pause"},
        {"id": "pause", "kind": "delay", "for": "1m", "next": "say"},
        {"id": "sent", "kind": "delay", "for": "9d", "next": None},
    ]
    journey = world.publish({"entry": {"event": "Add", "key": "c"}, "start": "say", "nodes": nodes})
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=HOUR)]
    add(world)
    await world.send()
    world.tick(now=START + 2 * MINUTE)
    [run] = world.definitions.runs(APP, journey)
    assert (run.node, run.moved_at) == ("say", START + 2 * MINUTE)
    first = min(world.deliveries.page(APP), key=lambda each: each.created_at)
    name, more = ("message_sent", {}) if late.state is SendState.SENT else ("message_failed", {"state": "failed", "last": True})
    told: dict[str, Any] = {"delivery": first.id, "run": run.id, "node": "say", "asked_at": first.created_at, **more}
    world.tick([world.event(name, 1, START + 2 * MINUTE + 1, kind=Kind.DERIVED, **told)])
    [run] = world.definitions.runs(APP, journey)
    assert (run.node, run.moved_at) == ("say", START + 2 * MINUTE)


async def test_the_result_told_twice_or_after_a_merge_moves_the_run_once(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.person(2, push="https://push.example/2")
    journey = publish(world)
    add(world)
    join = world.event("", 2, START, kind=Kind.MERGE, **{"into": 2, "from": 1})
    world.people([join])
    with writing(world.engine) as connection:
        world.journeys.follow_merge(connection, APP, 1, 2)
        messaging.follow_merge(connection, APP, 1, 2)
    await sent_at(world, MINUTE)
    [told] = [each for each in world.emitted if each.name == "message_sent"]
    assert told.person_id == 2
    world.tick([told])
    assert at(world, journey) == ("after", "waiting", MINUTE)


async def test_an_exit_told_late_counts_from_when_it_happened(world: World) -> None:
    """It happened while the message waited, and is told after it was sent: what was sent is a fact, and the run is over."""
    world.person(1, push="https://push.example/1")
    world.push.answers = [SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)]
    journey = publish(world)
    add(world)
    await sent_at(world, MINUTE)
    await sent_at(world, 3 * HOUR)
    world.tick([world.event("Buy", 1, START + HOUR, received_at=START + 4 * HOUR, c="1")])
    assert at(world, journey)[1] == "left"
    assert len(world.push.sent) == 2
    assert world.definitions.runs(APP, journey)[0].moved_at - START < DAY


def _other_device() -> Event:
    device = Event(APP, Kind.IDENTIFY, "", "identify-1-2", "u1", "", START, START)
    device.body = b"{}"
    device.context = json.dumps({"device": {"token": {"endpoint": "https://push.example/2", "keys": KEYS}}}).encode()
    return device
