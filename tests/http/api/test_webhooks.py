"""Webhooks over HTTP: made, shown without their secret, changed, paused, skipped, tested, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api, Scripted

URL = "https://crm.example/in"
RULE = {"kind": "behaviour", "event": "Bought", "compare": ">=", "value": 1, "window": None}


@pytest.fixture
def webhooks(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}/webhooks"


def made(api: Api, webhooks: str, **body: Any) -> dict[str, Any]:
    status, answer = api.ask("POST", webhooks, {"url": URL, **body})
    assert status == 201, answer
    assert answer["secret"].startswith("whsec_")
    found: dict[str, Any] = answer["webhook"]
    return found


def test_its_secret_is_shown_when_it_is_made_and_never_again(settled: Api, webhooks: str) -> None:
    webhook = made(settled, webhooks)
    assert (webhook["state"], webhook["segments"], webhook["answered_at"]) == ("active", [], None)
    one = f"{webhooks}/{webhook['id']}"
    for path in (webhooks, one):
        assert "whsec_" not in str(settled.ask("GET", path))
    first = settled.ask("POST", f"{one}/rotate")
    second = settled.ask("POST", f"{one}/rotate")
    assert (first[0], second[0]) == (201, 201)
    assert first[1]["secret"] != second[1]["secret"]


def test_it_can_be_changed_paused_and_deleted(settled: Api, webhooks: str, shop: NewApp) -> None:
    segment = settled.ask("POST", f"/apps/{shop.app.id}/segments", {"name": "Buyers", "rule": RULE})[1]["id"]
    one = f"{webhooks}/{made(settled, webhooks)['id']}"
    status, changed = settled.ask("PATCH", one, {"url": f"{URL}/2", "segments": [segment, segment], "state": "paused"})
    assert (status, changed["url"], changed["segments"], changed["state"]) == (200, f"{URL}/2", [segment], "paused")
    assert settled.ask("PATCH", one, {"state": "active"})[1]["segments"] == [segment]
    assert settled.ask("POST", f"{one}/skip")[1]["state"] == "active"
    assert settled.ask("DELETE", one)[0] == 204
    assert settled.ask("GET", one)[0] == 404
    assert settled.ask("GET", webhooks)[1] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "http://crm.example/in"}, 400, "invalid"),
        ({"url": "https://10.0.0.5/in"}, 400, "invalid"),
        ({"url": "https://xn--/in"}, 400, "invalid"),
        ({"url": "https://crm..example/in"}, 400, "invalid"),
        ({"url": URL, "segments": [77]}, 404, "segment_not_found"),
        ({"url": URL, "segments": [0]}, 400, "invalid"),
        ({"url": URL, "secret": "mine"}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
def test_what_cannot_be_told_is_refused(settled: Api, webhooks: str, body: dict[str, Any], status: int, code: str) -> None:
    found, answer = settled.ask("POST", webhooks, body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert settled.ask("GET", webhooks)[1] == []


def test_an_app_has_twenty_at_most(settled: Api, webhooks: str) -> None:
    for _ in range(20):
        made(settled, webhooks)
    status, answer = settled.ask("POST", webhooks, {"url": URL})
    assert (status, answer["error"]["code"], answer["error"]["data"]) == (409, "webhook_limit", {"limit": 20})


def test_a_test_message_tells_what_came_of_it(api: Api, webhooks: str, worker: Scripted) -> None:
    number = made(api, webhooks)["id"]
    worker.answers["webhook_test"] = {"state": "retry", "detail": "503 busy"}
    assert api.ask("POST", f"{webhooks}/{number}/test") == (200, {"taken": False, "detail": "503 busy"})
    assert worker.calls[-1] == ("webhook_test", {"app_id": int(webhooks.split("/")[2]), "number": number})
    assert api.ask("POST", f"{webhooks}/{number + 1}/test")[0] == 404
