"""What a journey has brought about never enters it again, over however many journeys; what a person does begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, MINUTE
from relance.events.causes import LONGEST_CHAIN
from tests.service.pipeline.rig import Rig, counted
from tests.service.world import APP, START, World

SENT = "message_sent"


def send(entry: dict[str, Any] | str, message: int, **more: Any) -> dict[str, Any]:
    entry = {"event": entry} if isinstance(entry, str) else entry
    return {"entry": entry, "start": "m", "nodes": [{"id": "m", "kind": "message", "message": message, "next": None}], **more}


def about(event: str, **properties: Any) -> dict[str, Any]:
    return {"event": event, "where": [{"property": name, "is": "=", "value": value} for name, value in properties.items()]}


@pytest.fixture
def world(state: Engine) -> World:
    world = World(state)
    world.person(1, email="ada@example.com", consent=True)
    return world


def mail(world: World, name: str) -> int:
    return world.messages.create(APP, name, "email", {"subject": name, "text": name}, START).id


async def settle(world: World, rounds: int = 60) -> None:
    for _ in range(rounds):
        world.tick()
        await world.send()


def misses(world: World) -> list[tuple[int, str, int]]:
    return sorted((each.journey_id, each.reason, each.times) for each in world.definitions.missed(APP, 1))


@pytest.mark.parametrize("event", ["message_sent", "journey_left", "journey_entered"])
async def test_a_journey_does_not_enter_itself(world: World, event: str) -> None:
    message = mail(world, "hello")
    first = world.publish(send("Signed Up", message))
    loop = world.publish(send(event, message))
    world.tick([world.event("Signed Up", 1, START)])
    await settle(world)
    assert len(world.definitions.runs(APP, first)) == 1
    assert len(world.definitions.runs(APP, loop)) == 1
    assert len(world.mail.sent) == 2
    assert misses(world) == [(loop, "caused_by_itself", 1)]


async def test_nor_by_way_of_others(world: World) -> None:
    one, two, three = (mail(world, name) for name in ("one", "two", "three"))
    start = world.publish(send("Signed Up", three))
    a = world.publish(send(about(SENT, message=three), one))
    b = world.publish(send(about(SENT, message=one), two))
    c = world.publish(send(about(SENT, message=two), three))
    world.tick([world.event("Signed Up", 1, START)])
    await settle(world)
    assert [len(world.definitions.runs(APP, each)) for each in (start, a, b, c)] == [1, 1, 1, 1]
    assert misses(world) == [(a, "caused_by_itself", 1)]
    chains = [run.caused_by for each in (start, a, b, c) for run in world.definitions.runs(APP, each)]
    assert chains == ["", f"{start}", f"{start},{a}", f"{start},{a},{b}"]


async def test_a_click_begins_a_new_chain_and_an_opening_does_not(world: World) -> None:
    message = mail(world, "hello")
    world.publish(send("Signed Up", message))
    clicked = world.publish(send("message_clicked", message))
    opened = world.publish(send("message_opened", message))
    world.tick([world.event("Signed Up", 1, START)])
    await settle(world, 3)
    for number in range(1, 4):
        delivery = world.deliveries.page(APP)[0]
        world.tick([world.engagement("message_clicked", delivery, START + number * HOUR)])
        await settle(world, 3)
    assert len(world.definitions.runs(APP, clicked)) == 3
    assert world.definitions.runs(APP, opened) == []
    assert misses(world) == []


async def test_a_run_that_waits_for_its_own_messages_does_not_whirl(world: World) -> None:
    message = mail(world, "hello")
    nodes = [
        {"id": "m", "kind": "message", "message": message, "next": "w"},
        {"id": "w", "kind": "wait_for", "event": SENT, "up_to": "1d", "then": "m", "else": None},
    ]
    journey = world.publish({"entry": {"event": "Signed Up"}, "start": "m", "nodes": nodes})
    world.tick([world.event("Signed Up", 1, START)])
    await settle(world)
    assert len(world.mail.sent) == 1
    await world.pass_to(START + 2 * DAY)
    assert [run.reason for run in world.definitions.runs(APP, journey)] == ["completed"]


async def test_a_chain_over_very_many_journeys_ends(world: World) -> None:
    messages = [mail(world, f"mail {number}") for number in range(LONGEST_CHAIN + 4)]
    world.publish(send("Signed Up", messages[0]))
    rest = [world.publish(send(about(SENT, message=before), after)) for before, after in pairwise(messages)]
    world.tick([world.event("Signed Up", 1, START)])
    await settle(world, 80)
    assert len(world.mail.sent) == LONGEST_CHAIN
    assert misses(world) == [(rest[LONGEST_CHAIN - 1], "chain_too_long", 1)]


@pytest.fixture
def rig(tmp_path: Any, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    rig = Rig(tmp_path / "rig", state, log_engine)
    yield rig
    rig.close()


def test_a_segment_that_a_journey_makes_carries_the_chain_on(rig: Rig) -> None:
    signed = rig.segments.create(rig.app, "signed up", counted("Signed Up", ">=", 1, None), START)
    reported = rig.segments.create(rig.app, "told", counted("journey_left", ">=", 1, "7d"), START)
    message = rig.messages.create(rig.app, "hello", "email", {"subject": "a", "text": "b"}, START).id
    journey = rig.journeys.create(rig.app, "loop", send("segment_entered", message), START)
    rig.journeys.publish(rig.app, journey.id, START)
    rig.definitions_changed()
    rig.write(rig.track("ada", "Signed Up", MINUTE))
    rig.settle(2 * MINUTE)
    assert [len(rig.members(each.id)) for each in (signed, reported)] == [1, 1]
    [run] = rig.journeys.runs(rig.app, journey.id)
    assert run.data == f'{{"segment":{signed.id}}}'
    assert [(each.reason, each.event) for each in rig.journeys.missed(rig.app, 1)] == [("caused_by_itself", "segment_entered")]
    rig.settle(8 * DAY)  # the week is over, and time begins anew
    rig.write(rig.track("ada", "Signed Up", 8 * DAY))
    rig.settle(8 * DAY + MINUTE)
    assert len(rig.journeys.runs(rig.app, journey.id)) == 1
