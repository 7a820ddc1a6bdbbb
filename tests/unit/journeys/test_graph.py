"""Reading a journey's graph."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from relance.core.time import DAY, HOUR
from relance.journeys.errors import GraphError
from relance.journeys.facts import Need, StepFacts
from relance.journeys.graph import read_graph
from relance.journeys.step import rests_until
from tests.journey_graphs import CART


def test_a_graph_is_read_ready_to_run() -> None:
    graph = read_graph(CART)
    assert {node.id: rests_until(graph, node.id, StepFacts({}), 7) for node in graph.nodes.values()} == {
        "wait": 7 + 2 * HOUR,
        "push": None,
        "wait2": 7 + DAY,
        "mail": None,
        "done": None,
    }
    assert graph.heard.keys() == {"Order Completed", "message_clicked"}
    assert graph.message_ids == {1, 2}
    assert not graph.needs


def changed(**parts: Any) -> dict[str, Any]:
    return {**deepcopy(CART), **parts}


def nodes(*given: dict[str, Any]) -> dict[str, Any]:
    return changed(nodes=list(given), start=given[0]["id"])


END = {"id": "end", "kind": "exit"}


@pytest.mark.parametrize(
    ("graph", "path"),
    [
        ([], ""),
        ({}, ""),
        (changed(start="nowhere"), "start"),
        (changed(extra=1), ""),
        (changed(entry={"event": ""}), "entry.event"),
        (changed(entry={"event": "x", "key": ""}), "entry.key"),
        (changed(entry={"event": "x", "reentry": "twice"}), "entry.reentry"),
        (changed(entry={"event": "x", "where": [{"property": "a", "is": "in", "value": 3}]}), "entry.where[0].value"),
        (changed(exits=[{"event": "Order Completed", "match": 3}]), "exits[0].match"),
        (changed(exits=[{"event": "a\x00b"}]), "exits[0].event"),
        (changed(goal={"event": "Order Completed", "within": "3 days"}), "goal.within"),
        (changed(goal={"event": "Order Completed", "within": "200d"}), "goal.within"),
        (changed(nodes=[]), "nodes"),
        (nodes({"id": "a b", "kind": "exit"}), "nodes[0].id"),
        (nodes({"id": "a", "kind": "delay", "for": "3d", "next": "end"}, END, END), "nodes[2].id"),
        (nodes({"id": "a", "kind": "dance"}), "nodes[0].kind"),
        (nodes({"id": "a", "kind": "delay", "for": "0s", "next": "end"}, END), "nodes[0].for"),
        (nodes({"id": "a", "kind": "delay", "for": "2 h", "next": "end"}, END), "nodes[0].for"),
        (nodes({"id": "a", "kind": "delay", "for": "2h"}, END), "nodes[0]"),
        (nodes({"id": "a", "kind": "delay", "for": "2h", "next": "b"}, END), "nodes[0].next"),
        (nodes({"id": "a", "kind": "message", "message": "x", "next": None}), "nodes[0].message"),
        (nodes({"id": "a", "kind": "message", "message": 1, "next": None}, END), "nodes[1]"),
        (nodes({"id": "a", "kind": "message", "message": 1, "next": "a"}), "nodes[0]"),
        (nodes({"id": "b", "kind": "branch", "if": [], "then": None, "else": None}), "nodes[0].if"),
        (nodes({"id": "b", "kind": "branch", "if": [{"property": "a"}], "then": None, "else": None}), "nodes[0].if[0]"),
        (
            nodes(
                {"id": "b", "kind": "branch", "if": [{"kind": "trait", "name": "", "is": "exists"}], "then": None, "else": None}
            ),
            "nodes[0].if[0].name",
        ),
        (
            nodes({"id": "w", "kind": "wait_for", "event": "x", "up_to": "2h", "match": "", "then": None, "else": None}),
            "nodes[0].match",
        ),
        (
            nodes({"id": "w", "kind": "wait_for", "event": "x", "up_to": "2h", "message": "w", "then": None, "else": None}),
            "nodes[0].message",
        ),
        (
            nodes(
                {
                    "id": "w",
                    "kind": "wait_for",
                    "event": "message_clicked",
                    "up_to": "2h",
                    "message": "w",
                    "then": None,
                    "else": None,
                }
            ),
            "nodes[0].message",
        ),
        (changed(exits=[{"event": "message_clicked", "message": "none"}]), "exits[0].message"),
        (
            nodes(
                {"id": "a", "kind": "message", "message": 1, "next": "b"},
                {"id": "b", "kind": "branch", "if": [{"property": "p", "is": "exists"}], "then": "a", "else": None},
            ),
            "nodes[0]",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(graph: Any, path: str) -> None:
    with pytest.raises(GraphError) as caught:
        read_graph(graph)
    assert caught.value.data["path"] == path


def test_a_circle_that_waits_is_allowed() -> None:
    graph = nodes(
        {"id": "a", "kind": "message", "message": 1, "next": "d"}, {"id": "d", "kind": "delay", "for": "7d", "next": "a"}
    )
    assert read_graph(graph).start == "a"


def test_a_test_of_a_trait_is_told_from_one_of_a_property() -> None:
    tests = [{"kind": "trait", "name": "plan", "is": "=", "value": "pro"}, {"property": "total", "is": ">", "value": 10}]
    assert read_graph(nodes({"id": "b", "kind": "branch", "if": tests, "then": None, "else": None})).needs == {Need.TRAITS}


def test_a_graph_too_large_is_refused() -> None:
    with pytest.raises(GraphError):
        read_graph(changed(start="x" * 300_000))
