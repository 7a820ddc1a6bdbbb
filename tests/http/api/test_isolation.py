"""Every route with another app's key and another app's objects: nothing is read, nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.web.application import Application
from tests.http.api.conftest import Api
from tests.http.api.test_document import operations

MARK = "ONLY-THE-OTHER-APP-KNOWS"
RULE: dict[str, Any] = {"kind": "behaviour", "event": MARK, "compare": ">=", "value": 1, "window": None, "where": []}
GRAPH: dict[str, Any] = {
    "entry": {"event": "Product Added", "key": None, "where": [], "reentry": "always"},
    "exits": [],
    "goal": None,
    "nodes": [{"id": "wait", "kind": "delay", "for": "2h", "next": "done"}, {"id": "done", "kind": "exit"}],
    "start": "wait",
}
PUSH: dict[str, Any] = {"name": MARK, "channel": "web_push", "content": {"title": MARK, "body": "b"}}
TWILIO: dict[str, Any] = {
    "type": "twilio",
    "name": MARK,
    "settings": {"account_sid": "AC1", "sender": "Mine"},
    "secrets": {"auth_token": MARK},
}
MOMENTARY = {"getLatencyReport", "listKeys", "getSegmentFreshness"}
UNSENT = {"getDeliveryContent"}  # nothing leaves here, so that there is nothing to show
OPEN = {"getSetup", "setUp", "getSession", "signIn", "choosePassword"}
OWN = {"signOut", "listApps", "createApp"} | {  # about the caller, or operators, not about an app in the path
    *("changePassword", "listSessions", "endSession", "endOtherSessions"),
    *("listOperators", "inviteOperator", "makePasswordLink", "removeOperator"),
    "listChannels",  # what this version can send on, the same for all
}
BY_OPERATORS = {
    "cancelDeletionRequest",
    "listAudit",
    "createKey",
    "rotateKey",
    "revokeKey",
    "createIdentitySecret",
    "deleteIdentitySecret",
    "removeSuppression",
    "resumeSendingDomain",
    "resumeAudience",
    "cancelAudience",
}


def bodies(others: dict[str, int]) -> dict[str, Any]:
    """A body for each operation that has one, as good as it can be."""
    return {
        "setUp": {"token": "x", "email": "a@b.c", "name": "A", "password": "long enough 1"},
        "signIn": {"email": "a@b.c", "password": "x"},
        "createApp": {"name": "Mine"},
        "changePassword": {"current": "x", "password": "long enough 1"},
        "inviteOperator": {"email": "a@b.c", "name": "A"},
        "recordConsent": {"channel": "email", "granted": False},
        "setPreferences": {"limit": {"most": 1, "rolling": "7d"}},
        "recordConsents": {"consents": [{"person": others["person"], "channel": "email", "granted": False}]},
        "archiveMessage": {"version": 1},
        "restoreMessage": {"version": 1},
        "archiveJourney": {"version": 1},
        "changeApp": {"version": 1, "name": "Mine now"},
        "setSending": {"paused": True},
        "createKey": {"kind": "api", "name": "Mine"},
        "createPerson": {"user_id": "mine", "traits": {}},
        "changePerson": {"version": 1, "traits": {"mine": True}},
        "setConsent": {"channel": "email", "granted": True},
        "mergePerson": {"into": others["person"]},
        "trackEvent": {"event": "Mine", "user_id": "mine"},
        "createSegment": {"name": "Mine", "rule": RULE | {"event": "Mine"}},
        "priceRule": {"rule": RULE | {"event": "Mine"}},
        "previewSegment": {"rule": RULE | {"event": "Mine"}},  # the answer says the rule in words
        "explainRule": {"rule": RULE | {"event": "Mine"}, "person": others["person"]},
        "restoreSegmentVersion": {"version": 1},
        "changeSegment": {"version": 1, "name": "Mine now"},
        "readFilters": {"filters": [{"field": "country", "relation": "=", "value": "FR"}]},
        "writeFilters": {"rule": {"kind": "person", "name": "country", "is": "=", "value": "FR"}},
        "sayRule": {"rule": RULE | {"event": "Mine"}},
        "createList": {"name": "Mine"},
        "changeList": {"add": ["mine"]},
        "createWebhook": {"url": "https://mine.example/in"},
        "changeWebhook": {"url": "https://mine.example/other"},
        "reportDeviceToken": {"token": "ab" * 32, "user_id": "mine"},
        "removeDeviceToken": {"token": "ab" * 32},
        "addSuppression": {"address": "mine@example.com"},
        "createCap": {"name": "Mine", "most": 1, "rolling": "24h"},
        "changeCap": {"version": 1, "name": "Mine now"},
        "createQuietHours": {"start": "22:00", "end": "08:00"},
        "changeQuietHours": {"version": 1, "end": "09:00"},
        "importPushSubscriptions": {"subscriptions": [{"endpoint": "https://x.example/", "p256dh": "x", "auth": "x"}]},
        "importPushSubscriptionFile": {},
        "createProvider": TWILIO | {"name": "Mine"},
        "changeProvider": {"version": 1, "name": "Mine now"},
        "testProvider": {"to": "+33612345678"},
        "createMessage": PUSH | {"name": "Mine", "content": {"title": "t", "body": "b"}},
        "createSnippet": {"name": "mine", "source": "mine"},
        "changeSnippet": {"version": 1, "source": "mine now"},
        "changeMessage": {"version": 1, "name": "Mine now"},
        "sendMessage": {"person": others["person"]},
        "testMessage": {"person": 1},
        "previewMessage": {"person": 1},
        "checkMessage": {},
        "createJourney": {"name": "Mine", "graph": GRAPH},
        "changeJourney": {"version": 1, "name": "Mine now"},
        "publishJourney": {},
        "pauseJourney": {},
        "resumeJourney": {},
    }


@pytest.fixture
def others(stranger: Api, other: NewApp) -> dict[str, int]:
    """The other app's objects, each with an id that the shop has not."""
    app = f"/apps/{other.app.id}"
    people = [stranger.ask("POST", f"{app}/people", {"user_id": f"{MARK}-{n}", "traits": {"mark": MARK}})[1] for n in range(4)]
    stranger.ask("POST", f"{app}/events", {"event": MARK, "user_id": f"{MARK}-3"})
    made = {
        "segment": stranger.ask("POST", f"{app}/segments", {"name": MARK, "rule": RULE}),
        "list_id": stranger.ask("POST", f"{app}/lists", {"name": MARK}),
        "webhook": stranger.ask("POST", f"{app}/webhooks", {"url": f"https://{MARK}.example/in"}),
        "snippet": stranger.ask("POST", f"{app}/snippets", {"name": "theirs", "source": MARK}),
        "cap": stranger.ask("POST", f"{app}/caps", {"name": MARK, "most": 1, "rolling": "24h"}),
        "hours": stranger.ask("POST", f"{app}/quiet-hours", {"start": "22:00", "end": "08:00"}),
        "provider": stranger.ask("POST", f"{app}/providers", TWILIO),
        "domain": (201, {"id": "shop.example"}),
        "suppression": stranger.ask("POST", f"{app}/suppressions", {"address": f"{MARK}@example.com"}),
        "message": stranger.ask("POST", f"{app}/messages", PUSH),
        "journey": stranger.ask("POST", f"{app}/journeys", {"name": MARK, "graph": GRAPH}),
    }
    for noun, (status, answer) in made.items():
        assert status == 201, (noun, answer)
    assert stranger.ask("POST", f"{app}/journeys/{made['journey'][1]['id']}/publish", {})[0] == 200
    sent = stranger.ask("POST", f"{app}/messages/{made['message'][1]['id']}/test", {"person": people[3]["id"]})
    assert sent[0] == 201, sent
    made["webhook"] = (201, made["webhook"][1]["webhook"])
    return {noun: answer["id"] for noun, (_, answer) in made.items()} | {
        "app": other.app.id,
        "earlier": 1,
        "later": 1,
        "person": people[3]["id"],
        "key": other.write_key.key.id,
        "secret": 1,
        "request_id": MARK,
        "delivery": sent[1]["deliveries"][0]["id"],
        "operator": 1,
        "session": 1,
        "audience": 1,
    }


