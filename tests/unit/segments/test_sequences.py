"""A sequence's answer and the instant at which time changes it are the definition's."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.segments.definition.evaluate import RuleEvent, holds
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.window_scan import sequence_aggregate
from relance.segments.live.sources.sequences import SequenceSource, is_stepped
from relance.segments.rule.conditions import Sequence
from relance.segments.rule.tree import parse_rule
from tests.unit.segments.asking import PERSON, answer_and_due, leaf_of

MINUTE = 60_000
NOW, LENGTH = 60 * MINUTE, 48 * MINUTE
ONE, OTHER = PERSON, 9
IDENTITIES = Identities(bytes(16))
PRO = [{"property": "plan", "is": "=", "value": "pro"}]


class StepEvent(NamedTuple):
    """An event: when it happened, its name and properties."""

    at: int
    name: str
    properties: dict[str, Any]


properties = st.fixed_dictionaries({}, optional={"k": st.sampled_from([1, 1.0, "1", 2, None, [1]]), "plan": st.just("pro")})
step_events = st.builds(StepEvent, st.integers(1, 60).map(lambda minutes: minutes * MINUTE), st.sampled_from("ab"), properties)
steps = st.builds(lambda event, where: {"event": event, "where": where}, st.sampled_from("ab"), st.sampled_from([[], [], PRO]))
conditions = st.builds(
    lambda first, then, within, absent, joined: parse_rule({
        "kind": "sequence", "first": first, "then": then, "within": within, "absent": absent, "window": {"last": "48m"},
        **({"on": "k"} if joined else {}),
    }),
    steps, steps, st.sampled_from(["1m", "10m", "47m", "48m", "60m"]), st.booleans(), st.booleans(),
)  # fmt: skip


def happenings(events: list[StepEvent]) -> list[RuleEvent]:
    return sorted(
        (RuleEvent(name, at, place, found) for place, (at, name, found) in enumerate(events)), key=lambda each: each[1:3]
    )


def fold(kept: SequenceSource, events: list[StepEvent], first: int = 0, person: int = ONE) -> None:
    """Fold in one tick's events; positions go on from ``first``."""
    found = []
    for place, event in enumerate(events):
        bodies = Bodies([to_json(event.properties)], kept.names(event.name))
        picked = kept.pick(event.name, bodies, np.array([event.at]), np.array([first + place]))
        found += [(event.at, key, mark) for _, key, mark in zip(*picked, strict=True)]
    instants, keys, marks = np.array(found, np.int64).reshape(-1, 3).T
    kept.add(np.full(instants.size, person), instants, keys, marks, NOW)


@settings(max_examples=400, deadline=None)
@given(
    condition=conditions,
    ticks=st.lists(st.lists(step_events, max_size=16), max_size=4),
    theirs=st.lists(step_events, max_size=4),
    lives=st.integers(0, 50).map(lambda minutes: minutes * MINUTE),
)
def test_steps_know_their_answer_and_when_time_changes_it(
    condition: Sequence, ticks: list[list[StepEvent]], theirs: list[StepEvent], lives: int
) -> None:
    assert is_stepped(condition)
    kept = SequenceSource(1, condition, LENGTH, IDENTITIES)
    leaf = leaf_of(sequence_aggregate(condition), kept)
    events: list[StepEvent] = []
    for tick in ticks:  # in any order: each may hold late ones
        fold(kept, tick, len(events))
        events += tick
    fold(kept, theirs, len(events), OTHER)
    events += theirs
    kept.merge(OTHER, ONE, NOW)
    assert kept.people().tolist() in ([ONE], [])
    past, now = happenings(events), NOW + lives
    answer, due = answer_and_due(leaf, now)
    assert answer is holds(condition, past, now)
    ends = {
        at + step
        for at, _, _ in events
        for step in (LENGTH, {"1m": 1, "10m": 10, "47m": 47, "48m": 48, "60m": 60}[condition.within] * MINUTE)
    }
    turns = [at for at in ends if at > now and holds(condition, past, at) is not answer]
    assert now < due <= min(turns, default=NEVER)


def test_what_no_window_reaches_is_given_back() -> None:
    condition = parse_rule(
        {"kind": "sequence", "first": {"event": "a"}, "then": {"event": "b"}, "within": "1m", "window": {"last": "48m"}}
    )
    assert isinstance(condition, Sequence)
    kept = SequenceSource(1, condition, LENGTH, IDENTITIES)
    fold(kept, [StepEvent(30 * MINUTE, "a", {})])
    fold(kept, [StepEvent(50 * MINUTE, "b", {})], 1, OTHER)
    kept.sweep(30 * MINUTE + LENGTH - 1)
    assert kept.people().tolist() == [ONE, OTHER]
    kept.sweep(30 * MINUTE + LENGTH)
    assert kept.people().tolist() == [OTHER]
    kept.forget(OTHER)
    assert kept.people().tolist() == []
