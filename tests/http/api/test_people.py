"""People over HTTP: made, found, edited, merged, deleted, exported. Answers come after settling."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api


def make(api: Api, app: int, user_id: str, **traits: Any) -> Any:
    status, person = api.ask("POST", f"/apps/{app}/people", {"user_id": user_id, "traits": traits})
    assert status == 201, person
    return person


def test_a_person_is_made_and_found_in_every_way(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1", email="Lea@Example.org", plan="pro", first_name="Léa", last_name="Martin")
    make(settled, app, "u-2", email="bob@example.org")
    assert lea["external_id"] == "u-1"
    assert lea["traits"]["plan"] == "pro"
    assert {"kind": "user_id", "value": "u-1"} in lea["aliases"]
    assert [one["channel"] for one in lea["subscriptions"]] == ["email"]
    for query in (
        "search=lea",
        "search=mart%20l%C3%A9",
        "search=MARTIN",
        "email=LEA@example.org",
        "alias=user_id:u-1",
        "alias=email:lea@example.org",
        "limit=1",
    ):
        status, found = settled.ask("GET", f"/apps/{app}/people?{query}")
        assert (status, [person["id"] for person in found["items"]]) == (200, [lea["id"]]), query
    assert settled.ask("GET", f"/apps/{app}/people?email=x@y.z")[1] == {"items": [], "next": None}
    assert settled.ask("GET", f"/apps/{app}/people?email=a&search=b")[0] == 400
    assert settled.ask("GET", f"/apps/{app}/people?alias=nocolon")[0] == 400


def test_people_come_in_pages(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    made = [make(settled, app, f"u-{number}")["id"] for number in range(5)]
    found: list[int] = []
    cursor = ""
    while True:
        _, page = settled.ask("GET", f"/apps/{app}/people?limit=2{cursor}")
        found += [person["id"] for person in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == made


def test_an_edit_sets_and_deletes_traits_and_grows_the_version(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1", plan="pro", city="Lyon")
    path = f"/apps/{app}/people/{lea['id']}"
    status, edited = settled.ask("PATCH", path, {"version": lea["version"], "traits": {"plan": "free", "city": None}})
    assert (status, edited["traits"]) == (200, {"plan": "free"})
    assert edited["version"] > lea["version"]
    status, answer = settled.ask("PATCH", path, {"version": lea["version"], "traits": {"plan": "x"}})
    assert (status, answer["error"]["code"]) == (409, "conflict")
    assert answer["error"]["data"]["version"] == edited["version"]


def test_of_concurrent_edits_of_one_version_exactly_one_wins(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1")
    path = f"/apps/{app}/people/{lea['id']}"

    def edit(number: int) -> int:
        return settled.ask("PATCH", path, {"version": lea["version"], "traits": {"choice": number}})[0]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, range(4))) == [200, 409, 409, 409]


def test_a_consent_is_set_and_withdrawn(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1", email="lea@example.org")
    for granted in (True, False):
        body = {"channel": "email", "granted": granted}
        status, person = settled.ask("PUT", f"/apps/{app}/people/{lea['id']}/consent", body)
        assert status == 200
        [consent] = person["consents"]
        assert (consent["channel"], consent["topic"], consent["granted"]) == ("email", "general", granted)
        assert consent["source"].startswith("key:")


def test_a_no_is_lifted_by_a_yes_that_says_where_and_what(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1", email="lea@example.org")
    path = f"/apps/{app}/people/{lea['id']}"
    status, person = settled.ask("POST", f"{path}/consents", {"channel": "email", "granted": False})
    assert (status, person["consents"][0]["explicit"], person["subscriptions"][0]["refused"]) == (201, True, ["general"])
    status, answer = settled.ask("PUT", f"{path}/consent", {"channel": "email", "granted": True})
    assert (status, answer["error"]["code"]) == (409, "consent_needs_proof")
    make(settled, app, "u-1", consent={"email": True})
    assert settled.ask("GET", path)[1]["consents"][0]["granted"] is False
    yes: dict[str, Any] = {"channel": "email", "granted": True, "source": "phone call", "wording": "Do write to me again."}
    for missing in ("source", "wording"):
        status, answer = settled.ask("POST", f"{path}/consents", {**yes, missing: " \u200b"})
        assert (status, answer["error"]["data"]["path"]) == (400, missing)
    status, answer = settled.ask("POST", f"{path}/consents", {**yes, "occurred_at": 1 << 60})
    assert (status, answer["error"]["data"]["path"]) == (400, "occurred_at")
    old = settled.ask("POST", f"{path}/consents", {**yes, "occurred_at": 1})[1]
    assert old["consents"][0]["granted"] is False
    status, person = settled.ask("POST", f"{path}/consents", {**yes, "proof": {"ticket": 7}})
    assert (status, person["consents"][0]["granted"], person["subscriptions"][0]["refused"]) == (201, True, [])
    first = settled.ask("GET", f"{path}/consents?limit=1")[1]
    rest = settled.ask("GET", f"{path}/consents?cursor={first['next']}")[1]
    kept = [*first["items"], *rest["items"]]
    assert [(one["granted"], one["explicit"]) for one in kept] == [(True, True), (True, True), (True, False), (False, True)]
    assert (kept[0]["wording"], kept[0]["source"], kept[0]["proof"]["ticket"]) == ("Do write to me again.", "phone call", 7)
    assert kept[0]["proof"]["by"].startswith("key:")
    assert [one["id"] for one in settled.ask("GET", f"{path}/export")[1]["consent_records"]] == [one["id"] for one in kept]


def test_preferences_are_noted_as_a_whole_and_refused_field_by_field(settled: Api, boss: Api, shop: NewApp) -> None:
    made = settled.ask("POST", f"/apps/{shop.app.id}/people", {"user_id": "u-1", "traits": {"language": "de"}})[1]
    path = f"/apps/{shop.app.id}/people/{made['id']}/preferences"
    assert settled.ask("GET", path)[1] == {
        "quiet_hours": None,
        "limit": None,
        "language": None,
        "changed_at": 0,
        "source": "",
    }
    given = {"quiet_hours": {"start": "21:00", "end": "09:00"}, "limit": {"most": 1, "rolling": "7d"}, "language": "fr-CA"}
    status, answer = settled.ask("PUT", path, given)
    assert (status, answer["quiet_hours"], answer["limit"], answer["language"]) == (200, *list(given.values())[:2], "fr")
    assert answer["source"].startswith("key:")
    person = settled.ask("GET", f"/apps/{shop.app.id}/people/{made['id']}")[1]
    assert (person["preferences"], person["facts"]["language_source"]) == (answer, "choice")
    assert "$preferences" not in person["traits"]
    assert settled.ask("PUT", path, {})[1]["limit"] is None
    entries = boss.ask("GET", f"/apps/{shop.app.id}/audit")[1]["items"]
    audited = [each for each in entries if each["action"] == "person.preferences_noted"]
    assert [each["detail"]["fields"] for each in audited] == [[], ["quiet_hours", "limit", "language"]]
    assert all(each["actor"].startswith("key:") and each["target"] == f"person:{made['id']}" for each in audited)
    for wrong, field in (
        ({"quiet_hours": {"start": "9", "end": "09:00"}}, "quiet_hours.start"),
        ({"limit": {"most": 0, "rolling": "7d"}}, "limit.most"),
        ({"limit": {"most": 1, "rolling": "40d"}}, "limit.rolling"),
        ({"language": "français"}, "language"),
        ({"language": "xx-klingon"}, "language"),
    ):
        status, answer = settled.ask("PUT", path, wrong)
        assert (status, answer["error"]["data"]["path"]) == (400, field)


def test_consents_of_many_are_recorded_at_once(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea, ada = make(settled, app, "u-1", email="lea@example.org"), make(settled, app, "u-2")
    no = {"channel": "email", "granted": False}
    many = [{**no, "email": " Lea@Example.org"}, {**no, "user_id": "nobody"}, {**no, "person": ada["id"], "topic": "offers"}]
    assert settled.ask("POST", f"/apps/{app}/consents", {"consents": many}) == (
        200,
        {"recorded": 2, "unknown": [1], "refused": []},
    )
    for person, topic in ((lea, "general"), (ada, "offers")):
        [consent] = settled.ask("GET", f"/apps/{app}/people/{person['id']}")[1]["consents"]
        assert (consent["topic"], consent["granted"], consent["explicit"]) == (topic, False, True)


def test_of_consents_of_many_the_wrong_ones_are_told_by_their_place_and_the_others_recorded(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1")
    no = {"channel": "email", "granted": False, "user_id": "u-1"}
    wrong = [
        ({"channel": "email", "granted": False}, "person"),
        ({**no, "email": "lea@example.org"}, "person"),
        ({**no, "granted": True}, "source"),
        ({**no, "granted": True, "source": "form"}, "wording"),
        ({**no, "occurred_at": 1 << 60}, "occurred_at"),
        ({**no, "proof": {"scan": "x" * 5_000}}, "proof"),
    ]
    many = [no, *(each for each, _ in wrong), {**no, "topic": "offers"}]
    status, answer = settled.ask("POST", f"/apps/{app}/consents", {"consents": many})
    assert (status, answer["recorded"], answer["unknown"]) == (200, 2, [])
    assert [(each["place"], each["path"]) for each in answer["refused"]] == [(n, path) for n, (_, path) in enumerate(wrong, 1)]
    assert all(each["message"] and each["reason"] for each in answer["refused"])
    said = settled.ask("GET", f"/apps/{app}/people/{lea['id']}")[1]["consents"]
    assert [(each["topic"], each["granted"]) for each in said] == [("general", False), ("offers", False)]


def test_a_merge_joins_two_people_and_the_old_id_leads_to_the_new(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    old, new = make(settled, app, "u-old", city="Lyon"), make(settled, app, "u-new")
    status, joined = settled.ask("POST", f"/apps/{app}/people/{old['id']}/merge", {"into": new["id"]})
    assert (status, joined["id"], joined["traits"]) == (200, new["id"], {"city": "Lyon"})
    assert settled.ask("GET", f"/apps/{app}/people/{old['id']}")[1]["id"] == new["id"]
    status, answer = settled.ask("POST", f"/apps/{app}/people/{old['id']}/merge", {"into": new["id"]})
    assert (status, answer["error"]["data"]["path"]) == (400, "into")
    assert settled.ask("POST", f"/apps/{app}/people/{old['id']}/merge", {"into": 999})[0] == 404


def test_a_deleted_person_is_gone(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1")
    path = f"/apps/{app}/people/{lea['id']}"
    assert settled.ask("DELETE", path)[0] == 204
    for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/timeline"), ("GET", "/export")):
        assert settled.ask(method, path + tail)[0] == 404
    assert settled.ask("GET", f"/apps/{app}/people")[1]["items"] == []


def test_the_timeline_and_the_export_hold_what_happened(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    lea = make(settled, app, "u-1")
    for number in range(3):
        body = {"event": "Product Viewed", "user_id": "u-1", "properties": {"n": number}}
        assert settled.ask("POST", f"/apps/{app}/events", body)[0] == 201
    path = f"/apps/{app}/people/{lea['id']}"
    _, first = settled.ask("GET", f"{path}/timeline?limit=2")
    assert [event["properties"] for event in first["items"]] == [{"n": 2}, {"n": 1}]
    _, rest = settled.ask("GET", f"{path}/timeline?limit=200&cursor={first['next']}")
    viewed = [event["properties"] for event in rest["items"] if event["event"] == "Product Viewed"]
    assert viewed == [{"n": 0}]
    assert rest["next"] is None
    status, export = settled.ask("GET", f"{path}/export")
    assert status == 200
    assert [event["position"] for event in export["events"]] == [event["position"] for event in first["items"] + rest["items"]]
    assert export["person"]["external_id"] == "u-1"
    assert (export["deliveries"], export["runs"]) == ([], [])


def test_a_repeated_creation_is_answered_and_not_done_again(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    body = {"user_id": "u-1", "traits": {"visits": 1}}
    first = settled.ask("POST", f"/apps/{app}/people", body, idempotency_key="k")
    assert settled.ask("POST", f"/apps/{app}/people", body, idempotency_key="k") == first
    events = settled.ask("GET", f"/apps/{app}/events?name=identify")[1]["items"]
    assert len(events) == 1


@pytest.mark.parametrize(
    "none", ["undefined", "null", "0", " NaN ", "[object Object]", " ", "\u200b", "\u00a0\u200b", "{{ user.id }}"]
)
def test_what_is_no_id_at_the_door_makes_nobody_here(settled: Api, shop: NewApp, none: str) -> None:
    path = f"/apps/{shop.app.id}/people"
    status, answered = settled.ask("POST", path, {"user_id": none, "traits": {"plan": "pro"}})
    assert (status, answered["error"]["data"]["path"]) == (400, "user_id"), answered
    assert settled.ask("GET", path)[1]["items"] == []


def test_an_id_is_trimmed_where_it_is_given_and_where_it_is_asked_for(settled: Api, shop: NewApp) -> None:
    app = shop.app.id
    first = make(settled, app, " u1\u200b", plan="pro")
    assert first["external_id"] == "u1"
    assert make(settled, app, "\ufeffu1")["id"] == first["id"]
    for query in ("alias=user_id:u1", "alias=user_id:%20u1%E2%80%8B", "search=%E2%80%8Bu1%20"):
        assert [one["id"] for one in settled.ask("GET", f"/apps/{app}/people?{query}")[1]["items"]] == [first["id"]], query
    said = {"user_id": " u1\u200b", "channel": "email", "granted": False}
    assert settled.ask("POST", f"/apps/{app}/consents", {"consents": [said]})[1] == {"recorded": 1, "unknown": [], "refused": []}
    people = settled.ask("POST", f"/apps/{app}/lists", {"name": "VIPs"})[1]["id"]
    put = settled.ask("POST", f"/apps/{app}/lists/{people}/people", {"add": ["u1\u200b"]})[1]
    assert (put["added"], put["unknown"]) == (1, [])
