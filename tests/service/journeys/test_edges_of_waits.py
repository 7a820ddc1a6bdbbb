"""What the reference says of waits and of ``once``: when they begin, their very last instant, and which runs are the same."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, MINUTE
from tests.service.world import APP, START, World


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def ways(world: World, journey: int) -> list[tuple[str, str, int]]:
    """(node, way, minutes since the start) of the newest run."""
    run = world.definitions.runs(APP, journey)[0]
    return [(step.node, step.via, (step.occurred_at - START) // MINUTE) for step in world.definitions.steps(APP, run.id)]


WAITS: dict[str, Any] = {
    "entry": {"event": "Added", "key": "cart"},
    "start": "pause",
    "nodes": [
        {"id": "pause", "kind": "delay", "for": "30m", "next": "wait"},
        {"id": "wait", "kind": "wait_for", "event": "Bought", "match": "cart", "up_to": "1h", "then": "yes", "else": "no"},
        {"id": "yes", "kind": "exit"},
        {"id": "no", "kind": "exit"},
    ],
}


async def test_a_wait_counts_from_the_event_and_not_from_when_it_was_told(world: World) -> None:
    journey = world.publish(WAITS)
    world.person(1)
    world.tick([world.event("Added", 1, START, received_at=START + 20 * MINUTE, cart="c")], now=START + 20 * MINUTE)
    await world.pass_to(START + 2 * HOUR)
    assert ways(world, journey) == [("pause", "start", 0), ("wait", "next", 30), ("no", "else", 90)]


@pytest.mark.parametrize(("bought_at", "way"), [(90 * MINUTE - 1, "then"), (90 * MINUTE, "else")])
async def test_an_event_at_the_very_instant_at_which_a_wait_ends_comes_too_late(world: World, bought_at: int, way: str) -> None:
    journey = world.publish(WAITS)
    world.person(1)
    world.tick([world.event("Added", 1, START, cart="c")])
    await world.pass_to(START + bought_at - 1)
    world.tick([world.event("Bought", 1, START + bought_at, cart="c")], now=START + bought_at)
    await world.pass_to(START + DAY)
    assert ways(world, journey)[-1][1] == way


async def test_once_is_once_for_each_key(world: World) -> None:
    journey = world.publish({**WAITS, "entry": {"event": "Added", "key": "cart", "reentry": "once"}})
    world.person(1)
    for day, cart in enumerate(["a", "a", "b", "a", "b"]):
        world.tick([world.event("Added", 1, START + day * DAY, cart=cart)], now=START + day * DAY)
        await world.pass_to(START + day * DAY + 3 * HOUR)
    assert sorted(run.run_key for run in world.definitions.runs(APP, journey)) == ["a", "b"]


@pytest.mark.parametrize(("bought_at", "sent"), [(2 * HOUR - 1, 0), (2 * HOUR, 0), (2 * HOUR + 1, 1)])
async def test_a_purchase_at_the_very_instant_of_the_deadline_stops_the_message(world: World, bought_at: int, sent: int) -> None:
    journey = world.cart_journey()
    world.person(1, push="https://push.example/ada", consent=True)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + bought_at - 1)
    world.tick([world.event("Order Completed", 1, START + bought_at, cart_id="c1")], now=START + bought_at)
    await world.pass_to(START + DAY)
    assert len(world.push.sent) == sent
    assert world.definitions.runs(APP, journey)[0].reason == "exit_event"
