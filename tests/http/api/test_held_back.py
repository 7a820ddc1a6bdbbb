"""What browsers without proof said, as a list and as a file: by reason, by person, in pages, gone once it applies."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.web.application import Application
from tests.http.api.conftest import Api


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def say(client: TestClient[Application], key: str, *messages: dict[str, Any]) -> None:
    answer = client.post("/v1/batch", json={"batch": list(messages)}, auth=(key, ""))
    assert (answer.status_code, answer.json()["rejected"]) == (200, [])


def identify(anonymous: str, user: str = "", **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "anonymousId": anonymous, "traits": traits} | ({"userId": user} if user else {})


def settle(settled: Api, app: str) -> None:
    assert settled.ask("POST", f"{app}/events", {"event": "x", "user_id": "nobody else"})[0] == 201


def rows(settled: Api, path: str) -> list[tuple[str, str, str]]:
    status, found = settled.ask("GET", path)
    assert status == 200, found
    return [(each["anonymous_id"], each["user_id"], each["reason"]) for each in found["items"]]


def test_what_is_held_back_is_listed_until_it_applies(settled: Api, shop: NewApp, app: str) -> None:
    client, browser, server = settled.client, shop.browser_key.text, shop.write_key.text
    assert settled.ask("GET", f"{app}/held-back") == (200, {"items": [], "next": None})
    say(client, server, {"type": "identify", "userId": "u2", "anonymousId": "a2", "traits": {"plan": "pro"}})
    settle(settled, app)
    say(client, browser, identify("a1", "u1", email="one@example.org"), identify("a2", plan="free"))
    say(client, browser, identify("a1", "u1", name="=1+1"))
    settle(settled, app)
    one, two = ("a1", "u1", "unproved_user"), ("a2", "", "known_device")
    assert set(rows(settled, f"{app}/held-back")) == {one, two}
    assert rows(settled, f"{app}/held-back?reason=unproved_user") == [one]
    assert rows(settled, f"{app}/held-back?reason=known_device") == [two]
    _, known = settled.ask("GET", f"{app}/people?user_id=u2")
    people = {each["external_id"]: each["id"] for each in settled.ask("GET", f"{app}/people")[1]["items"]}
    assert rows(settled, f"{app}/held-back?person={people['u2']}") == [two], known
    assert rows(settled, f"{app}/held-back?person={people['u1']}") == [one]
    assert settled.ask("GET", f"{app}/held-back?person=999")[0] == 404
    assert settled.ask("GET", f"{app}/held-back?reason=other")[0] == 400
    (held,) = settled.ask("GET", f"{app}/held-back?reason=unproved_user")[1]["items"]
    assert [each["traits"] for each in held["calls"]] == [{"email": "one@example.org"}, {"name": "=1+1"}]
    _, first = settled.ask("GET", f"{app}/held-back?limit=1")
    _, second = settled.ask("GET", f"{app}/held-back?limit=1&cursor={first['next']}")
    assert {each["anonymous_id"] for each in first["items"] + second["items"]} == {"a1", "a2"}
    assert second["next"] is None
    say(client, server, {"type": "track", "event": "x", "userId": "u1", "anonymousId": "a1"})
    settle(settled, app)
    assert rows(settled, f"{app}/held-back") == [two]


def test_addresses_that_nobody_was_asked_to_confirm_are_listed_as_such(settled: Api, shop: NewApp, app: str) -> None:
    browser = shop.browser_key.text
    for first in range(0, 120, 40):
        say(settled.client, browser, *(identify(f"d{each:03}", email=f"{each}@example.org") for each in range(first, first + 40)))
    settle(settled, app)
    _, found = settled.ask("GET", f"{app}/held-back?reason=too_many_confirmations&limit=200")
    assert len(found["items"]) == 20  # of the 120, 100 are asked within an hour
    assert {each["reason"] for each in found["items"]} == {"too_many_confirmations"}
    assert found["items"] == settled.ask("GET", f"{app}/held-back?limit=200")[1]["items"]
    device = found["items"][0]["anonymous_id"]
    assert [each["traits"] for each in found["items"][0]["calls"]] == [{"email": f"{int(device[1:])}@example.org"}]
    _, people = settled.ask("GET", f"{app}/people?email={int(device[1:])}@example.org")
    _, person = settled.ask("GET", f"{app}/people/{people['items'][0]['id']}")
    (address,) = person["subscriptions"]
    assert (address["state"], address["reason"]) == ("unconfirmed", "too_many_confirmations")
    assert rows(settled, f"{app}/held-back?reason=known_device") == []


def test_the_file_has_a_line_for_each_call_and_no_formulas(settled: Api, shop: NewApp, app: str) -> None:
    for number in range(3):
        say(
            settled.client,
            shop.browser_key.text,
            identify(f"=a{number}", "u1", name="x"),
            identify(f"=a{number}", "u1", name="y"),
        )
    settle(settled, app)
    status, text = settled.ask("GET", f"{app}/held-back/export")
    assert status == 200
    found = list(csv.DictReader(io.StringIO(text)))
    assert {each["anonymous_id"] for each in found} == {"'=a0", "'=a1", "'=a2"}
    assert {each["traits"] for each in found} == {'{"name":"x"}', '{"name":"y"}'}
    _, raw = settled.ask("GET", f"{app}/held-back/export?raw=true")
    assert {each["anonymous_id"] for each in csv.DictReader(io.StringIO(raw))} == {"=a0", "=a1", "=a2"}


def test_another_app_sees_nothing_of_it(settled: Api, stranger: Api, shop: NewApp, other: NewApp, app: str) -> None:
    say(settled.client, shop.browser_key.text, identify("a1", "u1", name="x"))
    settle(settled, app)
    for path in ("held-back", "held-back/export"):
        assert stranger.ask("GET", f"{app}/{path}")[0] == 403
    assert stranger.ask("GET", f"/apps/{other.app.id}/held-back")[1]["items"] == []
