"""The published schema accepts what ``parse_rule`` accepts, and refuses what is of the wrong shape."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from relance.segments.errors import RuleError
from relance.segments.rule.conditions import KINDS
from relance.segments.rule.schema import rule_schema
from relance.segments.rule.tree import parse_rule
from tests.unit.segments import whole_language

VALID = jsonschema_rs.Draft202012Validator(rule_schema())
BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "bought"}
PLAN: dict[str, Any] = {"kind": "trait", "name": "plan"}

#: What a schema cannot say, by the reason for which ``parse_rule`` refuses it; that a pattern is none has many.
BEYOND_A_SCHEMA = frozenset((
    "time_zone", "aggregate_zone", "window_order", "bucket_order", "moment_range", "smaller_first", "longer_length_first",
    "length_form", "count_range", "count_below_zero", "rule_depth", "rule_members", "rule_bytes", "topic_nul", "event_name_nul",
    "number_range", "polygon_corners", "polygon_too_wide",
))  # fmt: skip

# fmt: off
junk = st.sampled_from([
    None, True, 0, 1, -1, 1.5, 10**13, "", "x", "30d", "0d", "pro", "2026-01-01", [], ["a"], [1, 2], [2, 1], ["30d", "7d"], {},
    {"ago": "30d"}, {"ago": "1d", "in": "1d"}, {"last": "30d"}, {"last": 3}, {"since": "1d"}, {"calendar": "today"},
    ">=", "between", "in", "exists", "before", "version_from", "sum", "days", "last", "first", "opened", "*", "a..b",
])
# fmt: on


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value, the outermost first."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A rule with one to three members taken away, added or replaced."""
    data = {"all": [deepcopy(draw(whole_language.rules))]}
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(data)[2:]))
        holder: Any = data
        for key in path:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "replace":
            holder[last] = deepcopy(draw(junk))
        elif change == "remove" and isinstance(holder, dict):
            del holder[last]
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(["colour", "window", "zone", "property", "where", "value", "compare"]))] = deepcopy(
                draw(junk)
            )
    return data


def refusal(data: Any) -> str:
    """The reason for which ``parse_rule`` refuses a rule; nothing where it accepts it."""
    try:
        parse_rule(data)
    except RuleError as error:
        return error.text.reason or error.message
    return ""


@settings(deadline=None)
@given(whole_language.rules)
def test_every_rule_is_valid(data: Any) -> None:
    assert refusal(data) == ""
    VALID.validate(data)


@pytest.mark.slow
@settings(deadline=None, max_examples=500)
@given(spoilt())
def test_it_refuses_what_is_of_the_wrong_shape_and_nothing_else(data: Any) -> None:
    why = refusal(data)
    event("refused" if why else "accepted")
    if VALID.is_valid(data):
        assert why == "" or why in BEYOND_A_SCHEMA or why.startswith("pattern_"), why
    else:
        assert why, "the schema refuses a rule that can be read"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"all": []},
        {"all": [BOUGHT], "any": [BOUGHT]},
        {"kind": "horoscope"},
        {**BOUGHT, "window": {"last": "0d"}},
        {**BOUGHT, "window": {"shape": "last", "last": "1d"}},
        {**BOUGHT, "window": {"last": "1d", "ago": ["2d", "1d"]}},
        {**BOUGHT, "window": {}},
        {**BOUGHT, "window": {"last": "1d"}, "value": 1_001},
        {**BOUGHT, "aggregate": "sum"},
        {**BOUGHT, "property": "total"},
        {**BOUGHT, "zone": "Europe/Paris"},
        {**BOUGHT, "compare": "between"},
        {**BOUGHT, "value": [1, 2]},
        {**BOUGHT, "aggregate": "last"},
        {**BOUGHT, "aggregate": "last", "compare": "=", "value": "2026-01-01"},
        {**BOUGHT, "where": [{"property": "a", "is": "before", "value": {"ago": "1d"}}]},
        {**PLAN, "is": "exists", "value": 1},
        {"kind": "person", "name": "app_version", "is": ">", "value": "new"},
        {"kind": "person", "name": "app_version", "is": "contains", "value": "1"},
        {"kind": "person", "name": "first_seen", "is": "=", "value": "2026-01-01"},
        {"kind": "person", "name": "sessions", "is": ">", "value": 1.5},
        {"kind": "person", "name": "sessions", "is": "between", "value": 1},
        {"kind": "person", "name": "sessions", "is": ">"},
        {"kind": "person", "name": "session_seconds", "is": "=", "value": "60"},
        {"kind": "person", "name": "aliases", "is": "=", "value": "email"},
        {"kind": "person", "name": "horoscope", "is": "=", "value": "x"},
        {"kind": "subscription", "channel": "pigeon"},
        {"kind": "place"},
        {"kind": "place", "circle": {"latitude": 91, "longitude": 0, "radius": 1}},
        {"kind": "place", "circle": {"latitude": 0, "longitude": 0, "radius": 0}},
        {"kind": "place", "polygon": [[0, 0], [0, 1]]},
        {"kind": "place", "polygon": [[0, 0], [0, 1], [1, 1, 1]]},
        {
            "kind": "place",
            "polygon": [[0, 0], [0, 1], [1, 1]],
            "circle": {"latitude": 0, "longitude": 0, "radius": 1},
        },
        {"kind": "consent", "channel": "email", "state": "perhaps"},
        {**PLAN, "is": "in", "value": "pro"},
        {**PLAN, "is": ">", "value": True},
        {**PLAN, "is": "after", "value": {"ago": "1d", "in": "1d"}},
        {"kind": "lifecycle", "stage": "first", "event": "a", "window": None},
        {"kind": "lifecycle", "stage": "stopped", "event": "a", "window": {"from": "2026-01-01"}},
        {"kind": "lifecycle", "stage": "resumed", "event": "a", "window": {"after_first": "7d"}},
        {"kind": "rhythm", "times": 0},
        {"kind": "bucket", "to": 101},
    ],
)
def test_it_refuses(data: Any) -> None:
    assert refusal(data)
    assert not VALID.is_valid(data)


def test_every_kind_is_described() -> None:
    defs = rule_schema()["$defs"]
    assert all(defs[struct.__name__]["description"] for struct in KINDS.values())
    jsonschema_rs.meta.validate(rule_schema())
