"""A key that is played with the events that may concern it comes out as with all of its person's events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.journeys.concerning import Concerning
from relance.journeys.facts import NOBODY
from relance.journeys.graph import Graph, read_graph
from relance.journeys.model import JourneyState
from relance.journeys.order import place_at
from relance.journeys.recall import SettledEvent
from relance.journeys.replay import ReplayedRun, Scene, Stored, replay
from relance.journeys.triggers import Running

NAMES = ("Added", "Added", "Bought", "Clicked", "message_clicked")
MATCHES = st.sampled_from([None, "cart_id", "cart_id", "shop.id"])
VALUES = st.sampled_from(["a", "a", "b", 1, "1", 1.5, True, None, ["a"]])
PROPERTIES = st.fixed_dictionaries({}, optional={"cart_id": VALUES, "shop": st.fixed_dictionaries({}, optional={"id": VALUES})})
DOINGS = st.lists(
    st.tuples(st.sampled_from(NAMES), PROPERTIES, st.integers(0, 40), st.booleans(), st.sampled_from([(), (7,)])), max_size=14
)
MINUTE = 60_000


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A wait that may come back to itself, a message, and another wait, with exits."""
    event = st.sampled_from(["Added", "Bought", "Clicked", "message_clicked"])

    def listens(what: dict[str, Any]) -> dict[str, Any]:
        name = draw(event)
        about = {"message": "m"} if name.startswith("message_") else {"match": draw(MATCHES)}
        return {**what, "event": name, **about}

    nodes = [
        listens({"id": "w", "kind": "wait_for", "up_to": "10m", "then": draw(st.sampled_from(["m", "w", "x"])), "else": "m"}),
        {"id": "m", "kind": "message", "message": 1, "next": "v"},
        listens({"id": "v", "kind": "wait_for", "up_to": "15m", "then": draw(st.sampled_from(["w", "x"])), "else": "x"}),
        {"id": "x", "kind": "exit"},
    ]
    entry = {"event": "Added", "key": draw(MATCHES), "reentry": draw(st.sampled_from(["always", "once"]))}
    return read_graph({"entry": entry, "exits": [listens({})] if draw(st.booleans()) else [], "nodes": nodes, "start": "w"})


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(graphs(), min_size=1, max_size=2), DOINGS, st.booleans(), st.integers(0, 14), st.data())
def test_all_that_is_left_out_would_have_changed_nothing(
    versions: list[Graph], doings: Sequence[Any], is_live: bool, before: int, data: st.DataObject
) -> None:
    state = JourneyState.LIVE if is_live else JourneyState.PAUSED
    graphs_now = {number + 1: graph for number, graph in enumerate(versions)}
    journey = Running(7, 1, state, len(versions), graphs_now, resumed_at=data.draw(st.sampled_from([0, 12 * MINUTE])))
    past = [
        SettledEvent(name, f"k{number}", at * MINUTE, late, to_json({**properties, "run": f"run-k{number % 5}"}), caused_by)
        for number, (name, properties, at, late, caused_by) in enumerate(doings)
    ]
    past.sort(key=lambda each: place_at(each.occurred_at, starts=each.name == "Added"))
    concerning = Concerning(journey, past)
    names = {each.key: f"run-{each.key}" for each in past if each.name == "Added"}
    for key in ("", "a", "b", "1", " tx", " n1.5", " bTrue"):
        lived_to = data.draw(st.sampled_from([0, concerning.last]))
        scene = Scene(journey, 1, key, NOBODY, 5 * MINUTE, taken=False, lived_to=lived_to)
        stored = [as_stored(course, data) for course in replay(scene, [], past[:before], names)]
        scene = scene._replace(lived_to=concerning.last)
        whole, some = (replay(scene, stored, events, names) for events in (past, concerning.of(key)))
        assert [reported(each) for each in some] == [reported(each) for each in whole]


def as_stored(course: ReplayedRun, data: st.DataObject) -> Stored:
    """The run as a store would have it; some of its messages have left."""
    sent = [(each.node, each.instant) for each in course.sendings if data.draw(st.booleans())]
    unsent = [(each.node, each.instant) for each in course.sendings if (each.node, each.instant) not in sent]
    return Stored(course.run, course.steps, frozenset(sent), frozenset(unsent), frozenset(sent))


def reported(course: ReplayedRun) -> Any:
    return course.run, course.steps, course.kept, course.sendings
