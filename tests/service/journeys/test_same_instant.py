"""Events of one instant, as senders that count in seconds have them: each starts its run, whatever was sent in between."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import MINUTE
from tests.service.world import APP, START, World

NODES = [{"id": "mail", "kind": "message", "message": 0, "next": None}]


@pytest.fixture
def world(state: Engine) -> World:
    made = World(state)
    made.person(1, email="ada@example.com", consent=True)
    return made


def publish(world: World, **entry: str) -> int:
    message = world.messages.create(APP, "m", "email", {"subject": "{{ event.n }}", "text": "Hi"}, START).id
    return world.publish({"entry": {"event": "Go", **entry}, "start": "mail", "nodes": [{**NODES[0], "message": message}]})


async def subjects(world: World, *, at_once: bool) -> list[str]:
    events = [world.event("Go", 1, START + MINUTE, n=number, received_at=START + MINUTE) for number in range(3)]
    for some in [events] if at_once else [[each] for each in events]:
        world.tick(some)
        await world.send()
        world.tick()
        world.journeys.learn(APP, 1, START + MINUTE)  # as by a segment that the person entered then
    return sorted(rendered.subject for _, _, rendered in world.mail.sent)


@pytest.mark.parametrize("at_once", [True, False])
async def test_each_of_them_starts_a_run(world: World, at_once: bool) -> None:
    publish(world)
    assert await subjects(world, at_once=at_once) == ["0", "1", "2"]


@pytest.mark.parametrize("at_once", [True, False])
async def test_only_one_does_where_a_key_has_one_run_for_good(world: World, at_once: bool) -> None:
    publish(world, reentry="once")
    assert len(await subjects(world, at_once=at_once)) == 1
