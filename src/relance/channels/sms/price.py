"""The price of a part, as an operator sets it. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

_CURRENCY = re.compile(r"[A-Z]{3}")


def check_price(price: str, currency: str) -> None:
    """Raises ``InvalidError`` where this is no price."""
    try:
        fits = not price or (Decimal(price).is_finite() and Decimal(price) >= 0)
    except InvalidOperation:
        fits = False
    if not fits:
        raise InvalidError(
            ErrorText("price_unreadable", "{got!r} is not a price: write it like 0.0750.", got=price),
            path="settings.price_per_part",
        )
    if bool(price) != bool(currency) or (currency and not _CURRENCY.fullmatch(currency)):
        raise InvalidError(
            ErrorText(
                "price_currency", "A price needs a currency of three capital letters, like EUR (got {got!r}).", got=currency
            ),
            path="settings.currency",
        )
