"""SMS as a kind of channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relance.channels.kind import ChannelKind
from relance.channels.sms.content import SmsContent
from relance.channels.sms.model import Sms
from relance.channels.sms.number import country_of_number, read_number, zone_of_number
from relance.links.short import ShortLink


def _canonical_address(address: str) -> str:
    return read_number(address) or address


def _is_address(address: str) -> bool:
    return read_number(address) == address


def _short_links(rendered: Any) -> Sequence[ShortLink]:
    return rendered.links if isinstance(rendered, Sms) else ()


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
    short_links=_short_links,
)
