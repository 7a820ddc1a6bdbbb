"""Caps and quiet hours over HTTP: made, read, changed at the version that was read, deleted, and noted in the audit log."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

WEEKLY = {"name": "Three a week", "most": 3, "rolling": "7d"}
NIGHT = {"start": "22:00", "end": "08:00"}
RULE = {"kind": "behaviour", "event": "Bought", "compare": ">=", "value": 1, "window": None}


@pytest.fixture
def caps(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}/caps"


@pytest.fixture
def quiet(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}/quiet-hours"


def made(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    status, answer = api.ask("POST", path, body)
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


def test_a_cap_counts_everything_unless_it_says_what(settled: Api, caps: str) -> None:
    cap = made(settled, caps, WEEKLY)
    assert {name: cap[name] for name in ("name", "most", "rolling", "calendar", "gap", "version")} == {
        "name": "Three a week",
        "most": 3,
        "rolling": "7d",
        "calendar": None,
        "gap": None,
        "version": 1,
    }
    assert [cap[name] for name in ("channels", "classes", "topics", "kept", "tiers")] == [[], [], [], {}, []]
    assert settled.ask("GET", f"{caps}/{cap['id']}") == (200, cap)
    assert settled.ask("GET", caps) == (200, [cap])


def test_a_cap_says_everything(settled: Api, caps: str, shop: NewApp) -> None:
    segment = settled.ask("POST", f"/apps/{shop.app.id}/segments", {"name": "Buyers", "rule": RULE})[1]["id"]
    whole = {
        "name": "One mail a day",
        "channels": ["email"],
        "classes": ["marketing"],
        "topics": ["offers"],
        "most": 1,
        "calendar": "day",
        "gap": "4h",
        "kept": {"journey": 1},
        "tiers": [{"segment": segment, "most": 2}],
    }
    cap = made(settled, caps, whole)
    assert {name: cap[name] for name in whole} == whole


def test_a_cap_is_changed_as_it_was_read(settled: Api, caps: str) -> None:
    one = f"{caps}/{made(settled, caps, WEEKLY)['id']}"
    status, changed = settled.ask("PATCH", one, {"version": 1, "rolling": None, "calendar": "week"})
    assert (status, changed["rolling"], changed["calendar"], changed["most"], changed["version"]) == (200, None, "week", 3, 2)
    status, answer = settled.ask("PATCH", one, {"version": 1, "most": 5})
    assert (status, answer["error"]["code"], answer["error"]["data"]) == (409, "stale_cap", {"version": 2})
    status, changed = settled.ask("PATCH", one, {"version": 2, "most": None, "calendar": None, "gap": "30m"})
    assert (status, changed["most"], changed["gap"]) == (200, None, "30m")
    assert settled.ask("DELETE", one)[0] == 204
    assert [settled.ask(method, one)[0] for method in ("GET", "DELETE")] == [404, 404]
    assert settled.ask("PATCH", one, {"version": 3, "most": 1})[1]["error"]["code"] == "cap_not_found"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "x"}, "most"),
        ({"name": "x", "most": 1}, "rolling"),
        ({"name": "x", "rolling": "1d"}, "most"),
        ({"name": "x", "gap": "1h", "calendar": "day"}, "most"),
        ({"name": "x", "most": 1, "rolling": "1d", "calendar": "day"}, "calendar"),
        ({"name": "x", "most": 1, "rolling": "32d"}, "rolling"),
        ({"name": "x", "most": 1, "rolling": "1 day"}, "rolling"),
        ({"name": "x", "most": 1, "rolling": "0d"}, "rolling"),
        ({"name": "x", "gap": "5w"}, "gap"),
        ({"name": "x", "gap": ""}, "gap"),
        ({"name": "x", "most": -1, "rolling": "1d"}, "most"),
        ({"name": "x", "most": 1001, "rolling": "1d"}, "most"),
        ({"name": "x", "most": 1.5, "rolling": "1d"}, "most"),
        ({"name": "   ", "most": 1, "rolling": "1d"}, "name"),
        ({"name": "x\u0000", "most": 1, "rolling": "1d"}, "name"),
        ({"name": "x", "most": 1, "rolling": "1d", "channels": ["pigeon"]}, "channels[0]"),
        ({"name": "x", "most": 1, "rolling": "1d", "classes": ["loud"]}, "classes[...]"),
        ({"name": "x", "most": 1, "rolling": "1d", "topics": ["ok", " "]}, "topics[1]"),
        ({"name": "x", "most": 1, "rolling": "1d", "kept": {"journey": 2}}, "kept"),
        ({"name": "x", "most": 3, "rolling": "1d", "kept": {"journey": 2, "campaign": 2}}, "kept"),
        ({"name": "x", "gap": "1h", "kept": {"journey": 1}}, "kept"),
        ({"name": "x", "most": 1, "rolling": "1d", "kept": {"ferry": 1}}, "kept"),
        ({"name": "x", "gap": "1h", "tiers": [{"segment": 1, "most": 1}]}, None),
        ({"name": "x", "most": 1, "calendar": "month"}, "calendar"),
        ({"most": 1, "rolling": "1d"}, ""),
        ({"name": "x", "most": 1, "rolling": "1d", "surprise": 1}, ""),
    ],
)
def test_a_cap_that_makes_no_sense_is_refused(settled: Api, caps: str, body: dict[str, Any], path: str | None) -> None:
    status, answer = settled.ask("POST", caps, body)
    assert status in (400, 404), answer
    if path is not None:
        assert answer["error"]["data"].get("path", "").startswith(path.partition("[...")[0]), answer
    assert settled.ask("GET", caps)[1] == []


def test_a_cap_names_segments_that_there_are(settled: Api, caps: str, shop: NewApp) -> None:
    status, answer = settled.ask("POST", caps, WEEKLY | {"tiers": [{"segment": 77, "most": 1}]})
    assert (status, answer["error"]["code"]) == (404, "segment_not_found")
    segment = settled.ask("POST", f"/apps/{shop.app.id}/segments", {"name": "Buyers", "rule": RULE})[1]["id"]
    twice = [{"segment": segment, "most": 1}, {"segment": segment, "most": 2}]
    assert settled.ask("POST", caps, WEEKLY | {"tiers": twice})[1]["error"]["reason"] == "cap_tier_twice"
    gap = {"name": "Gap", "gap": "1h", "tiers": [{"segment": segment, "most": 1}]}
    assert settled.ask("POST", caps, gap)[1]["error"]["reason"] == "cap_tiers_without_limit"
    one = f"{caps}/{made(settled, caps, WEEKLY)['id']}"
    assert settled.ask("PATCH", one, {"version": 1, "tiers": [{"segment": 77, "most": 1}]})[0] == 404


def test_a_change_that_makes_no_sense_changes_nothing(settled: Api, caps: str) -> None:
    cap = made(settled, caps, WEEKLY)
    one = f"{caps}/{cap['id']}"
    for change in ({"most": None}, {"calendar": "day"}, {"rolling": "99d"}, {"kept": {"journey": 4}}, {"name": ""}):
        assert settled.ask("PATCH", one, {"version": 1, **change})[0] == 400, change
    assert settled.ask("GET", one) == (200, cap)


def test_an_app_has_a_hundred_caps_and_fifty_quiet_hours_at_most(settled: Api, caps: str, quiet: str) -> None:
    for path, body, code, most in ((caps, WEEKLY, "cap_limit", 100), (quiet, NIGHT, "quiet_hours_limit", 50)):
        for _ in range(most):
            made(settled, path, body)
        status, answer = settled.ask("POST", path, body)
        assert (status, answer["error"]["code"], answer["error"]["data"]) == (409, code, {"limit": most})


def test_quiet_hours_hold_on_all_channels_and_days_unless_they_say_which(settled: Api, quiet: str) -> None:
    hours = made(settled, quiet, NIGHT)
    assert [hours[name] for name in ("start", "end", "channel", "weekdays", "version")] == ["22:00", "08:00", "", [], 1]
    one = f"{quiet}/{hours['id']}"
    status, changed = settled.ask("PATCH", one, {"version": 1, "channel": "email", "weekdays": ["saturday", "sunday"]})
    assert (status, changed["channel"], changed["weekdays"], changed["version"]) == (200, "email", ["saturday", "sunday"], 2)
    status, answer = settled.ask("PATCH", one, {"version": 1, "end": "09:00"})
    assert (status, answer["error"]["code"], answer["error"]["data"]) == (409, "stale_quiet_hours", {"version": 2})
    assert settled.ask("GET", quiet) == (200, [changed])
    assert settled.ask("DELETE", one)[0] == 204
    assert [settled.ask(method, one)[0] for method in ("GET", "DELETE")] == [404, 404]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"start": "22:00"}, ""),
        ({"start": "22:00", "end": "24:00"}, "end"),
        ({"start": "22h00", "end": "08:00"}, "start"),
        ({"start": "9:00", "end": "08:00"}, "start"),
        ({"start": 22, "end": "08:00"}, "start"),
        (NIGHT | {"channel": "pigeon"}, "channel"),
        (NIGHT | {"weekdays": ["someday"]}, "weekdays"),
        (NIGHT | {"weekdays": ["monday", "monday"]}, "weekdays"),
    ],
)
def test_hours_that_there_are_not_are_refused(settled: Api, quiet: str, body: dict[str, Any], path: str) -> None:
    status, answer = settled.ask("POST", quiet, body)
    assert (status, answer["error"]["data"]["path"].partition("[")[0]) == (400, path), answer
    assert settled.ask("GET", quiet)[1] == []


def test_whoever_changes_them_stands_in_the_audit_log(boss: Api, caps: str, quiet: str, shop: NewApp) -> None:
    for path, body in ((caps, WEEKLY), (quiet, NIGHT)):
        one = f"{path}/{made(boss, path, body)['id']}"
        assert boss.ask("PATCH", one, {"version": 1})[0] == 200
        assert boss.ask("PATCH", one, {"version": 1})[0] == 409
        assert boss.ask("DELETE", one)[0] == 204
    noted = [each["action"] for each in boss.ask("GET", f"/apps/{shop.app.id}/audit?limit=50")[1]["items"]]
    mine = [each for each in noted if each.startswith(("cap.", "quiet_hours."))]
    assert sorted(mine) == sorted(
        f"{noun}.{done}" for noun in ("cap", "quiet_hours") for done in ("created", "changed", "deleted")
    )


def test_a_segment_with_a_tier_is_not_archived(settled: Api, caps: str, shop: NewApp) -> None:
    segments = f"/apps/{shop.app.id}/segments"
    segment = settled.ask("POST", segments, {"name": "Buyers", "rule": RULE})[1]["id"]
    cap = made(settled, caps, WEEKLY | {"tiers": [{"segment": segment, "most": 2}]})
    named = [{"kind": "cap", "id": cap["id"], "name": WEEKLY["name"]}]
    assert settled.ask("GET", f"{segments}/{segment}/dependents")[1]["items"] == named
    status, answer = settled.ask("DELETE", f"{segments}/{segment}")
    assert (status, answer["error"]["code"], answer["error"]["data"]["dependents"]) == (409, "segment_in_use", named)
    assert settled.ask("DELETE", f"{caps}/{cap['id']}")[0] == 204
    assert settled.ask("DELETE", f"{segments}/{segment}")[0] == 204
    assert settled.ask("POST", caps, WEEKLY | {"tiers": [{"segment": segment, "most": 2}]})[0] == 404


def test_country_hours_are_told_with_their_source_and_the_channels_that_keep_them(settled: Api, shop: NewApp) -> None:
    found = {each["country"]: each for each in settled.ask("GET", f"/apps/{shop.app.id}/country-hours")[1]}
    france = found["FR"]
    assert (france["start"], france["end"], france["never_on"], france["no_holidays"]) == ("08:00", "20:00", ["sunday"], True)
    assert all(each["channels"] == ["sms"] and each["source"] and each["read_on"] for each in found.values())
    assert (found["US"]["end"], found["US"]["never_on"]) == ("21:00", [])
