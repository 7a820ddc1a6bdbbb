"""A run reaches the journey's goal once, be it that the goal ends it or that a message of it is credited."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR
from tests.service.world import APP, START, World

ORDER = "Order Completed"


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


async def test_the_goal_is_reached_by_what_ends_a_run_and_by_what_is_credited_afterwards(world: World) -> None:
    journey = world.cart_journey()
    for person in (1, 2, 3, 4):
        world.person(person, push=f"https://push.example/{person}")
    world.tick([world.event("Product Added", person, START, cart_id=f"c{person}") for person in (1, 2, 3, 4)])
    world.tick(
        [world.event(ORDER, 1, START + HOUR, cart_id="c1", total=10, currency="EUR")]
    )  # before any message: nothing to credit
    await world.pass_to(START + 3 * HOUR)
    world.tick(
        [world.event(ORDER, 2, START + 4 * HOUR, cart_id="c2", total=20, currency="EUR")]
    )  # ends it, and is credited: once
    await world.pass_to(START + 2 * DAY)
    bought = world.event(ORDER, 3, START + 2 * DAY, total=40, currency="EUR", order_id="o3")  # of no cart, after the end
    world.tick([bought, world.event(ORDER, 3, START + 2 * DAY, total=5, currency="USD", order_id="o4")])
    await world.pass_to(START + 9 * DAY)
    figures = world.definitions.figures(APP, journey)
    assert figures.goal is not None
    assert (figures.goal.event, figures.goal.within, figures.goal.reached) == (ORDER, "3d", 3)
    assert figures.revenue == {"EUR": 600_000, "USD": 50_000}
    totals = figures.totals
    assert (totals.entered, totals.waiting, totals.completed, totals.otherwise) == (4, 0, 2, [])
    assert [(each.event, each.runs) for each in totals.exits] == [(ORDER, 2)]
    assert {(each.node, each.event): each.runs for each in figures.edges if each.way == "exit_event"} == {
        ("wait", ORDER): 1,
        ("wait2", ORDER): 1,
    }