def snapshot(api: Api, ids: dict[str, int]) -> dict[str, Any]:
    """All that an app's own key can read, but what is about this very moment."""
    seen = {}
    for method, path, operation in operations():
        if method == "GET" and "{app}" in path and operation["operationId"] not in MOMENTARY | BY_OPERATORS | UNSENT:
            status, answer = api.ask("GET", filled(path, ids))
            assert status == 200, (path, answer)
            seen[path] = {**answer, "now": None} if isinstance(answer, dict) else answer
    return seen


def filled(path: str, ids: dict[str, int]) -> str:
    needed = "?name=mark" if path.endswith("/suggestions/values") else ""
    return path.removeprefix("/api/v1").format_map(ids) + needed


def test_no_route_opens_with_another_apps_key(settled: Api, stranger: Api, shop: NewApp, others: dict[str, int]) -> None:
    settled.ask("POST", f"/apps/{shop.app.id}/people", {"user_id": "mine", "traits": {}})
    before = snapshot(stranger, others)
    assert MARK in str(before)
    given = bodies(others)
    walked = 0
    for method, path, operation in operations():
        name = operation["operationId"]
        if name in OPEN or name in OWN:
            continue
        assert "{app}" in path, f"{name} is about no app: say in this test why that is right"
        assert ("requestBody" in operation) <= (name in given), f"{name} needs a body here"
        status, answer = settled.ask(method, filled(path, others), given.get(name))
        assert (status, answer["error"]["code"]) == (403, "forbidden"), name
        assert MARK not in str(answer), name
        walked += 1
    assert walked >= 45
    assert snapshot(stranger, others) == before


