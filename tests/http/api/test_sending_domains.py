"""Sending domains over HTTP: whose marketing is stopped for complaints, and resuming it."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.infra.database import writing
from relance.messaging.complaints.store import stop
from tests.http.api.conftest import Api


def test_only_an_operator_resumes_and_it_is_noted(settled: Api, boss: Api, shop: NewApp, other: NewApp, state: Engine) -> None:
    app = f"/apps/{shop.app.id}"
    assert settled.ask("GET", f"{app}/sending-domains") == (200, {"items": []})
    with writing(state) as connection:
        stop(connection, shop.app.id, "shop.example", 5, 1_000, 4)
    [found] = settled.ask("GET", f"{app}/sending-domains")[1]["items"]
    assert found == {
        "domain": "shop.example",
        "delivered": 0,
        "complained": 0,
        "stopped_at": 5,
        "stopped_with_delivered": 1_000,
        "stopped_with_complained": 4,
        "resumed_at": None,
    }
    assert settled.ask("POST", f"{app}/sending-domains/shop.example/resume")[0] == 403
    status, answer = boss.ask("POST", f"/apps/{other.app.id}/sending-domains/shop.example/resume")
    assert (status, answer["error"]["code"]) == (409, "domain_not_stopped")
    assert boss.ask("POST", f"{app}/sending-domains/Shop.example/resume") == (200, {"items": []})
    assert boss.ask("POST", f"{app}/sending-domains/shop.example/resume")[0] == 409
    assert boss.ask("GET", f"{app}/audit")[1]["items"][0]["action"] == "sending_domain.resumed"
