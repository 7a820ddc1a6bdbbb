"""What a rule names of messages and journeys, what is filled in where it says nothing, and what it needs kept; by hand."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from relance.core.time import DAY, from_iso
from relance.segments.definition.needs import StreamNeeds, joined_keeps, keeps_of, listens_to, need_of, reads_of
from relance.segments.errors import RuleError
from relance.segments.rule.meaning import Defaults, ids_named, read_filled
from relance.segments.rule.own_zone import rule_asks_own_zone, rule_in_own_zone
from relance.segments.rule.tree import parse_rule, to_data, written_out
from relance.segments.rule.window import END, EVER

NOON = from_iso("2026-09-06T12:00:00Z")
TODAY: dict[str, Any] = {"kind": "behaviour", "event": "bought", "window": {"calendar": "today", "zone": "person"}}
DAYS: dict[str, Any] = {
    "kind": "behaviour",
    "event": "bought",
    "aggregate": "days",
    "zone": "person",
    "compare": ">=",
    "value": 2,
}


def named(event: str, *where: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "behaviour", "event": event, "where": list(where)}


def about(name: str, is_: str, value: Any) -> dict[str, Any]:
    return {"property": name, "is": is_, "value": value}


@pytest.mark.parametrize(
    ("rule", "member", "ids"),
    [
        (named("message_opened", about("message", "=", 5)), "message", {5}),
        (named("message_opened", about("message", "in", [5, "6"])), "message", {5, 6}),
        (named("message_opened", about("message", "!=", 5)), "message", set()),
        (named("message_opened", about("message", "=", "five")), "message", set()),
        (named("message_opened", about("channel", "=", "email")), "message", set()),
        (named("message_opened", about("journey", "=", 3)), "journey", {3}),
        (named("bought", about("message", "=", 5)), "message", set()),
        ({"kind": "sequence", "first": {"event": "message_sent", "where": [about("message", "=", 5)]},
          "then": {"event": "message_clicked", "where": [about("message", "=", 6)]}, "within": "1h"}, "message", {5, 6}),
        ({"all": [{"not": named("message_opened", about("message", "=", 5))},
                  {"any": [named("message_sent", about("message", "=", 7))]}]}, "message", {5, 7}),
        ({"kind": "trait", "name": "message", "is": "=", "value": 5}, "message", set()),
    ],
)  # fmt: skip
def test_which_messages_and_journeys_a_rule_names(rule: Any, member: Literal["message", "journey"], ids: set[int]) -> None:
    assert ids_named(parse_rule(rule), member) == ids


@pytest.mark.parametrize(
    ("rule", "filled"),
    [
        ({**TODAY, "window": {"calendar": "today"}}, {"window": {"calendar": "today", "zone": "Europe/Paris"}}),
        ({**TODAY, "window": {"calendar": "today", "zone": "UTC"}}, {"window": {"calendar": "today", "zone": "UTC"}}),
        (TODAY, {"window": {"calendar": "today", "zone": "person:Europe/Paris"}}),
        ({**TODAY, "window": {"last": "7d"}}, {"window": {"last": "7d"}}),
        ({**DAYS, "zone": None}, {"zone": "Europe/Paris"}),
        (DAYS, {"zone": "person:Europe/Paris"}),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_the_apps_zone_is_filled_in_where_none_is_given(rule: dict[str, Any], filled: dict[str, Any], wrapped: bool) -> None:
    given = {"all": [{"not": rule}, {"kind": "trait", "name": "a", "is": "exists"}]} if wrapped else rule
    found: Any = to_data(
        read_filled({name: value for name, value in given.items() if value is not None}, Defaults("Europe/Paris", "FR"))
    )
    [condition] = [found["all"][0]["not"]] if wrapped else [found]
    assert {name: condition[name] for name in filled} == filled


@pytest.mark.parametrize(
    ("zone", "start"),
    [("America/Santiago", "2026-09-06T04:00:00Z"), ("Asia/Tokyo", "2026-09-05T15:00:00Z"), ("", "2026-09-05T22:00:00Z")],
)
def test_a_rule_in_a_persons_own_zone_is_one_of_dates(zone: str, start: str) -> None:
    """Where it is not known, the app's zone is taken. In Santiago that day begins at one in the morning."""
    rule = read_filled(
        {"any": [{"not": TODAY}, DAYS, {"kind": "trait", "name": "a", "is": "exists"}]}, Defaults("Europe/Paris", "")
    )
    assert rule_asks_own_zone(rule)
    found: Any = to_data(rule_in_own_zone(rule, zone, NOON))
    today, days, trait = found["any"]
    assert from_iso(today["not"]["window"]["from"]) == from_iso(start)
    assert days["zone"] == (zone or "Europe/Paris")
    assert trait == {"kind": "trait", "name": "a", "is": "exists"}
    assert not rule_asks_own_zone(rule_in_own_zone(rule, zone, NOON))


