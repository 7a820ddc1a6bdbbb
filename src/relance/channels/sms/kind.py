"""SMS as a kind of channel."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.sms.content import SmsContent
from relance.channels.sms.number import country_of_number, read_number, zone_of_number


def _canonical_address(address: str) -> str:
    return read_number(address) or address


def _is_address(address: str) -> bool:
    return read_number(address) == address


SMS = ChannelKind(
    name="sms",
    labels={"en": "SMS", "fr": "SMS"},
    content=SmsContent,
    implies_consent=False,
    is_repeatable=False,
    needs_named_consent=True,  # laws ask for a consent to texts in so many words
    measures=frozenset(("delivered", "bounced")),
    canonical_address=_canonical_address,
    is_address=_is_address,
    trait="phone",
    from_trait=read_number,
    keeps_country_hours=True,
    country_of=country_of_number,
    zone_of=zone_of_number,
)
