"""What a conversion is worth when several have told of it: the same in whatever order their words come. Pure.

A word that names an amount with its currency is better than one that names an amount alone; of like words the earlier is, by when
it happened (at one instant the smaller amount, so that it is always the same one). An amount alone takes the currency of the
earliest word that names a currency and no amount.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

#: ``amount_at``: when the word with the amount happened. ``currency_at``: when that did which lent an amount alone its currency.
NO_AMOUNT: dict[str, Any] = {"amount": None, "amount_at": None, "currency": "", "currency_at": None}


def weigh(row: MutableMapping[str, Any], amount: int | None, currency: str, at: int) -> None:
    """Let a conversion's row be what one more word makes of it."""
    has_both = row["amount"] is not None and row["currency"] != "" and row["currency_at"] is None
    if amount is not None:
        known = (not has_both, row["amount_at"], row["amount"], row["currency"] if has_both else "")
        if row["amount"] is None or (not currency, at, amount, currency) < known:
            row["amount"], row["amount_at"] = amount, at
            if currency:
                row["currency"], row["currency_at"] = currency, None
    elif currency and not has_both and (not row["currency"] or (at, currency) < (row["currency_at"], row["currency"])):
        row["currency"], row["currency_at"] = currency, at
