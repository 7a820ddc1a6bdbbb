"""Events and reports over HTTP, from real history."""

from __future__ import annotations

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api
from tests.http.api.test_definitions import BUYERS, buy


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def test_a_tracked_event_is_there_when_it_is_answered(settled: Api, app: str) -> None:
    body = {"event": "Order Completed", "user_id": "u-1", "message_id": "m-1", "timestamp": "2020-01-02T03:04:05Z"}
    assert settled.ask("POST", f"{app}/events", body) == (201, {"message_id": "m-1"})
    assert settled.ask("POST", f"{app}/events", body) == (201, {"message_id": "m-1"})
    _, events = settled.ask("GET", f"{app}/events?name=Order%20Completed")
    [event] = events["items"]
    assert (event["occurred_at"], event["late"], event["message_id"]) == (1577934245000, True, "m-1")
    _, names = settled.ask("GET", f"{app}/events/names")
    assert {name["name"]: name["count"] for name in names["items"]}["Order Completed"] == 1


def test_names_of_events_come_in_pages_and_are_found(settled: Api, app: str) -> None:
    for name in ("Order Completed", "order refunded", "Viewed"):
        settled.ask("POST", f"{app}/events", {"event": name, "user_id": "u-1"})
    _, found = settled.ask("GET", f"{app}/events/names?search=ORDER&limit=1")
    assert [one["name"] for one in found["items"]] == ["Order Completed"]
    _, more = settled.ask("GET", f"{app}/events/names?search=ORDER&limit=1&cursor={found['next']}")
    assert ([one["name"] for one in more["items"]], more["next"]) == (["order refunded"], None)


def test_an_event_of_nobody_or_of_a_bad_date_is_refused(settled: Api, app: str) -> None:
    for body, path in (({"event": "x"}, "userId"), ({"event": "x", "user_id": "u", "timestamp": "soon"}, "timestamp")):
        status, answer = settled.ask("POST", f"{app}/events", body)
        assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid", path)


def test_what_settling_refuses_is_listed_with_its_reason(settled: Api, app: str) -> None:
    for total in (1, 2):
        body = {"event": "Paid", "user_id": "u-1", "message_id": "same", "properties": {"total": total}}
        settled.ask("POST", f"{app}/events", body)
    _, rejected = settled.ask("GET", f"{app}/rejected")
    assert [(one["reason"], one["message_id"]) for one in rejected["items"]] == [("duplicate_id", "same")]


def test_the_overview_counts_what_there_is(settled: Api, app: str) -> None:
    assert settled.ask("GET", f"{app}/reports/overview")[1]["first_event_at"] is None
    buy(settled, app, "u-1", 2)
    buy(settled, app, "u-2")
    settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    buy(settled, app, "u-2")
    settled.ask("POST", f"{app}/people", {"user_id": "u-3", "traits": {}})
    status, report = settled.ask("GET", f"{app}/reports/overview")
    assert status == 200
    assert (report["people"], report["events"]) == (3, 5)
    [segment] = report["segments"]
    assert (segment["name"], segment["size"]) == ("Buyers", 2)
    assert report["messages"]["rates"]["opened"] is None
    _, course = settled.ask("GET", f"{app}/reports/segments")
    [row] = course["segments"]
    assert len(row["points"]) == 30
    assert row["points"][-1]["size"] == 2


def test_a_report_of_too_many_intervals_is_refused(settled: Api, app: str) -> None:
    for query in ("since=0&every=60000", "since=5000&until=5000", "since=9&until=1"):
        assert settled.ask("GET", f"{app}/reports/segments?{query}")[0] == 400, query


def test_rfm_counts_people_as_they_are_after_merges(settled: Api, app: str) -> None:
    for user, times in (("u-1", 1), ("u-2", 2), ("u-3", 3)):
        buy(settled, app, user, times)
    settled.ask("POST", f"{app}/people/1/merge", {"into": 3})
    status, report = settled.ask("GET", f"{app}/reports/rfm")
    assert (status, report["people"], report["purchases"]) == (200, 2, 6)
    assert (report["ready"], report["cells"], report["least"]) == (False, [], {"buyers": 100, "days": 60})
    _, nobody = settled.ask("GET", f"{app}/reports/rfm?event=Nothing")
    assert (nobody["as_of"], nobody["people"], nobody["days"], nobody["ready"]) == (None, 0, 0, False)


def test_the_days_of_rfm_are_those_of_the_apps_zone(settled: Api, shop: NewApp, app: str) -> None:
    for when in ("2026-03-28T23:30:00Z", "2026-10-25T22:30:00Z"):  # in Paris the one is a day later, in the other zone's summer
        body = {"event": "Order Completed", "user_id": "u-1", "timestamp": when}
        assert settled.ask("POST", f"{app}/events", body)[0] == 201
    _, in_utc = settled.ask("GET", f"{app}/reports/rfm")
    assert settled.ask("PATCH", app, {"version": shop.app.version, "timezone": "Europe/Paris"})[0] == 200
    _, in_paris = settled.ask("GET", f"{app}/reports/rfm")
    assert [(each["days"], each["as_of"]) for each in (in_utc, in_paris)] == [(212, 1_792_972_800_000), (211, 1_792_969_200_000)]


def test_rfm_counts_an_order_once_and_what_was_spent(settled: Api, app: str) -> None:
    for user, order, total in (("u-1", "5", "7.50"), ("u-1", 5, 7.5), ("u-1", "6", 1), ("u-2", None, 2), ("u-2", None, 2)):
        body = {"event": "Order Completed", "user_id": user, "properties": {"order_id": order, "total": total}}
        settled.ask("POST", f"{app}/events", body)
    _, report = settled.ask("GET", f"{app}/reports/rfm?amount=total")
    assert (report["people"], report["purchases"], report["spent"], report["amount"]) == (2, 4, 12.5, "total")
    _, without = settled.ask("GET", f"{app}/reports/rfm")
    assert (without["purchases"], without["spent"]) == (4, None)
    for what in ("page", "session_started"):
        assert settled.ask("GET", f"{app}/reports/rfm?event={what}")[0] == 200
    assert settled.ask("GET", f"{app}/reports/rfm?event=session_started")[1]["people"] == 2


def test_latency_is_null_before_the_first(settled: Api, app: str) -> None:
    status, report = settled.ask("GET", f"{app}/reports/latency")
    assert status == 200
    assert report["event_to_message"] == {"p50_ms": None, "p99_ms": None, "count": 0}
    assert settled.ask("GET", f"{app}/reports/messages")[1]["messages"] == []
