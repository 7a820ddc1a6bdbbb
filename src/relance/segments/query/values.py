"""How a property's value is read, as SQL: ``values`` line by line, with NULL for None."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.segments.query.constructs import day_number, digits, finds, local_moment, number_text, part_of, to_whole
from relance.segments.query.found import Json, found_in
from relance.segments.rule.values import AMOUNT_UNITS, DIGITS, LARGEST_AMOUNT, MOMENT, PARTS, VERSION, WHOLE_BELOW

_THOUSANDTHS = r"\.([0-9]{1,3})"
_NO_BLANK = "!"  # values that start with a blank, or a lower character, are prefixed
_SECONDS_AT, _OFFSET = 17, 6  # where ``:ss`` begins, the length of ``+hh:mm``


def whole(pattern: str) -> str:
    """The pattern, anchored at both ends."""
    return rf"\A(?:{pattern})\z"


def as_number(json: Json, path: str) -> ColumnElement[float]:
    """A number, or a text that is a plain number, as a double."""
    return found_in(json, path).read_number


def as_amount(json: Json, path: str) -> ColumnElement[int]:
    """A number in ten-thousandths, halves rounded up, if it is not larger than 10¹¹."""
    number = as_number(json, path)
    rounded = sa.func.floor(number * sa.literal(float(AMOUNT_UNITS), sa.Double) + sa.literal(0.5, sa.Double))
    fits = sa.func.abs(number) <= sa.literal(LARGEST_AMOUNT, sa.Double)
    return sa.case((fits, to_whole(rounded)), else_=sa.null())


def identity(json: Json, path: str) -> ColumnElement[str]:
    """A text that is equal for equal values, never empty: a text itself, the digits of a plain integer; for any other value a
    blank, the kind and, for numbers, the double.
    """
    found = found_in(json, path)
    number = found.read_number
    is_whole = sa.and_(number >= _double(0), number < _double(WHOLE_BELOW), sa.func.floor(number) == number)
    return sa.case(
        (sa.and_(found.is_text, found.text >= _NO_BLANK), found.text),
        (found.is_text, sa.literal(" t", sa.Text) + found.text),
        (sa.and_(found.is_number, is_whole), number_text(to_whole(number))),
        (found.is_number, sa.literal(" n", sa.Text) + number_text(number)),
        else_=sa.literal(" b", sa.Text) + found.boolean,
    )


def _double(number: float) -> ColumnElement[float]:
    return sa.literal(float(number), sa.Double)


def read_identity(written: str) -> str | float | bool:
    """The value written by ``identity``."""
    if written >= _NO_BLANK:
        return written
    kind, text = written[1], written[2:]
    if kind == "t":
        return text
    return float(text) if kind == "n" else text == "true"


def as_version(json: Json, path: str) -> ColumnElement[str]:
    """A version as digits that sort like texts."""
    found, pattern = found_in(json, path), whole(VERSION)
    text = found.text
    parts = [sa.func.lpad(part_of(text, pattern, part), DIGITS, "0") for part in range(1, PARTS + 1)]
    version = sa.func.concat(*parts, type_=sa.Text)
    return sa.case((sa.and_(found.is_text, finds(text, pattern)), version), else_=sa.null())


def as_moment(json: Json, path: str) -> ColumnElement[int]:
    """ISO 8601 text as an instant. What an engine does not parse itself is computed from its characters."""
    found = found_in(json, path)
    text = found.text

    def two(place: int) -> ColumnElement[int]:
        return digits(sa.func.substr(text, place, 2))

    seconds = sa.case((sa.func.substr(text, _SECONDS_AT, 1) == ":", two(_SECONDS_AT + 1)), else_=0)
    thousandths = digits(sa.func.rpad(part_of(text, _THOUSANDTHS, 1), 3, "0"))
    clock = two(12) * HOUR + two(15) * MINUTE + seconds * SECOND + thousandths
    offset = sa.func.length(text) - _OFFSET + 1
    sign = sa.func.substr(text, offset, 1, type_=sa.Text)
    shift = digits(sa.func.substr(text, offset + 1, 2)) * HOUR + digits(sa.func.substr(text, offset + 4, 2)) * MINUTE
    # Most end in Z, and are not examined further; a date alone has a hyphen where an offset's sign could be.
    shifted = sa.case((text.like("%Z"), 0), (offset < _SECONDS_AT, 0), (sign == "+", -shift), (sign == "-", shift), else_=0)
    instant = local_moment(text, day_number(sa.func.substr(text, 1, 10)) * DAY + clock) + shifted
    is_moment = sa.and_(found.is_text, finds(text, whole(MOMENT)))
    return sa.case((is_moment, instant), else_=sa.null())
