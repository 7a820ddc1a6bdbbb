"""Who may change a provider's settings does not learn its secrets: they are kept only as long as they go where they went."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.errors import InvalidError
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.service import Providers

NOW = 1_790_000_000_000
#: Type → settings, secrets, and for each setting that leads somewhere another value.
CASES: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, Any]]] = {
    "smtp": (
        {"host": "smtp.example.com", "user": "shop"},
        {"password": "x"},
        {"host": "smtp.example.net", "port": 465, "security": "tls", "other_hosts": "smtp2.example.com"},
    ),
    "mailgun": ({"domain": "mg.example.com"}, {"api_key": "x"}, {"base_url": "https://api.eu.mailgun.net"}),
    "twilio": ({"account_sid": "AC1", "sender": "+15005550006"}, {"auth_token": "x"}, {"base_url": "https://sms.example.com"}),
    "generic_sms": (
        {
            "url": "https://sms.example.com/send",
            "headers": {"X-Api-Key": "{{ key }}"},
            "body": {"to": "{{ to }}", "text": "{{ body }}"},
        },
        {"key": "x", "password": "y"},
        {
            "url": "https://sms.example.net/send",
            "headers": {"X-Other": "{{ key }}"},
            "body": {"to": "{{ to }}", "text": "{{ body }} {{ key }}"},
            "user": "somebody",
        },
    ),
    "signed_webhooks": (
        {"authorized_origin": "https://api.example.com"},
        {"signing_secret": f"whsec_{'A' * 32}", "authorization": "Bearer x"},
        {"authorized_origin": "https://api.example.net"},
    ),
}


@pytest.fixture
def providers(state: Engine) -> Providers:
    return Providers(state, b"s" * 32, PROVIDER_TYPES, url="https://r.example", private=False)


def test_every_type_that_takes_an_address_says_what_leads_there() -> None:
    assert {name for name, each in PROVIDER_TYPES.items() if each.leads} == set(CASES)
    for name, (_, _, others) in CASES.items():
        assert set(PROVIDER_TYPES[name].leads) == set(others)


@pytest.mark.parametrize(("name", "lead"), [(name, lead) for name, (_, _, others) in CASES.items() for lead in others])
def test_secrets_are_asked_for_again_where_they_would_go_elsewhere(providers: Providers, name: str, lead: str) -> None:
    settings, secrets, others = CASES[name]
    made = providers.create(1, name, "Ours", settings, secrets, NOW)
    moved = {**settings, lead: others[lead]}
    some = dict(list(secrets.items())[1:])
    for given in (None, some):
        with pytest.raises(InvalidError) as refused:
            providers.change(1, made.id, 1, NOW, settings=moved, secrets=given)
        assert refused.value.data["path"] == f"settings.{lead}"
    assert providers.get(1, made.id).settings == settings
    assert providers.change(1, made.id, 1, NOW, settings=moved, secrets=secrets).settings == moved


@pytest.mark.parametrize("name", list(CASES))
def test_other_settings_and_defaults_written_out_keep_them(providers: Providers, name: str) -> None:
    settings, secrets, _ = CASES[name]
    made = providers.create(1, name, "Ours", settings, secrets, NOW)
    usual = {"port": 587, "security": "starttls"} if name == "smtp" else {}
    sender = {"mailgun": "a@example.com", "smtp": "a@example.com"}.get(name, "+15005550007")
    other = {"sends_per_second": 7} if name == "signed_webhooks" else {"sender": sender}
    changed = providers.change(1, made.id, 1, NOW, settings={**settings, **usual, **other})
    assert providers.account(changed)[1] == providers.account(made)[1]
