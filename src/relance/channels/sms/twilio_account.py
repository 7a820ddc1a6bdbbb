"""An account with Twilio: its settings and secrets, and what of them can be checked without asking it. Pure."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext, ProviderSettings
from relance.channels.sms.price import check_price
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError


class TwilioSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """An account with Twilio, or with a provider that has the same API."""

    account_sid: Annotated[str, Meta(min_length=1, max_length=64, title="Account SID", description="Begins with AC.")]
    sender: Annotated[
        str, Meta(max_length=32, title="From", description="A number with + and country code, a short code, or a name.")
    ] = ""
    messaging_service_sid: Annotated[
        str, Meta(max_length=64, title="Messaging service SID", description="Begins with MG; instead of a sender.")
    ] = ""
    api_key_sid: Annotated[
        str, Meta(max_length=64, title="API key SID", description="Begins with SK. Without one the auth token is used.")
    ] = ""
    base_url: Annotated[
        str, Meta(max_length=500, title="API address", description="Another one for providers with the same API.")
    ] = "https://api.twilio.com"
    help_text: Annotated[
        str, Meta(max_length=1_600, title="Answer to HELP", description="Who sends, and whom to ask. Empty: Twilio's own.")
    ] = ""
    price_per_part: Annotated[
        str, Meta(max_length=16, title="Price per part", description="As 0.0750; shown before sending, never charged.")
    ] = ""
    currency: Annotated[str, Meta(max_length=3, title="Currency of the price", description="As EUR.")] = ""


class TwilioSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that messages are ours, and that callbacks are Twilio's."""

    auth_token: Annotated[
        str,
        Meta(min_length=1, max_length=200, title="Auth token", description="Also proves callbacks and answers of people."),
    ]
    api_key_secret: Annotated[
        str, Meta(max_length=200, title="API key secret", description="Of the API key, if one is used.")
    ] = ""


_SID = re.compile(r"[A-Za-z0-9_-]+")


def check_account(settings: TwilioSettings, secrets: TwilioSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    if not _SID.fullmatch(settings.account_sid):
        raise InvalidError(
            ErrorText("twilio_account", "The account SID must be letters and digits (got {got!r}).", got=settings.account_sid),
            path="settings.account_sid",
        )
    if bool(settings.sender.strip()) == bool(settings.messaging_service_sid.strip()):
        raise InvalidError(
            ErrorText("sms_sender", "Set either a sender or a messaging service, not both."), path="settings.sender"
        )
    if bool(settings.api_key_sid) != bool(secrets.api_key_secret):
        raise InvalidError(
            ErrorText("twilio_key_pair", "An API key needs both its SID and its secret."), path="settings.api_key_sid"
        )
    try:
        check_address(settings.base_url, private=context.private)
    except InvalidError as error:
        raise InvalidError(error.text, path="settings.base_url") from None
    check_price(settings.price_per_part, settings.currency)
