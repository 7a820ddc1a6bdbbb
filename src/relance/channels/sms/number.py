"""Phone numbers in E.164, the one form in which they are kept, compared and sent to. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

from relance.core.countries import COUNTRIES
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

_YEAR = 2026  # by whose rules zones are compared
LONGEST_GIVEN = 64  # characters, however a number is written
#: What no SMS is delivered to.
_DEAF = frozenset(
    (
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    )
)


def read_number(given: Any, country: str | None = None) -> str | None:
    """The number as ``+33612345678``; None if it is none that takes SMS. ``country``: by whose rules a national one is read."""
    return _read(given, country) if isinstance(given, str) else None


@lru_cache(maxsize=20_000)
def _read(given: str, country: str | None) -> str | None:
    try:
        return check_number(given, country)
    except InvalidError:
        return None


def check_number(given: str, country: str | None = None, path: str = "phone") -> str:
    """As ``read_number``, but raises ``InvalidError`` at ``path`` that says what is wrong with it."""
    region = country if country in COUNTRIES else None
    try:
        if len(given) > LONGEST_GIVEN or any(each.isalpha() for each in given):
            raise NumberParseException(NumberParseException.NOT_A_NUMBER, "")
        number = phonenumbers.parse(given, region)
    except NumberParseException as error:
        raise InvalidError(_unreadable(given, error), path=path) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise InvalidError(ErrorText("phone_invalid", "{got!r} is not a valid phone number.", got=given), path=path)
    if phonenumbers.number_type(number) in _DEAF:
        raise InvalidError(
            ErrorText("phone_no_sms", "{got!r} cannot receive SMS: it is a landline or a service number.", got=given), path=path
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def country_of_number(number: str) -> str | None:
    """The country of a number in E.164, as its two-letter code; None where it stands for several or none."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except NumberParseException:
        return None
    return region if region in COUNTRIES else None


@lru_cache(maxsize=20_000)
def zone_of_number(number: str) -> str | None:
    """The time zone of a number in E.164, by its country and area; None where that has zones whose clocks differ."""
    try:
        zones = time_zones_for_number(phonenumbers.parse(number))
    except NumberParseException:
        return None
    return min(zones) if len({_clock(each) for each in zones}) == 1 else None


@lru_cache(maxsize=1_000)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """What tells clocks apart: their distance to UTC in winter and in summer."""
    try:
        return tuple(datetime(_YEAR, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))
    except (OSError, ValueError):
        return (None, None)


def _unreadable(given: str, error: NumberParseException) -> ErrorText:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return ErrorText(
            "phone_country",
            "{got!r} does not say its country: write it with + and the country code, or set the person's country.",
            got=given,
        )
    return ErrorText("phone_unreadable", "{got!r} is not a phone number.", got=given)
