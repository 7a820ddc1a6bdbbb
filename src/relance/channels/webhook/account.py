"""What signs an app's webhooks: its settings and secrets, and what of them can be checked. Pure."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated

import msgspec
from msgspec import Meta

from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext, ProviderSettings, ProviderType
from relance.channels.standard_webhooks import PREFIX
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

SHORTEST, LONGEST = 24, 64  # bytes of a secret, by the specification


class WebhookSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """How webhooks leave."""

    authorized_origin: Annotated[
        str,
        Meta(
            max_length=500,
            title="Gets the authorization",
            description="As https://api.example.com: webhooks to it, and no others, carry the secret Authorization.",
        ),
    ] = ""


class WebhookSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that webhooks are ours."""

    signing_secret: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            title="Signing secret",
            description="Begins with whsec_, and is 24 to 64 bytes in base64: receivers check signatures by it.",
        ),
    ]
    authorization: Annotated[
        str, Meta(max_length=2_000, title="Authorization", description="The whole header, as Bearer …; empty: none.")
    ] = ""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address that can be posted to. Raises ``InvalidError``."""
    return str(check_address(address, private=True).origin())


def check_account(settings: WebhookSettings, secrets: WebhookSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    try:
        key = b64decode(secrets.signing_secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not SHORTEST <= len(key) <= LONGEST or not secrets.signing_secret.startswith(PREFIX):
        raise InvalidError(
            ErrorText(
                "webhook_secret",
                "The secret must begin with whsec_, followed by {least} to {most} bytes in base64.",
                least=SHORTEST,
                most=LONGEST,
            ),
            path="secrets.signing_secret",
        )
    if bool(settings.authorized_origin) != bool(secrets.authorization):
        raise InvalidError(
            ErrorText("webhook_authorization", "An authorization needs the origin that gets it, and the other way round."),
            path="settings.authorized_origin",
        )
    if any(ord(each) < 32 or ord(each) > 126 for each in secrets.authorization):
        raise InvalidError(
            ErrorText("header_unusable", "{got!r} cannot be set as a header.", got="Authorization"), path="secrets.authorization"
        )
    if settings.authorized_origin:
        try:
            check_address(settings.authorized_origin, private=context.private)
        except InvalidError as error:
            raise InvalidError(error.text, path="settings.authorized_origin") from None


SIGNED_WEBHOOKS = ProviderType(
    name="signed_webhooks",
    title="Signed webhooks",
    channel="webhook",
    settings=WebhookSettings,
    secrets=WebhookSecrets,
    check=check_account,
    leads=("authorized_origin",),
)
