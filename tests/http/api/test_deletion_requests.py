"""Deletions that people asked for, over HTTP: seen by operators, cancelled by them alone, and in the audit."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.core.time import DAY, MINUTE, SECOND
from relance.infra.clock import RealClock
from relance.messaging.service import Asking, Deliveries
from relance.users.deletion_requests.model import VALID_FOR
from relance.users.deletion_requests.service import DeletionRequests
from relance.users.service import Directory
from tests.http.api.conftest import Api


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def asked(api: Api, app: str, state: Engine, user: str, ago: int = 0) -> tuple[int, str]:
    """A person who asked for it, and the request."""
    number: int = api.ask("POST", f"{app}/people", {"user_id": user, "traits": {"email": f"{user}@example.com"}})[1]["id"]
    app_id = int(app.rsplit("/", 1)[1])
    address = Directory(state).at(app_id, "email", f"{user}@example.com")
    assert address is not None
    assert Deliveries(state).ask_for_deletion(address, "en", RealClock().now() - ago) is Asking.MAILED
    return number, DeletionRequests(state).of_person(app_id, number)[0].id


def listed(api: Api, app: str, query: str = "") -> list[tuple[int, str]]:
    return [(each["person_id"], each["state"]) for each in api.ask("GET", f"{app}/deletion-requests{query}")[1]["items"]]


def test_they_are_listed_newest_first_page_by_page_by_state_and_by_person(boss: Api, app: str, state: Engine) -> None:
    assert listed(boss, app) == []
    people = [asked(boss, app, state, f"p{number}", ago=(9 - number) * SECOND) for number in range(3)]
    DeletionRequests(state).confirm(people[1][1], 7, RealClock().now())
    numbers = [number for number, _ in reversed(people)]
    assert [person for person, _ in listed(boss, app)] == numbers
    assert listed(boss, app, "?state=scheduled") == [(people[1][0], "scheduled")]
    assert listed(boss, app, f"?person={people[0][0]}") == [(people[0][0], "asked")]
    assert listed(boss, app, f"?person={people[0][0]}&state=done") == []
    first = boss.ask("GET", f"{app}/deletion-requests?limit=2")[1]
    second = boss.ask("GET", f"{app}/deletion-requests?limit=2&cursor={first['next']}")[1]
    assert [each["person_id"] for each in first["items"] + second["items"]] == numbers
    assert boss.ask("GET", f"{app}/deletion-requests?state=never")[0] == 400


def test_one_that_nobody_confirmed_in_time_is_listed_as_expired_and_not_as_asked(boss: Api, app: str, state: Engine) -> None:
    lea, _ = asked(boss, app, state, "lea", ago=VALID_FOR - MINUTE)
    noa, request = asked(boss, app, state, "noa", ago=VALID_FOR)
    assert listed(boss, app, "?state=expired") == [(noa, "expired")]
    assert listed(boss, app, "?state=asked") == [(lea, "asked")]
    assert listed(boss, app) == [(lea, "asked"), (noa, "expired")]
    assert listed(boss, app, f"?person={noa}&state=expired") == [(noa, "expired")]
    assert listed(boss, app, f"?person={noa}&state=asked") == []
    assert boss.ask("GET", f"{app}/people/{noa}")[1]["deletion"] is None
    assert [each["state"] for each in boss.ask("GET", f"{app}/people/{noa}/export")[1]["deletion_requests"]] == ["expired"]
    status, answer = boss.ask("POST", f"{app}/deletion-requests/{request}/cancel")
    assert (status, answer["error"]["data"]["state"]) == (409, "expired")


def test_the_person_and_their_export_show_it(boss: Api, app: str, state: Engine) -> None:
    lea, request = asked(boss, app, state, "lea")
    shown = boss.ask("GET", f"{app}/people/{lea}")[1]["deletion"]
    assert (shown["id"], shown["state"], shown["due_at"]) == (request, "asked", None)
    assert shown["expires_at"] == shown["asked_at"] + 2 * DAY
    done = DeletionRequests(state).confirm(request, 7, RealClock().now())
    assert done is not None
    assert boss.ask("GET", f"{app}/people/{lea}")[1]["deletion"]["due_at"] == done.due_at
    assert [each["id"] for each in boss.ask("GET", f"{app}/people/{lea}/export")[1]["deletion_requests"]] == [request]


def test_an_operator_cancels_it_once_and_an_api_key_does_not(boss: Api, settled: Api, app: str, state: Engine) -> None:
    lea, request = asked(boss, app, state, "lea")
    url = f"{app}/deletion-requests/{request}/cancel"
    assert settled.ask("POST", url)[0] == 403
    assert boss.ask("POST", url)[1]["state"] == "cancelled"
    again: Any = boss.ask("POST", url)
    error = again[1]["error"]
    assert (again[0], error["code"], error["data"]["state"]) == (409, "deletion_request_over", "cancelled")
    assert boss.ask("GET", f"{app}/people/{lea}")[1]["deletion"] is None
    entries = [each for each in boss.ask("GET", f"{app}/audit")[1]["items"] if each["action"].startswith("deletion")]
    assert [(each["action"], each["actor"].split(":")[0]) for each in entries] == [
        ("deletion.cancelled", "operator"),
        ("deletion.asked", "system"),
    ]


def test_another_apps_request_is_not_to_be_had(boss: Api, app: str, state: Engine) -> None:
    _, request = asked(boss, app, state, "lea")
    other = boss.ask("POST", "/apps", {"name": "Other"})[1]["app"]["id"]
    assert boss.ask("POST", f"/apps/{other}/deletion-requests/{request}/cancel")[0] == 404
    assert listed(boss, f"/apps/{other}") == []
    assert boss.ask("POST", f"{app}/deletion-requests/{'0' * 32}/cancel")[0] == 404


def test_only_an_operator_sets_the_term(boss: Api, settled: Api, app: str) -> None:
    version = boss.ask("GET", app)[1]["version"]
    assert settled.ask("PATCH", app, {"version": version, "deletion_days": 1})[0] == 403
    assert boss.ask("PATCH", app, {"version": version, "deletion_days": 31})[0] == 400
    assert boss.ask("PATCH", app, {"version": version, "deletion_days": 14})[1]["settings"]["deletion_days"] == 14
