"""Shared by parsing and writing of filter lists: limits, the format of hours, and which events are purchases."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from relance.segments.errors import RuleError

MAX_ENTRIES = 200  # including operators
MAX_LISTED = 20  # values of in_array
HOUR = 3_600  # seconds
SESSION_FIELDS = {"first_session": "first", "last_session": "last"}


class FiltersError(RuleError):
    """A filter list cannot be parsed, or a rule cannot be written as one; ``data["path"]`` names the place
    (``filters[3].key``).
    """

    code = "invalid_filters"


class Purchases(NamedTuple):
    """The purchase event, and its properties for price and article."""

    event: str = "Order Completed"
    amount: str = "total"
    sku: str = "sku"


def seconds_of(hours: str) -> int | None:
    """``"1.5"`` hours in seconds; None if that is not a whole number."""
    try:
        seconds = Decimal(hours) * HOUR
    except InvalidOperation:
        return None
    whole = seconds.is_finite() and seconds == seconds.to_integral_value() and 0 < seconds < 10**9
    return int(seconds) if whole else None


def hours_of(seconds: int) -> str | None:
    """Seconds in hours as a decimal fraction; None if it needs more than six places."""
    millionths, rest = divmod(seconds * 1_000_000, HOUR)
    return None if rest else f"{Decimal(millionths).scaleb(-6).normalize():f}"


def length_text(seconds: int) -> str:
    """A duration of a rule, in the largest unit up to hours that needs no fraction."""
    for unit, size in (("h", HOUR), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
