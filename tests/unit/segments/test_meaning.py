"""Shorthand written out: by what it means, within bounds, with the place of what cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_canonical_json
from relance.segments.definition.evaluate import evaluate
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import FACTS, Behaviour
from relance.segments.rule.meaning import MAX_LEVELS, MAX_WRITTEN_OUT, Defaults, depends_on, meaning, read_filled
from relance.segments.rule.tree import MAX_BYTES, All, Rule, canonical, conditions, parse_rule, rule_hash, to_data
from tests.unit.segments import every_kind

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
    assert refused(inside(4), {4: inside(9)}, own=9) == ("Segment 9 would depend on itself.", "rule.segment")
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
    filled = read_filled({"all": [days, own, plain]}, Defaults("Europe/Paris"))
    assert isinstance(filled, All)
    first, second, third = filled.parts
    assert (first.zone, first.window.zone) == ("Europe/Paris", "Europe/Paris")  # type: ignore[union-attr]
    assert [rule_hash(second), rule_hash(third)] == [rule_hash(parse_rule(own)), rule_hash(parse_rule(plain))]


def country(is_: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"kind": "person", "name": "country", "is": is_, **({} if value is None else {"value": value}), **more}


def test_a_country_is_filled_in_where_one_is_compared_and_none_was_given() -> None:
    open_, own, known = country("=", "FR"), country("=", "FR", default="BE"), country("exists")
    filled = read_filled({"all": [open_, {"not": own}, known, RHYTHM]}, Defaults(country="FR"))
    assert to_data(filled) == {"all": [country("=", "FR", default="FR"), {"not": own}, known, RHYTHM]}
    assert to_data(read_filled(open_, Defaults())) == open_


def test_a_rule_that_is_too_long_with_its_defaults_is_refused() -> None:
    rule = {"all": [*[country("=", "FR")] * 199, country("in", ["x" * 1_000] * 248)]}
    left = MAX_BYTES - len(to_canonical_json(rule))
    values = rule["all"][-1]["value"]
    values += ["y" * (each - 3) for each in (left // 2, left - left // 2)]  # with its quotation marks and comma
    assert len(to_canonical_json(rule)) == MAX_BYTES
    parse_rule(rule)
    with pytest.raises(RuleError) as caught:
        read_filled(rule, Defaults(country="FR"))
    assert f"at most {MAX_BYTES:,} bytes (got " in caught.value.message


@pytest.mark.parametrize(
    ("said", "same"),
    [
        (country("=", "FR", default="FR"), {"any": [country("=", "FR"), country("not_exists")]}),
        (country("!=", "FR", default="FR"), {"all": [country("!=", "FR"), country("exists")]}),
        (country("in", ["BE", "FR"], default="BE"), {"any": [country("not_exists"), country("in", ["FR", "BE"])]}),
        (country("matches", "^F", default="FR"), {"any": [country("not_exists"), country("matches", "^F")]}),
        (country("=", "FR", default="BE"), country("=", "FR")),
        (country("!=", "FR", default="BE"), country("!=", "FR")),
    ],
)
def test_a_default_is_written_out_where_it_makes_a_difference(said: dict[str, Any], same: dict[str, Any]) -> None:
    assert rule_hash(parse_rule(said)) == rule_hash(parse_rule(same))


def test_what_a_default_is_written_out_as_counts_towards_the_bound() -> None:
    half = [country("=", "FR", default="FR")] * (MAX_WRITTEN_OUT // 10)
    others = {number: {"all": half} for number in range(1, 6)}
    named = [inside(number) for number in others]
    written({"all": named}, others)
    assert f"{MAX_WRITTEN_OUT:,} conditions" in refused({"all": [*named, RHYTHM]}, others)[0]


@settings(deadline=None, max_examples=300)
@given(every_kind.countries(), st.sampled_from([None, "FR", "BE", "DE"]))
def test_whose_country_is_not_known_is_as_if_it_were_the_default(data: dict[str, Any], known: str | None) -> None:
    facts = {} if known is None else {"country": known}
    plain = {name: value for name, value in data.items() if name != "default"}
    full = evaluate(written(plain), [], {FACTS: {"country": known or data["default"]}}, 5)
    assert evaluate(written(data), [], {FACTS: facts}, 5) is full


def written(data: dict[str, Any], others: dict[int, dict[str, Any]] | None = None) -> Rule:
    rules = {number: parse_rule(rule) for number, rule in (others or {}).items()}
    return meaning(parse_rule(data), rules.get)


def test_what_a_rule_depends_on_is_named() -> None:
    assert list(depends_on(parse_rule({"all": [inside(3), {"not": inside(5)}, RHYTHM]}))) == [3, 5]
