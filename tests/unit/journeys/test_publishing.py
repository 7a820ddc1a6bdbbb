"""What keeps a draft from being published."""

from __future__ import annotations

from typing import Any

import pytest

from relance.journeys.errors import GraphError
from relance.journeys.graph import Graph, as_saved, read_graph
from relance.journeys.kept_names import check_kept_names
from relance.journeys.publishing import (
    JOURNEY,
    MESSAGE,
    SEGMENT,
    check_answers,
    check_entry,
    check_names,
    check_own_messages,
    unkept,
)
from relance.journeys.taking_in import segments_taken_in

OWN = 7
THERE = {SEGMENT: {1, 2}, MESSAGE: {1}, JOURNEY: {OWN, 8}}
IN_NINE = {"property": "segment", "is": "=", "value": 9}
ABOUT_JOURNEYS = ("journey_entered", "message_sent", "message_opened", "message_clicked", "message_converted", "message_failed")
NODES = [{"id": "m", "kind": "message", "message": 1, "next": None}]


def entry(event: str, *where: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    tests = [{"property": name, "is": is_, **({} if not value else {"value": value[0]})} for name, is_, *value in where]
    return {"entry": {"event": event, "where": tests, **more}, "start": "m", "nodes": NODES}


def check(data: dict[str, Any]) -> None:
    graph = read_graph(data)
    check_entry(graph, OWN)
    check_names(graph, THERE)


@pytest.mark.parametrize(
    "data",
    [
        entry("Signed Up"),
        entry("Order Completed", ("total", ">", 5), ("total", "<", 5.5), key="cart_id"),
        entry("x", ("n", ">=", 5), ("n", "<=", 5)),
        entry("x", ("n", "=", "5"), ("n", ">", 4)),
        entry("x", ("n", "=", 5), ("n", "contains", "5")),
        entry("x", ("n", "not_exists"), ("n", "!=", 3)),
        entry("x", ("n", "in", [1, 2, 3]), ("n", "!=", 2), ("n", "not_in", [1])),
        entry("x", ("segment", "=", 999)),  # a property of somebody's own
        entry("segment_entered"),
        entry("segment_entered", ("segment", "=", 1)),
        entry("segment_left", ("segment", "in", ["1", 2.0])),
        entry("segment_entered", ("segment", "=", 2), present=True, key="segment"),
        entry("message_clicked", ("message", "=", 1), ("url", "contains", "sale")),
        entry("message_skipped", ("reason", "=", "no_consent")),
        entry("message_skipped", ("nothing", "not_exists")),
        entry("journey_left", ("journey", "=", 8), ("reason", "in", ["exit_event", "completed"])),
        entry("journey_left", ("journey", "in", [OWN, 8])),
        entry("session_started", ("anything", "=", 1), key="session"),
        entry("x", ("d", "after", "2020-01-01"), ("d", "before", "2020-01-02")),
        entry("x", ("d", "after", "2020-01-01"), ("e", "before", "2019-01-02")),
        *(entry(name, ("journey", "=", 8)) for name in ABOUT_JOURNEYS),
        *(entry(name, ("journey", "in", [8, OWN])) for name in ABOUT_JOURNEYS),
    ],
)
def test_what_can_be_published(data: dict[str, Any]) -> None:
    check(data)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (entry("identify"), "entry.event"),
        (entry("group"), "entry.event"),
        (entry("alias"), "entry.event"),
        (entry("segment_entered", ("segment", "=", 999)), "entry.where[0].value"),
        (entry("segment_entered", ("segment", "in", [1, 999])), "entry.where[0].value"),
        (entry("segment_entered", ("segment", "=", "vip")), "entry.where[0].value"),
        (entry("segment_entered", ("segment", "=", 1.5)), "entry.where[0].value"),
        (entry("segment_entered", ("segment", "=", 0)), "entry.where[0].value"),
        (entry("segment_entered", ("segment", "=", 10**18 * 9)), "entry.where[0].value"),
        (entry("message_clicked", ("message", "=", 2)), "entry.where[0].value"),
        (entry("journey_left", ("journey", "=", 99)), "entry.where[0].value"),
        (entry("journey_left", ("journey", "=", OWN)), "entry.where"),
        (entry("journey_entered", ("journey", "in", [OWN, str(OWN)])), "entry.where"),
        *((entry(name, ("journey", "=", OWN)), "entry.where") for name in ABOUT_JOURNEYS),
        *((entry(name, ("journey", "in", [OWN, str(OWN)])), "entry.where") for name in ABOUT_JOURNEYS),
        (entry("x", ("d", "before", "2020-01-01"), ("d", "after", "2021-01-01")), "entry.where[1]"),
        (entry("x", ("d", "after", "2020-01-01T00:00:00Z"), ("n", "=", 1), ("d", "before", "2020-01-01")), "entry.where[2]"),
        (entry("x", ("d", "after", "2019-01-01"), ("d", "before", "2021-01-01"), ("d", "after", "2022-01-01")), "entry.where[2]"),
        (entry("x", ("d", "=", "2020-05-01"), ("d", "before", "2020-01-01")), "entry.where[1]"),
        (entry("segment_entered", ("segment", "=", 1), key="cart_id"), "entry.key"),
        (entry("message_sent", ("segment", "=", 1)), "entry.where[0].property"),
        (entry("message_sent", ("cart.total", ">", 1)), "entry.where[0].property"),
        (entry("segment_entered", ("segment", "=", 1), ("segment", "=", 2)), "entry.where[1]"),
        (entry("x", ("n", ">", 5), ("n", "<", 5)), "entry.where[1]"),
        (entry("x", ("n", ">=", 5), ("m", "=", 1), ("n", "<", 5)), "entry.where[2]"),
        (entry("x", ("n", "between", [1, 2]), ("n", ">", 2)), "entry.where[1]"),
        (entry("x", ("n", "=", 5), ("n", "!=", "5")), "entry.where[1]"),
        (entry("x", ("n", "in", ["a", "b"]), ("n", "starts", "c")), "entry.where[1]"),
        (entry("x", ("n", "exists"), ("n", "not_exists")), "entry.where[1]"),
        (entry("x", ("n", "not_exists"), ("n", "contains", "a")), "entry.where[1]"),
        (entry("message_skipped", ("reason", "=", "because")), "entry.where[0].value"),
        (entry("message_sent", ("channel", "=", "pigeon")), "entry.where[0].value"),
        ({**entry("x"), "nodes": [{**NODES[0], "message": 5}]}, "nodes[0].message"),
        (
            {
                **entry("segment_entered"),
                "start": "b",
                "nodes": [
                    {"id": "b", "kind": "branch", "if": [IN_NINE], "then": "m", "else": None},
                    *NODES,
                ],
            },
            "nodes[0].if[0].value",
        ),
    ],
)  # fmt: skip
def test_what_cannot(data: dict[str, Any], path: str) -> None:
    with pytest.raises(GraphError) as refused:
        check(data)
    assert refused.value.data["path"] == path
    assert refused.value.message.endswith((".", "?"))


