"""What an SMTP server or a domain at Mailgun may be set to, and where what is wrong is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from relance.channels.provider_type import ProviderContext, ProviderType
from relance.core.errors import InvalidError
from relance.providers.registry import PROVIDER_TYPES

SMTP, MAILGUN = PROVIDER_TYPES["smtp"], PROVIDER_TYPES["mailgun"]
FULL: dict[str, dict[str, Any]] = {
    "smtp": {"host": "smtp.example.com", "port": 465, "security": "tls", "user": "shop", "sender": "Shop <shop@example.com>"},
    "mailgun": {"domain": "mg.example.com", "base_url": "https://api.eu.mailgun.net", "sender": "shop@example.com"},
}
KEYS: dict[str, dict[str, str]] = {"smtp": {"password": "x"}, "mailgun": {"api_key": "x"}}


def refused_at(kind: ProviderType, *, private: bool = False, secrets: dict[str, str] | None = None, **settings: Any) -> str:
    read = msgspec.convert({**FULL[kind.name], **settings}, kind.settings)
    clear = msgspec.convert(KEYS[kind.name] if secrets is None else secrets, kind.secrets)
    try:
        kind.check(read, clear, ProviderContext(private))
    except InvalidError as error:
        return str(error.data["path"])
    return ""


@pytest.mark.parametrize(
    ("kind", "settings", "path"),
    [
        (SMTP, {}, ""),
        (SMTP, {"sender": ""}, ""),
        (SMTP, {"host": "1.1.1.1"}, ""),
        (SMTP, {"host": "smtp.example.com/x"}, "settings.host"),
        (SMTP, {"host": "shop@smtp.example.com"}, "settings.host"),
        (SMTP, {"host": "smtp example"}, "settings.host"),
        (SMTP, {"host": "127.0.0.1"}, "settings.host"),
        (SMTP, {"host": "localhost"}, "settings.host"),
        (SMTP, {"host": "169.254.169.254"}, "settings.host"),
        (SMTP, {"host": "0x7f000001"}, "settings.host"),
        (SMTP, {"security": "none"}, "settings.security"),
        (SMTP, {"user": ""}, "settings.user"),
        (SMTP, {"sender": "nobody"}, "settings.sender"),
        (SMTP, {"sender": "Shop <shop@example.com>, x@example.com"}, "settings.sender"),
        (MAILGUN, {}, ""),
        (MAILGUN, {"domain": "example"}, "settings.domain"),
        (MAILGUN, {"domain": "mg.example.com/../x"}, "settings.domain"),
        (MAILGUN, {"domain": "mg.example.com:80"}, "settings.domain"),
        (MAILGUN, {"base_url": "http://api.mailgun.net"}, "settings.base_url"),
        (MAILGUN, {"base_url": "https://10.0.0.1"}, "settings.base_url"),
        (MAILGUN, {"sender": "nobody"}, "settings.sender"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(kind: ProviderType, settings: dict[str, Any], path: str) -> None:
    assert refused_at(kind, **settings) == path


def test_nobody_signs_in_by_halves() -> None:
    assert refused_at(SMTP, secrets={}) == "settings.user"
    assert refused_at(SMTP, secrets={}, user="") == ""


@pytest.mark.parametrize(
    ("kind", "settings"),
    [(SMTP, {"host": "127.0.0.1", "security": "none", "user": ""}), (MAILGUN, {"base_url": "http://127.0.0.1:8080"})],
)
def test_a_server_may_allow_its_own_network(kind: ProviderType, settings: dict[str, Any]) -> None:
    secrets: dict[str, str] | None = {} if kind is SMTP else None
    assert refused_at(kind, private=True, secrets=secrets, **settings) == ""
