"""Rules are read with the path of what is wrong, and mean the same however they are spelled."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from relance.segments.errors import RuleError
from relance.segments.rule.tree import Rule, parse_rule, rule_hash, to_data
from tests.unit.segments.stories import rules

BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "bought"}
CART: dict[str, Any] = {
    "kind": "sequence",
    "first": {"event": "Product Added"},
    "then": {"event": "Order Completed"},
    "within": "2h",
    "absent": True,
}
PRO: dict[str, Any] = {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}


def nested(depth: int) -> dict[str, Any]:
    rule = BOUGHT
    for _ in range(depth):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "rule"),
        ({}, "rule"),
        ({"all": []}, "rule.all"),
        ({"all": {}}, "rule.all"),
        ({"all": [BOUGHT], "any": [BOUGHT]}, "rule"),
        ({"none": [BOUGHT]}, "rule"),
        ({"kind": "horoscope"}, "rule.kind"),
        ({"kind": []}, "rule.kind"),
        ({"all": [PRO, {**BOUGHT, "window": {"last": "0d"}}]}, "rule.all[1].window.last"),
        ({**BOUGHT, "window": {"last": "300w d"}}, "rule.window.last"),
        ({**BOUGHT, "window": {"last": "3661d"}}, "rule.window.last"),
        ({**BOUGHT, "window": {"last": "٣d"}}, "rule.window.last"),
        ({**BOUGHT, "window": {"since": "3d"}}, "rule.window"),
        ({**BOUGHT, "window": {"last": "1d"}, "value": 1001}, "rule.value"),
        ({**BOUGHT, "value": -1}, "rule.value"),
        ({**BOUGHT, "value": 1.5}, "rule.value"),
        ({**BOUGHT, "value": True}, "rule.value"),
        ({**BOUGHT, "compare": "<", "value": 0}, "rule.value"),
        ({**BOUGHT, "compare": "~"}, "rule.compare"),
        ({**BOUGHT, "aggregate": "median"}, "rule.aggregate"),
        ({**BOUGHT, "aggregate": "sum"}, "rule.property"),
        ({**BOUGHT, "property": "price"}, "rule.property"),
        ({**BOUGHT, "aggregate": "sum", "property": 'a"b'}, "rule.property"),
        ({**BOUGHT, "aggregate": "sum", "property": "price", "value": "5"}, "rule.value"),
        ({**BOUGHT, "aggregate": "average", "property": "price", "value": 1e13}, "rule.value"),
        ({**BOUGHT, "aggregate": "max", "property": "price", "compare": "between", "value": [2, 1]}, "rule.value"),
        ({**BOUGHT, "aggregate": "days", "zone": "Nowhere"}, "rule.zone"),
        ({**BOUGHT, "zone": "Europe/Paris"}, "rule.zone"),
        ({**BOUGHT, "aggregate": "last"}, "rule.value"),
        ({**BOUGHT, "aggregate": "last", "compare": "=", "value": "2026-01-01"}, "rule.compare"),
        ({**BOUGHT, "aggregate": "last", "value": {"ago": "1d", "in": "1d"}}, "rule.value"),
        ({**BOUGHT, "aggregate": "last", "value": {"ago": "400y"}}, "rule.value.ago"),
        ({**BOUGHT, "aggregate": "first", "value": "yesterday"}, "rule.value"),
        ({**BOUGHT, "compare": "between", "value": 3}, "rule.value"),
        ({**BOUGHT, "value": [1, 3]}, "rule.value"),
        ({**BOUGHT, "where": [{"property": "at", "is": "before", "value": {"ago": "1d"}}]}, "rule.where[0].value"),
        ({**CART, "within": "0s"}, "rule.within"),
        ({**CART, "on": "a..b"}, "rule.on"),
        ({**CART, "first": {"event": "A", "times": 2}}, "rule.first"),
        (
            {**CART, "then": {"event": "B", "where": [{"property": "p", "is": "matches", "value": "("}]}},
            "rule.then.where[0].value",
        ),
        ({"kind": "rhythm", "times": 0}, "rule.times"),
        ({"kind": "lifecycle", "stage": "gone", "event": "A", "window": {"last": "7d"}}, "rule.stage"),
        ({"kind": "lifecycle", "stage": "first", "event": "A", "window": None}, "rule.window"),
        ({"kind": "lifecycle", "stage": "first", "event": "A", "window": {"from": "2026-02-30"}}, "rule.window.from"),
        ({"kind": "lifecycle", "stage": "stopped", "event": "A", "window": {"ago": ["2d", "1d"]}}, "rule.window"),
        ({"kind": "lifecycle", "stage": "resumed", "event": "A", "window": {"from": "2026-01-01"}}, "rule.window"),
        ({"kind": "lifecycle", "stage": "resumed", "event": "A", "window": {"after_first": "7d"}}, "rule.window"),
        ({"kind": "message", "did": "opened", "compare": "between", "value": 2}, "rule.value"),
        ({"kind": "unopened", "last": 101}, "rule.last"),
        ({**BOUGHT, "aggregate": "sum", "property": "price", "value": -(10**400)}, "rule.value"),
        ({**BOUGHT, "aggregate": "sum", "property": "price", "value": float("nan")}, "rule.value"),
        ({"kind": "segment", "segment": 0}, "rule.segment"),
        ({"kind": "segment", "segment": 10**400}, "rule.segment"),
        ({"kind": "list", "list": 10**400}, "rule.list"),
        ({"kind": "bucket", "from": 50, "to": 50}, "rule.to"),
        ({"kind": "person", "name": "shoe_size", "is": "exists"}, "rule.name"),
        ({**PRO, "is": "between", "value": [1, "2"]}, "rule.value"),
        ({**PRO, "is": "matches", "value": "(a{1000}){1000}"}, "rule.value"),
        ({**PRO, "is": "matches", "value": "a" * 201}, "rule.value"),
        ({**PRO, "is": "matches", "value": "(?=a)"}, "rule.value"),
        ({**PRO, "is": "version_from", "value": "2.x"}, "rule.value"),
        ({**PRO, "is": "before", "value": "2026-13-01"}, "rule.value"),
        ({**BOUGHT, "event": ""}, "rule.event"),
        ({**BOUGHT, "event": "a\x00"}, "rule.event"),
        ({**BOUGHT, "colour": "red"}, "rule"),
        ({"not": {**BOUGHT, "where": [{"property": "a..b", "is": "exists"}]}}, "rule.not.where[0].property"),
        ({**BOUGHT, "where": [{"property": 'a"', "is": "exists"}]}, "rule.where[0].property"),
        ({**BOUGHT, "where": [{"property": "a", "is": "="}]}, "rule.where[0].value"),
        ({**BOUGHT, "where": [{"property": "a", "is": "=", "value": {}}]}, "rule.where[0].value"),
        ({**BOUGHT, "where": [{"property": "a", "is": ">", "value": True}]}, "rule.where[0].value"),
        ({**PRO, "is": "in", "value": []}, "rule.value"),
        ({**PRO, "is": "in", "value": "pro"}, "rule.value"),
        ({**PRO, "is": "exists"}, "rule.value"),
        ({**PRO, "is": "contains", "value": ""}, "rule.value"),
        ({**PRO, "value": 1e16}, "rule.value"),
        ({**PRO, "value": 10**400}, "rule.value"),
        ({**PRO, "value": float("nan")}, "rule.value"),
        ({**PRO, "value": float("-inf")}, "rule.value"),
        ({**PRO, "name": "*"}, "rule.name"),
        ({"kind": "person", "name": "country", "is": "=", "value": "FR", "default": "France"}, "rule.default"),
        ({"kind": "person", "name": "country", "is": "=", "value": "FR", "default": ""}, "rule.default"),
        ({"kind": "person", "name": "country", "is": "exists", "default": "FR"}, "rule.default"),
        ({"kind": "person", "name": "city", "is": "=", "value": "Brest", "default": "FR"}, "rule.default"),
        ({"any": [BOUGHT] * 201}, "rule.any"),
        ({"any": [{"all": [BOUGHT] * 150}, {"all": [BOUGHT] * 51}]}, "rule.any[1].all[50]"),
        ({**PRO, "is": "in", "value": ["x" * 1000] * 300}, "rule"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(data: Any, path: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(data)
    assert caught.value.data["path"] == path
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({"kind": "person", "name": "shoe", "is": "=", "value": 1}, "rule.name", "is not one of country, region, city"),
        ({"kind": "message", "did": "bounced"}, "rule.did", "is not one of received, shown"),
        (
            {"kind": "behaviour", "event": "X", "window": {"calendar": "soon"}},
            "rule.window.calendar",
            "is not one of today, yesterday",
        ),
        (
            {"kind": "behaviour", "event": "X", "where": [{"property": "a", "is": "==", "value": 1}]},
            "rule.where[0].is",
            "is not one of =, !=",
        ),
        ({"kind": "behaviour", "event": "X", "window": {"last": "0d"}}, "rule.window.last", "from 1 second to 3,660 days"),
        ({"kind": "behaviour", "event": "X", "window": {"last": "300y"}}, "rule.window.last", "from 1 second to 3,660 days"),
        (
            {"kind": "lifecycle", "stage": "stopped", "event": "X", "window": {"from": "2026-01-01"}},
            "rule.window",
            '{"last": "30d"} or {"calendar": "this_month"}',
        ),
    ],
)
def test_what_would_be_right_is_said(data: Any, path: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(data)
    assert caught.value.data["path"] == path
    assert said in caught.value.message


def test_nesting_is_bounded_before_it_can_hurt() -> None:
    parse_rule(nested(31))
    with pytest.raises(RuleError):
        parse_rule(nested(32))
    with pytest.raises(RuleError):
        parse_rule(nested(900))


@settings(deadline=None)
@given(rule=rules)
def test_a_rule_is_read_back_as_it_was_written(rule: Rule) -> None:
    assert parse_rule(to_data(rule)) == rule


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**BOUGHT, "window": {"last": "48h"}}, {**BOUGHT, "window": {"last": "2d"}}),
        ({**BOUGHT, "compare": ">", "value": 2}, {**BOUGHT, "compare": ">=", "value": 3}),
        ({**BOUGHT, "compare": "<", "value": 1}, {**BOUGHT, "compare": "=", "value": 0}),
        ({"all": [BOUGHT, PRO]}, {"all": [PRO, BOUGHT, {"all": [PRO]}]}),
        ({"any": [BOUGHT]}, BOUGHT),
        ({"not": {"not": BOUGHT}}, BOUGHT),
        ({**PRO, "is": "in", "value": [1, "a", 1.0]}, {**PRO, "is": "in", "value": ["a", 1]}),
        ({**BOUGHT, "compare": "between", "value": [2, 2]}, {**BOUGHT, "compare": "=", "value": 2}),
        ({**BOUGHT, "window": {"ago": ["14d", "7d"]}}, {**BOUGHT, "window": {"ago": ["2w", "1w"]}}),
        ({**BOUGHT, "window": {"calendar": "today"}}, {**BOUGHT, "window": {"calendar": "today", "zone": "UTC"}}),
        ({**BOUGHT, "window": {"from": "2026-01-01"}}, {**BOUGHT, "window": {"from": "2026-01-01T01:00:00+01:00"}}),
        ({**CART, "within": "120m"}, CART),
        (
            {"kind": "message", "did": "opened", "journey": 3, "window": {"last": "7d"}},
            {
                "kind": "behaviour",
                "event": "message_opened",
                "where": [{"property": "journey", "is": "=", "value": 3}],
                "window": {"last": "7d"},
            },
        ),
        (
            {"kind": "person", "name": "country", "is": "=", "value": "FR"},
            {"kind": "trait", "name": "$person.country", "is": "=", "value": "FR"},
        ),
    ],
)
def test_equal_meanings_have_one_hash(one: Any, other: Any) -> None:
    assert rule_hash(parse_rule(one)) == rule_hash(parse_rule(other))


def test_other_meanings_have_other_hashes() -> None:
    rules = [BOUGHT, {"not": BOUGHT}, {**BOUGHT, "value": 2}, {**BOUGHT, "window": {"last": "1d"}}, PRO, {**PRO, "value": True}]
    rules += [CART, {**CART, "absent": False}, {**CART, "on": "cart"}, {**CART, "window": {"last": "1d"}}]
    rules += [{**BOUGHT, "aggregate": "days"}, {**BOUGHT, "aggregate": "days", "zone": "Asia/Tokyo"}]
    rules += [{**BOUGHT, "aggregate": each, "property": "price"} for each in ("sum", "average", "min", "max", "distinct")]
    rules += [{**BOUGHT, "window": {"calendar": each}} for each in ("today", "yesterday", "this_week")]
    rules += [
        {**BOUGHT, "window": {"after_first": "1d"}},
        {**PRO, "is": "between", "value": [1, 2]},
        {"kind": "rhythm", "times": 2},
    ]
    rules += [{"kind": "segment", "segment": 1}, {"kind": "bucket", "to": 10}, {"kind": "bucket", "to": 10, "salt": "b"}]
    rules += [{"all": [BOUGHT, PRO]}, {"any": [BOUGHT, PRO]}, {**PRO, "value": "true"}, {**PRO, "value": 1}]
    assert len({rule_hash(parse_rule(rule)) for rule in rules}) == len(rules)


def test_tests_of_objects_in_lists_count_as_conditions() -> None:
    tests = [{"property": "a", "is": "exists"}] * 20
    one = {"property": "products", "is": "has", "where": tests}

    def rule(lists: int) -> dict[str, object]:
        return {"kind": "behaviour", "event": "x", "where": [one] * lists}

    parse_rule(rule(9))
    with pytest.raises(RuleError, match="tests of objects in lists") as refused:
        parse_rule({"all": [rule(5), rule(5)]})
    assert refused.value.data["path"] == "rule.all[1]"
    too_many = {"kind": "trait", "name": "a", "is": "has", "where": [*tests, tests[0]]}
    with pytest.raises(RuleError):
        parse_rule(too_many)
