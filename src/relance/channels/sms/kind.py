"""SMS as a kind of channel."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.sms.content import SmsContent
from relance.channels.sms.number import country_of_number, read_number


def _place(address: str) -> str:
    return read_number(address) or address


def _takes(address: str) -> bool:
    return read_number(address) == address


SMS = ChannelKind(
    name="sms",
    called={"en": "SMS", "fr": "SMS"},
    content=SmsContent,
    implies_consent=False,
    is_repeatable=False,
    asked_by_name=True,  # laws ask for a consent to texts in so many words
    measures=frozenset(("delivered", "bounced")),
    place=_place,
    takes=_takes,
    trait="phone",
    from_trait=read_number,
    keeps_country_hours=True,
    country_of=country_of_number,
)
