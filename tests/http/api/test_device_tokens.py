"""Device tokens over HTTP: reported, replaced, removed, and what odd orders come to."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

IPHONE, NEWER, ANDROID = "AB" * 32, "cd" * 32, "eXaMpLe-token:APA91b_x-1"


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def report(api: Api, app: str, token: str, user: str = "ada", **more: Any) -> dict[str, Any]:
    status, answer = api.ask("POST", f"{app}/device-tokens", {"token": token, "user_id": user, **more})
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def remove(api: Api, app: str, token: str) -> dict[str, Any]:
    status, answer = api.ask("POST", f"{app}/device-tokens/remove", {"token": token})
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def tokens(api: Api, app: str, user: str) -> dict[str, str]:
    [found] = api.ask("GET", f"{app}/people?alias=user_id:{user}")[1]["items"]
    person = api.ask("GET", f"{app}/people/{found['id']}")[1]
    return {each["address"]: each["state"] for each in person["subscriptions"]}


def test_a_token_is_reported_in_one_spelling_and_twice_is_once(settled: Api, app: str) -> None:
    first = report(settled, app, f" {IPHONE} ", type="ios", model="iPhone17,1")
    assert (first["token"], first["state"]) == (IPHONE.lower(), "subscribed")
    assert report(settled, app, IPHONE.lower()) == first
    report(settled, app, ANDROID, type="android")
    assert tokens(settled, app, "ada") == {IPHONE.lower(): "subscribed", ANDROID: "subscribed"}


@pytest.mark.parametrize("system", ["windows", "web", "ipad os"])
def test_a_system_without_such_tokens_is_refused_and_the_others_are_named(settled: Api, app: str, system: str) -> None:
    status, answer = settled.ask("POST", f"{app}/device-tokens", {"token": IPHONE, "user_id": "ada", "type": system})
    assert (status, answer["error"]["data"]["path"]) == (400, "type")
    assert "ios" in answer["error"]["message"]
    assert "android" in answer["error"]["message"]


def test_a_token_that_moves_is_of_whoever_was_reported_last(settled: Api, app: str) -> None:
    mine = report(settled, app, IPHONE, "ada")
    theirs = report(settled, app, IPHONE, "bob")
    assert mine["person"] != theirs["person"]
    assert tokens(settled, app, "ada").get(IPHONE.lower()) in (None, "gone")
    assert tokens(settled, app, "bob") == {IPHONE.lower(): "subscribed"}
    assert report(settled, app, IPHONE, "ada")["person"] == mine["person"]
    assert tokens(settled, app, "bob").get(IPHONE.lower()) in (None, "gone")


def test_a_new_token_ends_the_one_that_it_replaces(settled: Api, app: str) -> None:
    report(settled, app, IPHONE)
    assert report(settled, app, NEWER, replaces=IPHONE)["state"] == "subscribed"
    assert tokens(settled, app, "ada") == {IPHONE.lower(): "gone", NEWER: "subscribed"}
    report(settled, app, NEWER, replaces=NEWER.upper())  # itself: nothing ends
    report(settled, app, NEWER, replaces=ANDROID)  # one that nobody has
    assert tokens(settled, app, "ada")[NEWER] == "subscribed"


def test_a_removed_token_is_not_used_and_comes_back_when_it_is_reported_again(settled: Api, app: str) -> None:
    report(settled, app, ANDROID)
    for _ in range(2):
        assert remove(settled, app, ANDROID)["state"] == "gone"
    assert report(settled, app, ANDROID)["state"] == "subscribed"
    assert remove(settled, app, NEWER) == {"token": NEWER, "person": None, "state": None}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"token": "two words", "user_id": "ada"}, "token"),
        ({"token": "naïve", "user_id": "ada"}, "token"),
        ({"token": IPHONE}, "user_id"),
        ({"token": IPHONE, "user_id": " "}, "user_id"),
        ({"token": IPHONE, "user_id": "ada", "replaces": "two words"}, "replaces"),
    ],
)
def test_what_is_no_token_or_of_nobody_is_refused(settled: Api, app: str, body: dict[str, str], path: str) -> None:
    status, answer = settled.ask("POST", f"{app}/device-tokens", body)
    assert (status, answer["error"]["data"]["path"]) == (400, path)


def test_another_app_has_tokens_of_its_own(settled: Api, app: str) -> None:
    report(settled, app, IPHONE)
    status, _ = settled.ask("POST", "/apps/999/device-tokens", {"token": IPHONE, "user_id": "ada"})
    assert status in (403, 404)
