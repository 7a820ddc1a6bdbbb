"""Graphs and nodes as data: kinds need nothing but their module to stand there."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.forms import Role
from relance.journeys.errors import GraphError
from relance.journeys.graph import read_graph
from relance.journeys.nodes.kinds import KINDS
from relance.journeys.schema import graph_schema, node_forms
from tests.journey_graphs import CART
from tests.journey_nodes import add_kinds

VALID = jsonschema_rs.Draft202012Validator(graph_schema())
FILLED: dict[Role, Any] = {Role.EVENT: "Bought", Role.MESSAGE: 7, Role.LENGTH: "2h"}


def test_the_schema_is_one_and_takes_a_journey() -> None:
    assert jsonschema_rs.meta.is_valid(graph_schema())
    VALID.validate(CART)


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path, *(found for key, each in inner for found in places(each, (*path, key)))]


PLACES = [path for path in places(CART) if path]


@given(st.sampled_from(PLACES), st.sampled_from([None, 7, "x", [], {}, True, "\0drop", "\0add"]))
def test_what_the_schema_refuses_is_refused(path: tuple[Any, ...], value: Any) -> None:
    graph = deepcopy(CART)
    part: Any = graph
    for key in path[:-1]:
        part = part[key]
    if value == "\0drop":
        del part[path[-1]]
    elif value == "\0add":
        if isinstance(part, dict):
            part["more"] = 1
    else:
        part[path[-1]] = value
    if not VALID.is_valid(graph):
        with pytest.raises(GraphError):
            read_graph(graph)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_node_is_one_once_it_is_filled_in(kind: str) -> None:
    form = next(each for each in node_forms() if each.kind == kind)
    node: dict[str, Any] = {"id": "n", "kind": kind}
    for each in form.fields:
        if each.role is not Role.ID:
            node[each.name] = FILLED[each.role] if each.begins == "" else each.begins
    if kind == "branch":
        node["if"] = [{"property": "total", "is": ">", "value": 5}]
    assert read_graph({"entry": {"event": "x"}, "start": "n", "nodes": [node]}).nodes.keys() == {"n"}


@pytest.mark.parametrize("node", CART["nodes"], ids=lambda node: node["id"])
def test_edges_are_fields_by_their_labels(node: dict[str, Any]) -> None:
    form = next(each for each in node_forms() if each.kind == node["kind"])
    edges = read_graph(CART).nodes[node["id"]].edges
    assert {each.label: each.to for each in edges} == {
        each.name: node[each.name] for each in form.fields if each.role is Role.EDGE
    }


def test_a_kind_that_is_added_stands_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    add_kinds(monkeypatch)
    forms = {each.kind: each for each in node_forms()}
    assert [(each.name, each.role) for each in forms["pause"].fields] == [
        ("id", Role.ID), ("hot", Role.EVENT), ("cold", Role.EVENT), ("warm", Role.EDGE), ("fled", Role.EDGE),
        ("tired", Role.EDGE),
    ]  # fmt: skip
    assert forms["fork"].description.startswith("Goes the way of the first segment")
    node = {"id": "f", "kind": "fork", "greeting": 7, "otherwise": None, "ways": [{"label": "a", "segment": 1, "to": None}]}
    graph = {"entry": {"event": "x"}, "start": "f", "nodes": [node]}
    with_it = jsonschema_rs.Draft202012Validator(graph_schema())
    with_it.validate(graph)
    assert not with_it.is_valid({**graph, "nodes": [{**node, "greeting": "hello"}]})
