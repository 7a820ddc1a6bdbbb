"""What waits to be sent, counted by channel: how many, for what, and until when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from relance.core.time import HOUR
from relance.infra.database import writing
from relance.messaging import queue_counts
from relance.messaging import service as messaging
from relance.messaging.audiences import service as audiences
from relance.messaging.model import ChannelQueue, Intent, QueueGroup, SkipReason
from relance.restraint.service import Caps
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(state: Engine) -> World:
    made = World(state)
    for person in (1, 2, 3):
        made.person(person, push=f"https://push.example/{person}", email=f"{person}@example.com", consent=True)
    return made


def push(world: World, **more: Any) -> int:
    return world.messages.create(APP, "m", "web_push", {"title": "Hi"}, START, **more).id


def want(world: World, message: int, *people: int, cause: str = "c", app: int = APP) -> None:
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(app, person, message, cause, world.clock.instant) for person in people])


def on(world: World, channel: str = "web_push", app: int = APP) -> ChannelQueue:
    (found,) = [each for each in world.deliveries.queue(app, world.clock.instant) if each.channel == channel]
    return found


async def test_what_is_due_waits_for_its_turn_and_is_gone_once_it_is_sent(world: World) -> None:
    want(world, push(world), 1, 2)
    world.clock.instant += HOUR
    want(world, push(world), 3)
    assert on(world) == ChannelQueue("web_push", 3, False, 0, 0, [QueueGroup("campaign", "", "", True, 3, START, START + HOUR)])
    assert on(world, "email") == ChannelQueue("email", 0, False, 0, 0, [])
    assert on(world, app=2).waiting == 0
    await world.send()
    assert on(world) == ChannelQueue("web_push", 0, False, 0, 0, [])


async def test_what_a_rule_holds_back_is_told_with_the_rule_and_until_when(world: World) -> None:
    given: dict[str, Any] = {"name": "cap", "most": None, "rolling": None, "calendar": None, "gap": "4h", "kept": {}, "tiers": ()}
    cap = Caps(world.engine).create(APP, {**given, "channels": (), "classes": (), "topics": ()}, START)
    patient = push(world, when_held="until_window_ends")
    want(world, patient, 1, 2)
    await world.send()
    want(world, patient, 1, 2, cause="again")
    await world.send()
    until = START + 4 * HOUR
    assert on(world).groups == [QueueGroup("campaign", SkipReason.CAPPED, f"cap:{cap.id}", False, 2, until, until)]


def test_more_than_can_be_counted_are_told_as_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_counts, "MOST_COUNTED", 2)
    want(world, push(world), 1, 2)
    assert (on(world).waiting, on(world).is_more) == (2, False)
    want(world, push(world), 3)
    assert (on(world).waiting, on(world).is_more) == (2, True)


async def test_what_is_being_sent_is_counted_apart(world: World) -> None:
    world.push.gate = asyncio.Event()
    want(world, push(world), 1, 2)
    sender = asyncio.create_task(world.send())
    while len(world.push.sent) < 2:
        await asyncio.sleep(0.01)
    assert (on(world).waiting, on(world).sending, on(world, "email").sending, on(world, app=2).sending) == (0, 2, 0, 0)
    world.push.gate.set()
    await sender
    assert on(world).sending == 0


async def test_people_of_an_audience_wait_for_their_turn_once_they_have_entered(world: World) -> None:
    message = world.messages.get(APP, push(world))
    with writing(world.engine) as connection:
        audiences.enqueue(connection, message, BitMap64([1, 2, 3]), START)
    assert (on(world).waiting, on(world).entering, on(world, app=2).entering) == (0, 3, 0)
    assert audiences.enter(world.engine)
    assert on(world) == ChannelQueue("web_push", 3, False, 0, 0, [QueueGroup("campaign", "", "", True, 3, START, START)])
    await world.send()
    assert on(world) == ChannelQueue("web_push", 0, False, 0, 0, [])