@pytest.mark.parametrize(
    "data",
    [
        entry("Signed Up", present=True),
        entry("segment_left", ("segment", "=", 1), present=True),
        entry("segment_entered", present=True),
        entry("segment_entered", ("segment", "!=", 1), present=True),
    ],
)
def test_only_who_is_in_a_named_segment_can_be_taken_in(data: dict[str, Any]) -> None:
    with pytest.raises(GraphError) as refused:
        read_graph(data)
    assert refused.value.data["path"] == "entry.present"


def test_the_segments_that_are_taken_in() -> None:
    where = ("segment", "in", [1, "2"])
    assert segments_taken_in(read_graph(entry("segment_entered", where, present=True))) == [1, 2]
    assert segments_taken_in(read_graph(entry("segment_entered", where))) == []


@pytest.mark.parametrize("name", ["message_tested", "message_foo", "segment_x", "journey_"])
def test_a_kept_name_that_is_never_written_starts_nothing(name: str) -> None:
    with pytest.raises(GraphError) as refused:
        check_entry(read_graph(entry(name)), 1)
    assert refused.value.data["path"] == "entry.event"


def test_own_messages_are_waited_for_only_where_there_are_some() -> None:
    wait = {"id": "w", "kind": "wait_for", "event": "message_clicked", "up_to": "1h", "then": None, "else": None}
    alone = {**entry("Signed Up"), "start": "w", "nodes": [wait]}
    with pytest.raises(GraphError) as refused:
        check_own_messages(read_graph(alone))
    assert refused.value.data["path"] == "nodes[0].event"
    check_own_messages(read_graph({**alone, "nodes": [{**wait, "message": "*"}]}))
    check_own_messages(read_graph({**entry("Signed Up"), "start": "m", "nodes": [{**NODES[0], "next": "w"}, wait]}))


@pytest.mark.parametrize("around", [" {}", "{} ", "\u200b{}\ufeff", "\t{}\u00a0"])
def test_names_of_events_are_read_as_the_door_takes_them(around: str) -> None:
    def named(name: str) -> str:
        return around.format(name)

    wait = {"id": "w", "kind": "wait_for", "event": named("Look"), "up_to": "1h", "then": None, "else": None}
    data = {"entry": {"event": named("Added")}, "exits": [{"event": named("Bought")}], "goal": {"event": named("Paid")}}
    graph = read_graph({**data, "start": "w", "nodes": [wait]})
    assert (graph.entry.event, set(graph.heard)) == ("Added", {"Bought", "Look"})
    assert graph.goal is not None
    assert graph.goal.event == "Paid"
    saved = as_saved({**data, "start": "w", "nodes": [wait]})
    assert saved["entry"]["event"] + saved["exits"][0]["event"] + saved["goal"]["event"] == "AddedBoughtPaid"
    assert saved["nodes"] == [{**wait, "event": "Look"}]
    assert read_graph(saved) == graph


