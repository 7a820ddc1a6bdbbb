"""What a journey came to, over HTTP: by which edges and exit events runs went, who reached the goal, and what it brought."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api
from tests.http.api.test_definitions import PUSH

GRAPH: dict[str, Any] = {
    "entry": {"event": "Product Added", "key": "cart_id"},
    "exits": [{"event": "Order Completed", "match": "cart_id"}, {"event": "Cart Emptied", "match": "cart_id"}],
    "goal": {"event": "Order Completed", "within": "3d"},
    "start": "big",
    "nodes": [
        {"id": "big", "kind": "branch", "if": [{"property": "total", "is": ">", "value": 50}], "then": "wait", "else": None},
        {"id": "wait", "kind": "delay", "for": "2h", "next": "push"},
        {"id": "push", "kind": "message", "message": 0, "next": None},
    ],
}


@pytest.fixture
def path(settled: Api, shop: NewApp) -> str:
    app = f"/apps/{shop.app.id}"
    message = settled.ask("POST", f"{app}/messages", PUSH)[1]["id"]
    nodes = [{**node, "message": message} if "message" in node else node for node in GRAPH["nodes"]]
    _, made = settled.ask("POST", f"{app}/journeys", {"name": "Cart", "graph": {**GRAPH, "nodes": nodes}})
    assert settled.ask("POST", f"{app}/journeys/{made['id']}/publish")[0] == 200
    return f"{app}/journeys/{made['id']}"


def report(api: Api, path: str, event: str, cart: str, **properties: Any) -> None:
    body = {"event": event, "user_id": f"u-{cart}", "properties": {"cart_id": cart, **properties}}
    assert api.ask("POST", f"{path.rsplit('/journeys', 1)[0]}/events", body)[0] == 201


def test_a_journey_without_anybody_in_it_came_to_nothing(settled: Api, path: str) -> None:
    _, counts = settled.ask("GET", f"{path}/counts")
    assert (counts["items"], counts["edges"], counts["revenue"], counts["revenues"]) == ([], [], 0, [])
    assert counts["totals"] == {"entered": 0, "waiting": 0, "completed": 0, "exits": [], "otherwise": []}
    assert counts["goal"] == {"event": "Order Completed", "within": "3d", "reached": 0}


def test_buyers_are_told_by_the_event_that_ended_their_runs(settled: Api, path: str) -> None:
    for cart, total in (("a", 60), ("b", 70), ("c", 80), ("d", 90), ("small", 5)):
        report(settled, path, "Product Added", cart, total=total)
    for cart in ("a", "b"):
        report(settled, path, "Order Completed", cart, total=60, currency="EUR", order_id=cart)
        report(settled, path, "Order Completed", cart, total=60, currency="EUR", order_id=cart)
    report(settled, path, "Cart Emptied", "c")
    _, counts = settled.ask("GET", f"{path}/counts")
    assert {(each["node"], each["way"], each["to"], each["event"]): each["runs"] for each in counts["edges"]} == {
        ("", "start", "big", ""): 5,
        ("big", "then", "wait", ""): 4,
        ("big", "else", None, ""): 1,
        ("wait", "exit_event", None, "Order Completed"): 2,
        ("wait", "exit_event", None, "Cart Emptied"): 1,
    }
    assert counts["totals"] == {
        "entered": 5,
        "waiting": 1,
        "completed": 1,
        "exits": [{"event": "Order Completed", "runs": 2}, {"event": "Cart Emptied", "runs": 1}],
        "otherwise": [],
    }
    assert counts["goal"]["reached"] == 2
    at_wait = settled.ask("GET", f"{path}/runs?node=wait")[1]["items"]
    assert {run["run_key"] for run in at_wait} == {"a", "b", "c", "d"}
    assert [run["run_key"] for run in settled.ask("GET", f"{path}/runs?node=wait&state=waiting")[1]["items"]] == ["d"]
    assert settled.ask("GET", f"{path}/runs?node=nowhere")[1]["items"] == []
    _, runs = settled.ask("GET", f"{path}/runs")
    assert {run["run_key"]: run["left_by"] for run in runs["items"]} == {
        "a": "Order Completed",
        "b": "Order Completed",
        "c": "Cart Emptied",
        "d": "",
        "small": "else",
    }