def test_what_is_not_there_yet_is_empty_and_a_life_cycle_keeps_its_calendar() -> None:
    future = {"kind": "behaviour", "event": "bought", "window": {"from": "2026-12-01", "zone": "person"}}
    cycle = {"kind": "lifecycle", "event": "bought", "stage": "stopped", "window": {"calendar": "this_month", "zone": "person"}}
    rule = read_filled({"all": [future, cycle]}, Defaults("UTC", ""))
    found: Any = to_data(rule_in_own_zone(rule, "Asia/Tokyo", NOON))
    assert from_iso(found["all"][0]["window"]["from"]) > NOON
    assert found["all"][1]["window"] == {"calendar": "this_month", "zone": "Asia/Tokyo"}


# -- what is to be kept of a person's events -------------------------------------------------------------------------------

SEQUENCE: dict[str, Any] = {
    "kind": "sequence", "first": {"event": "viewed", "where": [about("brand", "=", "a")]}, "then": {"event": "bought"},
    "within": "1h", "on": "cart.id", "window": {"last": "7d"},
}  # fmt: skip
CYCLE: dict[str, Any] = {"kind": "lifecycle", "event": "bought", "stage": "stopped", "window": {"last": "7d"}}


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"kind": "behaviour", "event": "bought", "aggregate": "sum", "property": "total", "compare": ">", "value": 1,
          "window": {"last": "7d"}}, [("bought", NOON - 7 * DAY, 0, {"total"})]),
        (SEQUENCE, [("viewed", NOON - 7 * DAY, 0, {"brand", "cart"}), ("bought", NOON - 7 * DAY, 0, {"brand", "cart"})]),
        ({**CYCLE, "stage": "first"}, [("bought", NOON - 7 * DAY, 1, set())]),
        (CYCLE, [("bought", NOON - 14 * DAY, 1, set())]),
        ({"kind": "rhythm", "times": 2}, [("session_started", END, 21, set())]),
        ({"kind": "unopened", "last": 3}, [("message_sent", END, 3, {"delivery"}), ("message_opened", EVER, 0, {"delivery"}),
                                          ("message_clicked", EVER, 0, {"delivery"})]),
    ],
    ids=lambda each: each["kind"] if isinstance(each, dict) else "",
)  # fmt: skip
def test_what_a_condition_needs_kept(data: dict[str, Any], kept: list[Any]) -> None:
    condition: Any = parse_rule(data)
    found = [(step.event, keep.floor(NOON), keep.spare, set(keep.members)) for step, keep in keeps_of(condition)]
    assert found == kept
    assert [step.event for step in listens_to(condition)] == [event for event, *_ in kept]
    assert sorted(step.event for step, _ in joined_keeps([condition, condition]).values()) == sorted(event for event, *_ in kept)
    assert all(len(keeps) == 2 for _, keeps in joined_keeps([condition, condition]).values())


@pytest.mark.parametrize(
    ("data", "reads"),
    [
        ({"kind": "behaviour", "event": "bought", "aggregate": "max", "property": "total", "compare": ">", "value": 1},
         [("bought", "total")]),
        ({"kind": "behaviour", "event": "bought", "where": [about("brand", "=", "a")]}, [("bought", "brand")]),
        (SEQUENCE, [("viewed", "cart.id"), ("viewed", "brand"), ("bought", "cart.id")]),
        ({"kind": "unopened", "last": 3}, [("message_sent", "delivery"), ("message_opened", "delivery"),
                                          ("message_clicked", "delivery")]),
        ({"kind": "rhythm", "times": 2}, []),
    ],
    ids=lambda each: each["kind"] if isinstance(each, dict) else "",
)  # fmt: skip
def test_which_properties_a_condition_reads(data: dict[str, Any], reads: list[tuple[str, str]]) -> None:
    condition: Any = parse_rule(data)
    assert list(reads_of(condition)) == reads


