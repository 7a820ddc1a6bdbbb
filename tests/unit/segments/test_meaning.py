"""Shorthand is written out; segments that lean on each other in a circle are refused."""

from __future__ import annotations

from typing import Any

import pytest

from relance.segments.errors import RuleError
from relance.segments.meaning import leans_on, meaning, with_zone
from relance.segments.rule import Rule, canonical, parse_rule, to_data

BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "bought"}


def segment(number: int) -> dict[str, Any]:
    return {"kind": "segment", "segment": number}


def find(rules: dict[int, Any]) -> Any:
    def found(number: int) -> Rule | None:
        return parse_rule(rules[number]) if number in rules else None

    return found


def test_other_segments_are_written_out_where_they_stand() -> None:
    rules = {1: BOUGHT, 2: {"not": segment(1)}}
    written = meaning(parse_rule({"all": [segment(2), {"kind": "message", "did": "clicked"}]}), find(rules))
    assert canonical(written) == canonical(parse_rule({"all": [{"not": BOUGHT}, {**BOUGHT, "event": "message_clicked"}]}))
    assert list(leans_on(parse_rule({"any": [segment(2), {"not": segment(1)}, BOUGHT]}))) == [2, 1]


def test_a_circle_is_refused() -> None:
    rules = {1: segment(2), 2: {"any": [BOUGHT, segment(3)]}, 3: {"not": segment(1)}}
    with pytest.raises(RuleError) as caught:
        meaning(parse_rule(segment(1)), find(rules))
    assert caught.value.data["segment"] == 1
    with pytest.raises(RuleError):  # the edit that would close it
        meaning(parse_rule(segment(2)), find({2: {"any": [BOUGHT, segment(3)]}, 3: {"not": segment(1)}, 1: BOUGHT}), own=1)


def test_a_segment_that_is_not_there_is_refused() -> None:
    with pytest.raises(RuleError) as caught:
        meaning(parse_rule({"not": segment(9)}), find({}))
    assert caught.value.data["segment"] == 9


def test_segments_that_double_each_other_do_not_grow_without_bound() -> None:
    rules: dict[int, Any] = {0: BOUGHT}
    for number in range(1, 25):
        rules[number] = {"any": [{"not": segment(number - 1)}, segment(number - 1)] if number > 1 else [BOUGHT]}
    with pytest.raises(RuleError):
        meaning(parse_rule(segment(24)), find(rules))


def test_a_zone_is_filled_in_where_one_is_needed_and_none_given() -> None:
    rule = parse_rule(
        {
            "all": [
                {**BOUGHT, "window": {"calendar": "today"}},
                {"not": {**BOUGHT, "window": {"from": "2026-01-01", "zone": "UTC"}}},
                {**BOUGHT, "aggregate": "days"},
                BOUGHT,
            ]
        }
    )
    assert to_data(with_zone(rule, "Asia/Tokyo"))["all"] == [
        {**BOUGHT, "aggregate": "count", "compare": ">=", "value": 1, "window": {"calendar": "today", "zone": "Asia/Tokyo"}},
        {"not": {**BOUGHT, "aggregate": "count", "compare": ">=", "value": 1, "window": {"from": "2026-01-01", "zone": "UTC"}}},
        {**BOUGHT, "aggregate": "days", "compare": ">=", "value": 1, "zone": "Asia/Tokyo"},
        {**BOUGHT, "aggregate": "count", "compare": ">=", "value": 1},
    ]
