"""Explanations agree with the definition: the truth, what was found, and the instant at which time changes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.time import DAY, HOUR
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.definition.explain import SHOWN_EVENTS, Explained, event_names, explain
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule, conditions, parse_rule

NOW = 1_774_774_800_000  # the 29th of March 2026, 10:00 in Paris, hours after its clocks went forward
PERSON = 7

windows = st.sampled_from(
    [
        None,
        {"last": "2h"},
        {"last": "1d"},
        {"ago": ["2d", "1h"]},
        {"calendar": "today", "zone": "Europe/Paris"},
        {"calendar": "yesterday", "zone": "Europe/Paris"},
        {"calendar": "this_week", "zone": "America/New_York"},
        {"from": "2026-03-28", "to": "2026-03-30", "zone": "Europe/Paris"},
        {"after_first": "12h"},
    ]
)
events = st.sampled_from(["a", "b"])
wheres = st.sampled_from([[], [], [{"property": "n", "is": ">", "value": 1}]])
compares = st.sampled_from([">=", "<=", "=", ">", "<"])


@st.composite
def behaviours(draw: st.DrawFn) -> dict[str, Any]:
    aggregate = draw(st.sampled_from(["count", "sum", "average", "min", "max", "distinct", "days", "first", "last"]))
    data: dict[str, Any] = {"kind": "behaviour", "event": draw(events), "aggregate": aggregate}
    data |= {"window": draw(windows), "where": draw(wheres), "compare": draw(compares), "value": draw(st.integers(1, 3))}
    if aggregate in ("sum", "average", "min", "max", "distinct"):
        data["property"] = "n"
    if aggregate in ("first", "last"):
        data["compare"] = draw(st.sampled_from([">=", "<="]))
        data["value"] = draw(st.sampled_from([{"ago": "3h"}, {"ago": "1d"}, "2026-03-29"]))
    return data


def sequences(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "sequence",
        "first": {"event": "a", "where": draw(wheres)},
        "then": {"event": draw(events)},
        "within": draw(st.sampled_from(["1h", "1d"])),
        "absent": draw(st.booleans()),
        "on": draw(st.sampled_from([None, "n"])),
        "window": draw(windows),
    }


leaves = st.one_of(
    behaviours(),
    behaviours(),
    st.composite(sequences)(),
    st.builds(lambda times: {"kind": "rhythm", "times": times}, st.sampled_from([0.5, 1, 2.5])),
    st.builds(
        lambda event, window: {"kind": "lifecycle", "stage": "first", "event": event, "window": window},
        events,
        windows.filter(bool),
    ),
    st.builds(
        lambda stage, event, window: {"kind": "lifecycle", "stage": stage, "event": event, "window": window},
        st.sampled_from(["stopped", "resumed"]),
        events,
        windows.filter(lambda window: not {"last", "calendar"}.isdisjoint(window or ())),
    ),
    st.builds(lambda last: {"kind": "unopened", "last": last}, st.integers(1, 3)),
    st.sampled_from(
        [
            {"kind": "trait", "name": "plan", "is": "=", "value": "pro"},
            {"kind": "trait", "name": "ends", "is": "before", "value": {"in": "2h"}},
            {"kind": "bucket", "to": 50},
        ]
    ),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=4,
).map(parse_rule)

pasts = st.lists(
    st.tuples(
        st.sampled_from(["a", "a", "b", "b", "session_started", "message_sent", "message_opened"]),
        st.one_of(st.sampled_from([0, HOUR, 2 * HOUR, DAY, 2 * DAY, -HOUR]), st.integers(-DAY, 4 * DAY)),
        st.sampled_from([{"n": 1}, {"n": 2}, {"n": "2"}, {"n": 2.5}, {}, {"n": None}, {"delivery": "x"}, {"delivery": "y"}]),
    ),
    max_size=25,
).map(
    lambda found: [
        RuleEvent(name, NOW - ago, position, properties)  # type: ignore[arg-type]
        for position, (name, ago, properties) in enumerate(found, start=1)
    ]
)
traits = st.sampled_from([{}, {"plan": "pro"}, {"plan": "free", "ends": "2026-03-29T11:30:00Z"}])


def walk(explained: Explained) -> list[Explained]:
    return [explained, *(each for part in explained.parts for each in walk(part))]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(rules, pasts, traits, st.data())
def test_an_explanation_is_what_the_definition_says_now_and_until_it_changes(
    rule: Rule, past: list[RuleEvent], known: dict[str, Any], data: st.DataObject
) -> None:
    explained = explain(rule, past, known, NOW, PERSON)
    present = evaluate(rule, past, known, NOW, PERSON)
    assert explained.holds is present
    now_known = [each for each in past if each.occurred_at <= NOW]  # what is to come is not known yet
    assert explained.looked_until is None
    turn = explained.changes_at
    end = NOW + 30 * DAY if turn is None else turn
    for instant in (end - 1, data.draw(st.integers(NOW, end - 1)), data.draw(st.integers(NOW, min(end - 1, NOW + DAY)))):
        assert evaluate(rule, now_known, known, instant, PERSON) is present
    if turn is not None:
        assert evaluate(rule, now_known, known, turn, PERSON) is not present


@settings(max_examples=150, deadline=None)
@given(rules, pasts, traits)
def test_every_part_is_told_with_its_own_truth(rule: Rule, past: list[RuleEvent], known: dict[str, Any]) -> None:
    leaves_explained = [each for each in walk(explain(rule, past, known, NOW, PERSON)) if each.kind == "condition"]
    for leaf, explained in zip(conditions(rule), leaves_explained, strict=True):
        assert explained.holds is evaluate(leaf, past, known, NOW, PERSON)
        assert parse_rule(explained.condition) == leaf
        instants = [each.occurred_at for each in explained.events]
        assert instants == sorted(instants, reverse=True)
        assert len(instants) <= SHOWN_EVENTS
        assert {each.event for each in explained.events} <= event_names(leaf)


@settings(max_examples=200, deadline=None)
@given(behaviours().map(parse_rule), pasts)
def test_what_a_behaviour_found_compares_as_it_holds(rule: Rule, past: list[RuleEvent]) -> None:
    assert isinstance(rule, Behaviour)
    explained = explain(rule, past, {}, NOW, PERSON)
    if rule.aggregate in ("first", "last"):
        return
    value = rule.value
    assert isinstance(value, int)
    found = explained.found
    answer = found is not None and {
        ">=": found >= value, "<=": found <= value, "=": found == value, ">": found > value, "<": found < value
    }[rule.compare]  # fmt: skip
    assert explained.holds is answer


def at(hours: float, name: str, position: int, **properties: Any) -> RuleEvent:
    return RuleEvent(name, NOW - round(hours * HOUR), position, properties)


def of(data: dict[str, Any], *past: RuleEvent) -> Explained:
    return explain(parse_rule(data), past, {}, NOW, PERSON)


@pytest.mark.parametrize(
    ("is_", "default", "known", "expected"),
    [
        ("=", "FR", {}, (True, "default", "FR")),
        ("!=", "FR", {}, (False, "default", "FR")),
        ("=", "BE", {}, (False, "default", "BE")),
        ("=", "FR", {"country": "BE"}, (False, "value", "BE")),
        ("!=", "FR", {"country": "BE"}, (True, "value", "BE")),
    ],
)
def test_a_country_that_is_not_known_is_told_as_the_default(is_: str, default: str, known: dict[str, str], expected: Any) -> None:
    rule = {"kind": "person", "name": "country", "is": is_, "value": "FR", "default": default}
    explained = explain(parse_rule(rule), [], {"$person": known}, NOW, PERSON)
    assert (explained.holds, explained.measure, explained.found) == expected
    assert (explained.kind, explained.condition, explained.parts, explained.changes_at) == ("condition", rule, [], None)
    assert explain(parse_rule({"not": rule}), [], {"$person": known}, NOW, PERSON).holds is not explained.holds


def test_a_sequence_shows_the_steps_that_decide() -> None:
    rule = {
        "kind": "sequence",
        "first": {"event": "added"},
        "then": {"event": "bought"},
        "within": "3h",
        "absent": True,
        "on": "cart",
    }
    past = [at(9, "added", 1, cart="x"), at(8, "bought", 2, cart="x"), at(5, "added", 3, cart="y"), at(1, "added", 4, cart="z")]
    explained = of(rule, *past)
    assert (explained.holds, explained.measure, explained.found) == (True, "pairs", 1)
    assert [each.position for each in explained.events] == [3]
    explained = of(rule, past[0], past[1], past[3])
    assert (explained.holds, explained.found, explained.changes_at) == (False, 0, NOW + 2 * HOUR)
    assert [each.position for each in explained.events] == [4, 2, 1]


def test_only_the_newest_events_are_shown_and_a_window_says_when_it_closes() -> None:
    explained = of(
        {"kind": "behaviour", "event": "a", "window": {"last": "1d"}, "value": 3}, *(at(n, "a", n) for n in range(1, 16))
    )
    assert (explained.found, explained.changes_at) == (15, NOW - 3 * HOUR + DAY)
    assert [each.position for each in explained.events] == list(range(1, 11))


def test_the_other_kinds_say_a_number() -> None:
    sessions = [
        at(100, "session_started", 1),
        at(90, "session_started", 2),
        at(80, "session_started", 3),
        at(70, "session_started", 4),
    ]
    explained = of({"kind": "rhythm", "times": 8}, *sessions)
    assert (explained.holds, explained.found, explained.changes_at) == (False, 7.0, NOW + 10 * HOUR + 1)
    assert of({"kind": "rhythm", "times": 8}, *sessions[1:]).found is None
    sent = [
        at(5, "message_sent", 1, delivery="x"),
        at(4, "message_opened", 2, delivery="x"),
        at(3, "message_sent", 3, delivery="y"),
    ]
    explained = of({"kind": "unopened", "last": 2}, *sent)
    assert (explained.holds, explained.measure, explained.found, explained.changes_at) == (False, "unopened", 1, None)
    assert [each.position for each in explained.events] == [3, 2, 1]
    assert 0 <= of({"kind": "bucket", "to": 50}).found < 100
    explained = explain(parse_rule({"kind": "trait", "name": "a.b", "is": "exists"}), [], {"a": {"b": "c"}}, NOW)
    assert (explained.holds, explained.measure, explained.found) == (True, "value", "c")
    explained = of(
        {"kind": "behaviour", "event": "a", "aggregate": "sum", "property": "n", "value": 3}, at(1, "a", 1, n=1.5), at(2, "a", 2)
    )
    assert (explained.holds, explained.found, [each.position for each in explained.events]) == (False, 1.5, [1])


def test_what_takes_too_long_to_foresee_is_told_as_far_as_it_was_looked_at() -> None:
    past = [at(n / 60, "a", n) for n in range(1, 1_400)]
    leaf = {"kind": "behaviour", "event": "a", "aggregate": "sum", "property": "n", "compare": "=", "value": 0}
    odd = {"any": [leaf | {"window": {"last": "2d"}}] * 9}
    explained = of({"all": [odd, {"not": odd}]}, *past)
    assert (explained.holds, explained.changes_at) == (False, None)
    assert explained.looked_until is not None
    assert explained.looked_until > NOW


def test_what_a_rule_names_stays_named_and_its_truth_is_that_of_the_rule_written_out() -> None:
    rules = {
        3: parse_rule(
            {"any": [{"kind": "behaviour", "event": "a", "window": {"last": "1d"}}, {"kind": "segment", "segment": 4}]}
        ),
        4: parse_rule({"kind": "list", "list": 9}),
    }
    rule = parse_rule({"all": [{"kind": "segment", "segment": 3}, {"not": {"kind": "message", "did": "opened"}}]})
    past = [RuleEvent("a", NOW - HOUR, 1, {})]
    explained = explain(rule, past, {}, NOW, PERSON, rules.get)
    assert explained.holds is evaluate(meaning(rule, rules.get), past, {}, NOW, PERSON) is True
    named, negated = explained.parts
    assert (named.kind, named.condition, named.holds) == ("segment", {"kind": "segment", "segment": 3}, True)
    assert (named.changes_at, explained.changes_at) == (NOW - HOUR + DAY, NOW - HOUR + DAY)
    (inner,) = named.parts
    assert [part.kind for part in inner.parts] == ["condition", "segment"]
    on_list = inner.parts[1].parts[0]
    assert (on_list.condition, on_list.holds) == ({"kind": "list", "list": 9}, False)
    assert negated.parts[0].condition == {"kind": "message", "did": "opened"}
    assert (negated.holds, negated.parts[0].found) == (True, 0)


def test_a_rule_that_names_what_is_not_there_is_refused() -> None:
    with pytest.raises(RuleError):
        explain(parse_rule({"kind": "segment", "segment": 5}), [], {}, NOW)
