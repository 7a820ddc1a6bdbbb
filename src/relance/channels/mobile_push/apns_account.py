"""A key of the Apple Push Notification service: its settings and secrets, and what of them can be checked. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Meta

from relance.channels.mobile_push.fcm_account import check_own_address
from relance.channels.mobile_push.model import PushService
from relance.channels.provider_type import ProviderContext, ProviderSettings, ProviderType
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

URLS = {"production": "https://api.push.apple.com", "sandbox": "https://api.sandbox.push.apple.com"}
_ID = re.compile(r"[A-Z0-9]{10}")
_TOPIC = re.compile(r"[A-Za-z0-9.-]{1,200}")


class ApnsSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """An app on iPhones, and the key that may send to it."""

    team_id: Annotated[str, Meta(max_length=10, title="Team ID", description="Ten characters: Apple Developer, membership.")]
    key_id: Annotated[str, Meta(max_length=10, title="Key ID", description="Ten characters: Apple Developer, keys.")]
    topic: Annotated[str, Meta(max_length=200, title="Topic", description="The app's bundle ID, as com.example.shop.")]
    environment: Annotated[
        Literal["production", "sandbox"],
        Meta(title="Environment", description="Builds run from Xcode are reached in the sandbox, all others in production."),
    ] = "production"
    base_url: Annotated[str, Meta(max_length=500, title="API address", description="Another one for an emulator.")] = ""


class ApnsSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that messages are ours."""

    key: Annotated[
        str, Meta(min_length=1, max_length=5_000, title="Key", description="The whole .p8 file that Apple gives out once.")
    ]


def read_apns_key(text: str) -> ec.EllipticCurvePrivateKey:
    """From a ``.p8`` file. Raises ``InvalidError``."""
    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidError(
            ErrorText("apns_key", "This is not an APNs key: paste the whole .p8 file that Apple gives out."), path="secrets.key"
        )
    return key


def check_apns(settings: ApnsSettings, secrets: ApnsSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    for name, value in (("team_id", settings.team_id), ("key_id", settings.key_id)):
        if not _ID.fullmatch(value):
            raise InvalidError(
                ErrorText("apns_id", "{got!r} must be ten capital letters and digits.", got=value), path=f"settings.{name}"
            )
    if not _TOPIC.fullmatch(settings.topic):
        raise InvalidError(ErrorText("apns_topic", "{got!r} is not a bundle ID.", got=settings.topic), path="settings.topic")
    read_apns_key(secrets.key)
    if settings.base_url:
        check_own_address(settings.base_url, URLS[settings.environment], "settings.base_url", context)


APNS = ProviderType(
    name="apns",
    title="Apple Push Notification service",
    channel="mobile_push",
    settings=ApnsSettings,
    secrets=ApnsSecrets,
    check=check_apns,
    service=PushService.APNS,
)
