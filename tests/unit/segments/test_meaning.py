"""Shorthand written out: by what it means, within bounds, with the place of what cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from relance.segments.definition.evaluate import evaluate
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.meaning import MAX_LEVELS, MAX_WRITTEN_OUT, leans_on, meaning, with_zone
from relance.segments.rule.tree import All, Rule, canonical, conditions, parse_rule, rule_hash

RHYTHM: dict[str, Any] = {"kind": "rhythm", "times": 2}


def inside(segment: int) -> dict[str, Any]:
    return {"kind": "segment", "segment": segment}


def nested(levels: int, data: dict[str, Any]) -> dict[str, Any]:
    for _ in range(levels):
        data = {"not": data}
    return data


def refused(data: dict[str, Any], others: dict[int, dict[str, Any]], own: int = 0) -> tuple[str, str]:
    rules = {number: parse_rule(rule) for number, rule in others.items()}
    with pytest.raises(RuleError) as caught:
        meaning(parse_rule(data), rules.get, own)
    return caught.value.message, caught.value.data["path"]


def test_other_segments_and_messages_are_written_out() -> None:
    others: dict[int, Rule] = {5: parse_rule({"any": [inside(3)]}), 3: parse_rule({"kind": "message", "did": "opened"})}
    written = meaning(parse_rule({"all": [inside(5), RHYTHM]}), others.get)
    assert [type(each).__name__ for each in conditions(written)] == ["Behaviour", "Rhythm"]
    first = next(conditions(written))
    assert isinstance(first, Behaviour)
    assert first.event == "message_opened"


def test_what_cannot_be_written_out_is_told_with_its_place() -> None:
    assert refused({"all": [RHYTHM, {"not": inside(7)}]}, {}) == ("There is no segment 7.", "rule.all[1].not.segment")
    assert refused(inside(4), {4: inside(9)}, own=9) == ("Segment 9 would lean on itself.", "rule.segment")
    assert refused({"any": [RHYTHM, inside(2)]}, {2: {"all": [RHYTHM, inside(2)]}})[1] == "rule.any[1].segment"


def test_segments_named_many_times_over_are_refused_before_they_fill_the_memory() -> None:
    others = {number: {"all": [inside(number + 1)] * 200} for number in range(1, 30)} | {30: RHYTHM}
    message, path = refused(inside(1), others)
    assert f"{MAX_WRITTEN_OUT:,} conditions" in message
    assert path == "rule.segment"


def test_segments_deep_in_segments_are_refused_before_a_walk_fails() -> None:
    others = {number: nested(31, inside(number + 1)) for number in range(1, 40)} | {40: RHYTHM}
    assert "levels deep" in refused(inside(1), others)[0]


def test_the_deepest_rule_can_be_walked() -> None:
    rule = parse_rule(RHYTHM)
    for _ in range(MAX_LEVELS):
        rule = All((rule,))
    assert evaluate(rule, [], {}, 5) is False
    assert canonical(rule) == canonical(parse_rule(RHYTHM))


def test_a_zone_is_filled_in_where_a_day_or_a_date_needs_one() -> None:
    days = {"kind": "behaviour", "event": "e", "aggregate": "days", "window": {"calendar": "this_week"}}
    own = days | {"zone": "Asia/Tokyo", "window": {"calendar": "this_week", "zone": "Asia/Tokyo"}}
    plain = {"kind": "behaviour", "event": "e", "window": {"last": "7d"}}
    filled = with_zone(parse_rule({"all": [days, own, plain]}), "Europe/Paris")
    assert isinstance(filled, All)
    first, second, third = filled.parts
    assert (first.zone, first.window.zone) == ("Europe/Paris", "Europe/Paris")  # type: ignore[union-attr]
    assert [rule_hash(second), rule_hash(third)] == [rule_hash(parse_rule(own)), rule_hash(parse_rule(plain))]


def test_what_a_rule_leans_on_is_named() -> None:
    assert list(leans_on(parse_rule({"all": [inside(3), {"not": inside(5)}, RHYTHM]}))) == [3, 5]
