"""Filter lists mean what their rules mean, in both directions; what does not fit is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.filters import FiltersError, Purchases, read_filters, write_filters
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule, canonical, parse_rule, to_data
from relance.segments.sentence import sentence
from tests.unit.segments import whole_language

HOUR = 3_600_000
NOW = 1_800_000_000_000

keys = st.sampled_from(["plan", "level", "email"])
words = st.sampled_from(["pro", "free", "5", "", "a b"])
numbers = st.sampled_from(["0", "5", "12.5", "-3"])
hours = st.sampled_from(["1", "24", "1.5", "0.25", "720"])


def entry(field: str, relations: str, **members: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"field": st.just(field), "relation": st.sampled_from(relations.split()), **members})


filters = st.one_of(
    entry("tag", "= !=", key=keys, value=words),
    entry("tag", "> <", key=keys, value=numbers),
    entry("tag", "exists not_exists", key=keys),
    entry("tag", "in_array not_in_array", key=keys, value=st.sampled_from(["pro", "pro,free", "5,a b"])),
    entry("email", "=", value=st.sampled_from(["lea@example.com", "pro"])),
    entry("session_count", "> < = !=", value=st.sampled_from(["1", "2", "3"])),
    entry("first_session", "> <", hours_ago=hours),
    entry("last_session", "> <", hours_ago=hours),
    entry("amount_spent", "> < =", value=numbers),
    entry("session_time", "> <", value=st.sampled_from(["60", "0", "12.5"])),
    entry("language", "= !=", value=st.sampled_from(["fr", "de"])),
    entry("app_version", "> < = !=", value=st.sampled_from(["1.9", "1.10.0"])),
    entry("country", "= !=", value=st.sampled_from(["FR", "BE"])),
    entry("country", "exists not_exists"),
    st.builds(
        lambda at, radius: {"field": "location", "radius": radius, "lat": at[0], "long": at[1]},
        st.sampled_from([("47.2", "-1.55"), ("0", "180"), ("-90", "0.000001")]),
        st.sampled_from(["5000", "12.5"]),
    ),
    entry("bought_sku", "> < =", key=st.sampled_from(["mug", "lamp"]), value=numbers),
)
runs = st.lists(st.lists(filters, min_size=1, max_size=3), min_size=1, max_size=3)

facts = st.fixed_dictionaries({}, optional={
    "country": st.sampled_from(["FR", "BE", "DE"]),
    "language": st.sampled_from(["fr", "de", "en"]),
    "app_version": st.sampled_from(["1.9", "1.10", "1.10.0-beta", "new"]),
    "session_seconds": st.sampled_from([0.0, 12.5, 60.0, 61.0]),
    "latitude": st.sampled_from([47.2, 47.2001, 47.3, 0.0, -90.0]),
    "longitude": st.sampled_from([-1.55, -1.5501, -179.9999, 180.0]),
})  # fmt: skip
traits = st.builds(
    lambda traits, facts: {**traits, "$person": facts},
    st.dictionaries(keys, st.sampled_from(["pro", "free", "5", "7", "", "lea@example.com", 5, True]), max_size=3),
    facts,
)
happenings = st.lists(
    st.one_of(
        st.builds(lambda ago: ("session_started", ago, {}), st.integers(0, 800 * HOUR)),
        st.builds(
            lambda ago, total, sku: ("Order Completed", ago, {"total": total, "sku": sku}),
            st.integers(0, 800 * HOUR),
            st.sampled_from([5, 7.5, "5", -3, None]),
            st.sampled_from(["mug", "lamp", None]),
        ),
    ),
    max_size=5,
).map(lambda found: [RuleEvent(name, NOW - ago, at, properties) for at, (name, ago, properties) in enumerate(found)])


def holds_for(rule: Rule, events: Any, person: Any) -> bool:
    return evaluate(meaning(rule, lambda _segment: None), events, person, NOW)


def flat(found: list[list[dict[str, str]]], *, spelled: bool) -> list[dict[str, str]]:
    """Runs as one list, with or without the operators that need not be written."""
    together: list[dict[str, str]] = []
    for run in found:
        together += [{"operator": "OR"}] if together else []
        for place, each in enumerate(run):
            together += [{"operator": "AND"}, each] if place and spelled else [each]
    return together


@settings(deadline=None)
@given(runs, st.booleans())
def test_a_list_comes_back_with_the_same_meaning(found: list[list[dict[str, str]]], spelled: bool) -> None:
    rule = read_filters(flat(found, spelled=spelled))
    assert canonical(read_filters(write_filters(rule))) == canonical(rule)
    assert parse_rule(to_data(rule)) == rule
    assert sentence(rule)


@settings(deadline=None)
@given(runs, happenings, traits)
def test_all_of_a_run_must_hold_and_one_run_is_enough(found: list[list[dict[str, str]]], events: Any, person: Any) -> None:
    def holds(each: dict[str, str]) -> bool:
        return holds_for(read_filters([each]), events, person)

    expected = any(all(map(holds, run)) for run in found)
    assert holds_for(read_filters(flat(found, spelled=False)), events, person) is expected


def attempt(rule: Rule) -> list[dict[str, str]] | FiltersError:
    """The list, or why there is none."""
    try:
        return write_filters(rule)
    except FiltersError as error:
        return error


@st.composite
def rules(draw: st.DrawFn) -> Any:
    """Rules made of what filters can hold, nested and negated at will, and a few of what they cannot."""
    compare = draw(st.sampled_from([">=", ">", "=", "<=", "<", "between"]))
    pair = compare == "between"
    counted: dict[str, Any] = {
        "kind": "behaviour",
        "event": "session_started",
        "compare": compare,
        "value": [1, 3] if pair else 2,
    }
    moment = {"ago": draw(st.sampled_from(["2h", "90m", "3d", "1s"]))}
    aged: dict[str, Any] = {
        "kind": "behaviour",
        "event": "session_started",
        "aggregate": draw(st.sampled_from(["first", "last"])),
    }
    aged |= {"compare": "between", "value": [{"ago": "3d"}, {"ago": "1h"}]} if pair else {"compare": "<=", "value": moment}
    spent: dict[str, Any] = {
        "kind": "behaviour",
        "event": "Order Completed",
        "aggregate": "sum",
        "property": "total",
        "compare": compare,
    }
    spent |= {"value": draw(st.sampled_from([[5, 7.5], [5, 5]])) if pair else 5}
    if draw(st.booleans()):
        spent["where"] = [{"property": "sku", "is": "=", "value": "mug"}]
    trait: dict[str, Any] = {
        "kind": "trait",
        "name": draw(keys),
        "is": draw(st.sampled_from(["=", "!=", "exists", "not_exists", ">", "in", "not_in"])),
    }
    if not trait["is"].endswith("exists"):
        trait["value"] = {">": 5, "in": ["pro", "5"], "not_in": ["free"]}.get(trait["is"], draw(words))
    fact = {"kind": "person", "name": "app_version", "is": draw(st.sampled_from([">", "<", "=", "!=", ">="])), "value": "1.10"}
    where = {"kind": "person", "name": "country", "is": draw(st.sampled_from(["=", "!=", "starts"])), "value": "FR"}
    by_default = {**where, "default": draw(st.sampled_from(["FR", "BE"]))}
    return draw(st.sampled_from([counted, aged, spent, trait, fact, where, by_default]))


nested = st.recursive(
    rules(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(nested, happenings, traits)
def test_a_rule_that_can_be_written_holds_for_the_same_people(data: Any, events: Any, person: Any) -> None:
    rule = parse_rule(data)
    written = attempt(rule)
    event("does not fit" if isinstance(written, FiltersError) else "fits")
    if not isinstance(written, FiltersError):
        assert holds_for(read_filters(written), events, person) is holds_for(rule, events, person)


@settings(deadline=None)
@given(whole_language.rules)
def test_every_rule_is_written_or_refused_with_a_path(data: Any) -> None:
    written = attempt(parse_rule(data))
    if isinstance(written, FiltersError):
        assert written.data["path"].startswith("rule")
        assert written.message.endswith(".")
    else:
        read_filters(written)


def test_a_default_is_written_as_whether_the_country_is_known() -> None:
    rule: dict[str, Any] = {"kind": "person", "name": "country", "is": "=", "value": "FR", "default": "FR"}
    french, known = {"field": "country", "relation": "=", "value": "FR"}, {"field": "country", "relation": "exists"}
    unknown = {**known, "relation": "not_exists"}
    assert write_filters(parse_rule(rule)) == [french, {"operator": "OR"}, unknown]
    assert write_filters(parse_rule({"not": rule})) == [{**french, "relation": "!="}, known]
    assert write_filters(parse_rule({**rule, "is": "!="})) == [{**french, "relation": "!="}, known]
    assert write_filters(parse_rule({**rule, "default": "BE"})) == [french]


TAG = {"field": "tag", "key": "plan", "relation": "=", "value": "pro"}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({}, "filters"),
        ([], "filters"),
        ([TAG] * 201, "filters"),
        ([TAG, "OR"], "filters[1]"),
        ([TAG, {"operator": "XOR"}, TAG], "filters[1].operator"),
        ([TAG, {"operator": "OR", **TAG}], "filters[1].operator"),
        ([{"operator": "OR"}, TAG], "filters[0]"),
        ([TAG, {"operator": "OR"}], "filters[1]"),
        ([TAG, {"operator": "OR"}, {"operator": "AND"}, TAG], "filters[2]"),
        ([{**TAG, "colour": "red"}], "filters[0]"),
        ([{"field": "horoscope"}], "filters[0].field"),
        ([{"field": ["tag"]}], "filters[0].field"),
        ([{"field": "country", "relation": ">", "value": "FR"}], "filters[0].relation"),
        ([{"field": "country", "relation": "="}], "filters[0].value"),
        ([{"field": "location", "radius": 10, "lat": 1}], "filters[0].long"),
        ([{"field": "location", "radius": 10, "lat": 91, "long": 2}], "filters[0]"),
        ([{"field": "location", "radius": 10, "lat": "here", "long": 2}], "filters[0].lat"),
        ([{"field": "app_version", "relation": ">", "value": "new"}], "filters[0]"),
        ([{"field": "app_version", "relation": "exists", "value": "1.0"}], "filters[0].relation"),
        ([{"field": "language", "relation": "exists"}], "filters[0].relation"),
        ([{"field": "session_time", "relation": "=", "value": "60"}], "filters[0].relation"),
        ([{**TAG, "relation": "~"}], "filters[0].relation"),
        ([{**TAG, "relation": "time_elapsed_gt", "value": "60"}], "filters[0].relation"),
        ([{**TAG, "relation": ">", "value": "pro"}], "filters[0].value"),
        ([{**TAG, "relation": "in_array", "value": "a,,b"}], "filters[0].value"),
        ([{**TAG, "relation": "in_array", "value": ",".join("a" * 21)}], "filters[0].value"),
        ([{**TAG, "key": "a.b"}], "filters[0].key"),
        ([{**TAG, "key": 'a"b'}], "filters[0]"),
        ([{**TAG, "key": None}], "filters[0].key"),
        ([{**TAG, "value": None}], "filters[0].value"),
        ([{"field": "session_count", "relation": ">", "value": "1.5"}], "filters[0].value"),
        ([{"field": "session_count", "relation": "exists"}], "filters[0].relation"),
        ([{"field": "session_count", "relation": "<", "value": "0"}], "filters[0]"),
        ([{"field": "last_session", "relation": ">", "hours_ago": "soon"}], "filters[0].hours_ago"),
        ([{"field": "last_session", "relation": ">", "hours_ago": "0.0001"}], "filters[0].hours_ago"),
        ([{"field": "last_session", "relation": "=", "hours_ago": "1"}], "filters[0].relation"),
        ([{"field": "email", "relation": "!=", "value": "a@b.c"}], "filters[0].relation"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_path(data: Any, path: str) -> None:
    with pytest.raises(FiltersError) as caught:
        read_filters(data)
    assert caught.value.data["path"] == path
    assert caught.value.message.endswith(".")


PLAN = {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}
SESSIONS = {"kind": "behaviour", "event": "session_started"}
SPENT = {"kind": "behaviour", "event": "Order Completed", "aggregate": "sum", "property": "total", "value": 5}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"all": [PLAN, {"kind": "rhythm", "times": 2}]}, "rule.all[1]"),
        ({"not": {"any": [{**PLAN, "name": "a.b"}]}}, "rule.not.any[0].name"),
        ({**PLAN, "value": 5}, "rule.value"),
        ({"kind": "person", "name": "city", "is": "=", "value": "Paris"}, "rule.name"),
        ({"kind": "person", "name": "country", "is": "=", "value": "France"}, "rule.value"),
        ({"kind": "person", "name": "app_version", "is": ">=", "value": "1"}, "rule.is"),
        ({"not": {"kind": "person", "name": "app_version", "is": ">", "value": "1"}}, "rule.not.is"),
        ({"kind": "subscription", "channel": "email"}, "rule"),
        ({**PLAN, "is": "starts"}, "rule.is"),
        ({"not": {**PLAN, "is": ">", "value": 5}}, "rule.not.is"),
        ({**PLAN, "is": ">", "value": "5"}, "rule.value"),
        ({**PLAN, "is": "in", "value": ["a,b"]}, "rule.value"),
        ({**SESSIONS, "window": {"last": "1d"}}, "rule.window"),
        ({**SESSIONS, "value": 0}, "rule.value"),
        ({**SESSIONS, "aggregate": "days"}, "rule.aggregate"),
        ({**SESSIONS, "aggregate": "last", "value": "2026-01-01"}, "rule.value"),
        ({**SESSIONS, "aggregate": "last", "value": {"ago": "1s"}}, "rule.value"),
        ({"not": {**SESSIONS, "aggregate": "last", "value": {"ago": "1h"}}}, "rule.not"),
        ({**SPENT, "aggregate": "average"}, "rule"),
        ({**SPENT, "where": [{"property": "colour", "is": "=", "value": "red"}]}, "rule.where"),
        ({"all": [{"any": [{**PLAN, "name": f"{group}{name}"} for name in "abcd"]} for group in "abcde"]}, "rule"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_with_the_path(data: Any, path: str) -> None:
    with pytest.raises(FiltersError) as caught:
        write_filters(parse_rule(data))
    assert caught.value.data["path"] == path


def test_nesting_is_written_out() -> None:
    rule = parse_rule({"not": {"all": [PLAN, {"any": [SPENT, {**SESSIONS, "compare": "=", "value": 3}]}]}})
    assert write_filters(rule) == [
        {"field": "tag", "key": "plan", "relation": "!=", "value": "pro"},
        {"operator": "OR"},
        {"field": "amount_spent", "relation": "<", "value": "5"},
        {"field": "session_count", "relation": "!=", "value": "3"},
    ]


def test_purchases_go_by_the_names_they_are_given() -> None:
    shop = Purchases(event="Bought", amount="price", sku="article")
    rule = read_filters([{"field": "bought_sku", "key": "mug", "relation": ">", "value": 10}], shop)
    assert sentence(rule) == "has price adding up to more than 10 over “Bought” with article “mug”"
    assert write_filters(rule, shop) == [{"field": "bought_sku", "key": "mug", "relation": ">", "value": "10"}]
    with pytest.raises(FiltersError):
        write_filters(rule)
