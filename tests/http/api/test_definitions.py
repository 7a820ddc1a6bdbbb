"""Segments, messages and journeys over HTTP: made, checked, changed, taken up by the worker."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

BUYERS: dict[str, Any] = {"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 2, "window": {"last": "30d"}}
PUSH: dict[str, Any] = {"name": "Cart push", "channel": "web_push", "content": {"title": "Hello {{ user.name }}", "body": "b"}}


def graph(message: int) -> dict[str, Any]:
    return {
        "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
        "exits": [{"event": "Order Completed", "match": "cart_id"}],
        "goal": None,
        "nodes": [{"id": "push", "kind": "message", "message": message, "next": "done"}, {"id": "done", "kind": "exit"}],
        "start": "push",
    }


def buy(api: Api, app: str, user_id: str, times: int = 1) -> None:
    for _ in range(times):
        status, answer = api.ask("POST", f"{app}/events", {"event": "Order Completed", "user_id": user_id})
        assert status == 201, answer


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def test_a_segment_has_its_members_when_it_is_answered_and_follows_events(settled: Api, app: str) -> None:
    buy(settled, app, "u-1", 2)
    buy(settled, app, "u-2", 1)
    status, preview = settled.ask("POST", f"{app}/segments/preview", {"rule": BUYERS})
    assert (status, preview["count"]) == (200, 1)
    status, made = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    assert (status, made["size"]) == (201, 1)
    assert made["rule"]["event"] == "Order Completed"
    buy(settled, app, "u-2")
    path = f"{app}/segments/{made['id']}"
    assert settled.ask("GET", path)[1]["size"] == 2
    _, first = settled.ask("GET", f"{path}/members?limit=1")
    _, second = settled.ask("GET", f"{path}/members?limit=1&cursor={first['next']}")
    assert (first["items"] + second["items"], first["size"], second["next"]) == ([1, 2], 2, None)
    _, memberships = settled.ask("GET", f"{app}/people/1/memberships")
    assert memberships["items"] == [{"segment_id": made["id"], "name": "Buyers"}]


def test_memberships_of_a_merged_person_are_those_of_who_it_is_today(settled: Api, app: str) -> None:
    _, made = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    buy(settled, app, "u-1", 2)
    buy(settled, app, "u-2", 1)
    assert settled.ask("POST", f"{app}/people/2/merge", {"into": 1})[0] == 200
    for person in (1, 2):
        _, memberships = settled.ask("GET", f"{app}/people/{person}/memberships")
        assert memberships["items"] == [{"segment_id": made["id"], "name": "Buyers"}]
    assert settled.ask("GET", f"{app}/people/3/memberships")[0] == 404


def test_a_segment_is_changed_by_version_and_archived(settled: Api, app: str) -> None:
    buy(settled, app, "u-1", 2)
    _, made = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    path = f"{app}/segments/{made['id']}"
    status, changed = settled.ask("PATCH", path, {"version": made["version"], "rule": BUYERS | {"value": 3}})
    assert (status, changed["size"], changed["name"]) == (200, 0, "Buyers")
    status, answer = settled.ask("PATCH", path, {"version": made["version"], "name": "Late"})
    assert (status, answer["error"]["data"]["version"]) == (409, changed["version"])
    assert settled.ask("DELETE", f"{path}?version={made['version']}")[0] == 409
    assert settled.ask("DELETE", path)[0] == 204
    assert settled.ask("GET", f"{app}/segments")[1]["items"] == []


def test_a_bad_rule_is_told_with_its_place(settled: Api, app: str) -> None:
    rule = {"all": [BUYERS, BUYERS | {"compare": "~"}]}
    for path, body in ((f"{app}/segments", {"name": "x", "rule": rule}), (f"{app}/segments/preview", {"rule": rule})):
        status, answer = settled.ask("POST", path, body)
        assert (status, answer["error"]["code"]) == (400, "invalid_rule")
        assert answer["error"]["data"]["path"] == "rule.all[1].compare"


def test_a_message_is_checked_changed_by_version_and_cleared_of_what_is_null(settled: Api, app: str) -> None:
    status, made = settled.ask("POST", f"{app}/messages", PUSH | {"valid_for": "12h", "class": "transactional"})
    assert (status, made["class"], made["valid_for"]) == (201, "transactional", "12h")
    path = f"{app}/messages/{made['id']}"
    status, changed = settled.ask("PATCH", path, {"version": 1, "valid_for": None})
    assert (status, changed["valid_for"], changed["name"], changed["version"]) == (200, None, "Cart push", 2)
    status, answer = settled.ask("PATCH", path, {"version": 1, "name": "Late"})
    assert (status, answer["error"]["data"]) == (409, {"version": 2})
    assert settled.ask("PATCH", path, {"version": 2})[0] == 400
    broken = PUSH | {"content": {"title": "{{ user.name ", "body": "b"}}
    status, answer = settled.ask("POST", f"{app}/messages", broken)
    assert (status, answer["error"]["data"]["path"]) == (400, "content.title")
    assert [message["id"] for message in settled.ask("GET", f"{app}/messages")[1]["items"]] == [made["id"]]


def test_a_message_says_what_its_class_sets_beside_its_own_switches(settled: Api, app: str) -> None:
    _, made = settled.ask("POST", f"{app}/messages", PUSH | {"class": "service"})
    assert made["class_switches"] == {"obeys_caps": False, "counts_toward_caps": True, "obeys_quiet_hours": True}
    own = {"obeys_caps": True, "when_held": "wait", "wait_at_most": "4h", "priority": 10}
    _, changed = settled.ask("PATCH", f"{app}/messages/{made['id']}", {"version": 1, **own})
    assert {name: changed[name] for name in own} == own
    assert (changed["counts_toward_caps"], changed["class_switches"]) == (None, made["class_switches"])


def test_a_test_send_makes_deliveries_that_count_in_no_figure(settled: Api, app: str) -> None:
    _, lea = settled.ask("POST", f"{app}/people", {"user_id": "u-1", "traits": {}})
    _, push = settled.ask("POST", f"{app}/messages", PUSH)
    status, sent = settled.ask("POST", f"{app}/messages/{push['id']}/test", {"person": lea["id"]})
    assert status == 201
    [delivery] = sent["deliveries"]
    assert (delivery["is_test"], delivery["reason"]) == (True, "no_subscription")
    assert delivery["why"].endswith(".")
    _, listed = settled.ask("GET", f"{app}/deliveries?person={lea['id']}&reason=no_subscription")
    assert [one["id"] for one in listed["items"]] == [delivery["id"]]
    assert settled.ask("GET", f"{app}/reports/skipped")[1]["total"] == 0


def test_a_journey_is_drafted_published_paused_and_resumed(settled: Api, app: str) -> None:
    _, push = settled.ask("POST", f"{app}/messages", PUSH)
    status, draft = settled.ask("POST", f"{app}/journeys", {"name": "Cart", "graph": graph(push["id"])})
    assert (status, draft["state"], draft["published"]) == (201, "draft", 0)
    path = f"{app}/journeys/{draft['id']}"
    status, answer = settled.ask("PATCH", path, {"version": 1, "graph": graph(push["id"]) | {"start": "nowhere"}})
    assert (status, answer["error"]["data"]["path"]) == (400, "start")
    status, answer = settled.ask("POST", f"{path}/pause")
    assert status == 409
    for step, state in (("publish", "live"), ("pause", "paused"), ("resume", "live")):
        status, journey = settled.ask("POST", f"{path}/{step}")
        assert (status, journey["state"]) == (200, state), step
    status, answer = settled.ask("POST", f"{path}/publish", {"version": draft["version"]})
    assert status == 409


def test_events_move_runs_and_what_is_not_sent_has_a_reason(settled: Api, app: str) -> None:
    _, push = settled.ask("POST", f"{app}/messages", PUSH)
    _, journey = settled.ask("POST", f"{app}/journeys", {"name": "Cart", "graph": graph(push["id"])})
    path = f"{app}/journeys/{journey['id']}"
    settled.ask("POST", f"{path}/publish")
    for cart in ("c-1", "c-2"):
        body = {"event": "Product Added", "user_id": "u-1", "properties": {"cart_id": cart}}
        assert settled.ask("POST", f"{app}/events", body)[0] == 201
    _, runs = settled.ask("GET", f"{path}/runs")
    assert {run["entry"]["cart_id"] for run in runs["items"]} == {"c-1", "c-2"}
    _, first = settled.ask("GET", f"{path}/runs?limit=1")
    _, second = settled.ask("GET", f"{path}/runs?limit=1&cursor={first['next']}")
    assert [run["id"] for run in first["items"] + second["items"]] == [run["id"] for run in runs["items"]]
    _, counts = settled.ask("GET", f"{path}/counts")
    assert {count["node"]: count["arrived"] for count in counts["items"]} == {"push": 2, "done": 2}
    _, skipped = settled.ask("GET", f"{app}/reports/skipped")
    assert [(row["reason"], row["count"]) for row in skipped["reasons"]] == [("no_subscription", 2)]
    _, listed = settled.ask("GET", f"{app}/deliveries?journey={journey['id']}&state=skipped&limit=1")
    assert listed["next"] is not None
