"""How a property's value is read: as a number, an amount, a moment, a version, or an identity.

Every evaluator follows this module; ``segments.query.values`` is its translation to SQL.
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
#: Up to four numbers joined by dots, optionally after a v and before a suffix (``v2.10.0-beta``).
VERSION = r"v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:[-+ ].*)?"
PARTS = 4
DIGITS = 9

AMOUNT_UNITS = 10_000  # sums are kept in ten-thousandths, as integers: their order makes no difference
LARGEST_AMOUNT = 1e11

WHOLE_BELOW = 2**53  # from here on doubles skip integers

_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_MOMENT = re.compile(MOMENT)
_VERSION = re.compile(VERSION)


def plain_number(text: str) -> float | None:
    """The number in a text that is a plain number, or None."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else None


def as_number(found: Any) -> float | None:
    """A property's value as a number: a number, or a text that is a plain number; else None."""
    kind = type(found)
    if kind is float:
        return found  # type: ignore[no-any-return]
    if kind is int:
        return as_double(found)
    return plain_number(found) if isinstance(found, str) else None


def as_amount(found: Any) -> int | None:
    """A property's value in ten-thousandths, halves rounded up; None if it is not a number or larger than 10¹¹."""
    number = as_number(found)
    if number is None or not abs(number) <= LARGEST_AMOUNT:
        return None
    return to_amount(number)


def to_amount(number: float) -> int:
    """``12.34`` → ``123400``."""
    return math.floor(number * AMOUNT_UNITS + 0.5)


def as_moment(found: Any) -> int | None:
    """A property's value as an instant: ISO 8601 text, in UTC unless it has an offset; else None."""
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
    """A property's value as a version, as digits that sort like texts; else None."""
    matched = _VERSION.fullmatch(found) if isinstance(found, str) else None
    if matched is None:
        return None
    return "".join((matched[part] or "0").rjust(DIGITS, "0") for part in range(1, PARTS + 1))


def identity(found: Any) -> tuple[str, object] | None:
    """What makes two values equal: their kind and, for numbers, the double. None for missing values, lists and objects.

    An integer equals its own plain decimal form: 12, 12.0 and "12" are one; "012", "+12" and "12.0" are distinct texts.
    """
    if isinstance(found, bool):
        return "boolean", found
    if isinstance(found, int | float):
        plain = plain_whole(found)
        return ("number", as_double(found)) if plain is None else ("text", plain)
    return ("text", found) if isinstance(found, str) else None


def plain_whole(number: float) -> str | None:
    """The digits of an integer from 0 up to ``WHOLE_BELOW``, without sign, point or exponent; None for anything else."""
    return str(int(number)) if 0 <= number < WHOLE_BELOW and number == int(number) else None


def is_number(found: object) -> TypeGuard[int | float]:
    """Whether a value is a number; true and false are not."""
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
    """A compiled RE2 pattern. Raises ``ValueError`` with the reason."""
    try:
        return re2.compile(text, _RE2)
    except re2.error as error:
        (problem,) = error.args
        raise ValueError(problem.decode() if isinstance(problem, bytes) else str(problem)) from error
