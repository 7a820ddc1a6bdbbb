"""What the reference says of the very instants at which an answer changes; each a table of (now, answer)."""

from __future__ import annotations

from typing import Any

import pytest

from relance.core.time import DAY, HOUR
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.rule.tree import parse_rule

START = 1_790_000_000_000


def answers(rule: Any, events: list[tuple[str, int]], instants: list[int], traits: dict[str, Any] | None = None) -> list[bool]:
    past = [RuleEvent(name, START + at, position, {}) for position, (name, at) in enumerate(events, start=1)]
    return [
        evaluate(parse_rule(rule), [each for each in past if each.occurred_at <= START + now], traits or {}, START + now)
        for now in instants
    ]


def test_silence_is_measured_from_the_start_of_the_last_session() -> None:
    # A session a day; the last one lasts for hours, which are no part of anything.
    events = [("session_started", day * DAY) for day in range(5)] + [("Looked", 4 * DAY + hours * HOUR) for hours in range(6)]
    end = 4 * DAY + 2 * DAY
    assert answers({"kind": "rhythm", "times": 2}, events, [end - 1, end, end + 1]) == [False, False, True]


def test_ago_leaves_out_its_far_end_and_includes_the_near_one() -> None:
    counted = {"kind": "behaviour", "event": "Bought", "window": {"ago": ["60d", "30d"]}}
    near, far = 30 * DAY, 60 * DAY
    assert answers(counted, [("Bought", 0)], [near - 1, near, far - 1, far]) == [False, True, True, False]
    rolling = {"kind": "behaviour", "event": "Bought", "window": {"last": "30d"}}
    assert answers(rolling, [("Bought", 0)], [0, near - 1, near]) == [True, True, False]


def test_a_moment_is_left_out_by_before_and_included_by_after() -> None:
    traits = {"joined": "2026-09-21T14:13:20Z"}  # START
    for is_, expected in (("before", [False, False, True]), ("after", [True, True, False])):
        rule = {"kind": "trait", "name": "joined", "is": is_, "value": {"ago": "7d"}}
        assert answers(rule, [], [7 * DAY - 1, 7 * DAY, 7 * DAY + 1], traits) == expected


@pytest.mark.parametrize(
    ("followed_at", "expected"),
    [
        (None, [False, True, True]),
        (2 * HOUR - 1, [False, False, False]),
        (2 * HOUR, [False, False, False]),  # exactly ``within`` later still follows
        (2 * HOUR + 1, [False, True, True]),
    ],
)
def test_absent_holds_from_exactly_within_on(followed_at: int | None, expected: list[bool]) -> None:
    rule = {"kind": "sequence", "first": {"event": "Added"}, "then": {"event": "Bought"}, "within": "2h", "absent": True}
    events = [("Added", 0)] + ([] if followed_at is None else [("Bought", followed_at)])
    assert answers(rule, events, [2 * HOUR - 1, 2 * HOUR, 3 * HOUR]) == expected
