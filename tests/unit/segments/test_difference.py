"""What an edit changed, told in conditions."""

from __future__ import annotations

from typing import Any

import pytest

from relance.segments.rule.difference import Difference, Renaming, difference
from relance.segments.rule.tree import parse_rule, to_data


def event(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "event": name, **more}


A, B, C, X = (event(name) for name in "abcx")


def between(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    return difference("n", parse_rule(before), "n", parse_rule(after))


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each["event"] for each in found]


def test_conditions_added_and_removed_are_named() -> None:
    changed = between({"all": [A, {"not": B}]}, {"all": [A, C, {"any": [X, A]}]})
    assert (names(changed.added), names(changed.removed)) == (["c", "x"], ["b"])
    assert changed.meaning_changed


def test_a_changed_condition_is_one_removed_and_one_added() -> None:
    changed = between(event("a", window={"last": "7d"}), event("a", window={"last": "8d"}))
    assert changed.removed == [to_data(parse_rule(event("a", window={"last": "7d"})))]
    assert changed.added == [to_data(parse_rule(event("a", window={"last": "8d"})))]
    assert not changed.regrouped


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"all": [A, B]}, {"all": [B, A, A]}),
        (event("a", window={"last": "48h"}), event("a", window={"last": "2d"})),
        (A, {"any": [{"all": [A]}]}),
        ({"not": {"not": A}}, A),
    ],
)
def test_another_spelling_changes_no_meaning(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert between(before, after) == Difference(None, [], [], regrouped=False, meaning_changed=False)


@pytest.mark.parametrize(
    ("before", "after", "regrouped"),
    [
        ({"all": [A, B]}, {"any": [A, B]}, True),
        (A, {"not": A}, True),
        ({"all": [A, B, C]}, {"all": [A, {"any": [B, C]}]}, True),
        ({"any": [X, {"all": [A, B]}]}, {"all": [A, B]}, False),
        ({"all": [A, {"any": [X, {"all": [B, C]}]}]}, {"all": [A, B, C]}, False),
        ({"not": {"all": [X, {"not": A}]}}, A, False),
        (X, A, False),
    ],
)
def test_regrouping_is_about_the_conditions_that_stayed(before: dict[str, Any], after: dict[str, Any], regrouped: bool) -> None:
    changed = between(before, after)
    assert changed.regrouped is regrouped
    assert changed.meaning_changed


def country(value: str, default: str) -> dict[str, Any]:
    return {"kind": "person", "name": "country", "is": "=", "value": value, "default": default}


@pytest.mark.parametrize("shorthand", [country("FR", "FR"), {"kind": "consent", "channel": "email", "state": "unknown"}])
def test_shorthand_for_more_than_one_test_stays_one_condition(shorthand: dict[str, Any]) -> None:
    changed = between({"all": [shorthand, A]}, {"any": [shorthand, A]})
    assert (changed.added, changed.removed, changed.regrouped) == ([], [], True)
    assert not between({"any": [shorthand, A]}, {"any": [{"any": [A, B]}, shorthand]}).regrouped


def test_another_default_is_another_condition() -> None:
    changed = between(country("FR", "FR"), country("FR", "BE"))
    assert (changed.added, changed.removed) == ([country("FR", "BE")], [country("FR", "FR")])


def test_a_new_name_is_told() -> None:
    changed = difference("Old", parse_rule(A), "New", parse_rule(A))
    assert (changed.renamed, changed.meaning_changed) == (Renaming("Old", "New"), False)
