"""The hours at which countries let marketing be sent to phones. Data, each with its source and date.

Quiet hours of an app come on top: they can take more time away, and give none back.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from datetime import date, tzinfo
from functools import cache
from typing import NamedTuple

from relance.restraint.quiet import EVERY_DAY, IsHoliday, QuietRule


class CountryHours(NamedTuple):
    """From ``start`` to ``end`` (minutes of the local day) marketing may be sent, but not on ``never_on`` (0 = Monday)."""

    start: int
    end: int
    never_on: frozenset[int]
    no_holidays: bool
    source: str
    read_on: date


COUNTRY_HOURS: dict[str, CountryHours] = {
    # Providers state 8–20 h or 8–22 h: the narrower holds here. Neither Sundays nor public holidays.
    "FR": CountryHours(
        start=8 * 60,
        end=20 * 60,
        never_on=frozenset((6,)),
        no_holidays=True,
        source="sendtargetsms.com, smsenvoi.com, lafabriquesms.fr: rules of French operators for marketing SMS",
        read_on=date(2026, 11, 30),
    ),
    # Local time at the called party's location.
    "US": CountryHours(
        start=8 * 60,
        end=21 * 60,
        never_on=frozenset(),
        no_holidays=False,
        source="47 CFR 64.1200(c)(1), under the Telephone Consumer Protection Act",
        read_on=date(2026, 11, 30),
    ),
}


def rules_of_country(country: str, zone: tzinfo) -> list[QuietRule]:
    """What a country's hours leave quiet; none where it is not in the table."""
    hours = COUNTRY_HOURS.get(country)
    if hours is None:
        return []
    by = f"country:{country}"
    rules = [QuietRule(by, hours.end, hours.start, EVERY_DAY, zone)]
    if hours.never_on:
        rules.append(QuietRule(by, 0, 0, hours.never_on, zone))
    if hours.no_holidays:
        rules.append(QuietRule(by, 0, 0, EVERY_DAY, zone, holiday_in(country)))
    return rules


@cache
def holiday_in(country: str) -> IsHoliday:
    """Whether a day is a public holiday in the whole country."""
    # Loaded where it is needed alone: it brings hundreds of modules.
    country_holidays: Callable[..., Iterable[date]] = importlib.import_module("holidays").country_holidays

    @cache
    def days(year: int) -> frozenset[date]:
        return frozenset(country_holidays(country, years=year))

    return lambda day: day in days(day.year)
