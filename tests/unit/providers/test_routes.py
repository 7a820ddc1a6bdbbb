"""What carries messages of apps without a provider, by this server's settings."""

from __future__ import annotations

import pytest

from relance.channels.kind import ServerDefault
from relance.core.configuration import Settings
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.routes import routes


@pytest.mark.parametrize(
    ("settings", "email"),
    [
        (Settings(smtp_host="smtp.example.com"), "server"),
        (Settings(smtp_host="smtp.example.com", sandbox=True), "server"),
        (Settings(sandbox=True), "sandbox"),
        (Settings(sandbox=False), None),
    ],
)
def test_each_channel_and_service_is_named_once_with_what_the_server_has(settings: Settings, email: ServerDefault | None) -> None:
    found = list(routes(PROVIDER_TYPES, settings))
    assert len({(each.channel, each.service) for each in found}) == len(found)
    assert {(each.channel, each.service): each.default for each in found} == {
        ("web_push", ""): "server",
        ("mobile_push", "fcm"): None,
        ("mobile_push", "apns"): None,
        ("email", ""): email,
        ("sms", ""): None,
        ("webhook", ""): None,
    }