def test_how_many_instants_decide() -> None:
    def need(compare: str, value: Any, window: dict[str, str] | None) -> StreamNeeds:
        data = {"kind": "behaviour", "event": "bought", "compare": compare, "value": value}
        condition: Any = parse_rule(data | ({"window": window} if window else {}))
        return need_of(condition)

    week = {"last": "7d"}
    assert need(">=", 3, week) == StreamNeeds(3, 7 * DAY)
    assert need("=", 3, week) == StreamNeeds(4, 7 * DAY)
    assert need("=", 0, week) == StreamNeeds(1, 7 * DAY)
    assert need(">=", 3, None) == StreamNeeds(total=True)
    both = need(">=", 3, week).joined(need(">=", 3, None))
    assert both == StreamNeeds(3, 7 * DAY, True)
    assert both.covers(need(">=", 2, week))
    assert not need(">=", 2, week).covers(both)


# -- shorthand, and what is refused of it --------------------------------------------------------------------------------------

V9, V10 = "2.9", "2.10.0"


def device(is_: str, value: Any) -> dict[str, Any]:
    return {"kind": "device", "where": [{"name": "app_version", "is": is_, "value": value}]}


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        (device("between", [V9, V10]), [("app_version", "version_from", V9), ("app_version", "version_to", V10)]),
        (device(">=", V9), [("app_version", "version_from", V9)]),
        ({"kind": "person", "name": "app_version", "is": "between", "value": [V9, V10]},
         {"all": [("$person.app_version", "version_from", V9), ("$person.app_version", "version_to", V10)]}),
        ({"kind": "person", "name": "app_version", "is": "!=", "value": V9}, {"not": ("$person.app_version", "version_is", V9)}),
        ({"kind": "consent", "channel": "email", "topic": "a", "state": "granted"}, ("$person.granted", "has", "email/a")),
        ({"kind": "consent", "channel": "email", "topic": "a", "state": "unknown"},
         {"not": ("$person.consents", "has", "email/a")}),
        ({"kind": "subscription", "channel": "email", "state": "none"}, ("$person.channels.email", "not_exists", None)),
        ({"kind": "list", "list": 3}, ("$person.lists", "has", 3)),
    ],
)  # fmt: skip
def test_what_shorthand_means(rule: dict[str, Any], meant: Any) -> None:
    def plainly(each: Any) -> Any:
        if hasattr(each, "parts"):
            return {"all": [plainly(part) for part in each.parts]}
        if hasattr(each, "part"):
            return {"not": plainly(each.part)}
        return [(one.property, one.is_, one.value) for one in each.where] or (each.name, each.is_, each.value)

    shorthand: Any = parse_rule(rule)
    assert plainly(written_out(shorthand)) == meant


@pytest.mark.parametrize(
    ("rule", "path", "said"),
    [
        (device("between", [V10, V9]), "rule.where[0].value", "The first value must not be larger than the second."),
        (device("between", [V9]), "rule.where[0].value", "Between must have two versions, such as 2.9 and 2.10.0."),
        ({"kind": "consent", "channel": "email", "topic": "a\x00", "state": "granted"}, "rule.topic",
         "A topic's name must not contain NUL."),
        ({"kind": "trait", "name": "a", "is": "between", "value": [3]}, "rule.value", "Between must have two numbers."),
        ({"kind": "trait", "name": "a", "is": "between", "value": [3, 1]}, "rule.value",
         "The first value must not be larger than the second."),
        ({"kind": "trait", "name": "a", "is": "=", "value": 1e15}, "rule.value",
         "A number must lie between -10¹⁵ and 10¹⁵ (got 1,000,000,000,000,000.0)."),
        ({"kind": "trait", "name": "a", "is": "has", "where": [{"property": "b", "is": "has", "where": [about("c", "=", 1)]}]},
         "rule.where[0].where", "A list inside an object of a list cannot be asked for."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_path(rule: dict[str, Any], path: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(rule)
    assert (caught.value.data["path"], str(caught.value)) == (path, said)
