"""Set-up, sign-in, cookies, CSRF, the limit on failures."""

from __future__ import annotations

import json

import pytest
from litestar.testing import TestClient

from relance.web.api.session import setup_token
from relance.web.application import Application
from tests.http.api.conftest import EMAIL, PASSWORD, SECRET, Api


def test_set_up_needs_the_token_and_works_once(client: TestClient[Application]) -> None:
    stranger = Api(client, {})
    body = {"token": "wrong", "email": EMAIL, "name": "Ada", "password": PASSWORD}
    assert stranger.ask("GET", "/setup") == (200, {"needed": True})
    status, answer = stranger.ask("POST", "/setup", body)
    assert (status, answer["error"]["code"]) == (403, "forbidden")
    status, answer = stranger.ask("POST", "/setup", body | {"token": setup_token(SECRET)})
    assert (status, answer["operator"]["email"]) == (201, EMAIL)
    assert stranger.ask("GET", "/setup") == (200, {"needed": False})
    status, answer = stranger.ask("POST", "/setup", body | {"token": setup_token(SECRET)})
    assert (status, answer["error"]["code"]) == (409, "already_set_up")


def test_the_cookie_is_http_only_and_same_site(client: TestClient[Application], operator: Api) -> None:
    answer = client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 201
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_a_session_reads_and_ends(operator: Api) -> None:
    status, answer = operator.ask("GET", "/session")
    assert (status, answer["operator"]["name"]) == (200, "Ada")
    assert "password" not in str(answer)
    assert operator.ask("DELETE", "/session")[0] == 200
    assert operator.ask("GET", "/session") == (200, None)
    assert operator.ask("GET", "/apps")[0] == 401


def test_a_change_without_the_csrf_token_is_refused(client: TestClient[Application], operator: Api) -> None:
    tokens: list[dict[str, str]] = [{}, {"x-csrf-token": "wrong"}, {"x-csrf-token": "%C3%A9"}]
    for token in tokens:
        status, answer = Api(client, token).ask("POST", "/apps", {"name": "Shop"})
        assert (status, answer["error"]["code"]) == (403, "csrf")
    assert operator.ask("POST", "/apps", {"name": "Shop"})[0] == 201


def test_failed_sign_ins_are_limited_by_address(client: TestClient[Application], operator: Api) -> None:
    body = {"email": EMAIL, "password": "wrong password"}
    codes = [client.post("/api/v1/session", json=body).json()["error"]["code"] for _ in range(4)]
    assert codes == ["wrong_credentials"] * 3 + ["rate_limited"]
    refused = client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 600


def test_without_a_key_or_a_session_nothing_opens(client: TestClient[Application]) -> None:
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}, {"cookie": "relance_session=abc"}):
        status, answer = Api(client, headers).ask("GET", "/apps")
        assert (status, answer["error"]["code"]) == (401, "unauthorized")


def test_nobody_signed_in_is_an_answer_and_no_error(client: TestClient[Application]) -> None:
    assert Api(client, {}).ask("GET", "/session") == (200, None)


def test_what_the_api_says_is_kept_by_no_cache(client: TestClient[Application], operator: Api) -> None:
    for path in ("/apps", "/session", "/apps/999", "/operators"):
        assert client.get(f"/api/v1{path}").headers["cache-control"] == "no-store"
    assert client.get("/health").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_a_form_of_another_site_signs_nobody_in(client: TestClient[Application], operator: Api, form: str) -> None:
    bodies = {
        "/session": {"email": EMAIL, "password": PASSWORD},
        "/password": {"token": "x", "password": PASSWORD},
        "/setup": {"token": "x", "email": EMAIL, "name": "Ada", "password": PASSWORD},
    }
    for path, body in bodies.items():
        answer = client.post(f"/api/v1{path}", content=json.dumps(body), headers={"content-type": form})
        assert (answer.status_code, answer.json()["error"]["data"]) == (400, {"path": "content-type"})
        assert "set-cookie" not in answer.headers
    content = json.dumps(bodies["/session"])
    answer = client.post("/api/v1/session", content=content, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 201


def test_an_operator_is_invited_signs_in_by_the_link_and_is_removed(client: TestClient[Application], operator: Api) -> None:
    status, invited = operator.ask("POST", "/operators", {"email": "bob@example.org", "name": "Bob"})
    assert status == 201
    url, token = invited["link"]["url"].split("#")
    assert url.endswith("/password"), "the token stands behind the #, which no server is told"
    bob = Api(client, {})
    status, _ = bob.ask("POST", "/password", {"token": token, "password": "bob has a long one"}, cookie="relance_session=")
    assert status == 201
    status, answer = bob.ask("POST", "/password", {"token": token, "password": "bob has a long one"}, cookie="relance_session=")
    assert (status, answer["error"]["code"]) == (404, "link_spent")


def test_only_who_is_signed_in_touches_operators_and_sessions(client: TestClient[Application], api: Api) -> None:
    for method, path in (
        ("GET", "/operators"),
        ("POST", "/operators"),
        ("DELETE", "/operators/1"),
        ("POST", "/operators/1/password-link"),
        ("GET", "/sessions"),
        ("DELETE", "/sessions"),
        ("DELETE", "/sessions/abc"),
        ("PUT", "/session/password"),
    ):
        status, answer = api.ask(method, path, {} if method in ("POST", "PUT") else None)
        assert (status, answer["error"]["code"]) == (403, "forbidden"), path
        assert Api(client, {}).ask(method, path, {} if method in ("POST", "PUT") else None)[0] == 401, path


def test_a_password_is_changed_and_sessions_listed_and_ended(client: TestClient[Application], operator: Api) -> None:
    status, listed = operator.ask("GET", "/sessions")
    assert (status, [each["is_this"] for each in listed["items"]]) == (200, [True])
    wrong = {"current": "not this one", "password": "a new long one"}
    assert operator.ask("PUT", "/session/password", wrong)[0] == 401
    assert operator.ask("PUT", "/session/password", wrong | {"current": PASSWORD}) == (200, {"changed": True})
    assert operator.ask("GET", "/session")[1] is not None
    assert operator.ask("DELETE", "/sessions") == (200, {"ended": 0})
    assert operator.ask("DELETE", f"/sessions/{listed['items'][0]['id']}")[0] == 204
    assert operator.ask("GET", "/session") == (200, None)
