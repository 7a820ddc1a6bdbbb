"""The kinds of provider that carry SMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.channels.provider_type import Price, ProviderType
from relance.channels.sms.generic_account import GenericSecrets, GenericSettings
from relance.channels.sms.generic_account import check_account as check_generic
from relance.channels.sms.generic_callback import hear as hear_generic
from relance.channels.sms.parts import price_of
from relance.channels.sms.twilio_account import TwilioSecrets, TwilioSettings, check_account
from relance.channels.sms.twilio_callback import hear


def price_of_parts(settings: TwilioSettings | GenericSettings, shown: Mapping[str, Any]) -> Price | None:
    """What the parts of a text cost by the price that the operator set; None where none is set."""
    amount = price_of(shown.get("parts", 0), settings.price_per_part)
    return Price(amount, settings.currency) if amount else None


TWILIO = ProviderType(
    name="twilio",
    title="Twilio",
    channel="sms",
    settings=TwilioSettings,
    secrets=TwilioSecrets,
    check=check_account,
    leads=("base_url",),
    hear=hear,
    price=price_of_parts,
)

GENERIC_SMS = ProviderType(
    name="generic_sms",
    title="Another provider",
    channel="sms",
    settings=GenericSettings,
    secrets=GenericSecrets,
    check=check_generic,
    leads=("url", "headers", "body", "user"),
    hear=hear_generic,
    price=price_of_parts,
)
