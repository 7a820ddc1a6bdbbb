"""Apps and keys over HTTP: creation, stale edits, rotation, pages."""

from __future__ import annotations

import pytest
from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.web.application import Application
from tests.http.api.conftest import Api, Scripted


def test_an_operator_makes_an_app_and_an_api_key_cannot(operator: Api, api: Api, worker: Scripted) -> None:
    status, made = operator.ask("POST", "/apps", {"name": "Second", "timezone": "Europe/Paris"})
    assert status == 201
    assert made["app"]["settings"]["timezone"] == "Europe/Paris"
    assert made["write_key"]["text"].startswith("rlw_")
    assert worker.calls == [("definitions_changed", {})]
    status, answer = api.ask("POST", "/apps", {"name": "Third"})
    assert (status, answer["error"]["code"]) == (403, "forbidden")


def test_an_api_key_sees_its_own_app_only(api: Api, shop: NewApp, other: NewApp) -> None:
    status, answer = api.ask("GET", "/apps")
    assert [app["id"] for app in answer["items"]] == [shop.app.id]
    assert api.ask("GET", f"/apps/{other.app.id}")[0] == 403
    assert api.ask("GET", "/apps/999999")[0] == 403
    assert status == 200


def test_apps_come_in_pages(operator: Api) -> None:
    made = [operator.ask("POST", "/apps", {"name": f"App {number}"})[1]["app"]["id"] for number in range(3)]
    _, first = operator.ask("GET", "/apps?limit=2")
    _, second = operator.ask("GET", f"/apps?limit=2&cursor={first['next']}")
    assert [app["id"] for app in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_a_cursor_of_another_kind_is_refused(operator: Api) -> None:
    for cursor in ("x", "IngiIg", "%ff", "W10", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"):
        status, answer = operator.ask("GET", f"/apps?cursor={cursor}")
        assert (status, answer["error"]["code"]) == (400, "invalid_cursor"), cursor


def test_a_stale_edit_answers_409_with_the_current_version(api: Api, shop: NewApp) -> None:
    path = f"/apps/{shop.app.id}"
    assert api.ask("PATCH", path, {"version": 1, "name": "New"})[1]["version"] == 2
    status, answer = api.ask("PATCH", path, {"version": 1, "name": "Newer"})
    assert (status, answer["error"]["code"], answer["error"]["data"]) == (409, "conflict", {"version": 2})
    status, answer = api.ask("PATCH", path, {"name": "Newer"})
    assert status == 400


@pytest.mark.parametrize("source", ["shop news", "é", "a&b", "a" * 51, "a\n"])
def test_a_utm_source_that_does_not_fit_is_told_what_does(api: Api, shop: NewApp, source: str) -> None:
    status, answer = api.ask("PATCH", f"/apps/{shop.app.id}", {"version": 1, "utm_source": source})
    assert (status, answer["error"]["data"]["path"]) == (400, "utm_source")
    assert "letters without accents, digits, dots, hyphens and underscores" in answer["error"]["message"]
    for fits in ("shop-news_1.a", ""):
        version = api.ask("GET", f"/apps/{shop.app.id}")[1]["version"]
        assert api.ask("PATCH", f"/apps/{shop.app.id}", {"version": version, "utm_source": fits})[0] == 200


def test_sending_is_paused_and_resumed(api: Api, shop: NewApp, worker: Scripted) -> None:
    for paused in (True, False):
        status, app = api.ask("PUT", f"/apps/{shop.app.id}/sending", {"paused": paused})
        assert (status, app["settings"]["sending_paused"]) == (200, paused)
    assert worker.calls == [("definitions_changed", {})] * 2


def test_a_rotated_key_stops_at_once(client: TestClient[Application], api: Api, operator: Api, shop: NewApp) -> None:
    keys = f"/apps/{shop.app.id}/keys"
    status, fresh = operator.ask("POST", f"{keys}/{shop.api_key.key.id}/rotate")
    assert status == 201
    assert api.ask("GET", keys)[0] == 401
    renewed = Api(client, {"authorization": f"Bearer {fresh['text']}"})
    status, listed = renewed.ask("GET", keys)
    assert status == 200
    assert [key["revoked_at"] is None for key in listed["items"]] == [True, False, True, True]
    assert fresh["text"] not in str(listed)


def test_a_revoked_key_stops_and_a_sending_key_opens_nothing(
    client: TestClient[Application], operator: Api, shop: NewApp
) -> None:
    keys = f"/apps/{shop.app.id}/keys"
    write = Api(client, {"authorization": f"Bearer {shop.write_key.text}"})
    assert write.ask("GET", keys)[0] == 401
    _, made = operator.ask("POST", keys, {"kind": "api", "name": "Second"})
    second = Api(client, {"authorization": f"Bearer {made['text']}"})
    assert second.ask("GET", keys)[0] == 200
    assert operator.ask("DELETE", f"{keys}/{made['key']['id']}") == (204, None)
    assert second.ask("GET", keys)[0] == 401


def test_keys_and_secrets_are_made_and_ended_by_operators_alone(operator: Api, api: Api, shop: NewApp) -> None:
    app = f"/apps/{shop.app.id}"
    for method, path, body in (
        ("POST", f"{app}/keys", {"kind": "write", "name": "Backdoor"}),
        ("POST", f"{app}/keys/{shop.write_key.key.id}/rotate", None),
        ("DELETE", f"{app}/keys/{shop.write_key.key.id}", None),
        ("POST", f"{app}/identity-secrets", None),
        ("DELETE", f"{app}/identity-secrets/{shop.identity_secret.secret.id}", None),
        ("PATCH", app, {"version": 1, "trust_unsigned_browsers": True}),
        ("PATCH", app, {"version": 1, "link_hosts": ["evil.example"]}),
        ("PATCH", app, {"version": 1, "link_hosts": []}),
        ("PATCH", app, {"version": 1, "name": "Mine", "confirm_addresses": False}),
    ):
        status, answer = api.ask(method, path, body)
        assert (status, answer["error"]["code"]) == (403, "forbidden")
        if body is not None and method == "PATCH":
            assert [*body][-1] in answer["error"]["message"]
    assert api.ask("PATCH", app, {"version": 1, "name": "Still ours"})[0] == 200
    _, read = operator.ask("GET", app)
    guarded = {"version": read["version"], "link_hosts": ["shop.example"], "confirm_addresses": False}
    assert operator.ask("PATCH", app, guarded)[1]["settings"]["link_hosts"] == ["shop.example"]
    assert api.ask("GET", f"{app}/keys")[0] == 200
    status, made = operator.ask("POST", f"{app}/keys", {"kind": "browser", "name": "Shop"})
    assert (status, made["key"]["kind"], made["text"][:4]) == (201, "browser", "rlb_")


def test_identity_secrets_are_two_at_most_and_shown_once(operator: Api, shop: NewApp) -> None:
    secrets = f"/apps/{shop.app.id}/identity-secrets"
    status, second = operator.ask("POST", secrets)
    assert (status, second["text"][:4]) == (201, "rls_")
    assert operator.ask("POST", secrets)[0] == 409
    _, listed = operator.ask("GET", secrets)
    assert [one["hint"] for one in listed["items"]] == [shop.identity_secret.text[-4:], second["text"][-4:]]
    assert operator.ask("DELETE", f"{secrets}/{shop.identity_secret.secret.id}") == (204, None)
    assert operator.ask("DELETE", f"{secrets}/{shop.identity_secret.secret.id}")[0] == 404


def test_a_new_app_says_whether_its_pages_sign_and_has_a_key_of_each_kind(operator: Api) -> None:
    status, made = operator.ask("POST", "/apps", {"name": "Trial", "trust_unsigned_browsers": True})
    assert status == 201
    assert made["app"]["settings"]["trust_unsigned_browsers"] is True
    assert [made[name]["key"]["kind"] for name in ("write_key", "browser_key", "api_key")] == ["write", "browser", "api"]
    assert made["identity_secret"]["text"].startswith("rls_")
    _, plain = operator.ask("POST", "/apps", {"name": "Shop"})
    assert plain["app"]["settings"]["trust_unsigned_browsers"] is False
