"""Segments over HTTP beyond making them: versions, use, explanations, exports, what happened over time, freshness."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.core.configuration import Settings
from relance.segments.rule.tree import MAX_DEPTH
from relance.web.application import Application
from tests.http.api.conftest import Api, Scripted
from tests.http.api.test_definitions import BUYERS, buy

EVER: dict[str, Any] = {"kind": "behaviour", "event": "Order Completed"}
DAY = 86_400_000


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def made(api: Api, app: str, name: str, rule: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    status, answer = api.ask("POST", f"{app}/segments", {"name": name, "rule": rule})
    assert status == 201, answer
    return f"{app}/segments/{answer['id']}", answer


def inside(segment: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "segment", "segment": segment["id"]}


def test_the_apps_zone_is_written_into_rules(settled: Api, app: str, shop: NewApp) -> None:
    assert settled.ask("PATCH", app, {"version": shop.app.version, "timezone": "Europe/Paris"})[0] == 200
    today = EVER | {"window": {"from": "2026-01-01"}}
    assert settled.ask("POST", f"{app}/segments/preview/explanation", {"rule": today, "person": 1})[0] == 404
    buy(settled, app, "u-1")
    status, answered = settled.ask("POST", f"{app}/segments/preview/explanation", {"rule": today, "person": 1})
    assert status == 200
    assert answered["rule"]["condition"]["window"] == {"from": "2026-01-01", "zone": "Europe/Paris"}
    assert (answered["member"], answered["rule"]["found"]) == (None, 1)


def test_the_apps_country_is_written_into_rules_and_stays(settled: Api, app: str, shop: NewApp) -> None:
    french = {"kind": "person", "name": "country", "is": "=", "value": "FR"}
    buy(settled, app, "u-1")
    before, _ = made(settled, app, "Before", french)
    assert settled.ask("PATCH", app, {"version": shop.app.version, "country": "FR"})[0] == 200
    after, answer = made(settled, app, "After", french)
    assert answer["rule"] == french | {"default": "FR"}
    assert answer["sentence"]["en"] == "the country is “FR” (“FR” where it is not known)"
    assert settled.ask("PATCH", app, {"version": shop.app.version + 1, "country": "BE"})[0] == 200
    assert [settled.ask("GET", path)[1]["size"] for path in (before, after)] == [0, 1]
    status, answered = settled.ask("GET", f"{after}/people/1/explanation")
    assert (status, answered["member"], answered["rule"]["measure"], answered["rule"]["found"]) == (200, True, "default", "FR")
    facts = settled.ask("GET", f"{app}/people/1")[1]["facts"]
    assert (facts["country"], facts["country_source"]) == ("BE", "default")
    status, answer = settled.ask("PATCH", app, {"version": shop.app.version + 2, "country": "Mars"})
    assert (status, answer["error"]["data"]["path"]) == (400, "country")


def nested(levels: int) -> dict[str, Any]:
    """A rule of so many levels, a condition of which holds lists."""
    rule: dict[str, Any] = EVER | {"where": [{"property": "total", "is": "in", "value": [1]}]}
    for _ in range(levels - 1):
        rule = {"all": [rule]}
    return rule


def test_a_rule_may_be_as_deep_as_the_language_says(settled: Api, app: str) -> None:
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": nested(MAX_DEPTH)})[0] == 200
    status, answer = settled.ask("POST", f"{app}/segments/preview", {"rule": nested(MAX_DEPTH + 1)})
    assert (status, answer["error"]["data"]["path"]) == (400, "rule" + ".all[0]" * MAX_DEPTH)


def test_what_is_much_too_deep_is_refused_with_its_path(whole: TestClient[Application], settled: Api, app: str) -> None:
    headers = {**settled.headers, "content-type": "application/json"}
    for opening, closing, path in (
        (b'{"not":', b"}", "rule" + ".not" * 79),
        (b'{"a,":0,"all":[7,', b"]}", "rule" + ".all[1]" * 39 + ".all"),
    ):
        body = b'{"rule":' + opening * 1_000 + b'"x\\"{["' + closing * 1_000 + b"}"
        answer = whole.post(f"/api/v1{app}/segments/preview", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["data"]["path"]) == (400, path)


@pytest.mark.parametrize(
    ("condition", "member"),
    [
        ({"kind": "list", "list": 9}, "list"),
        ({"kind": "message", "did": "opened", "message": 9}, "message"),
        ({"kind": "unopened", "last": 3, "journey": 9}, "journey"),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_refused(settled: Api, app: str, condition: dict[str, Any], member: str) -> None:
    rule = {"any": [EVER, {"not": condition}]}
    path, segment = made(settled, app, "Buyers", EVER)
    asked = [
        settled.ask("POST", f"{app}/segments/preview", {"rule": rule}),
        settled.ask("POST", f"{app}/segments", {"name": "Others", "rule": rule}),
        settled.ask("PATCH", path, {"version": segment["version"], "rule": rule}),
    ]
    for status, answer in asked:
        assert (status, answer["error"]["data"]["path"]) == (400, f"rule.any[1].not.{member}")
        assert answer["error"]["message"] == f"There is no {member} 9."


def test_no_rule_is_restored_whose_list_has_gone(settled: Api, app: str) -> None:
    number = settled.ask("POST", f"{app}/lists", {"name": "Guests"})[1]["id"]
    path, _ = made(settled, app, "Buyers", {"kind": "list", "list": number})
    assert settled.ask("PATCH", path, {"version": 1, "rule": EVER})[0] == 200
    assert settled.ask("DELETE", f"{app}/lists/{number}")[0] == 204
    status, answer = settled.ask("POST", f"{path}/versions/1/restore", {"version": 2})
    assert (status, answer["error"]["data"]["path"]) == (400, "rule.list")


def test_filter_lists_of_onesignal_are_read_and_written(settled: Api, app: str) -> None:
    filters = [
        {"field": "tag", "key": "level", "relation": "=", "value": "10"},
        {"operator": "OR"},
        {"field": "amount_spent", "relation": ">", "value": "50"},
    ]
    names = {"event": "Paid", "amount": "price"}
    status, answered = settled.ask("POST", f"{app}/segments/filters/read", {"filters": filters, "purchases": names})
    assert (status, answered["rule"]["any"][1]["event"], answered["rule"]["any"][1]["property"]) == (200, "Paid", "price")
    assert "level is “10”" in answered["sentence"]["en"]
    status, written = settled.ask("POST", f"{app}/segments/filters/write", {"rule": answered["rule"], "purchases": names})
    assert (status, written) == (200, {"filters": filters})
    wrong = [*filters[:2], {"field": "planet", "relation": "=", "value": "Mars"}]
    status, answer = settled.ask("POST", f"{app}/segments/filters/read", {"filters": wrong})
    assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid_filters", "filters[2].field")
    status, answer = settled.ask(
        "POST", f"{app}/segments/filters/write", {"rule": {"not": {"all": [{"kind": "rhythm", "times": 2}]}}}
    )
    assert (status, answer["error"]["data"]["path"]) == (400, "rule.not.all[0]")


def test_the_schema_of_rules_is_published(settled: Api, app: str) -> None:
    status, schema = settled.ask("GET", f"{app}/segments/rule-schema")
    assert (status, schema["$schema"]) == (200, "https://json-schema.org/draft/2020-12/schema")


def test_the_kinds_of_conditions_are_published_as_forms(settled: Api, app: str) -> None:
    status, kinds = settled.ask("GET", f"{app}/segments/conditions")
    assert (status, [each["kind"] for each in kinds][:3]) == (200, ["behaviour", "trait", "sequence"])
    (times,) = next(each for each in kinds if each["kind"] == "rhythm")["fields"]
    assert times == {
        "name": "times", "role": "number", "required": True, "default": None, "begins": 3, "choices": [],
        "minimum": 0.1, "maximum": 100,
    }  # fmt: skip


def test_an_explanation_knows_what_the_program_made_out_itself(settled: Api, app: str) -> None:
    settled.ask("POST", f"{app}/people", {"user_id": "u-1", "traits": {"plan": "pro"}})
    event = {"event": "Seen", "user_id": "u-1", "context": {"locale": "fr-FR"}}
    assert settled.ask("POST", f"{app}/events", event)[0] == 201
    rule = {"kind": "person", "name": "language", "is": "=", "value": "fr"}
    status, answered = settled.ask("POST", f"{app}/segments/preview/explanation", {"rule": rule, "person": 1})
    assert (status, answered["rule"]["found"], answered["rule"]["holds"]) == (200, "fr", True)


def test_versions_tell_who_when_and_what_changed(settled: Api, app: str, shop: NewApp) -> None:
    path, segment = made(settled, app, "Buyers", BUYERS)
    author = f"key:{shop.api_key.key.id}"
    assert segment["created_by"] == author
    settled.ask("PATCH", path, {"version": 1, "rule": {"all": [BUYERS, EVER]}})
    settled.ask("PATCH", path, {"version": 2, "name": "Good buyers"})
    status, versions = settled.ask("GET", f"{path}/versions")
    assert (status, versions["next"]) == (200, None)
    third, second, first = versions["items"]
    assert (third["version"], third["created_by"], first["difference"]) == (3, author, None)
    assert third["difference"]["renamed"] == {"before": "Buyers", "after": "Good buyers"}
    (added,) = second["difference"]["added"]
    assert (added["condition"]["event"], added["sentence"]["en"]) == ("Order Completed", "did “Order Completed”")
    assert (third["author"], third["sentence"]["fr"][:6]) == (shop.api_key.key.name, "a fait")
    assert (second["difference"]["removed"], second["difference"]["meaning_changed"]) == ([], True)
    _, newest = settled.ask("GET", f"{path}/versions?limit=1")
    _, older = settled.ask("GET", f"{path}/versions?limit=1&cursor={newest['next']}")
    assert (newest["items"], older["items"]) == ([third], [second])


def test_any_two_versions_are_compared(settled: Api, app: str) -> None:
    path, _ = made(settled, app, "Buyers", BUYERS)
    settled.ask("PATCH", path, {"version": 1, "rule": {"all": [BUYERS, EVER]}})
    settled.ask("PATCH", path, {"version": 2, "name": "Good buyers", "rule": EVER})
    status, answered = settled.ask("GET", f"{path}/versions/1/difference/3")
    assert (status, answered["renamed"]) == (200, {"before": "Buyers", "after": "Good buyers"})
    assert [each["sentence"]["en"] for each in answered["added"]] == ["did “Order Completed”"]
    assert [each["sentence"]["en"] for each in answered["removed"]] == [
        "did “Order Completed” at least twice in the last 30 days"
    ]
    back = settled.ask("GET", f"{path}/versions/3/difference/1")[1]
    assert (back["added"], back["removed"]) == (answered["removed"], answered["added"])
    same = settled.ask("GET", f"{path}/versions/2/difference/2")[1]
    assert same == {"renamed": None, "added": [], "removed": [], "regrouped": False, "meaning_changed": False}
    assert settled.ask("GET", f"{path}/versions/1/difference/4")[0] == 404


def test_a_version_is_restored(settled: Api, app: str) -> None:
    buy(settled, app, "u-1")
    path, _ = made(settled, app, "Buyers", EVER)
    settled.ask("PATCH", path, {"version": 1, "rule": BUYERS, "name": "Twice"})
    assert settled.ask("POST", f"{path}/versions/1/restore", {"version": 1})[0] == 409
    assert settled.ask("POST", f"{path}/versions/9/restore", {"version": 2})[0] == 404
    status, restored = settled.ask("POST", f"{path}/versions/1/restore", {"version": 2})
    assert (status, restored["version"], restored["name"], restored["size"]) == (200, 3, "Buyers", 1)
    settled.ask("DELETE", path)
    _, versions = settled.ask("GET", f"{path}/versions")
    assert [each["archived"] for each in versions["items"]] == [True, False, False, False]


def greeting(api: Api, app: str, segment: dict[str, Any]) -> str:
    """A journey that whoever enters the segment starts; its path."""
    push = {"name": "Push", "channel": "web_push", "content": {"title": "Hello", "body": "b"}}
    message = api.ask("POST", f"{app}/messages", push)[1]["id"]
    entry = {"event": "segment_entered", "where": [{"property": "segment", "is": "=", "value": segment["id"]}]}
    nodes = [{"id": "push", "kind": "message", "message": message, "next": "done"}, {"id": "done", "kind": "exit"}]
    status, journey = api.ask(
        "POST", f"{app}/journeys", {"name": "Hi", "graph": {"entry": entry, "nodes": nodes, "start": "push"}}
    )
    assert status == 201, journey
    path = f"{app}/journeys/{journey['id']}"
    assert api.ask("POST", f"{path}/publish", {"version": journey["version"]})[0] == 200
    return path


def started(api: Api, journey: str) -> set[int]:
    """Who has a run, once all that was derived so far has settled."""
    for _ in range(2):
        assert api.ask("POST", f"{journey.partition('/journeys')[0]}/events", {"event": "Pause", "user_id": "nobody"})[0] == 201
    return {run["person_id"] for run in api.ask("GET", f"{journey}/runs")[1]["items"]}


def test_an_edit_starts_journeys_only_if_asked_and_only_for_those_who_enter_by_it(settled: Api, app: str) -> None:
    for number in (1, 2, 3):
        buy(settled, app, f"u-{number}", number)
    path, segment = made(settled, app, "Buyers", EVER | {"value": 3})
    journey = greeting(settled, app, segment)
    two, one = EVER | {"value": 2}, EVER | {"value": 1}
    assert settled.ask("PATCH", path, {"version": 1, "rule": two})[1]["size"] == 2
    assert started(settled, journey) == set()
    assert settled.ask("PATCH", path, {"version": 2, "rule": one, "announce": True})[1]["size"] == 3
    assert started(settled, journey) == {1}
    assert [each["person_id"] for each in settled.ask("GET", f"{path}/changes")[1]["items"]] == [1]
    assert settled.ask("PATCH", path, {"version": 3, "name": "Buyers ever"})[0] == 200
    assert settled.ask("POST", f"{path}/versions/2/restore", {"version": 4, "announce": True})[1]["size"] == 2
    assert started(settled, journey) == {1}
    left = settled.ask("GET", f"{path}/changes?change=left")[1]["items"]
    assert [each["person_id"] for each in left] == [1]


def test_nobody_starts_a_journey_by_saying_that_people_entered_a_segment(settled: Api, app: str) -> None:
    _, segment = made(settled, app, "Buyers", EVER)
    journey = greeting(settled, app, segment)
    forged = {"event": "segment_entered", "user_id": "u-1", "properties": {"segment": segment["id"]}}
    status, answer = settled.ask("POST", f"{app}/events", forged)
    assert (status, answer["error"]["data"]) == (400, {"path": "event", "reason": "reserved_name"})
    buy(settled, app, "u-2")
    assert started(settled, journey) == {1}, "the forged event made nobody"


def test_an_edit_that_asked_does_not_speak_for_a_later_one_of_what_it_leans_on(settled: Api, app: str) -> None:
    buy(settled, app, "u-1")
    inner, below = made(settled, app, "Buyers", EVER | {"value": 2})
    outer, above = made(settled, app, "The same", EVER | {"value": 3})
    journey = greeting(settled, app, above)
    assert settled.ask("PATCH", outer, {"version": 1, "rule": inside(below), "announce": True})[1]["size"] == 0
    assert settled.ask("PATCH", inner, {"version": 1, "rule": EVER})[1]["size"] == 1
    assert settled.ask("GET", outer)[1]["size"] == 1
    assert started(settled, journey) == set()


def test_a_segment_in_use_is_not_archived_and_says_by_whom(settled: Api, app: str) -> None:
    path, buyers = made(settled, app, "Buyers", EVER)
    other_path, other = made(settled, app, "Others", {"not": inside(buyers)})
    entry = {"event": "segment_entered", "where": [{"property": "segment", "is": "=", "value": buyers["id"]}]}
    graph = {"entry": entry, "nodes": [{"id": "end", "kind": "exit"}], "start": "end"}
    _, journey = settled.ask("POST", f"{app}/journeys", {"name": "Thanks", "graph": graph})
    users = [
        {"kind": "segment", "id": other["id"], "name": "Others"},
        {"kind": "journey", "id": journey["id"], "name": "Thanks"},
    ]
    status, answer = settled.ask("DELETE", path)
    assert (status, answer["error"]["code"], answer["error"]["data"]["dependents"]) == (409, "segment_in_use", users)
    assert settled.ask("GET", f"{path}/dependents") == (200, {"items": users})
    assert settled.ask("GET", f"{path}/users") == (200, {"items": users})  # the former address answers 308, which is followed
    settled.ask("DELETE", other_path)
    assert settled.ask("POST", f"{app}/journeys/{journey['id']}/publish", {})[0] == 200
    elsewhere = graph | {"entry": {"event": "Order Completed"}}
    _, changed = settled.ask("PATCH", f"{app}/journeys/{journey['id']}", {"version": 2, "graph": elsewhere})
    assert settled.ask("DELETE", path)[1]["error"]["data"]["dependents"] == users[1:]  # people still enter what was published
    assert settled.ask("POST", f"{app}/journeys/{journey['id']}/publish", {"version": changed["version"]})[0] == 200
    assert settled.ask("DELETE", path)[0] == 204


def test_a_circle_is_refused_with_its_place(settled: Api, app: str) -> None:
    path, first = made(settled, app, "First", EVER)
    _, second = made(settled, app, "Second", {"all": [BUYERS, inside(first)]})
    status, answer = settled.ask("PATCH", path, {"version": 1, "rule": {"any": [EVER, {"not": inside(second)}]}})
    assert (status, answer["error"]["code"]) == (400, "invalid_rule")
    assert answer["error"]["data"] == {"path": "rule.any[1].not.segment", "segment": first["id"]}


def test_a_segment_of_segments_has_its_members_and_follows_an_edit(settled: Api, app: str) -> None:
    buy(settled, app, "u-1", 2)
    buy(settled, app, "u-2", 1)
    path, buyers = made(settled, app, "Buyers", BUYERS)
    _, rest = made(settled, app, "The rest", {"not": inside(buyers)})
    assert rest["size"] == 1
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": inside(rest)})[1]["count"] == 1
    settled.ask("PATCH", path, {"version": 1, "rule": EVER})
    assert settled.ask("GET", f"{app}/segments/{rest['id']}")[1]["size"] == 0


def test_an_explanation_says_what_was_found_and_which_events_decide(settled: Api, app: str) -> None:
    path, _ = made(settled, app, "Buyers", {"all": [BUYERS, {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}]})
    for number in (1, 2):
        event = {"event": "Order Completed", "user_id": f"u-{number}", "message_id": f"m-{number}"}
        assert settled.ask("POST", f"{app}/events", event)[0] == 201
    settled.ask("POST", f"{app}/people", {"user_id": "u-2", "traits": {"plan": "pro"}})
    status, answered = settled.ask("GET", f"{path}/people/2/explanation")
    assert (status, answered["member"], answered["rule"]["holds"], answered["person_id"]) == (200, False, False, 2)
    bought, plan = answered["rule"]["parts"]
    assert (bought["holds"], bought["found"], bought["events"][0]["message_id"]) == (False, 1, "m-2")
    assert (plan["holds"], plan["measure"], plan["found"]) == (True, "value", "pro")
    assert settled.ask("POST", f"{app}/people/1/merge", {"into": 2})[0] == 200
    for person in (1, 2):
        _, answered = settled.ask("GET", f"{path}/people/{person}/explanation")
        assert (answered["member"], answered["rule"]["holds"], answered["person_id"]) == (True, True, 2)
        bought = answered["rule"]["parts"][0]
        assert [each["message_id"] for each in bought["events"]] == ["m-2", "m-1"]
        assert answered["rule"]["changes_at"] == bought["events"][-1]["occurred_at"] + 30 * DAY
    assert settled.ask("GET", f"{path}/people/99/explanation")[0] == 404
    assert settled.ask("GET", f"{app}/segments/99/people/2/explanation")[0] == 404


def test_members_are_exported_as_csv_and_parquet(settled: Api, app: str, settings: Settings, tmp_path: Path) -> None:
    buy(settled, app, 'odd "name", é', 2)
    buy(settled, app, "u-2", 2)
    settled.ask("POST", f"{app}/people", {"user_id": "u-2", "traits": {"email": "lea@example.org"}})
    settled.ask("POST", f"{app}/events", {"event": "Order Completed", "anonymous_id": "a-1"})
    path, _ = made(settled, app, "Buyers", EVER)
    answer = settled.client.get(f"/api/v1{path}/members/export", headers=settled.headers)
    assert (answer.status_code, answer.headers["x-relance-members"]) == (200, "3")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    expected = [["1", 'odd "name", é', ""], ["2", "u-2", "lea@example.org"], ["3", "", ""]]
    assert list(csv.reader(io.StringIO(answer.text))) == [["id", "external_id", "email"], *expected]
    answer = settled.client.get(f"/api/v1{path}/members/export?format=parquet", headers=settled.headers)
    assert (answer.status_code, answer.headers["x-relance-members"]) == (200, "3")
    file = tmp_path / "members.parquet"
    file.write_bytes(answer.content)
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT id, external_id, email FROM read_parquet($1) ORDER BY id", [str(file)]).fetchall()
    assert rows == [(1, 'odd "name", é', None), (2, "u-2", "lea@example.org"), (3, None, None)]
    assert [path for path in (settings.folder / "exports").rglob("*") if path.is_file()] == []
    assert settled.ask("GET", f"{path}/members/export?format=xlsx")[0] == 400


def test_who_entered_and_left_and_the_course(settled: Api, app: str) -> None:
    path, segment = made(settled, app, "Once", EVER | {"compare": "=", "value": 1})
    made(settled, app, "Buyers", EVER)
    now = datetime.now(UTC)
    for user, ago in (("u-1", 9), ("u-2", 8), ("u-2", 7)):
        event = {"event": "Order Completed", "user_id": user, "timestamp": (now - timedelta(seconds=ago)).isoformat()}
        assert settled.ask("POST", f"{app}/events", event)[0] == 201
    deadline = time.monotonic() + 60
    found: dict[str, Any] = {"items": []}
    while len(found["items"]) < 3 and time.monotonic() < deadline:  # they are events themselves, and settle a tick later
        _, found = settled.ask("GET", f"{path}/changes")
    assert [(each["person_id"], each["change"]) for each in found["items"]] == [(2, "left"), (2, "entered"), (1, "entered")]
    _, first = settled.ask("GET", f"{path}/changes?limit=2")
    _, second = settled.ask("GET", f"{path}/changes?limit=2&cursor={first['next']}")
    assert (first["items"] + second["items"], second["next"]) == (found["items"], None)
    assert len(settled.ask("GET", f"{path}/changes?change=entered")[1]["items"]) == 2
    since = found["items"][0]["occurred_at"]
    assert settled.ask("GET", f"{path}/changes?until={found['items'][-1]['occurred_at']}")[1]["items"] == []
    assert {each["occurred_at"] for each in settled.ask("GET", f"{path}/changes?since={since}")[1]["items"]} == {since}
    _, course = settled.ask("GET", f"{path}/course")
    assert (course["size"], course["entered"], course["left"], len(course["points"])) == (1, 2, 1, 30)
    assert course["points"][-1]["size"] == 1
    assert settled.ask("GET", f"{app}/segments/{segment['id'] + 7}/course")[0] == 404
    assert settled.ask("GET", f"{path}/changes?change=moved")[0] == 400


def test_a_member_who_becomes_part_of_another_is_counted_apart(settled: Api, app: str) -> None:
    path, _ = made(settled, app, "Buyers", EVER)
    buy(settled, app, "u-1")
    buy(settled, app, "u-2")
    assert settled.ask("POST", f"{app}/people/1/merge", {"into": 2})[0] == 200
    deadline = time.monotonic() + 60
    found: dict[str, Any] = {"items": []}
    while not found["items"] and time.monotonic() < deadline:
        _, found = settled.ask("GET", f"{path}/changes?change=merged")
    assert [(each["person_id"], each["change"]) for each in found["items"]] == [(2, "merged")]
    _, course = settled.ask("GET", f"{path}/course")
    assert (course["size"], course["entered"], course["left"], course["merged"]) == (1, 2, 0, 1)
    assert sum(point["merged"] for point in course["points"]) == 1


def test_segments_are_fresh_where_nothing_waits(settled: Api, app: str) -> None:
    _, segment = made(settled, app, "Buyers", EVER)
    buy(settled, app, "u-1")
    status, fresh = settled.ask("GET", f"{app}/segments/freshness")
    assert (status, fresh["lag_ms"], fresh["late"], fresh["waiting"]) == (200, 0, False, 0)
    assert fresh["segments"] == [
        {"segment_id": segment["id"], "name": "Buyers", "state": "live", "true_until": fresh["now"], "progress": None}
    ]


def test_the_alarm_is_raised_when_settling_falls_behind(api: Api, worker: Scripted, app: str) -> None:
    worker.answers |= {
        "segment_sizes": [],
        "segments_building": [],
        "freshness": {"now": 50_000, "true_until": 39_000, "waiting": 12, "live": [1], "columns": [], "building": []},
    }
    made(api, app, "First", EVER)
    made(api, app, "Second", EVER)
    _, fresh = api.ask("GET", f"{app}/segments/freshness")
    assert (fresh["lag_ms"], fresh["late"], fresh["late_after_ms"], fresh["waiting"]) == (11_000, True, 10_000, 12)
    assert [(each["state"], each["true_until"]) for each in fresh["segments"]] == [("live", 39_000), ("building", None)]


def test_an_explanation_keeps_the_shape_of_the_rule_and_says_every_condition(settled: Api, app: str) -> None:
    buy(settled, app, "u-1")
    _, buyers = made(settled, app, "Buyers", EVER)
    number = settled.ask("POST", f"{app}/lists", {"name": "VIP"})[1]["id"]
    rule = {"all": [inside(buyers), {"not": {"kind": "list", "list": number}}]}
    path, _ = made(settled, app, "Plain buyers", rule)
    status, answered = settled.ask("GET", f"{path}/people/1/explanation")
    assert (status, answered["member"], answered["rule"]["sentence"]) == (200, True, None)
    named, negated = answered["rule"]["parts"]
    assert (named["kind"], named["condition"]) == ("segment", inside(buyers))
    assert named["sentence"] == {"en": "is in the segment “Buyers”", "fr": "est dans le segment «\xa0Buyers\xa0»"}
    assert [part["condition"]["event"] for part in named["parts"]] == ["Order Completed"]
    assert negated["sentence"]["en"] == "is not on the list “VIP”"
    assert (negated["parts"][0]["sentence"]["en"], negated["parts"][0]["holds"]) == ("is on the list “VIP”", False)
