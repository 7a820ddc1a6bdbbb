"""Providers over HTTP: added, shown without their secrets, changed, tested, deleted; secrets come out nowhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.core.encoding import to_json
from relance.infra.database import STATE, reading
from tests.http.api.conftest import Api, Scripted

WORD = "tell-nobody-of-this-token"
TWILIO = {
    "type": "twilio",
    "name": "SMS in France",
    "settings": {"account_sid": "AC1", "sender": "+15005550006"},
    "secrets": {"auth_token": WORD},
}


@pytest.fixture
def providers(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}/providers"


def added(api: Api, providers: str, **body: Any) -> dict[str, Any]:
    status, answer = api.ask("POST", providers, TWILIO | body)
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


def test_its_kind_is_described_by_schemas(api: Api, providers: str) -> None:
    (twilio,) = [each for each in api.ask("GET", f"{providers}/types")[1] if each["name"] == "twilio"]
    assert (twilio["channel"], twilio["settings"]["required"], twilio["secrets"]["required"]) == (
        "sms",
        ["account_sid"],
        ["auth_token"],
    )
    for schema in (twilio["settings"], twilio["secrets"]):
        assert all(field["description"] and field["title"] for field in schema["properties"].values())


def test_its_secrets_are_written_and_never_read(
    api: Api, operator: Api, providers: str, shop: NewApp, state: Engine, worker: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    worker.answers["provider_test"] = {"state": "held", "detail": "401"}
    worker.answers["health"] = {}
    made = added(api, providers)
    one = f"{providers}/{made['id']}"
    said = [
        made,
        api.ask("GET", one),
        api.ask("GET", providers),
        api.ask("PATCH", one, {"version": 1, "name": "Mine", "secrets": {"auth_token": WORD}}),
        api.ask("PATCH", one, {"version": 2, "settings": {"account_sid": WORD * 9}, "secrets": {"auth_token": WORD}}),
        api.ask("POST", providers, TWILIO | {"secrets": {"auth_token": WORD, "unknown": WORD}}),
        api.ask("POST", providers, TWILIO | {"settings": {}}),
        api.ask("POST", f"{one}/test", {"to": "+33612345678"}),
        operator.ask("GET", f"/apps/{shop.app.id}/audit"),
        api.client.get("/health").text,
        caplog.text,
        worker.calls,
    ]
    assert [WORD in to_json(each) for each in said] == [False] * 12
    with reading(state) as connection:
        for table in STATE.sorted_tables:
            assert WORD not in str(connection.execute(sa.select(table)).all()), table.name
    assert made["secrets_set"] == ["auth_token"]
    audit = [each["action"] for each in operator.ask("GET", f"/apps/{shop.app.id}/audit")[1]["items"]]
    assert [each for each in audit if each.startswith("provider")] == [
        "provider.tested",
        "provider.changed",
        "provider.created",
    ]


def test_a_repeat_of_its_creation_is_answered_without_storing_the_secret(api: Api, providers: str, state: Engine) -> None:
    first = api.ask("POST", providers, TWILIO, Idempotency_Key="k1")
    again = api.ask("POST", providers, TWILIO, Idempotency_Key="k1")
    assert (first[0], again) == (201, first)
    assert len(api.ask("GET", providers)[1]) == 1
    with reading(state) as connection:
        for table in STATE.sorted_tables:
            assert WORD not in str(connection.execute(sa.select(table)).all()), table.name


def test_it_can_be_changed_and_deleted(api: Api, providers: str) -> None:
    first, second = added(api, providers), added(api, providers, name="Another")
    one = f"{providers}/{first['id']}"
    assert [each["active"] for each in api.ask("GET", providers)[1]] == [False, True]
    status, changed = api.ask("PATCH", one, {"version": 2, "active": True, "name": "Mine"})
    assert (status, changed["active"], changed["name"], changed["version"]) == (200, True, "Mine", 3)
    status, stale = api.ask("PATCH", one, {"version": 2, "name": "Yours"})
    assert (status, stale["error"]["code"], stale["error"]["data"]) == (409, "conflict", {"version": 3})
    assert api.ask("DELETE", one)[0] == 204
    assert api.ask("GET", one)[0] == 404
    assert [each["id"] for each in api.ask("GET", providers)[1]] == [second["id"]]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"type": "pigeon"}, "type"),
        ({"name": " "}, "name"),
        ({"settings": {"account_sid": "AC1"}}, "settings.sender"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "messaging_service_sid": "MG1"}}, "settings.sender"),
        ({"settings": {"account_sid": "../x", "sender": "X"}}, "settings.account_sid"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "api_key_sid": "SK1"}}, "settings.api_key_sid"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "base_url": "https://10.0.0.5"}}, "settings.base_url"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "base_url": "http://twilio.example"}}, "settings.base_url"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "price_per_part": "NaN"}}, "settings.price_per_part"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "price_per_part": "-1"}}, "settings.price_per_part"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "price_per_part": "1"}}, "settings.currency"),
        ({"settings": {"account_sid": 7, "sender": "X"}}, "settings.account_sid"),
        ({"secrets": {}}, "secrets"),
        ({"secrets": {"auth_token": ""}}, "secrets.auth_token"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused_with_its_place(api: Api, providers: str, body: dict[str, Any], path: str) -> None:
    status, answer = api.ask("POST", providers, TWILIO | body)
    assert (status, answer["error"]["code"], answer["error"]["data"]["path"]) == (400, "invalid", path)
    assert answer["error"]["reason"]
    assert api.ask("GET", providers)[1] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"active": False, "settings": {"account_sid": "AC2", "sender": "X"}}, None),
        ({"settings": {"account_sid": "AC1", "sender": "X", "base_url": "https://elsewhere.example"}}, "settings.base_url"),
        ({"settings": {"account_sid": "AC1", "sender": "X", "base_url": "notaurl"}}, "settings.base_url"),
        ({"settings": {}}, "settings"),
        ({"name": " "}, "name"),
        ({"secrets": {"auth_token": None}}, "secrets"),
    ],
    ids=str,
)
def test_a_dry_run_refuses_as_the_change_would_and_changes_nothing(
    api: Api, operator: Api, providers: str, change: dict[str, Any], path: str | None
) -> None:
    before = added(api, providers)
    one = f"{providers}/{before['id']}"
    status, answer = api.ask("PATCH", one, {"version": 1, "dry_run": True, **change})
    if path is None:
        assert (status, answer) == (200, before)
    else:
        assert (status, answer["error"]["data"]["path"]) == (400, path)
    assert api.ask("PATCH", one, {"version": 2, "dry_run": True, **change})[0] in (400, 409)
    assert api.ask("GET", one)[1] == before
    audit = operator.ask("GET", f"{providers.rpartition('/')[0]}/audit")[1]["items"]
    assert [each["action"] for each in audit if each["action"].startswith("provider")] == ["provider.created"]
    real, refused = api.ask("PATCH", one, {"version": 1, **change})
    assert real == status
    if path is not None:
        assert refused == answer


def test_a_test_tells_what_the_provider_answered(api: Api, providers: str, worker: Scripted) -> None:
    number = added(api, providers, active=False)["id"]
    worker.answers["provider_test"] = {"state": "sent", "detail": "queued"}
    assert api.ask("POST", f"{providers}/{number}/test", {"to": "+33612345678"}) == (200, {"taken": True, "detail": "queued"})
    app = int(providers.split("/")[2])
    assert worker.calls[-1] == ("provider_test", {"app_id": app, "number": number, "to": "+33612345678"})
    assert api.ask("POST", f"{providers}/{number + 1}/test", {"to": "+33612345678"})[0] == 404
    assert api.ask("POST", f"{providers}/{number}/test", {})[0] == 400


def test_what_carries_a_channel_is_the_active_provider_of_the_app_or_the_servers(api: Api, providers: str) -> None:
    def sms() -> dict[str, Any]:
        (found,) = [each for each in api.ask("GET", f"{providers}/routes")[1] if each["channel"] == "sms"]
        return dict(found)

    assert sms() == {"channel": "sms", "service": "", "provider": None, "server": None}
    made = added(api, providers, active=False)
    assert sms()["provider"] is None
    api.ask("PATCH", f"{providers}/{made['id']}", {"version": 1, "active": True})
    assert sms()["provider"] == made["id"]
    by_channel = [(each["channel"], each["server"]) for each in api.ask("GET", f"{providers}/routes")[1]]
    assert ("web_push", "server") in by_channel


def test_a_kind_says_which_settings_lead_its_secrets(api: Api, providers: str) -> None:
    for each in api.ask("GET", f"{providers}/types")[1]:
        assert set(each["leads"]) <= set(each["settings"]["properties"])
    (smtp,) = [each for each in api.ask("GET", f"{providers}/types")[1] if each["name"] == "smtp"]
    assert "host" in smtp["leads"]
