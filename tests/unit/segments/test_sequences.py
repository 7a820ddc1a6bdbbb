"""A sequence's answer, the instant at which time changes it, and what more events may do to it are the definition's."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.segments.definition.evaluate import Happening, holds
from relance.segments.live.bodies import Bodies
from relance.segments.live.identities import Identities
from relance.segments.live.rings import NEVER
from relance.segments.live.sequences import SequenceLeaf, Steps, is_stepped, mark
from relance.segments.live.work import Added
from relance.segments.rule.conditions import Sequence
from relance.segments.rule.tree import parse_rule

MINUTE = 60_000
NOW, LENGTH = 60 * MINUTE, 48 * MINUTE
ONE, OTHER = 5, 9
IDENTITIES = Identities(bytes(16))
PRO = [{"property": "plan", "is": "=", "value": "pro"}]


class Told(NamedTuple):
    """An event: when it happened, its name and properties."""

    at: int
    name: str
    properties: dict[str, Any]


properties = st.fixed_dictionaries({}, optional={"k": st.sampled_from([1, 1.0, "1", 2, None, [1]]), "plan": st.just("pro")})
told = st.builds(Told, st.integers(1, 60).map(lambda minutes: minutes * MINUTE), st.sampled_from("ab"), properties)
steps = st.builds(lambda event, where: {"event": event, "where": where}, st.sampled_from("ab"), st.sampled_from([[], [], PRO]))
conditions = st.builds(
    lambda first, then, within, absent, joined: parse_rule({
        "kind": "sequence", "first": first, "then": then, "within": within, "absent": absent, "window": {"last": "48m"},
        **({"on": "k"} if joined else {}),
    }),
    steps, steps, st.sampled_from(["1m", "10m", "47m", "48m", "60m"]), st.booleans(), st.booleans(),
)  # fmt: skip


def happenings(events: list[Told]) -> list[Happening]:
    return sorted(
        (Happening(name, at, place, found) for place, (at, name, found) in enumerate(events)), key=lambda each: each[1:3]
    )


def fold(kept: Steps, events: list[Told], first: int = 0, person: int = ONE) -> Added | None:
    """Fold in one tick's events; positions go on from ``first``. None where none of them is a step."""
    found = []
    for place, event in enumerate(events):
        for _, key, role in zip(*kept.read(event.name, Bodies([to_json(event.properties)], kept.names(event.name))), strict=True):
            found.append((event.at, key, mark(np.array(first + place), role)))
    if not found:
        return None
    instants, keys, marks = np.array(found, np.int64).T
    kept.add(np.full(instants.size, person), instants, keys, marks, NOW)
    counts, ones = np.array([instants.size]), np.array([0])
    return Added(counts, ones, ones, instants.min(keepdims=True), instants.max(keepdims=True))


def answer_and_due(leaf: SequenceLeaf, now: int) -> tuple[bool, int]:
    _, instants, _ = leaf.update(np.array([ONE]), np.array([now]))
    return leaf.answers.truth.one(ONE), int(instants[0]) if instants.size else NEVER


@settings(max_examples=400, deadline=None)
@given(
    condition=conditions,
    ticks=st.lists(st.lists(told, max_size=8), max_size=4),
    theirs=st.lists(told, max_size=4),
    lives=st.integers(0, 50).map(lambda minutes: minutes * MINUTE),
)
def test_steps_know_their_answer_and_when_time_changes_it(
    condition: Sequence, ticks: list[list[Told]], theirs: list[Told], lives: int
) -> None:
    assert is_stepped(condition)
    kept = Steps(1, condition, LENGTH, IDENTITIES)
    leaf = SequenceLeaf(2, condition, kept)
    events: list[Told] = []
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


@settings(max_examples=400, deadline=None)
@given(
    condition=conditions,
    events=st.lists(told, max_size=12),
    more=st.lists(told, min_size=1, max_size=4),
    ahead=st.lists(st.integers(-3, 12).map(lambda minutes: minutes * MINUTE), min_size=4, max_size=4),
)
def test_who_is_left_alone_by_more_events_does_not_change_on_the_way(
    condition: Sequence, events: list[Told], more: list[Told], ahead: list[int]
) -> None:
    kept = Steps(1, condition, LENGTH, IDENTITIES)
    leaf = SequenceLeaf(2, condition, kept)
    fold(kept, events)
    answer, due = answer_and_due(leaf, NOW)
    more = [each._replace(at=NOW + step) for each, step in zip(more, sorted(ahead), strict=False)]
    added = fold(Steps(3, condition, LENGTH, IDENTITIES), more, len(events))
    if added is None or due <= added.newest[0] or leaf.may_flip(np.array([ONE]), added, NOW)[0]:
        return
    for instant in range(NOW, int(added.newest[0]) + 1, MINUTE):
        so_far = happenings([*events, *(each for each in more if each.at <= instant)])
        assert holds(condition, so_far, instant) is answer


def test_what_no_window_reaches_is_given_back() -> None:
    condition = parse_rule(
        {"kind": "sequence", "first": {"event": "a"}, "then": {"event": "b"}, "within": "1m", "window": {"last": "48m"}}
    )
    assert isinstance(condition, Sequence)
    kept = Steps(1, condition, LENGTH, IDENTITIES)
    fold(kept, [Told(30 * MINUTE, "a", {})])
    fold(kept, [Told(50 * MINUTE, "b", {})], 1, OTHER)
    kept.sweep(30 * MINUTE + LENGTH - 1)
    assert kept.people().tolist() == [ONE, OTHER]
    kept.sweep(30 * MINUTE + LENGTH)
    assert kept.people().tolist() == [OTHER]
    kept.forget(OTHER)
    assert kept.people().tolist() == []
