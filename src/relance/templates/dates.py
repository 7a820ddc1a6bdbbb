"""Dates as the reader writes them: in their time zone, with the names of months and weekdays in their language. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_day_names, get_month_names
from dateutil import parser
from liquid.filter import with_context
from liquid.undefined import Undefined

DATE_LIMIT = 64  # characters of a date
FORMAT_LIMIT = 500  # characters of a format
_LENGTHS = frozenset(("short", "medium", "long", "full"))
_DIRECTIVE = re.compile(r"%([-_0^]*)([A-Za-z%])")
_MILLISECONDS_FROM = 100_000_000_000  # seconds would be in the year 5138
_COMPOSED = {"D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "v": "%e-%b-%Y", "h": "%b"}


class Reader(msgspec.Struct, frozen=True):
    """Whom a message is for: their zone, their language (BCP 47), and when it is written, in ms."""

    zone: tzinfo = UTC
    language: str = "en"
    now: int = 0

    @property
    def moment(self) -> datetime:
        """Now, in their zone."""
        return datetime.fromtimestamp(self.now / 1000, UTC).astimezone(self.zone)


def reader(zone: str | None, language: str | None, now: int) -> Reader:
    """The reader with this zone and language; UTC and English where a name is not known."""
    try:
        found: tzinfo = ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        found = UTC
    return Reader(found, language or "en", now)


@with_context
def date(value: Any, form: Any = "medium", *, context: Any) -> str:
    """A date or instant in the reader's zone and language.

    ``form`` is ``short``, ``medium``, ``long`` or ``full``, or made of the letters of ``strftime``. Something that is no date
    comes out as it went in, as Liquid has it.
    """
    if value is None or isinstance(value, Undefined):
        return ""
    moment = _moment(value, context.reader)
    if moment is None or form is None or isinstance(form, Undefined):
        return str(value)
    return written(moment, str(form)[:FORMAT_LIMIT], context.reader.language)


def _moment(value: Any, of: Reader) -> datetime | None:
    """The instant in the reader's zone. A date or time that names no zone is what it says wherever it is read."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and value.isascii() and value.isdigit()):
            number = float(value) if len(str(value)) <= DATE_LIMIT else float("inf")
            seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
            return datetime.fromtimestamp(seconds, UTC).astimezone(of.zone)
        if isinstance(value, datetime):
            return value.astimezone(of.zone) if value.tzinfo else value
        text = str(value).strip()
        if text.lower() in ("now", "today"):
            return of.moment
        if not text or len(text) > DATE_LIMIT:
            return None
        moment = _read(text, of.moment.replace(tzinfo=None))
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(of.zone) if moment.tzinfo else moment


def _read(text: str, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found = parser.parse(text, default=midnight)
        if not isinstance(found, datetime):
            raise TypeError(text) from None
        return found


def written(moment: datetime, form: str, language: str) -> str:
    """``moment`` in this form and language."""
    locale = locale_of(language)
    if form in _LENGTHS:
        return str(format_date(moment, form, locale=locale))
    return _DIRECTIVE.sub(lambda found: _directive(moment, found, locale), form)


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The language's own way of writing dates; a tag that is not known counts as its language, and that as English."""
    subtags = language.replace("_", "-").split("-")
    for count in range(min(len(subtags), 3), 0, -1):
        try:
            return Locale.parse("-".join(subtags[:count]), sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en")


def _directive(moment: datetime, found: re.Match[str], locale: Locale) -> str:
    flags, letter = found[1], found[2]
    text = _named(moment, letter, locale)
    if text is None:
        text = _numbered(moment, letter)
    if text is None:
        return found[0]
    if "-" in flags:
        text = text.lstrip("0 ") or "0"
    elif "_" in flags and text[:1] == "0":
        text = text.lstrip("0").rjust(len(text))
    elif "0" in flags:
        text = text.replace(" ", "0")
    return text.upper() if "^" in flags else text


def _named(moment: datetime, letter: str, locale: Locale) -> str | None:
    """What languages have words or an order for."""
    if letter in "Aa":
        return str(get_day_names("wide" if letter == "A" else "abbreviated", locale=locale)[moment.weekday()])
    if letter in "Bbh":
        return str(get_month_names("wide" if letter == "B" else "abbreviated", locale=locale)[moment.month])
    if letter in "Pp":
        period = str(format_time(moment, "a", locale=locale, tzinfo=moment.tzinfo))
        return period.lower() if letter == "P" else period
    if letter == "c":
        return str(format_datetime(moment, "medium", locale=locale, tzinfo=moment.tzinfo))
    if letter == "x":
        return str(format_date(moment, "short", locale=locale))
    if letter == "X":
        return str(format_time(moment, "medium", locale=locale, tzinfo=moment.tzinfo))
    return None


def _numbered(moment: datetime, letter: str) -> str | None:
    if letter in _COMPOSED:
        return _DIRECTIVE.sub(lambda found: _directive(moment, found, Locale("en")), _COMPOSED[letter])
    hour = moment.hour % 12 or 12
    special = {
        "%": "%",
        "C": f"{moment.year // 100:02d}",
        "e": f"{moment.day:2d}",
        "k": f"{moment.hour:2d}",
        "l": f"{hour:2d}",
        "L": f"{moment.microsecond // 1000:03d}",
        "N": f"{moment.microsecond:06d}000",
        "n": "\n",
        "s": str(int(moment.timestamp())),
        "t": "\t",
        "u": str(moment.isoweekday()),
    }
    if letter in special:
        return special[letter]
    return moment.strftime(f"%{letter}") if letter in "dgGHIjmMSUVwWyYzZ" else None
