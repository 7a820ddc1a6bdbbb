"""How a property's value is read: as a number, an amount, a moment, a version, or as something to tell apart from others.

Every evaluator reads values by this page; ``property_sql`` says the same to the engines.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeGuard

import re2

from relance.core.numerals import PLAIN_NUMBER

#: A date, or a date and time to the millisecond, with an offset or in UTC.
MOMENT = (
    r"(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,3})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?"
)
#: Up to four numbers joined by dots, perhaps after a v and before a tail (``v2.10.0-beta``).
VERSION = r"v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:[-+ ].*)?"
PARTS = 4
DIGITS = 9

AMOUNT_UNITS = 10_000  # sums are kept in ten-thousandths, as whole numbers: their order makes no difference
LARGEST_AMOUNT = 1e11

WHOLE_BELOW = 2**53  # from here on doubles leave whole numbers out

_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_MOMENT = re.compile(MOMENT)
_VERSION = re.compile(VERSION)


def plain_number(text: str) -> float | None:
    """The number that a text plainly is, or None."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else None


def as_number(found: Any) -> float | None:
    """A property's value read as a number: a number, or text that plainly is one; else None."""
    kind = type(found)
    if kind is float:
        return found  # type: ignore[no-any-return]
    if kind is int:
        return as_double(found)
    return plain_number(found) if isinstance(found, str) else None


def as_amount(found: Any) -> int | None:
    """A property's value in ten-thousandths, halves up; None where it is no number or larger than 10¹¹."""
    number = as_number(found)
    if number is None or not abs(number) <= LARGEST_AMOUNT:
        return None
    return to_amount(number)


def to_amount(number: float) -> int:
    """``12.34`` → ``123400``."""
    return math.floor(number * AMOUNT_UNITS + 0.5)


def as_moment(found: Any) -> int | None:
    """A property's value read as an instant: ISO 8601 text, in UTC where it names no offset; else None."""
    if not isinstance(found, str) or not _MOMENT.fullmatch(found):
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:  # the 31st of February
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def as_version(found: Any) -> str | None:
    """A property's value read as a version, in digits that compare as texts; else None."""
    matched = _VERSION.fullmatch(found) if isinstance(found, str) else None
    if matched is None:
        return None
    return "".join((matched[part] or "0").rjust(DIGITS, "0") for part in range(1, PARTS + 1))


def identity(found: Any) -> tuple[str, object] | None:
    """What makes two values the same: their kind and, for numbers, the double. None for what is missing, lists and objects.

    A whole number is its own plain decimal form: 12, 12.0 and "12" are one, "012", "+12" and "12.0" are texts of their own.
    """
    if isinstance(found, bool):
        return "boolean", found
    if isinstance(found, int | float):
        plain = plain_whole(found)
        return ("number", as_double(found)) if plain is None else ("text", plain)
    return ("text", found) if isinstance(found, str) else None


def plain_whole(number: float) -> str | None:
    """The digits of a whole number from 0 up to ``WHOLE_BELOW``, without sign, point or exponent; None of any other."""
    return str(int(number)) if 0 <= number < WHOLE_BELOW and number == int(number) else None


def is_number(found: object) -> TypeGuard[int | float]:
    """Whether a value is a number; true and false are none."""
    return isinstance(found, int | float) and not isinstance(found, bool)


def as_double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of more than 308 digits
        return float("inf") if number > 0 else float("-inf")


_RE2 = re2.Options()
_RE2.log_errors = False


@lru_cache(maxsize=1_024)
def pattern(text: str) -> Any:
    """A compiled RE2 pattern. Raises ``ValueError`` with what is wrong."""
    try:
        return re2.compile(text, _RE2)
    except re2.error as error:
        (problem,) = error.args
        raise ValueError(problem.decode() if isinstance(problem, bytes) else str(problem)) from error