def test_another_apps_objects_are_not_found_under_ones_own_app(
    settled: Api, stranger: Api, shop: NewApp, others: dict[str, int]
) -> None:
    settled.ask("POST", f"/apps/{shop.app.id}/people", {"user_id": "mine", "traits": {}})
    before = snapshot(stranger, others)
    mixed, given = others | {"app": shop.app.id}, bodies(others)
    for method, path, operation in operations():
        name = operation["operationId"]
        if "{app}" not in path:
            continue
        status, answer = settled.ask(method, filled(path, mixed), given.get(name))
        assert MARK not in str(answer), name
        if name in BY_OPERATORS:
            assert status == 403, (name, status, answer)
        elif path.count("{") > 1 or name == "explainRule":  # its body names a person
            assert status == 404, (name, status, answer)
        else:
            assert status < 300, (name, status, answer)
    assert snapshot(stranger, others) == before


def test_another_apps_objects_in_bodies_and_filters_lead_nowhere(settled: Api, shop: NewApp, others: dict[str, int]) -> None:
    app = f"/apps/{shop.app.id}"
    _, mine = settled.ask("POST", f"{app}/people", {"user_id": "mine", "traits": {}})
    assert settled.ask("POST", f"{app}/people/{mine['id']}/merge", {"into": others["person"]})[0] == 404
    foreign = {"name": "Mine", "rule": {"not": {"kind": "segment", "segment": others["segment"]}}}
    assert settled.ask("POST", f"{app}/segments", foreign)[0] == 400
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": foreign["rule"]})[0] == 400
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": RULE})[1]["count"] == 0
    _, push = settled.ask("POST", f"{app}/messages", PUSH | {"name": "Mine", "content": {"title": "t", "body": "b"}})
    assert settled.ask("POST", f"{app}/messages/{push['id']}/test", {"person": others["person"]})[0] == 404
    for query in (f"events?person={others['person']}", f"deliveries?message={others['message']}", f"events?name={MARK}"):
        assert settled.ask("GET", f"{app}/{query}")[1] == {"items": [], "next": None}, query
    graph = GRAPH | {
        "nodes": [{"id": "wait", "kind": "message", "message": others["message"], "next": "x"}, {"id": "x", "kind": "exit"}]
    }
    status, draft = settled.ask("POST", f"{app}/journeys", {"name": "Mine", "graph": graph})
    if status == 201:
        assert settled.ask("POST", f"{app}/journeys/{draft['id']}/publish", {})[0] == 400


def test_a_write_key_and_an_ended_key_open_no_route(whole: TestClient[Application], shop: NewApp, others: dict[str, int]) -> None:
    ids = others | {"app": shop.app.id}
    callers = [Api(whole, {"authorization": f"Bearer {shop.write_key.text}"}), Api(whole, {})]
    for method, path, operation in operations():
        if operation["operationId"] in OPEN:
            continue
        for caller in callers:
            status, answer = caller.ask(method, filled(path, ids), bodies(others).get(operation["operationId"]))
            assert (status, answer["error"]["code"]) == (401, "unauthorized"), path
