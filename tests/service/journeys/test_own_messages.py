"""Whatever becomes of a run's own message can be waited for, end the run, or start another journey: as it is really told."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import MEMBERS, Event, Name
from relance.journeys.listening import MESSAGE_EVENTS
from tests.service.world import APP, START, World

HEARD = sorted(MESSAGE_EVENTS - {Name.MESSAGE_TESTED.value})
ENGAGEMENTS = ("delivered", "opened", "clicked", "dismissed", "bounced", "complained", "unsubscribed")


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def did(name: str) -> Callable[[World], Awaitable[None]]:
    async def do(world: World) -> None:
        await world.pass_to(START + MINUTE)
        world.tick([world.engagement(name, delivery, START + HOUR) for delivery in world.deliveries.page(APP, person_id=1)])

    return do


async def is_sent(world: World) -> None:
    await world.pass_to(START + MINUTE)


async def is_skipped(world: World) -> None:
    world.paused = True
    await world.pass_to(START + MINUTE)


async def fails(world: World) -> None:
    world.push.refusing["https://push.example/1"] = SendResult(SendState.FAILED, "too large")
    await world.pass_to(START + MINUTE)


async def converts(world: World) -> None:
    await world.pass_to(START + MINUTE)
    world.tick([world.event("Order Completed", 1, START + HOUR, total=5)])


BRINGING_ABOUT: dict[str, Callable[[World], Awaitable[None]]] = {
    **{f"message_{each}": did(f"message_{each}") for each in ENGAGEMENTS},
    "message_sent": is_sent,
    "message_skipped": is_skipped,
    "message_failed": fails,
    "message_converted": converts,
}


def graph(message: int, nodes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    first = {"id": "m", "kind": "message", "message": message, "next": nodes[0]["id"]}
    return {"entry": {"event": "Added", "key": "cart"}, "start": "m", "nodes": [first, *nodes], **more}


def message(world: World) -> int:
    return world.messages.create(APP, "m", "web_push", {"title": "Your cart"}, START).id


def a_cart(world: World) -> Event:
    world.person(1, push="https://push.example/1")
    world.person(2, push="https://push.example/2")
    return world.event("Added", 1, START, cart="c1")


def test_each_of_them_is_brought_about_here() -> None:
    assert sorted(BRINGING_ABOUT) == HEARD


@pytest.mark.both_databases
@pytest.mark.parametrize("message_node", [None, "m"])
@pytest.mark.parametrize("event", HEARD)
async def test_a_wait_for_it_goes_on(world: World, event: str, message_node: str | None) -> None:
    wait: dict[str, Any] = {"id": "w", "kind": "wait_for", "event": event, "up_to": "2d", "then": "yes", "else": "no"}
    ends: list[dict[str, Any]] = [{"id": "yes", "kind": "exit"}, {"id": "no", "kind": "exit"}]
    journey = world.publish(graph(message(world), [{**wait, "message": message_node}, *ends]))
    world.tick([a_cart(world), world.event("Added", 2, START, cart="c2")])
    await BRINGING_ABOUT[event](world)
    await world.pass_to(START + 3 * DAY)
    runs = {run.person_id: world.definitions.steps(APP, run.id)[-1].via for run in world.definitions.runs(APP, journey)}
    assert runs[1] == "then"
    if event not in ("message_sent", "message_skipped"):  # of these both had one
        assert runs[2] == "else"  # what became of another's message is another's


@pytest.mark.parametrize("event", HEARD)
async def test_an_exit_on_it_ends_the_run(world: World, event: str) -> None:
    rest: list[dict[str, Any]] = [{"id": "d", "kind": "delay", "for": "2d", "next": None}]
    journey = world.publish(graph(message(world), rest, exits=[{"event": event}]))
    world.tick([a_cart(world)])
    await BRINGING_ABOUT[event](world)
    await world.pass_to(START + 3 * DAY)
    assert [run.reason for run in world.definitions.runs(APP, journey)] == ["exit_event"]


@pytest.mark.parametrize("event", HEARD)
async def test_it_says_of_which_run_it_is_and_has_the_members_that_entries_may_name(world: World, event: str) -> None:
    rest: list[dict[str, Any]] = [{"id": "d", "kind": "delay", "for": "2d", "next": None}]
    journey = world.publish(graph(message(world), rest))
    entry = {"event": event, "key": "run"}
    second = world.publish({"entry": entry, "start": "d", "nodes": [{"id": "d", "kind": "delay", "for": "2d", "next": None}]})
    world.tick([a_cart(world)])
    await BRINGING_ABOUT[event](world)
    await world.pass_to(START + 2 * HOUR)
    [first] = world.definitions.runs(APP, journey)
    reported = [json.loads(each.body) for each, _ in world.past if each.name == event]
    assert reported
    for body in reported:
        assert set(body) <= MEMBERS[event]
        assert (body["journey"], body["run"], body["node"]) == (journey, first.id, "m")
    assert [run.run_key for run in world.definitions.runs(APP, second)] == [first.id]
