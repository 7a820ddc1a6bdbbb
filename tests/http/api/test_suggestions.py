"""What a rule can be made of, from what arrived."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def happened(api: Api, app: str, **properties: Any) -> None:
    body = {"event": "Order Completed", "user_id": "u-1", "properties": properties}
    assert api.ask("POST", f"{app}/events", body)[0] == 201


def test_properties_come_with_their_kinds_and_values_with_how_often(settled: Api, app: str, stranger: Api) -> None:
    happened(settled, app, total=20, paid=True, cart={"coupon": "SPRING"}, tags=["red", "blue"], at="2026-03-01", plan=1)
    happened(settled, app, total=30.5, paid=False, cart={"coupon": "SPRING"}, tags=["red"], plan="1", gone=None)
    status, found = settled.ask("GET", f"{app}/suggestions/properties?event=Order%20Completed")
    assert (status, found["sampled"]) == (200, 2)
    kinds = {each["name"]: each["kinds"] for each in found["items"]}
    wanted = {"total": ["number"], "paid": ["boolean"], "cart.coupon": ["text"], "tags": ["list"], "at": ["date"]}
    assert kinds == wanted | {"plan": kinds["plan"]}
    assert sorted(kinds["plan"]) == ["number", "text"]
    assert {each["name"]: each["count"] for each in found["items"]}["at"] == 1

    def values(name: str) -> list[tuple[Any, int]]:
        answer = settled.ask("GET", f"{app}/suggestions/values?event=Order%20Completed&name={name}")[1]
        return [(each["value"], each["count"]) for each in answer["items"]]

    assert values("cart.coupon") == [("SPRING", 2)]
    assert values("tags") == [("red", 2), ("blue", 1)]
    assert sorted(values("paid")) == [(False, 1), (True, 1)]
    assert values("nothing") == []
    assert settled.ask("GET", f"{app}/suggestions/properties?event=Nothing")[1] == {"sampled": 0, "items": []}
    assert settled.ask("GET", f"{app}/suggestions/values")[0] == 400


def test_without_an_event_traits_of_people_are_meant(settled: Api, app: str) -> None:
    for number, plan in enumerate(("pro", "pro", "free")):
        settled.ask("POST", f"{app}/people", {"user_id": f"u-{number}", "traits": {"plan": plan, "age": 30 + number}})
    _, found = settled.ask("GET", f"{app}/suggestions/properties")
    assert [(each["name"], each["kinds"]) for each in found["items"]] == [("age", ["number"]), ("plan", ["text"])]
    _, found = settled.ask("GET", f"{app}/suggestions/values?name=plan")
    assert [(each["value"], each["count"]) for each in found["items"]] == [("pro", 2), ("free", 1)]


def test_a_preview_says_who_how_reachable_and_at_what_cost(settled: Api, app: str) -> None:
    settled.ask("POST", f"{app}/people", {"user_id": "u-1", "traits": {"email": "lea@example.org"}})
    settled.ask("POST", f"{app}/people", {"user_id": "u-2", "traits": {}})
    happened(settled, app, total=3)
    everybody = {"not": {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}}
    _, found = settled.ask("POST", f"{app}/segments/preview", {"rule": everybody})
    assert (found["count"], [each["external_id"] for each in found["people"]]) == (2, ["u-1", "u-2"])
    assert found["people"][0]["traits"] == {"email": "lea@example.org"}
    assert (found["reach"]["of"], found["reach"]["channels"]["email"], found["reach"]["channels"]["web_push"]) == (2, 1, 0)
    bought = {"kind": "behaviour", "event": "Order Completed", "window": {"last": "30d"}}
    both = {"rule": {"all": [everybody, bought]}}
    _, cost = settled.ask("POST", f"{app}/segments/preview/cost", both)
    assert (cost["conditions"], cost["live"], cost["events"]) == (2, 0, 1)
    assert cost["bytes"] > 0
    settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": bought | {"window": {"last": "720h"}}})
    _, cheaper = settled.ask("POST", f"{app}/segments/preview/cost", both)
    assert (cheaper["live"], cheaper["events"]) == (1, 0)
    assert cheaper["bytes"] < cost["bytes"]
    assert settled.ask("POST", f"{app}/segments/preview/cost", {"rule": {"kind": "list"}})[0] == 400
