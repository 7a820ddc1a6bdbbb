"""Runs are found by what they match: whoever is not found would not have been moved."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relance.core.encoding import from_json, to_json
from relance.journeys.active_runs import ActiveRuns
from relance.journeys.facts import Happened, StepFacts
from relance.journeys.graph import Graph, read_graph
from relance.journeys.model import Run, RunState
from relance.journeys.step import entry_key, step

EVENTS = ("Bought", "Clicked")
MATCHES = st.sampled_from([None, "cart_id", "shop.id"])
VALUES = st.sampled_from(["a", "b", 1, 1.5, True, None, ["a"], "1"])
PROPERTIES = st.fixed_dictionaries({}, optional={"cart_id": VALUES, "shop": st.fixed_dictionaries({}, optional={"id": VALUES})})


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """One exit and one wait, each for an event of its own with a match of its own."""
    wait = {"id": "w", "kind": "wait_for", "event": draw(st.sampled_from(EVENTS)), "match": draw(MATCHES), "up_to": "2h"}
    written = {
        "entry": {"event": "Added", "key": draw(MATCHES)},
        "exits": [{"event": draw(st.sampled_from(EVENTS)), "match": draw(MATCHES)}],
        "nodes": [{**wait, "then": "x", "else": None}, {"id": "x", "kind": "exit"}],
        "start": "w",
    }
    return read_graph(written)


def waiting(number: int, version: int, graph: Graph, entry: dict[str, Any]) -> Run | None:
    key = entry_key(graph, entry)
    if key is None:
        return None
    return Run(f"r{number}", 1, 1, version, 1, key, "w", RunState.WAITING.value, "", 10 + number, 0, 0, 1, to_json(entry))


@given(st.lists(graphs(), min_size=1, max_size=2), st.lists(st.tuples(st.integers(0, 1), PROPERTIES), max_size=8), st.data())
def test_who_is_not_found_would_not_have_moved(versions: list[Graph], entries: list[Any], data: st.DataObject) -> None:
    numbered = dict(enumerate(versions))
    made = [waiting(n, v % len(versions), versions[v % len(versions)], entry) for n, (v, entry) in enumerate(entries)]
    runs = [run for run in made if run is not None]
    underway = ActiveRuns(numbered)
    early = data.draw(st.integers(0, len(runs)))
    for run in runs[:early]:
        underway.add(run)
    underway.hearing("Bought", {})  # an index that is there already takes in later runs
    for run in runs[early:]:
        underway.add(run)
    event, properties = data.draw(st.sampled_from(EVENTS)), data.draw(PROPERTIES)
    found = {run.id for run in underway.hearing(event, properties)}
    moved = {run.id for run in runs if step(numbered[run.version], "w", Happened(event, properties), StepFacts(_facts(run)), 0)}
    assert moved <= found


def _facts(run: Run) -> dict[str, Any]:
    decoded: dict[str, Any] = from_json(run.data)
    return decoded


def test_the_next_wait_is_the_soonest_and_runs_that_are_over_are_let_go() -> None:
    graph = read_graph(
        {"entry": {"event": "Added"}, "nodes": [{"id": "w", "kind": "delay", "for": "1h", "next": None}], "start": "w"}
    )
    underway = ActiveRuns({1: graph})
    runs = [Run(f"r{at}", 1, 1, 1, 1, f"k{at}", "w", RunState.WAITING.value, "", at, 0, 0, 1, "{}") for at in (30, 10, 20)]
    for run in runs:
        underway.add(run)
    assert underway.wake_at == 10
    assert [run.id for run in underway.due(20)] == ["r10", "r20"]
    runs[1].state = RunState.DONE.value
    underway.settle()
    assert underway.wake_at == 20
    assert not underway.holds("k10")
    assert underway.holds("k30")
