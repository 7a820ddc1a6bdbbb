"""What conversions brought, as it is shown: by currency, never summed across. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relance.messaging.model import Revenue, as_money


class Money(msgspec.Struct, frozen=True):
    """An amount in one currency (ISO 4217; empty: none was told, and the app has none set)."""

    currency: str
    amount: float


class Brought(msgspec.Struct, frozen=True):
    """``revenue`` is in ``currency``: the app's or, where it has none set, the only one told; null where several were."""

    revenue: float | None
    currency: str
    revenues: list[Money]


def together(revenues: Iterable[Revenue]) -> Revenue:
    """Sums, currency by currency."""
    sums: Revenue = {}
    for revenue in revenues:
        for currency, units in revenue.items():
            sums[currency] = sums.get(currency, 0) + units
    return sums


def brought(revenue: Revenue, own: str) -> Brought:
    """A revenue as it is shown in an app whose currency is ``own``: it is that of amounts that name none."""
    sums = together({currency or own: units} for currency, units in revenue.items())
    shown = [Money(currency, as_money(units)) for currency, units in sorted(sums.items()) if units]
    if own:
        return Brought(as_money(sums.get(own, 0)), own, shown)
    if len(shown) > 1:
        return Brought(None, "", shown)
    return Brought(shown[0].amount, shown[0].currency, shown) if shown else Brought(0.0, "", [])
