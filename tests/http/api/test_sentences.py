"""Rules are said in words over HTTP: saved ones with the segment, others at once, with the names of what they number."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

BUYERS: dict[str, Any] = {"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 2, "window": {"last": "30d"}}
PUSH: dict[str, Any] = {"name": "Cart push", "channel": "web_push", "content": {"title": "Hello", "body": "b"}}
SAID = {
    "en": "did “Order Completed” at least twice in the last 30 days",
    "fr": "a fait «\u00a0Order Completed\u00a0» au moins 2 fois au cours des 30 derniers jours",
}


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def test_a_segment_comes_with_its_sentence(settled: Api, app: str) -> None:
    _, made = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    assert made["sentence"] == SAID
    assert settled.ask("GET", f"{app}/segments/{made['id']}")[1]["sentence"] == SAID
    assert settled.ask("GET", f"{app}/segments")[1]["items"][0]["sentence"] == SAID


def test_what_a_rule_numbers_is_said_by_its_name(settled: Api, app: str) -> None:
    _, segment = settled.ask("POST", f"{app}/segments", {"name": "Buyers", "rule": BUYERS})
    _, message = settled.ask("POST", f"{app}/messages", PUSH)
    named = {
        "all": [{"kind": "segment", "segment": segment["id"]}, {"kind": "message", "did": "opened", "message": message["id"]}]
    }
    status, said = settled.ask("POST", f"{app}/segments/sentence", {"rule": named})
    assert (status, said["en"]) == (200, "is in the segment “Buyers” and opened the message “Cart push”")
    _, said = settled.ask("POST", f"{app}/segments/sentence", {"rule": {"kind": "segment", "segment": 9_999}})
    assert said["en"] == "is in the segment number 9999"


def test_a_bad_rule_is_told_with_its_place(settled: Api, app: str) -> None:
    status, answer = settled.ask("POST", f"{app}/segments/sentence", {"rule": {"all": [BUYERS, BUYERS | {"compare": "~"}]}})
    assert (status, answer["error"]["code"]) == (400, "invalid_rule")
    assert answer["error"]["data"]["path"] == "rule.all[1].compare"
