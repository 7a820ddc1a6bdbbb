"""Any kind of node is checked, stepped through and found its way by, though nothing but its own module knows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from relance.core.time import HOUR
from relance.journeys.effects import Leave, Send, Visit, Wait
from relance.journeys.errors import GraphError
from relance.journeys.facts import Happened, Need, PersonFacts, StepFacts
from relance.journeys.graph import Graph, read_graph
from relance.journeys.kept_names import check_kept_names
from relance.journeys.model import LeaveReason
from relance.journeys.publishing import check_names, check_own_messages
from relance.journeys.step import Started, Trigger, Woke, rests_until, step
from tests.journey_nodes import add_kinds

NOW = 1_000 * HOUR
PAUSE: dict[str, Any] = {
    "id": "p", "kind": "pause", "hot": "Sun Rose", "cold": "Frost Came", "warm": "f", "fled": None, "tired": "bye",
}  # fmt: skip
FORK: dict[str, Any] = {
    "id": "f", "kind": "fork", "greeting": 7, "otherwise": None,
    "ways": [{"label": "vip", "segment": 1, "to": "p"}, {"label": "new", "segment": 2, "to": "bye"}],
}  # fmt: skip
BYE = {"id": "bye", "kind": "exit"}


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    add_kinds(monkeypatch)
    return iter([None])


def graph_of(*nodes: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"entry": {"event": "x", "key": "cart_id"}, "start": nodes[0]["id"], "nodes": list(nodes), **parts}


def read(*nodes: dict[str, Any], **parts: Any) -> Graph:
    return read_graph(graph_of(*nodes, **parts))


def ways(*labels: str, to: str | None = None) -> list[dict[str, Any]]:
    return [{"label": label, "segment": number + 1, "to": to} for number, label in enumerate(labels)]


def test_what_a_graph_needs_and_hears_is_what_its_nodes_do() -> None:
    graph = read(PAUSE, FORK, BYE)
    assert graph.needs == {Need.MEMBERSHIPS, Need.ZONE}
    assert graph.message_ids == {7}
    assert graph.heard == {"Sun Rose": {None}, "Frost Came": {"cart_id"}}
    assert [*graph.heard_names()] == [("nodes[0].hot.event", "Sun Rose"), ("nodes[0].cold.event", "Frost Came")]


@pytest.mark.parametrize(
    ("graph", "path"),
    [
        (graph_of({**FORK, "ways": ways("a", "b", to="nowhere")}), "nodes[0].ways[0].to"),
        (graph_of({**PAUSE, "warm": None, "tired": None}, BYE), "nodes[1]"),
        (graph_of({**FORK, "ways": ways("a", to="f")}), "nodes[0]"),
        (graph_of({**FORK, "ways": ways("a", "a")}), "nodes[0]"),
        (graph_of({**FORK, "ways": ways("completed")}), "nodes[0]"),
        (graph_of({**FORK, "ways": ways("start")}), "nodes[0]"),
        (graph_of({**FORK, "ways": [{"label": "a"}]}), "nodes[0].ways[0]"),
        (graph_of({**PAUSE, "cold": " ", "warm": None, "tired": None}), "nodes[0].cold.event"),
        (graph_of({**PAUSE, "warmth": 1}, BYE), "nodes[0]"),
    ],
)
def test_what_is_wrong_with_it_is_named_by_its_path(graph: Any, path: str) -> None:
    with pytest.raises(GraphError) as caught:
        read_graph(graph)
    assert caught.value.data["path"] == path


def test_a_circle_through_it_is_allowed_where_it_rests() -> None:
    graph = read(PAUSE, {**FORK, "ways": ways("vip", to="p")}, BYE)
    assert graph.whirls == frozenset()
    by_itself = read({**PAUSE, "hot": "message_sent"}, {**FORK, "ways": ways("vip", to="p")}, BYE)
    assert by_itself.whirls == {"p"}


GRAPH = (PAUSE, FORK, BYE)
VIP, NEW, TOKYO = (
    PersonFacts(memberships=frozenset({1, 2})),
    PersonFacts(memberships=frozenset({2})),
    PersonFacts(zone="Asia/Tokyo"),
)


@pytest.mark.parametrize(
    ("node", "trigger", "person", "effects"),
    [
        ("", Started(), PersonFacts(), [Visit("p", "start"), Wait("p", NOW + 2 * HOUR)]),
        ("", Started(), TOKYO, [Visit("p", "start"), Wait("p", NOW + 3 * HOUR)]),
        ("p", Woke(), VIP, [Visit("bye", "tired"), Leave(LeaveReason.COMPLETED)]),
        ("p", Happened("Sun Rose", {}), VIP, [Visit("f", "warm"), Visit("p", "vip"), Wait("p", NOW + 2 * HOUR)]),
        ("p", Happened("Sun Rose", {}), NEW, [Visit("f", "warm"), Visit("bye", "new"), Leave(LeaveReason.COMPLETED)]),
        ("p", Happened("Sun Rose", {}), TOKYO, [Visit("f", "warm"), Send("f", 7), Leave(LeaveReason.COMPLETED, "otherwise")]),
        ("p", Happened("Frost Came", {"cart_id": "c"}), VIP, [Leave(LeaveReason.COMPLETED, "fled")]),
        ("p", Happened("Frost Came", {"cart_id": "d"}), VIP, []),
    ],
)
def test_a_run_goes_where_its_nodes_say(node: str, trigger: Trigger, person: PersonFacts, effects: list[Any]) -> None:
    assert step(read(*GRAPH), node, trigger, StepFacts({"cart_id": "c"}, person, "r", 5), NOW) == effects


def test_an_edge_that_was_chosen_at_this_instant_is_chosen_again() -> None:
    facts = StepFacts({}, VIP, decided={"f": "new", "p": "tired"})
    effects = [Visit("f", "warm"), Visit("bye", "new"), Leave(LeaveReason.COMPLETED)]
    assert step(read(*GRAPH), "p", Happened("Sun Rose", {}), facts, NOW) == effects
    assert rests_until(read(*GRAPH), "p", facts, NOW) == NOW + 2 * HOUR
    assert rests_until(read(*GRAPH), "f", facts, NOW) is None


def test_as_many_nodes_as_a_graph_may_have_are_gone_through_in_one_step() -> None:
    chain = [{"id": f"m{n}", "kind": "message", "message": 1, "next": f"m{n + 1}" if n < 199 else None} for n in range(200)]
    effects = step(read(*chain), "", Started(), StepFacts({}), NOW)
    assert effects[-1] == Leave(LeaveReason.COMPLETED, "next")
    assert sum(isinstance(each, Send) for each in effects) == 200


def test_what_it_names_is_checked_before_it_is_published() -> None:
    with pytest.raises(GraphError) as caught:
        check_names(read(*GRAPH), {"message": {1}})
    assert caught.value.data["path"] == "nodes[1].greeting"
    with pytest.raises(GraphError) as caught:
        check_kept_names(read({**PAUSE, "cold": "message_tested"}, FORK, BYE))
    assert caught.value.data["path"] == "nodes[0].cold.event"
    lonely = read({**PAUSE, "hot": "message_opened", "warm": None}, BYE)
    with pytest.raises(GraphError) as caught:
        check_own_messages(lonely)
    assert caught.value.data["path"] == "nodes[0].hot.event"
    check_own_messages(read({**PAUSE, "hot": "message_opened"}, FORK, BYE))
