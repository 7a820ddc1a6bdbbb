"""The sandbox's log of webhooks: what came, whether it was signed with the hook's secret, and what it was answered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from litestar.testing import TestClient

from relance.channels.sandbox.hooks import BODY_KEPT
from relance.channels.sandbox.service import Sandbox
from relance.channels.standard_webhooks import new_secret, sign
from relance.web.sandbox import handlers
from tests.http.sandbox.server import StillClock, make_app

URL = "http://127.0.0.1:8400"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient[Any]]:
    sandbox = Sandbox(tmp_path / "inbox", URL, clock=StillClock())
    app = make_app(handlers, settings=SimpleNamespace(url=URL), clock=StillClock(), sandbox=sandbox)

    async def from_here(scope: Any, receive: Any, send: Any) -> None:
        await app(scope | {"client": ("127.0.0.1", 5)} if scope["type"] == "http" else scope, receive, send)

    with TestClient(app, base_url=URL) as made:
        made.app = from_here
        yield made
    sandbox.stop()


def hook(client: TestClient[Any], **given: Any) -> str:
    url: str = client.post("/sandbox/hooks", json={"name": "orders", **given}).json()["url"]
    return url


def came(client: TestClient[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/sandbox/api/webhooks").json()["items"]
    return found


def test_a_signed_webhook_is_told_from_a_forged_an_altered_and_an_old_one(client: TestClient[Any]) -> None:
    secret, body, now = new_secret(), b'{"order": 7}', int(time.time())
    url = hook(client, secret=secret)
    good = sign(secret, "msg-1", now, body)
    cases = [
        (good, body, True),
        (sign(new_secret(), "msg-2", now, body), body, False),
        (sign(secret, "msg-3", now, body), b'{"order": 8}', False),
        (sign(secret, "msg-4", now - 400, body), body, False),
        ({**sign(secret, "msg-5", now, body), "webhook-id": "msg-6"}, body, False),
        ({"webhook-id": "msg-7"}, body, False),
        ({**good, "webhook-id": "msg-8", "webhook-timestamp": "soon"}, body, False),
    ]
    for headers, sent, _ in cases:
        assert client.post(url, content=sent, headers=headers).status_code == 200
    found = came(client)
    assert [each["is_signed"] for each in reversed(found)] == [signed for _, _, signed in cases]
    assert (found[-1]["body"], found[-1]["webhook_id"], found[-1]["hook"]) == ('{"order": 7}', "msg-1", "orders")


def test_the_same_webhook_again_is_a_repeat(client: TestClient[Any]) -> None:
    url = hook(client)
    for _ in range(3):
        client.post(url, content=b"{}", headers={"webhook-id": "msg-1"})
    [found] = came(client)
    assert (found["repeats"], found["is_signed"]) == (2, None)


def test_a_hook_answers_as_it_was_told_and_takes_any_method(client: TestClient[Any]) -> None:
    url = hook(client, status=503, answer='{"stock": 3}')
    answer = client.put(f"{url}?a=1", content=b"x")
    assert (answer.status_code, answer.json()) == (503, {"stock": 3})
    [found] = came(client)
    assert (found["method"], found["query"], found["status"]) == ("PUT", "a=1", 503)


def test_what_nobody_was_given_takes_nothing_and_what_is_too_large_is_bounded(client: TestClient[Any]) -> None:
    assert client.post("/sandbox/hooks/unknown", content=b"x").status_code == 404
    url = hook(client)
    assert client.post(url, content=b"x" * 300_000).status_code == 413
    assert client.post(url, content=b"x" * 100_000).status_code == 200
    assert [len(each["body"]) for each in came(client)] == [BODY_KEPT]


@pytest.mark.parametrize(
    "given", [{"name": ""}, {"name": "a/b"}, {"name": "a", "status": 99}, {"name": "a", "answer": "x" * 70_000}]
)
def test_a_bad_hook_is_refused(client: TestClient[Any], given: dict[str, Any]) -> None:
    assert client.post("/sandbox/hooks", json=given).status_code == 400
