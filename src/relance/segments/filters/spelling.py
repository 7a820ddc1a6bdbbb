"""What reading and writing of filter lists share: their limits, how hours are spelled, and which events are purchases."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from relance.segments.errors import RuleError

MAX_ENTRIES = 200  # operators counted
MAX_LISTED = 20  # values of in_array
HOUR = 3_600  # seconds
SESSION_FIELDS = {"first_session": "first", "last_session": "last"}


class FiltersError(RuleError):
    """A filter list cannot be read, or a rule not be written as one; ``data["path"]`` names the place (``filters[3].key``)."""

    code = "invalid_filters"


class Purchases(NamedTuple):
    """The event that is a purchase, and where it says what was paid and for what."""

    event: str = "Order Completed"
    amount: str = "total"
    sku: str = "sku"


def seconds_of(hours: str) -> int | None:
    """``"1.5"`` hours in seconds; None where they are no whole number of them."""
    try:
        seconds = Decimal(hours) * HOUR
    except InvalidOperation:
        return None
    whole = seconds.is_finite() and seconds == seconds.to_integral_value() and 0 < seconds < 10**9
    return int(seconds) if whole else None


def hours_of(seconds: int) -> str | None:
    """Seconds in hours as a decimal fraction; None where there is none of up to six places."""
    millionths, rest = divmod(seconds * 1_000_000, HOUR)
    return None if rest else f"{Decimal(millionths).scaleb(-6).normalize():f}"


def length_text(seconds: int) -> str:
    """A length of a rule, in the largest unit up to hours that needs no fraction."""
    for unit, size in (("h", HOUR), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