@pytest.mark.parametrize("blank", ["", "   ", "\u200b", "a\x00", "\x00a"])
def test_a_name_that_no_event_can_have_is_refused(blank: str) -> None:
    with pytest.raises(GraphError) as refused:
        read_graph(entry(blank))
    assert refused.value.data["path"] == "entry.event"


@pytest.mark.parametrize("name", ["message_nope", "segment_entred", "journey_done", " message_nope\u200b"])
def test_a_kept_name_that_is_never_written_is_waited_for_by_nobody(name: str) -> None:
    wait = {"id": "m", "kind": "wait_for", "event": name, "up_to": "1h", "then": None, "else": None}
    for more, path in (
        ({"exits": [{"event": "Bought"}, {"event": name}]}, "exits[1].event"),
        ({"nodes": [wait]}, "nodes[0].event"),
        ({"goal": {"event": name}}, "goal.event"),
    ):
        with pytest.raises(GraphError) as refused:
            check_kept_names(read_graph({**entry("Signed Up"), **more}))
        assert refused.value.data["path"] == path
    check_kept_names(read_graph({**entry("Signed Up"), "exits": [{"event": "message_clicked"}, {"event": "session_started"}]}))


def asking(*nodes: dict[str, Any]) -> Graph:
    return read_graph({"entry": {"event": "x"}, "start": nodes[0]["id"], "nodes": list(nodes)})


def ask(name: str, keep: str | None, then: str | None, other: str | None = None, message: int = 1) -> dict[str, Any]:
    return {"id": name, "kind": "send_and_wait", "message": message, "up_to": "1h", "keep": keep, "then": then, "else": other}


def branch(name: str, kept: str, then: str | None, other: str | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "branch",
        "if": [{"kind": "answer", "property": kept, "is": "exists"}],
        "then": then,
        "else": other,
    }


ANSWERED = {1}


@pytest.mark.parametrize(
    "nodes",
    [
        [ask("a", "one", "b"), branch("b", "one.status", None)],
        [ask("a", None, "b", message=2), ask("b", "one", "c"), branch("c", "one", None)],
        [ask("a", "one", "d"), {"id": "d", "kind": "delay", "for": "1d", "next": "b"}, branch("b", "one.body", "a")],
        [{"id": "s", "kind": "delay", "for": "1d", "next": "b"}, branch("b", "one", None, "a"), ask("a", "one", "s")],
    ],
)
def test_a_test_of_what_a_step_before_keeps_can_be_published(nodes: list[dict[str, Any]]) -> None:
    check_answers(asking(*nodes), ANSWERED)


@pytest.mark.parametrize(
    ("nodes", "reason", "path"),
    [
        ([branch("b", "one.status", "a"), ask("a", "one", None)], "answer_unknown", "nodes[0].if[0].property"),
        ([ask("a", "one", "b"), branch("b", "two.status", None)], "answer_unknown", "nodes[1].if[0].property"),
        ([ask("a", None, "b"), branch("b", "one", None)], "answer_unknown", "nodes[1].if[0].property"),
        ([ask("a", "one", None, message=2)], "answers_nothing", "nodes[0].keep"),
    ],
)
def test_answers_that_nothing_can_have_given_are_refused(nodes: list[dict[str, Any]], reason: str, path: str) -> None:
    with pytest.raises(GraphError) as caught:
        check_answers(asking(*nodes), ANSWERED)
    assert (caught.value.text.reason, caught.value.data["path"]) == (reason, path)


def test_a_message_that_says_what_nothing_before_it_keeps_is_named() -> None:
    say = {"id": "s", "kind": "message", "message": 3, "next": "a"}
    graph = asking(say, ask("a", "one", "t"), {**say, "id": "t", "next": None})
    found = [(path, text.parameters["name"]) for path, text in unkept(graph, {3: {"one", "two"}})]
    assert found == [("nodes[0].message", "one"), ("nodes[0].message", "two"), ("nodes[2].message", "two")]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["One"], "kept_name"),
        (["1"], "kept_name"),
        (["a-b"], "kept_name"),
        (["a" * 41], "kept_name"),
        ([""], "kept_name"),
        (["a", "a"], "kept_name_twice"),
        ([f"a{number}" for number in range(21)], "kept_number"),
    ],
)
def test_a_name_that_an_answer_cannot_have_is_refused(names: list[str], reason: str) -> None:
    nodes = [ask(f"n{number}", name, f"n{number + 1}") for number, name in enumerate(names)]
    nodes[-1] |= {"then": None}
    with pytest.raises(GraphError) as caught:
        asking(*nodes)
    assert (caught.value.text.reason, caught.value.data["path"]) == (reason, f"nodes[{len(names) - 1}].keep")
