"""One step of a run, as data."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from relance.core.time import DAY, HOUR
from relance.journeys.effects import Effect, KeepAnswer, Leave, Send, Visit, Wait
from relance.journeys.facts import Happened, PersonFacts, StepFacts
from relance.journeys.graph import read_graph
from relance.journeys.model import LeaveReason, Via
from relance.journeys.step import Started, Trigger, Woke, entry_key, passes_entry, step
from relance.segments.rule.keys import key_text
from relance.segments.rule.values import identity
from tests.journey_graphs import CART

NOW = 10 * DAY
GRAPH = read_graph(CART)
FACTS = StepFacts({"cart_id": "c1"}, PersonFacts({"plan": "pro"}), "r1")
MINE = {"run": "r1", "node": "push"}
DONE: list[Effect] = [Leave(LeaveReason.COMPLETED)]
ORDER = "Order Completed"


@pytest.mark.parametrize(
    ("node", "trigger", "effects"),
    [
        ("", Started(), [Visit("wait", Via.START), Wait("wait", NOW + 2 * HOUR)]),
        ("wait", Woke(), [Visit("push", "else"), Send("push", 1), Visit("wait2", "next"), Wait("wait2", NOW + DAY)]),
        ("wait", Happened(ORDER, {"cart_id": "c1"}), [Visit("wait", Via.EXIT_EVENT), Leave(LeaveReason.EXIT_EVENT, ORDER)]),
        ("wait", Happened(ORDER, {"cart_id": "c2"}), []),
        ("wait", Happened(ORDER, {}), []),
        ("wait", Happened(ORDER, {"cart_id": "c1"}, after_entry=False, after_arrival=False), []),
        ("wait", Happened("message_clicked", {}), []),
        ("wait2", Happened("message_clicked", MINE), [Visit("done", "then"), *DONE]),
        ("wait2", Happened("message_clicked", {"run": "another"}), []),
        ("wait2", Happened("message_clicked", {}), []),
        ("wait2", Happened("message_clicked", MINE, after_arrival=False), []),
        ("wait2", Happened(ORDER, {"cart_id": "c1"}), [Visit("wait2", Via.EXIT_EVENT), Leave(LeaveReason.EXIT_EVENT, ORDER)]),
        ("wait2", Woke(), [Visit("mail", "else"), Send("mail", 2), Visit("done", "next"), *DONE]),
    ],
)
def test_the_abandoned_cart(node: str, trigger: Trigger, effects: list[Effect]) -> None:
    assert step(GRAPH, node, trigger, FACTS, NOW) == effects


def branching(*tests: dict[str, Any], facts: StepFacts = FACTS) -> list[Effect]:
    graph = {
        "entry": {"event": "x"},
        "start": "b",
        "nodes": [
            {"id": "b", "kind": "branch", "if": list(tests), "then": "m", "else": None},
            {"id": "m", "kind": "message", "message": 9, "next": None},
        ],
    }
    return step(read_graph(graph), "", Started(), facts, NOW)


@pytest.mark.parametrize(
    ("tests", "passes"),
    [
        ([{"property": "cart_id", "is": "=", "value": "c1"}], True),
        ([{"property": "cart_id", "is": "=", "value": "c2"}], False),
        ([{"kind": "trait", "name": "plan", "is": "=", "value": "pro"}], True),
        ([{"kind": "trait", "name": "cart_id", "is": "exists"}], False),
        ([{"property": "cart_id", "is": "exists"}, {"kind": "trait", "name": "plan", "is": "!=", "value": "pro"}], False),
    ],
)
def test_a_branch_goes_on_if_all_its_tests_pass(tests: list[dict[str, Any]], passes: bool) -> None:
    then = [Visit("b", Via.START), Visit("m", "then"), Send("m", 9), Leave(LeaveReason.COMPLETED, "next")]
    assert branching(*tests) == (then if passes else [Visit("b", Via.START), Leave(LeaveReason.COMPLETED, "else")])


@pytest.mark.parametrize(("before", "leads_to"), [("then", "m"), ("else", None)])
@pytest.mark.parametrize("value", ["c1", "c2"])
def test_a_branch_that_was_decided_before_is_decided_alike(before: str, leads_to: str | None, value: str) -> None:
    """A run that is taken up again goes where it went, whatever its person's traits are by now."""
    facts = StepFacts({"cart_id": "c1"}, run="r1", decided={"b": before})
    way = [Send("m", 9), Leave(LeaveReason.COMPLETED, "next")]
    effects = branching({"property": "cart_id", "is": "=", "value": value}, facts=facts)
    assert effects == [
        Visit("b", Via.START),
        *([Visit("m", before), *way] if leads_to else [Leave(LeaveReason.COMPLETED, before)]),
    ]


