"""Numbers, texts, lengths, dates and windows in a language's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from relance.segments.rule.conditions import Circle, Corners, Relative, Scalar, Value
from relance.segments.rule.window import OWN, AfterFirst, Ago, Calendar, Dates, Rolling, Window, fallback_of, is_own
from relance.segments.sentence.words import Counted, Words

MOST_CORNERS = 8  # corners of an area that are listed


def number(words: Words, value: float) -> str:
    """``1234.5`` → "1,234.5"; all digits are written, so that different numbers have different words."""
    if value in (float("inf"), float("-inf")):
        return str(value)
    text = f"{Decimal(repr(value)):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate({ord(","): words.thousands, ord("."): words.decimal_point})


def scalar(words: Words, value: Scalar) -> str:
    """A value of a rule; texts are quoted, so that the text "5" differs from the number."""
    if isinstance(value, bool):
        return words.true if value else words.false
    return words.quote.format(value) if isinstance(value, str) else number(words, value)


def either(words: Words, texts: Iterable[str]) -> str:
    return joined(words, list(texts), words.or_)


def joined(words: Words, texts: list[str], last: str) -> str:
    """ "a, b and c"."""
    *head, tail = texts
    return words.comma.join(head) + last + tail if head else tail


def counted(words: Words, forms: Counted, count: int, **more: str) -> str:
    return forms.one.format(**more) if count == 1 else forms.many.format(number(words, count), **more)


def of_length(words: Words, forms: Mapping[str, Counted], text: str, times: int = 1) -> str:
    """``"30d"`` in one of the language's tables by unit."""
    return counted(words, forms[text[-1]], int(text[:-1]) * times)


def length(words: Words, text: str) -> str:
    """``"30d"`` → "30 days"."""
    return of_length(words, words.lengths, text)


def moment(words: Words, value: str | Relative, *, to_the_minute: bool = False) -> str:
    """A rule's moment as part of a sentence: "1 January 2026", "30 days ago"."""
    if isinstance(value, str):
        return words.dated.format(dated(words, value, to_the_minute=to_the_minute))
    if value.ago is not None:
        return words.ago.format(length(words, value.ago))
    return words.ahead.format(length(words, value.in_ or ""))


def dated(words: Words, text: str, *, to_the_minute: bool = False) -> str:
    """A date, or a date and time, without an article; ``to_the_minute`` adds midnight to a plain date."""
    day = plain_date(text)
    if day is not None:
        said = _date(words, day)
        return words.at.format(said, "00:00") if to_the_minute else said
    instant = datetime.fromisoformat(text)
    clock = instant.strftime("%H:%M")
    if instant.second or instant.microsecond:
        clock = instant.time().isoformat()
    if instant.tzinfo is not None:
        clock += f" ({instant.tzname()})"
    return words.at.format(_date(words, instant.date()), clock)


def plain_date(text: str) -> date | None:
    """The date in a text, or None if it has a time of day, too."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _date(words: Words, day: date) -> str:
    number_ = words.first_of_month if day.day == 1 else str(day.day)
    return words.date.format(day=number_, month=words.months[day.month - 1], year=day.year)


def window(words: Words, shape: Window | None) -> str:
    """Where a condition looks, with a leading space; empty for ever."""
    return "" if shape is None else f" {bare_window(words, shape)}"


def bare_window(words: Words, shape: Window) -> str:
    if isinstance(shape, Rolling):
        return of_length(words, words.last, shape.last)
    if isinstance(shape, Ago):
        return _ago(words, *shape.ago)
    if isinstance(shape, Calendar):
        return words.calendar[shape.calendar] + in_zone(words, shape.zone)
    if isinstance(shape, AfterFirst):
        return of_length(words, words.first, shape.after_first)
    return _between_dates(words, shape) + in_zone(words, shape.zone)


def window_before(words: Words, shape: Window) -> str:
    """The window before, if the window has one."""
    if isinstance(shape, Rolling):
        return of_length(words, words.before, shape.last)
    return words.period_before[shape.period] if isinstance(shape, Calendar) else ""


def in_zone(words: Words, zone: str | None) -> str:
    if zone is not None and is_own(zone):
        return words.own_zone if zone == OWN else words.own_zone_else.format(fallback_of(zone))
    return "" if zone is None else words.zone.format(zone)


def _ago(words: Words, longer: str, shorter: str) -> str:
    """The nearer end first; a shared unit is written once."""
    if longer[-1] == shorter[-1]:
        return words.between_ago.format(number(words, int(shorter[:-1])), length(words, longer))
    return words.between_ago.format(length(words, shorter), length(words, longer))


def _between_dates(words: Words, shape: Dates) -> str:
    """A window ends before ``to``: if that is a date, its last day is named instead."""
    if shape.to is None:
        return words.since.format(dated(words, shape.from_ or ""))
    if shape.from_ is None:
        return words.until.format(dated(words, shape.to))
    end, start = plain_date(shape.to), plain_date(shape.from_)
    if end is None:
        return words.from_to.format(dated(words, shape.from_), dated(words, shape.to))
    last = end - timedelta(days=1)
    if start == last:
        return words.on.format(_date(words, last))
    return words.from_to.format(dated(words, shape.from_), _date(words, last))


def spot(words: Words, latitude: float, longitude: float) -> str:
    """A place in degrees: "48.8566, 2.3522"."""
    return words.spot.format(number(words, latitude), number(words, longitude))


def around(words: Words, circle: Circle) -> tuple[str, str]:
    """The distance and the centre: "5 km", "48.8566, 2.3522"."""
    unit, size = (words.kilometres, 1_000) if circle.radius >= 1_000 else (words.metres, 1)
    said = number(words, round(circle.radius / size, 9))
    return unit.format(said), spot(words, circle.latitude, circle.longitude)


def ring(words: Words, corners: Corners) -> str:
    """The corners of an area; a long list is cut short."""
    shown = corners if len(corners) <= MOST_CORNERS else corners[: MOST_CORNERS - 1]
    said = [spot(words, *each) for each in shown]
    if len(shown) < len(corners):
        said.append(words.corners_more.format(number(words, len(corners) - len(shown))))
    return " – ".join(said)


def values(value: Value | None) -> tuple[Scalar, ...]:
    """What a predicate compares with, except moments."""
    if value is None or isinstance(value, Relative):
        return ()
    return value if isinstance(value, tuple) else (value,)
