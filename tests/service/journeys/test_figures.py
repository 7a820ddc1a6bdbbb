"""A run reaches the journey's goal once, whichever way it went on or ended: what counts is what its person did, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR
from relance.events.model import Event, Flag
from relance.infra.database import writing
from relance.messaging import service as messaging
from tests.service.world import APP, START, World

ORDER, ADDED = "Order Completed", "Product Added"


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


# -- each way a run may go, in stories without messages ------------------------------------------------------------------

_WAIT = {"id": "w", "kind": "wait_for", "event": ORDER, "up_to": "30d", "then": "end", "else": None}
_END = {"id": "end", "kind": "exit"}
_DELAY = {"id": "w", "kind": "delay", "for": "1d", "next": None}


def graph(*, key: str | None = "cart_id", nodes: Any = (_DELAY,), exits: Any = (), goal: str | None = ORDER) -> dict[str, Any]:
    """A journey whose messages are left out: only what its people do counts."""
    aims = {"goal": {"event": goal, "within": "3d"}} if goal else {}
    keyed = {"key": key} if key else {}
    return {"entry": {"event": ADDED, **keyed}, "exits": list(exits), "start": "w", "nodes": list(nodes), **aims}


class Did(NamedTuple):
    """Hours after the start; ``reported_at`` later, if so."""

    at: float
    what: str
    cart: Any = "c1"
    person: int = 1
    reported_at: float = -1
    order: str = ""
    imported: bool = False


def as_event(world: World, did: Did) -> Event:
    properties: dict[str, Any] = {} if did.cart is None else {"cart_id": did.cart}
    if did.order:
        properties["order_id"] = did.order
    at, reported_at = (START + int(hours * HOUR) for hours in (did.at, max(did.at, did.reported_at)))
    flags = Flag.IMPORTED if did.imported else 0
    return world.event(did.what, did.person, at, received_at=reported_at, flags=flags, **properties)


def settle(world: World, story: Iterable[Did]) -> None:
    """Each as it is told, time passing until then."""
    for did in sorted(story, key=lambda each: max(each.at, each.reported_at)):
        event = as_event(world, did)
        world.tick(now=event.received_at - 1)
        world.tick([event])
    world.tick(now=START + 60 * DAY)


def reached(world: World, journey: int) -> int:
    goal = world.definitions.figures(APP, journey).goal
    assert goal is not None
    return goal.reached


MATCHED = {**_WAIT, "match": "cart_id"}
EXIT, LOOSE = {"event": ORDER, "match": "cart_id"}, {"event": ORDER}
ENTERS = Did(0, ADDED)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("shape", "story", "buyers"),
    [
        pytest.param(graph(), [ENTERS], 0, id="nobody bought"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER)], 1, id="under way, in a delay"),
        pytest.param(graph(), [ENTERS, Did(50, ORDER)], 1, id="after its end, in time"),
        pytest.param(graph(), [ENTERS, Did(71.9, ORDER)], 1, id="at the last moment"),
        pytest.param(graph(), [ENTERS, Did(72, ORDER)], 0, id="at the end of the window, which is too late"),
        pytest.param(graph(), [Did(0, ORDER), Did(1, ADDED)], 0, id="before it began"),
        pytest.param(graph(), [ENTERS, Did(0, ORDER)], 1, id="at once"),
        pytest.param(graph(goal=ADDED), [ENTERS], 0, id="what begins it is not what came of it"),
        pytest.param(graph(goal=ADDED), [ENTERS, Did(2, ADDED)], 1, id="but the next is"),
        pytest.param(graph(exits=[EXIT]), [ENTERS, Did(5, ORDER)], 1, id="an exit"),
        pytest.param(graph(nodes=(MATCHED, _END)), [ENTERS, Did(5, ORDER)], 1, id="what it waited for"),
        pytest.param(graph(nodes=(MATCHED, _END)), [ENTERS, Did(400, ORDER)], 1, id="what it waited for, however long"),
        pytest.param(graph(nodes=({**MATCHED, "then": None},)), [ENTERS, Did(400, ORDER)], 1, id="and which ended it"),
        pytest.param(graph(nodes=({**MATCHED, "event": "Looked"}, _END)), [ENTERS, Did(400, "Looked")], 0, id="another event"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER), Did(6, ORDER), Did(7, ORDER, order="o")], 1, id="several orders"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, order="o"), Did(6, ORDER, None, order="o")], 1, id="one order told twice"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, None, order="o"), Did(6, ORDER, order="o")], 1, id="the cart told later"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, reported_at=100)], 1, id="a late order"),
        pytest.param(graph(exits=[EXIT]), [ENTERS, Did(5, ORDER, reported_at=100)], 1, id="a late order that is an exit"),
        pytest.param(
            graph(nodes=(MATCHED, _END)), [ENTERS, Did(5, ORDER, reported_at=100)], 1, id="a late order that was waited for"
        ),
        pytest.param(
            graph(exits=[EXIT]), [Did(0, ADDED, reported_at=0.9), Did(0.5, ORDER)], 1, id="the entry after the order it led to"
        ),
        pytest.param(graph(exits=[EXIT]), [ENTERS, Did(5, ORDER, imported=True)], 1, id="an import ends it"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, imported=True)], 0, id="an import credits nothing otherwise"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, person=2)], 0, id="somebody else's order"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, "c2")], 0, id="another cart"),
        pytest.param(graph(), [ENTERS, Did(5, ORDER, None)], 0, id="no cart named, nothing credited"),
        pytest.param(graph(exits=[LOOSE]), [ENTERS, Did(5, ORDER, None)], 1, id="no cart named, but it ended the run"),
        pytest.param(graph(key=None), [ENTERS, Did(5, ORDER, "c2")], 1, id="carts that the journey does not tell apart"),
        pytest.param(graph(), [Did(0, ADDED, 12), Did(5, ORDER, "12")], 1, id="one key, a number and a text"),
        pytest.param(graph(), [Did(0, ADDED, 12), Did(5, ORDER, "012")], 0, id="two keys"),
        pytest.param(graph(), [ENTERS, Did(1, ADDED, "c2"), Did(5, ORDER, "c2")], 1, id="two carts, one bought"),
        pytest.param(graph(), [ENTERS, Did(1, ADDED, "c2"), Did(5, ORDER), Did(6, ORDER, "c2")], 2, id="two carts, both bought"),
        pytest.param(graph(exits=[EXIT]), [ENTERS, Did(1, ADDED, "c2"), Did(5, ORDER, "c2")], 1, id="two carts, an exit"),
        pytest.param(graph(exits=[LOOSE]), [ENTERS, Did(1, ADDED, "c2"), Did(5, ORDER, "c2")], 1, id="an exit of either cart"),
        pytest.param(graph(nodes=(_WAIT, _END)), [ENTERS, Did(1, ADDED, "c2"), Did(5, ORDER, "c2")], 1, id="a wait of either"),
        pytest.param(graph(), [ENTERS, Did(30, ADDED), Did(31, ORDER)], 2, id="two runs of one cart, both in time"),
        pytest.param(graph(), [ENTERS, Did(30, ADDED), Did(73, ORDER)], 1, id="two runs of one cart, one in time"),
        pytest.param(graph(), [ENTERS, Did(0, ADDED, person=2), Did(5, ORDER), Did(5, ORDER, person=2)], 2, id="two people"),
    ],
)
def test_a_run_whose_person_did_it_in_time_reached_the_goal(world: World, shape: Any, story: list[Did], buyers: int) -> None:
    for person in (1, 2):
        world.person(person)
    journey = world.publish(shape)
    settle(world, story)
    assert reached(world, journey) == buyers


@pytest.mark.both_databases
@pytest.mark.parametrize("shape", [graph(), graph(exits=[EXIT]), graph(nodes=(MATCHED, _END)), graph(key=None)])
@pytest.mark.parametrize("bought_at", [5, 50])
def test_a_buyer_who_was_somebody_else_before_reached_it_too(world: World, shape: Any, bought_at: int) -> None:
    for person in (1, 2):
        world.person(person)
    journey = world.publish(shape)
    settle(world, [Did(0, ADDED, person=2), Did(bought_at, ORDER, person=1)])
    assert reached(world, journey) == 0
    join(world)
    assert reached(world, journey) == 1


def test_of_two_runs_that_a_merge_makes_one_the_buyer_is_counted_once(world: World) -> None:
    for person in (1, 2):
        world.person(person)
    journey = world.publish(graph(nodes=(MATCHED, _END)))
    world.tick([as_event(world, Did(0, ADDED, person=2)), as_event(world, Did(1, ADDED, person=1))])
    join(world)
    settle(world, [Did(5, ORDER)])
    assert reached(world, journey) == 1


@pytest.mark.both_databases
def test_a_deleted_buyer_stays_counted_and_is_forgotten(world: World) -> None:
    world.person(1)
    journey = world.publish(graph(nodes=(MATCHED, _END)))
    settle(world, [ENTERS, Did(5, ORDER)])
    with writing(world.engine) as connection:
        world.journeys.forget(connection, APP, 1)
        messaging.forget(connection, APP, 1)
    assert reached(world, journey) == 1
    for table in ("runs", "conversions", "conversion_people", "conversion_keys"):
        assert world.rows(table) == [], table


def join(world: World) -> None:
    """The second person becomes part of the first."""
    with writing(world.engine) as connection:
        world.journeys.follow_merge(connection, APP, 2, 1)
        messaging.follow_merge(connection, APP, 2, 1)
        world.journeys.joined(APP, 1)
    world.past = [(_of_first(event), late) for event, late in world.past]
    with writing(world.engine) as connection:
        world.journeys.look_back(connection)


def _of_first(event: Event) -> Event:
    event.person_id = 1
    return event


_HOURS = st.integers(0, 100)
_CARTS = st.sampled_from(["a", "b"])
_REPORTED_AT = st.integers(0, 120)


@pytest.mark.both_databases
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the queries of both are tried by the stories above
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    entries=st.lists(st.tuples(_HOURS, _CARTS), min_size=1, max_size=4, unique_by=lambda each: each[0]),
    orders=st.lists(st.tuples(_HOURS, st.one_of(_CARTS, st.none()), _REPORTED_AT), max_size=4),
)
def test_whoever_bought_in_time_is_counted_however_late_it_is_told(
    world: World, entries: list[tuple[int, str]], orders: list[tuple[int, str | None, int]]
) -> None:
    with writing(world.engine) as connection:
        for table in ("runs", "run_steps", "conversions", "conversion_people", "conversion_keys", "node_counts", "edge_counts"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    world.past, world.clock.instant = [], START
    journey = world.publish(graph())
    settle(
        world,
        [Did(at, ADDED, cart) for at, cart in entries]
        + [Did(at, ORDER, cart, reported_at=reported_at) for at, cart, reported_at in orders],
    )
    begun: dict[str, list[int]] = {}
    for at, cart in sorted(entries):
        if all(at - before >= 24 for before in begun.get(cart, ())):  # a run is under way for a day
            begun.setdefault(cart, []).append(at)
    runs = [(at, cart) for cart, instants in begun.items() for at in instants]
    expected = sum(any(of == cart and at <= bought < at + 72 for bought, of, _ in orders) for at, cart in runs)
    assert reached(world, journey) == expected
    with writing(world.engine) as connection:
        connection.exec_driver_sql("UPDATE journeys SET state = 'archived'")
    world.reload()