def test_time_ends_a_delay_and_nothing_that_does_not_wait() -> None:
    graph = read_graph(
        {
            "entry": {"event": "x"},
            "start": "d",
            "nodes": [
                {"id": "d", "kind": "delay", "for": "2h", "next": "m"},
                {"id": "m", "kind": "message", "message": 9, "next": None},
            ],
        }
    )
    assert step(graph, "", Started(), FACTS, NOW) == [Visit("d", Via.START), Wait("d", NOW + 2 * HOUR)]
    assert step(graph, "d", Woke(), FACTS, NOW) == [Visit("m", "next"), Send("m", 9), Leave(LeaveReason.COMPLETED, "next")]
    assert step(graph, "m", Woke(), FACTS, NOW) == []


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("c1", "c1"), (17, "17"), (17.0, "17"), (1e3, "1000"), (-0.0, "0"), (2**53 - 1, "9007199254740991"), ("", ""),
        ("017", "017"), ("+17", "+17"), ("17.0", "17.0"), (17.5, " n17.5"), ("17.5", "17.5"), (-1, " n-1.0"), ("-1", "-1"),
        (2**53, " n9007199254740992.0"), (float(2**53), " n9007199254740992.0"), ("9007199254740992", "9007199254740992"),
        (True, " btrue"), ("true", "true"), (" btrue", " t btrue"), (None, None), ([1], None), ({}, None),
    ],
)  # fmt: skip
def test_key(value: Any, key: str | None) -> None:
    assert key_text(value) == key
    assert entry_key(GRAPH, {"cart_id": value}) == key


def test_keys_are_one_where_values_in_rules_are() -> None:
    values: list[Any] = [
        0, -0.0, 0.0, "0", "-0", 1, 1.0, "1", True, "true", "01", "+1", "1.0", 12, 12.0, "12", 1e3, 1000, "1000", "1e3", -1, "-1",
        2.5, "2.5", 2**53 - 1, "9007199254740991", 2**53, float(2**53), "9007199254740992", " n2.5", " x", "", None, [], {},
    ]  # fmt: skip
    for one, other in combinations(values, 2):
        assert (key_text(one) == key_text(other)) is (identity(one) == identity(other)), (one, other)
    same = [[12, 12.0, "12"], [0, -0.0, "0"], [1000, 1e3, "1000"], [2**53 - 1, float(2**53 - 1), str(2**53 - 1)]]
    assert all(len(set(map(key_text, those))) == 1 for those in same)


def test_a_key_that_no_index_holds_is_hashed() -> None:
    assert len(str(key_text("x" * 500))) == 32
    assert len(str(key_text("a\x00b"))) == 32


def test_an_event_without_the_key_starts_nothing() -> None:
    assert entry_key(GRAPH, {"total": 3}) is None


def test_an_entry_may_look_at_properties() -> None:
    graph = read_graph({**CART, "entry": {"event": "x", "where": [{"property": "total", "is": ">=", "value": 10}]}})
    assert passes_entry(graph, {"total": 10})
    assert not passes_entry(graph, {"total": 9})


ASKING: dict[str, Any] = {
    "entry": {"event": "x"},
    "start": "ask",
    "nodes": [
        {"id": "ask", "kind": "send_and_wait", "message": 1, "up_to": "1h", "keep": "score", "then": "high", "else": "high"},
        {
            "id": "high",
            "kind": "branch",
            "if": [{"kind": "answer", "property": "score.body.points", "is": ">", "value": 5}],
            "then": "ask",
            "else": None,
        },
    ],
}
OF_ASK = {"run": "r1", "node": "ask"}
HIGH = {"status": 200, "body": {"points": 6}}


@pytest.mark.parametrize(
    ("happened", "kept", "by", "passes"),
    [
        (Happened("message_sent", {**OF_ASK, "answer": HIGH}), HIGH, "then", True),
        (Happened("message_sent", {**OF_ASK, "answer": {"status": 204}}), {"status": 204}, "then", False),
        (Happened("message_sent", OF_ASK), None, "then", False),
        (Happened("message_sent", {**OF_ASK, "answer": "no object"}), None, "then", False),
        (Happened("message_failed", {**OF_ASK, "state": "failed", "last": True, "answer": HIGH}), HIGH, "else", True),
        (Happened("message_failed", {**OF_ASK, "state": "unknown"}), None, "then", False),
        (Happened("message_skipped", {**OF_ASK, "last": True}), None, "else", False),
        (Woke(), None, "else", False),
    ],
)
def test_an_answer_is_kept_and_the_next_node_knows_it(
    happened: Trigger, kept: dict[str, Any] | None, by: str, *, passes: bool
) -> None:
    """What was answered the time before is nothing to go by."""
    facts = StepFacts({}, run="r1", answers={"score": {"status": 500}, "other": {"status": 200}})
    first, second, *after = step(read_graph(ASKING), "ask", happened, facts, NOW)
    assert (first, second) == (KeepAnswer("score", kept), Visit("high", by))
    onward = [Visit("ask", "then"), Send("ask", 1, NOW + HOUR - 1), Wait("ask", NOW + HOUR)]
    assert after == (onward if passes else [Leave(LeaveReason.COMPLETED, "else")])


@pytest.mark.parametrize(
    "happened",
    [
        Happened("message_sent", {"run": "r2", "node": "ask", "answer": HIGH}),
        Happened("message_sent", {"run": "r1", "node": "another", "answer": HIGH}),
        Happened("message_sent", {**OF_ASK, "answer": HIGH}, after_arrival=False),
        Happened("message_failed", {**OF_ASK, "answer": HIGH}),
    ],
)
def test_what_was_answered_to_another_message_is_not_kept(happened: Happened) -> None:
    assert step(read_graph(ASKING), "ask", happened, StepFacts({}, run="r1"), NOW) == []
