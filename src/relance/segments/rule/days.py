"""Days, weeks, months and years of a time zone, as instants: the only place that decides what a day is when clocks change.

The engines' own zone tables differ, so nothing of this is left to them: bounds and beginnings of days are computed here and
passed as numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from relance.core.time import DAY

Period = Literal["day", "week", "month", "quarter", "year"]
#: The names of calendar windows: the period, and whether it is the previous one.
PERIODS: dict[str, tuple[Period, bool]] = {
    "today": ("day", False),
    "yesterday": ("day", True),
    "this_week": ("week", False),
    "last_week": ("week", True),
    "this_month": ("month", False),
    "last_month": ("month", True),
    "this_quarter": ("quarter", False),
    "last_quarter": ("quarter", True),
    "this_year": ("year", False),
    "last_year": ("year", True),
}
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:  # an unknown name, or a folder of the zone database
        raise ValueError(name) from error


@lru_cache(maxsize=4_096)
def is_zone(name: str) -> bool:
    """Whether there is an IANA time zone of this name."""
    try:
        _zone(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)
def day_start(ordinal: int, zone: str) -> int:
    """The instant at which a day (days since 1970-01-01) begins in a zone: midnight, or the first instant after a skipped
    midnight.
    """
    day = date.fromordinal(ordinal + _EPOCH)
    place = _zone(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=place)
    first, second = round(midnight.timestamp()), round(midnight.replace(fold=1).timestamp())
    if first > second:  # clocks skip midnight, somewhere between midnight by the new offset and by the old one
        seconds = range(second, first)
        first = second + bisect_left(seconds, day, key=lambda each: datetime.fromtimestamp(each, place).date())
    return first * 1000


def day_of(instant: int, zone: str) -> int:
    """The day (days since 1970-01-01) of an instant."""
    local = datetime.fromtimestamp(instant // 1000, UTC).astimezone(_zone(zone))
    ordinal = local.toordinal() - _EPOCH
    while day_start(ordinal, zone) > instant:
        ordinal -= 1
    while day_start(ordinal + 1, zone) <= instant:
        ordinal += 1
    return ordinal


def period_at(period: Period, instant: int, zone: str) -> tuple[int, int]:
    """[start, end) of the day, week, month, quarter or year of an instant."""
    day = date.fromordinal(day_of(instant, zone) + _EPOCH)
    first, following = _period_of(period, day)
    return day_start(first.toordinal() - _EPOCH, zone), day_start(following.toordinal() - _EPOCH, zone)


def _period_of(period: Period, day: date) -> tuple[date, date]:
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    if period == "year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    length = 1 if period == "month" else 3
    month = (day.month - 1) // length * length + 1
    first = date(day.year, month, 1)
    return first, date(day.year + (month + length > 12), (month + length - 1) % 12 + 1, 1)


def offsets(zone: str, start: int, end: int) -> list[tuple[int, int]]:
    """The beginnings of days in [start, end], compactly: (from this instant on, add this to get local time).

    An instant's day is then (instant + added) // 86,400,000. Between two clock changes one number suffices.
    """
    found: list[tuple[int, int]] = []
    for ordinal in range(day_of(start, zone), day_of(end, zone) + 1):
        added = ordinal * DAY - day_start(ordinal, zone)
        length = day_start(ordinal + 1, zone) - day_start(ordinal, zone)
        if not found or found[-1][1] != added:
            found.append((day_start(ordinal, zone), added))
        if length > DAY:  # hours beyond the 24th still belong to this day: shift them back
            found.append((day_start(ordinal, zone) + DAY, added - (length - DAY)))
    return found


def day_by(offsets_: Sequence[tuple[int, int]], instant: int) -> int:
    """The day of an instant according to ``offsets``."""
    place = max(0, bisect_right(offsets_, (instant, 1 << 62)) - 1)
    return (instant + offsets_[place][1]) // DAY


@lru_cache(maxsize=4_096)
def read_moment(text: str, zone: str) -> int:
    """A date, or a date and time, as an instant; without an offset it is local time in ``zone``. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    _zone(zone)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(text)
    return round(moment.timestamp() * 1000)
