"""Runs through nodes of kinds that the program does not know are moved, counted and shown as through any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import HOUR, MINUTE
from relance.journeys.model import EdgeCount
from tests.journey_nodes import add_kinds
from tests.service.world import APP, START, World


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    add_kinds(monkeypatch)
    return iter([None])


def begun(world: World) -> int:
    """A journey on which everybody in segment 1 rests, and everybody else is greeted; five people came to it."""
    greeting = world.messages.create(APP, "greeting", "web_push", {"title": "Hello"}, START)
    journey = world.publish(
        {
            "entry": {"event": "Came"},
            "start": "f",
            "goal": {"event": "Sun Rose", "within": "1m"},
            "nodes": [
                {
                    "id": "f", "kind": "fork", "greeting": greeting.id, "otherwise": None,
                    "ways": [{"label": "vip", "segment": 1, "to": "p"}, {"label": "new", "segment": 2, "to": None}],
                },
                {"id": "p", "kind": "pause", "hot": "Sun Rose", "cold": "Frost Came", "warm": None, "fled": "p2", "tired": "p2"},
                {"id": "p2", "kind": "exit"},
            ],
        }
    )  # fmt: skip
    world.memberships = {1: {1}, 2: {1, 2}, 3: {2}, 5: {1}}
    for number in range(1, 6):
        world.person(number, push=f"https://push.example/{number}", timezone="Asia/Tokyo" if number == 5 else "Europe/Paris")
    world.tick([world.event("Came", number, START) for number in range(1, 6)])
    return journey


def edges(world: World, journey: int) -> dict[tuple[str, str, str | None], int]:
    figures = world.definitions.figures(APP, journey)
    assert all(isinstance(each, EdgeCount) for each in figures.edges)
    return {(each.node, each.way, each.to): each.runs for each in figures.edges}


def test_runs_are_counted_by_the_edges_of_any_node(state: Engine) -> None:
    world = World(state)
    journey = begun(world)
    came = {("", "start", "f"): 5, ("f", "vip", "p"): 3, ("f", "new", None): 1, ("f", "otherwise", None): 1}
    assert edges(world, journey) == came
    totals = world.definitions.figures(APP, journey).totals
    assert (totals.entered, totals.waiting, totals.completed, totals.otherwise) == (5, 3, 2, [])
    assert [row["person_id"] for row in world.rows("deliveries")] == [4]
    world.tick([world.event("Sun Rose", 2, START + 2 * MINUTE)])
    world.tick(now=START + 2 * HOUR)
    assert edges(world, journey) == {**came, ("p", "warm", None): 1, ("p", "tired", "p2"): 1, ("p2", "completed", None): 1}
    figures = world.definitions.figures(APP, journey)
    assert figures.goal is not None
    assert figures.goal.reached == 1  # not within a minute: because it is what the node waited for
    assert figures.totals.waiting == 1  # who is at home in Tokyo rests longer
    assert {each.person_id: each.left_by for each in world.definitions.runs(APP, journey) if each.left_by} == {
        2: "warm", 3: "new", 4: "otherwise",
    }  # fmt: skip


@pytest.mark.both_databases
def test_what_comes_late_is_played_again_by_the_same_choices(state: Engine) -> None:
    world = World(state)
    journey = begun(world)
    world.memberships = {}  # known otherwise by now: at that instant it was as it was
    world.tick(now=START + 2 * HOUR)
    assert edges(world, journey)["p", "tired", "p2"] == 2
    world.tick([world.event("Sun Rose", 1, START + HOUR, received_at=START + 2 * HOUR + MINUTE)])
    assert edges(world, journey) == {
        ("", "start", "f"): 5, ("f", "vip", "p"): 3, ("f", "new", None): 1, ("f", "otherwise", None): 1,
        ("p", "warm", None): 1, ("p", "tired", "p2"): 1, ("p2", "completed", None): 1,
    }  # fmt: skip
