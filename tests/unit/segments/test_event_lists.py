"""Kept events stay in order whatever order they come in, and no condition misses one that was let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.segments.definition.evaluate import DELIVERY, OPENED, RECEIVED, RuleEvent, holds
from relance.segments.definition.needs import Keep, keeps_of
from relance.segments.definition.turns import next_turn
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.sources.event_lists import EventListNeed, EventListSource
from relance.segments.live.sources.lifecycles import lifecycles
from relance.segments.live.sources.source import Arrays
from relance.segments.live.sources.trait_leaves import TraitLeaf
from relance.segments.rule.conditions import Happens, Trait
from relance.segments.rule.tree import parse_rule

SECOND = 1_000
TWICE = {"kind": "sequence", "first": {"event": "e"}, "then": {"event": "e"}, "within": "2s", "window": {"last": "6s"}}
CONDITIONS: list[dict[str, Any]] = [
    {"kind": "behaviour", "event": "e", "aggregate": "sum", "property": "p", "value": 3, "window": {"last": "5s"}},
    {"kind": "behaviour", "event": "e", "aggregate": "count", "value": 2, "window": {"ago": ["9s", "4s"]}},
    {"kind": "lifecycle", "stage": "first", "event": "e", "window": {"last": "5s"}},
    {"kind": "lifecycle", "stage": "stopped", "event": "e", "window": {"last": "5s"}},
    {"kind": "lifecycle", "stage": "resumed", "event": "e", "window": {"last": "5s"}},
    {"kind": "lifecycle", "stage": "first", "event": "e", "window": {"ago": ["9s", "4s"]}},
    {"kind": "sequence", "first": {"event": "e"}, "then": {"event": "e"}, "within": "2s", "on": "p", "window": {"last": "6s"}},
    {
        "kind": "sequence",
        "first": {"event": "e"},
        "then": {"event": "e"},
        "within": "2s",
        "absent": True,
        "window": {"last": "6s"},
    },
]


def _keeps(*conditions: Any) -> list[Keep]:
    return [keep for each in conditions for _, keep in keeps_of(each)]


def _need(*conditions: Any) -> EventListNeed:
    return EventListNeed(Happens("e"), tuple(_keeps(*conditions)))


class Copied:
    """What is written of a source that holds nobody."""

    def __init__(self, source: EventListSource) -> None:
        self.about: Mapping[str, Any] = source.about()

    def arrays(self) -> Arrays:
        return {}

    def lines(self, _event: str) -> list[Any]:
        return []


@given(
    st.sampled_from(CONDITIONS),
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from([1, 2, 3])), min_size=1, max_size=14),
    st.randoms(use_true_random=False),
    st.lists(st.integers(0, 5), max_size=4),
)
def test_what_is_kept_decides_like_all_there_was(
    written: dict[str, Any], occurrences: list[tuple[int, int]], chance: Any, waits: list[int]
) -> None:
    condition: Any = parse_rule(written)
    event_list = EventListSource(1, Happens("e"), _keeps(condition)[:1])
    events = [RuleEvent("e", second * SECOND, position, {"p": value}) for position, (second, value) in enumerate(occurrences)]
    arrived = events.copy()
    chance.shuffle(arrived)
    now = 20 * SECOND
    for each in arrived:
        event_list.add([7], [event_list.event_of(each.occurred_at, each.position, each.properties)], now)
    everything = sorted(events, key=lambda each: (each.occurred_at, each.position))
    for wait in [0, *waits]:
        now += wait * SECOND
        event_list.sweep(now)
        kept = event_list.of(7)
        assert [(each.occurred_at, each.position) for each in kept] == sorted((each.occurred_at, each.position) for each in kept)
        assert holds(condition, kept, now) is holds(condition, everything, now)


def test_a_book_that_was_filled_from_a_floor_does_not_serve_who_looks_further_back() -> None:
    near, far = (
        parse_rule({"kind": "behaviour", "event": "e", "value": 2, "window": {"ago": [longer, "1s"]}}) for longer in ("5s", "9s")
    )
    now = 20 * SECOND
    event_list = EventListSource(1, Happens("e"), _keeps(near))
    event_list.begin(now)
    event_list.add([7], [RuleEvent("e", now - SECOND, 1, {})], now)
    assert event_list.covers(_need(near), now)
    assert event_list.covers(_need(near), now + SECOND)
    assert not event_list.covers(_need(far), now)
    assert not event_list.covers(_need(near, far), now)
    assert event_list.covers(_need(far), now + 4 * SECOND)  # by now it does not look back to what was not read
    copy = _need(near).restore(2, Identities(), Copied(event_list))
    assert not copy.covers(_need(far), now)


def test_a_book_of_all_there_was_serves_everybody_until_it_lets_go() -> None:
    near, far = (
        parse_rule({"kind": "behaviour", "event": "e", "value": 2, "window": {"ago": [longer, "1s"]}}) for longer in ("5s", "9s")
    )
    now = 20 * SECOND
    event_list = EventListSource(1, Happens("e"), _keeps(far))
    event_list.add([7], [RuleEvent("e", now - 7 * SECOND, 1, {})], now)
    event_list.keep(_need(near))
    assert event_list.covers(_need(far), now)
    event_list.sweep(now)
    assert not event_list.covers(_need(far), now)


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from([RECEIVED, *OPENED]), st.integers(0, 9), st.integers(1, 4)), max_size=16),
    st.randoms(use_true_random=False),
    st.integers(0, 16),
)
def test_of_messages_the_newest_alone_say_what_all_of_them_say(
    last: int, occurrences: list[tuple[str, int, int]], chance: Any, merged_at: int
) -> None:
    condition: Any = parse_rule({"kind": "unopened", "last": last})
    event_lists = [EventListSource(number, step, [keep]) for number, (step, keep) in enumerate(keeps_of(condition))]
    events = [
        RuleEvent(name, second * SECOND, place, {DELIVERY: f"d{number}"})
        for place, (name, second, number) in enumerate(occurrences)
    ]
    arrived = events.copy()
    chance.shuffle(arrived)
    now = 10 * SECOND
    for place, each in enumerate(arrived):  # of two people who become one
        for event_list in event_lists:
            if event_list.event == each.name:
                event_list.add([7 + place % 2], [event_list.event_of(each.occurred_at, each.position, each.properties)], now)
        if place == merged_at:
            for event_list in event_lists:
                event_list.merge(8, 7, now)
    for event_list in event_lists:
        event_list.merge(8, 7, now)
        event_list.sweep(now)
    kept = sorted(
        (each for event_list in event_lists for each in event_list.of(7)), key=lambda each: (each.occurred_at, each.position)
    )
    everything = sorted(events, key=lambda each: (each.occurred_at, each.position))
    assert holds(condition, kept, now) is holds(condition, everything, now)
    assert len(event_lists[0].of(7)) <= last


@given(
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2),
    st.lists(st.tuples(st.sampled_from([7, 8, 9]), st.integers(0, 20)), max_size=20),
)
def test_a_book_that_is_filled_at_once_keeps_what_one_keeps_that_grew(
    written: list[dict[str, Any]], occurrences: list[tuple[int, int]]
) -> None:
    keeps = _keeps(*map(parse_rule, written))
    now = 20 * SECOND
    events = [(person, RuleEvent("e", second * SECOND, position, {})) for position, (person, second) in enumerate(occurrences)]
    grown, filled = EventListSource(1, Happens("e"), keeps), EventListSource(2, Happens("e"), keeps)
    grown.add([person for person, _ in events], [event for _, event in events], now)
    grown.sweep(now)
    events.sort(key=lambda each: (each[0], each[1].occurred_at, each[1].position))
    people = np.array([person for person, _ in events], np.int64)
    kept = filled.reaches(people, np.array([event.occurred_at for _, event in events], np.int64), now)
    chosen = [each for each, reaches in zip(events, kept.tolist(), strict=True) if reaches]
    filled.put((person, [event for whose, event in chosen if whose == person]) for person in dict(chosen))
    assert {person: list(filled.of(person)) for person in (7, 8, 9)} == {person: list(grown.of(person)) for person in (7, 8, 9)}
    assert filled.people().tolist() == grown.people().tolist()
    if not kept.all():
        filled.begin(now)
        assert filled.about() == grown.about()


@given(
    st.sampled_from([each for each in CONDITIONS if each["kind"] == "lifecycle" and "last" in each["window"]]),
    st.lists(st.tuples(st.lists(st.integers(0, 20), max_size=5), st.integers(0, 40)), max_size=6),
)
def test_the_lifecycles_of_many_are_those_of_each(written: dict[str, Any], people: list[tuple[list[int], int]]) -> None:
    condition: Any = parse_rule(written)
    pasts = [[RuleEvent("e", each * SECOND, place, {}) for place, each in enumerate(sorted(past))] for past, _ in people]
    now = np.array([max([at, *past]) * SECOND for past, at in people], np.int64)
    truth, due = lifecycles(condition.stage, condition.window.milliseconds, pasts, now)
    assert truth.tolist() == [holds(condition, past, at) for past, at in zip(pasts, now.tolist(), strict=True)]
    turns = [next_turn(condition, past, at) for past, at in zip(pasts, now.tolist(), strict=True)]
    assert due.tolist() == [NEVER if turn is None else turn for turn in turns]


@pytest.mark.parametrize("is_", ["before", "after"])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_moving_moment_passes_a_trait_at_its_millisecond(is_: str, step: int) -> None:
    rule = parse_rule({"kind": "trait", "name": "since", "is": is_, "value": {"ago": "1d"}})
    assert isinstance(rule, Trait)
    leaf = TraitLeaf(1, rule)
    traits = {"since": "2026-01-01T00:00:00Z"}
    passes_at = 1_767_225_600_000 + 86_400_000 + 1  # from this millisecond on, the trait lies before "a day ago"
    people = np.array([1])
    leaf.update(people, [traits], np.array([passes_at + step]))
    assert bool(leaf.answers.truth.get(people)[0]) is ((step >= 0) is (is_ == "before"))
