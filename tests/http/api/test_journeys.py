"""Journeys over HTTP: what publishing says and refuses, what is archived and deleted, and which entries were missed."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api
from tests.http.api.test_definitions import BUYERS, PUSH, buy, graph


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def message(api: Api, app: str, name: str = "Cart push") -> int:
    return int(api.ask("POST", f"{app}/messages", PUSH | {"name": name})[1]["id"])


def journey(api: Api, app: str, entry: dict[str, Any], sent: int, name: str = "Cart") -> str:
    nodes = [{"id": "push", "kind": "message", "message": sent, "next": None}]
    status, made = api.ask("POST", f"{app}/journeys", {"name": name, "graph": {"entry": entry, "start": "push", "nodes": nodes}})
    assert status == 201, made
    return f"{app}/journeys/{made['id']}"


def in_segment(segment: int, **more: Any) -> dict[str, Any]:
    return {"event": "segment_entered", "where": [{"property": "segment", "is": "=", "value": segment}], **more}


def listed(api: Api, path: str) -> list[int]:
    return [each["id"] for each in api.ask("GET", path)[1]["items"]]


@pytest.mark.parametrize(
    ("entry", "path", "said"),
    [
        ({"event": "identify"}, "entry.event", "starts no journey"),
        ({"event": "group"}, "entry.event", "starts no journey"),
        (in_segment(999), "entry.where[0].value", "no segment 999"),
        ({"event": "message_sent", "where": [{"property": "message", "is": "=", "value": 999}]}, "entry.where[0].value", "999"),
        ({"event": "x", "where": [{"property": "n", "is": ">", "value": 2}, {"property": "n", "is": "<", "value": 1}]},
         "entry.where[1]", "No value"),
    ],
)  # fmt: skip
def test_what_nobody_can_meet_is_not_published(settled: Api, app: str, entry: dict[str, Any], path: str, said: str) -> None:
    made = journey(settled, app, entry, message(settled, app))
    for method, step in (("GET", "publishing"), ("POST", "publish")):
        status, answer = settled.ask(method, f"{made}/{step}")
        assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid_graph", path)
        assert said in answer["error"]["message"]
    assert settled.ask("GET", made)[1]["state"] == "draft"


def test_a_segment_that_was_archived_and_a_message_that_was_are_not_there(settled: Api, app: str) -> None:
    _, segment = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    one, other = message(settled, app), message(settled, app, "other")
    on_segment = journey(settled, app, {"event": "x"}, one)
    assert settled.ask("DELETE", f"{app}/segments/{segment['id']}")[0] == 204
    nodes = [{"id": "push", "kind": "message", "message": one, "next": None}]
    changed = {"version": 1, "graph": {"entry": in_segment(segment["id"]), "start": "push", "nodes": nodes}}
    assert settled.ask("PATCH", on_segment, changed)[0] == 200
    status, answer = settled.ask("POST", f"{on_segment}/publish")
    assert (status, answer["error"]["data"]["path"]) == (400, "entry.where[0].value")
    archived = journey(settled, app, {"event": "x"}, other)
    assert settled.ask("POST", f"{app}/messages/{other}/archive")[0] == 200
    status, answer = settled.ask("POST", f"{archived}/publish")
    assert (status, answer["error"]["data"]["path"]) == (400, "nodes[0].message")


def test_publishing_says_who_is_left_out_and_which_events_were_never_seen(settled: Api, app: str) -> None:
    _, segment = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    for user in ("u-1", "u-2"):
        buy(settled, app, user, 2)
    made = journey(settled, app, in_segment(segment["id"]), message(settled, app))
    expected = {"segments": [segment["id"]], "members": 2, "taken_in": 0, "left_out": 2}
    assert settled.ask("GET", f"{made}/publishing")[1]["present"] == expected
    status, answer = settled.ask("POST", f"{made}/publish")
    assert (status, answer["state"], answer["present"], answer["warnings"]) == (200, "live", expected, [])
    assert settled.ask("GET", f"{made}/runs")[1]["items"] == []
    nodes = [{"id": "push", "kind": "message", "message": message(settled, app), "next": None}]
    entry = in_segment(segment["id"], present=True)
    settled.ask("PATCH", made, {"version": answer["version"], "graph": {"entry": entry, "start": "push", "nodes": nodes}})
    status, answer = settled.ask("POST", f"{made}/publish")
    assert answer["present"] == expected | {"taken_in": 2, "left_out": 0}
    buy(settled, app, "u-3", 2)
    buy(settled, app, "u-4")  # that u-3 has entered is heard a tick later
    runs = settled.ask("GET", f"{made}/runs")[1]["items"]
    assert len({run["person_id"] for run in runs}) == len(runs) == 3
    never = journey(settled, app, {"event": "Odrer Completed"}, message(settled, app))
    _, answer = settled.ask("POST", f"{never}/publish")
    assert answer["present"] is None
    assert [(each["code"], each["path"]) for each in answer["warnings"]] == [("event_never_seen", "entry.event")]
    assert "Odrer Completed" in answer["warnings"][0]["message"]


def test_a_message_is_archived_restored_and_deleted(settled: Api, app: str) -> None:
    used, free = message(settled, app, "used"), message(settled, app, "free")
    made = journey(settled, app, {"event": "x"}, used, "Hello")
    assert settled.ask("POST", f"{app}/messages/{used}/archive")[0] == 200  # a draft alone does not hold it
    assert settled.ask("POST", f"{app}/messages/{used}/archive")[1]["error"]["code"] == "message_state"
    assert listed(settled, f"{app}/messages") == [free]
    assert listed(settled, f"{app}/messages?archived=true") == [used, free]
    assert settled.ask("GET", f"{app}/messages/{used}")[1]["archived_at"] > 0
    assert settled.ask("PATCH", f"{app}/messages/{used}", {"version": 2, "name": "x"})[0] == 409
    _, back = settled.ask("POST", f"{app}/messages/{used}/restore")
    assert (back["archived_at"], back["version"]) == (None, 3)
    for step, state in (("publish", "live"), ("pause", "paused")):
        assert settled.ask("POST", f"{made}/{step}")[1]["state"] == state
        status, answer = settled.ask("POST", f"{app}/messages/{used}/archive")
        assert (status, answer["error"]["code"]) == (409, "message_in_use")
        assert [each["name"] for each in answer["error"]["data"]["journeys"]] == ["Hello"]
    assert settled.ask("DELETE", f"{app}/messages/{used}")[0] == 409
    assert settled.ask("DELETE", f"{app}/messages/{free}")[0] == 204
    assert settled.ask("GET", f"{app}/messages/{free}")[0] == 404
    assert settled.ask("DELETE", f"{app}/messages/{free}")[0] == 404
    tested = message(settled, app, "tested")
    _, lea = settled.ask("POST", f"{app}/people", {"user_id": "u-1", "traits": {}})
    settled.ask("POST", f"{app}/messages/{tested}/test", {"person": lea["id"]})
    assert settled.ask("DELETE", f"{app}/messages/{tested}")[0] == 204  # its tests go with it


def test_a_journey_is_archived_and_deleted(settled: Api, app: str) -> None:
    sent = message(settled, app)
    never, entered = (journey(settled, app, {"event": "Product Added"}, sent, name) for name in ("never", "entered"))
    settled.ask("POST", f"{entered}/publish")
    assert settled.ask("POST", f"{app}/events", {"event": "Product Added", "user_id": "u-1", "properties": {}})[0] == 201
    status, answer = settled.ask("DELETE", entered)
    assert (status, answer["error"]["code"]) == (409, "journey_entered")
    assert settled.ask("DELETE", never)[0] == 204
    assert settled.ask("GET", never)[0] == 404
    status, answer = settled.ask("POST", f"{entered}/archive", {"version": 1})
    assert status == 409
    assert settled.ask("POST", f"{entered}/archive")[1]["state"] == "archived"
    assert listed(settled, f"{app}/journeys") == []
    assert len(listed(settled, f"{app}/journeys?archived=true")) == 1
    assert settled.ask("POST", f"{entered}/publish")[1]["error"]["code"] == "journey_state"
    assert settled.ask("POST", f"{app}/messages/{sent}/archive")[0] == 200  # who is archived sends nothing


def test_what_a_person_missed_is_told_with_the_reason(settled: Api, app: str) -> None:
    _, made = settled.ask("POST", f"{app}/journeys", {"name": "Cart", "graph": graph(message(settled, app))})
    settled.ask("POST", f"{app}/journeys/{made['id']}/publish")
    body = {"event": "Product Added", "user_id": "u-1", "properties": {"total": 3}}
    for _ in range(2):
        assert settled.ask("POST", f"{app}/events", body)[0] == 201
    [person] = settled.ask("GET", f"{app}/people")[1]["items"]
    status, answer = settled.ask("GET", f"{app}/people/{person['id']}/missed-entries")
    assert status == 200
    [missed] = answer["items"]
    assert (missed["journey_id"], missed["reason"], missed["event"], missed["times"]) == (
        made["id"],
        "key_missing",
        "Product Added",
        2,
    )
    assert missed["why"].startswith("The event has no value")
    assert settled.ask("GET", f"{app}/people/999/missed-entries")[0] == 404


def about(event: str, sent: int, test: str = "=") -> dict[str, Any]:
    return {"event": event, "where": [{"property": "message", "is": test, "value": [sent] if test == "in" else sent}]}


def test_what_a_rule_or_a_journey_asks_for_a_message_by_holds_it(settled: Api, app: str) -> None:
    """Each way to name a message, in a segment and in a journey that does not send it: archiving and deleting name it."""
    behaviour = {"kind": "behaviour", "window": {"last": "30d"}}
    first, then = {"event": "x"}, about("message_clicked", 0)
    ways: list[Any] = [
        lambda sent: {"kind": "message", "did": "opened", "message": sent},
        lambda sent: {"kind": "unopened", "last": 3, "message": sent},
        lambda sent: behaviour | about("message_opened", sent),
        lambda sent: {"not": behaviour | about("message_sent", sent, "in")},
        lambda sent: {"kind": "sequence", "first": first, "then": then | about("message_clicked", sent), "within": "1d"},
    ]
    for number, rule in enumerate(ways):
        sent = message(settled, app, f"m{number}")
        status, made = settled.ask("POST", f"{app}/segments", {"name": f"Readers {number}", "rule": rule(sent)})
        assert status == 201, made
        for answer in (settled.ask("POST", f"{app}/messages/{sent}/archive"), settled.ask("DELETE", f"{app}/messages/{sent}")):
            assert (answer[0], answer[1]["error"]["code"]) == (409, "message_in_use")
            assert answer[1]["error"]["data"]["dependents"] == [
                {"kind": "segment", "id": made["id"], "name": f"Readers {number}"}
            ]
            assert f"Readers {number}" in answer[1]["error"]["message"]
        assert settled.ask("DELETE", f"{app}/segments/{made['id']}")[0] == 204
        assert settled.ask("POST", f"{app}/messages/{sent}/archive")[0] == 200
    asked, sent = message(settled, app, "asked"), message(settled, app, "sent")
    follows = journey(settled, app, about("message_opened", asked), sent, "Follow-up")
    assert settled.ask("DELETE", f"{app}/messages/{asked}")[1]["error"]["data"]["dependents"][0]["name"] == "Follow-up"
    assert settled.ask("POST", f"{follows}/publish")[0] == 200
    assert settled.ask("POST", f"{app}/messages/{asked}/archive")[1]["error"]["data"]["dependents"][0]["name"] == "Follow-up"
    assert settled.ask("POST", f"{follows}/archive")[0] == 200
    assert settled.ask("POST", f"{app}/messages/{asked}/archive")[0] == 200


def test_nothing_is_moved_by_a_test_send_so_that_nothing_may_wait_for_one(settled: Api, app: str) -> None:
    tested = {"event": "message_tested"}
    for rule, path in (
        ({"kind": "behaviour", **tested, "window": {"last": "1d"}}, "rule.event"),
        ({"any": [BUYERS, {"not": {"kind": "behaviour", **tested}}]}, "rule.any[1].not.event"),
        ({"kind": "lifecycle", "stage": "first", **tested, "window": {"last": "1d"}}, "rule.event"),
        ({"kind": "sequence", "first": tested, "then": {"event": "x"}, "within": "1d"}, "rule.first.event"),
        ({"kind": "sequence", "first": {"event": "x"}, "then": tested, "within": "1d"}, "rule.then.event"),
    ):
        for method, place, body in (
            ("POST", f"{app}/segments", {"name": "Tested", "rule": rule}),
            ("POST", f"{app}/segments/preview", {"rule": rule}),
        ):
            status, answer = settled.ask(method, place, body)
            assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid_rule", path), answer
    sent, plain = message(settled, app), {"entry": {"event": "x"}, "start": "w"}
    wait = {"id": "w", "kind": "wait_for", **tested, "up_to": "1h", "then": "push", "else": None}
    push = {"id": "push", "kind": "message", "message": sent, "next": None}
    for written, path in (
        ({"entry": tested, "start": "push", "nodes": [push]}, "entry.event"),
        (plain | {"nodes": [wait, push]}, "nodes[0].event"),
        (plain | {"start": "push", "nodes": [push], "exits": [tested]}, "exits[0].event"),
        (plain | {"start": "push", "nodes": [push], "goal": tested}, "goal.event"),
    ):
        _, made = settled.ask("POST", f"{app}/journeys", {"name": "Tested", "graph": written})
        for method, step in (("GET", "publishing"), ("POST", "publish")):
            status, answer = settled.ask(method, f"{app}/journeys/{made['id']}/{step}")
            assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid_graph", path)
            assert "test sends" in answer["error"]["message"]


def test_the_kinds_of_nodes_and_the_schema_of_graphs_are_published(settled: Api, app: str) -> None:
    status, kinds = settled.ask("GET", f"{app}/journeys/nodes")
    assert status == 200
    assert [each["kind"] for each in kinds] == ["wait_for", "delay", "branch", "message", "send_and_wait", "exit"]
    edges = {each["kind"]: [one["name"] for one in each["fields"] if one["role"] == "edge"] for each in kinds}
    waiting = {"wait_for": ["else", "then"], "send_and_wait": ["else", "then"]}
    assert edges == {**waiting, "delay": ["next"], "branch": ["then", "else"], "message": ["next"], "exit": []}
    status, schema = settled.ask("GET", f"{app}/journeys/graph-schema")
    assert (status, schema["$schema"]) == (200, "https://json-schema.org/draft/2020-12/schema")


def test_what_reads_an_answer_that_nothing_keeps_is_named_before_publishing(settled: Api, app: str) -> None:
    content = {"url": "https://crm.example/score"}
    asked = settled.ask("POST", f"{app}/messages", {"name": "Ask", "channel": "webhook", "class": "service", "content": content})[
        1
    ]
    said = settled.ask(
        "POST", f"{app}/messages", PUSH | {"content": {"title": "{{ journey.score.body.a }} {{ journey.two.status }}"}}
    )
    ask = {
        "id": "ask",
        "kind": "send_and_wait",
        "message": asked["id"],
        "up_to": "1h",
        "keep": "score",
        "then": "high",
        "else": None,
    }
    high = {"id": "high", "kind": "branch", "if": [{"kind": "answer", "property": "score.status", "is": "=", "value": 200}]}
    say = {"id": "say", "kind": "message", "message": said[1]["id"], "next": None}

    def drafted(*nodes: dict[str, Any]) -> str:
        graph = {"entry": {"event": "x"}, "start": nodes[0]["id"], "nodes": nodes}
        status, made = settled.ask("POST", f"{app}/journeys", {"name": "J", "graph": graph})
        assert status == 201, made
        return f"{app}/journeys/{made['id']}"

    status, answer = settled.ask("GET", f"{drafted(ask, high | {'then': 'say', 'else': None}, say)}/publishing")
    doubts = [each for each in answer["warnings"] if each["code"] == "answer_unknown"]
    assert (status, [(each["path"], each["parameters"]) for each in doubts]) == (200, [("nodes[2].message", {"name": "two"})])
    refusals = [
        drafted({**high, "then": "ask", "else": None}, {**ask, "then": None}),
        drafted({**ask, "message": said[1]["id"], "then": None}),
    ]
    errors = [settled.ask("POST", f"{each}/publish")[1]["error"] for each in refusals]
    assert [(each["reason"], each["data"]["path"]) for each in errors] == [
        ("answer_unknown", "nodes[0].if[0].property"),
        ("answers_nothing", "nodes[0].keep"),
    ]
