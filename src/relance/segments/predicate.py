"""Tests of one property, and how values of different kinds compare. Every evaluator follows this page.

A value is *missing* where any name of the path is absent, is reached through something that is no object, or is null.

| operator | a missing value | the value's kind |
|---|---|---|
| ``exists`` / ``not_exists`` | false / true | any |
| ``=``, ``in`` | false | text, number, boolean; a list or an object equals nothing |
| ``!=`` | true | exactly where ``=`` is false |
| ``>``, ``>=``, ``<``, ``<=`` | false | numbers with numbers, text with text by code point (ISO dates sort rightly) |
| ``contains``, ``starts`` | false | text only; capital letters count |

The rule's value decides how the property's value is read:

- a number in the rule reads a number, or text that is a plain number (``-?(0|[1-9]\\d{0,14})(\\.\\d{1,9})?``: no leading zeros,
  no sign +, no exponent, no spaces, so that ``0123`` stays text);
- text in the rule equals the same text, and a number where the rule's text is a plain number (``"5"`` = 5);
- true and false in the rule equal themselves and the texts ``true`` and ``false``.

Numbers compare as IEEE doubles.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from relance.segments.rule import Predicate, Scalar

PLAIN_NUMBER = r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?"
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def read_property(properties: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None where it is missing."""
    value: Any = properties
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def plain_number(text: str) -> float | None:
    """The number that a text plainly is, or None."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else None


def matches(properties: Mapping[str, Any], predicate: Predicate) -> bool:
    """Whether one property passes one test."""
    return _test(read_property(properties, predicate.property), predicate.is_, predicate.value)


def tester(predicate: Predicate) -> Callable[[Mapping[str, Any]], bool]:
    """``matches`` for one predicate and many people, prepared once."""
    path, is_, value = predicate.property, predicate.is_, predicate.value
    if "." in path:
        return lambda properties: _test(read_property(properties, path), is_, value)
    if is_ in _ORDER and isinstance(value, int | float):
        return _number_tester(path, _ORDER[is_], _double(value))
    return lambda properties: _test(properties.get(path), is_, value)


def _number_tester(path: str, compare: Callable[[Any, Any], bool], wanted: float) -> Callable[[Mapping[str, Any]], bool]:
    """``_ordered`` for numbers, with everything looked up once."""

    def test(properties: Mapping[str, Any]) -> bool:
        number = as_number(properties.get(path))
        return number is not None and compare(number, wanted)

    return test


def matches_all(properties: Mapping[str, Any], predicates: Iterable[Predicate]) -> bool:
    """Whether every test passes."""
    return all(matches(properties, predicate) for predicate in predicates)


def _test(found: Any, is_: str, wanted: Any) -> bool:
    if is_ == "exists":
        return found is not None
    if is_ == "not_exists":
        return found is None
    if is_ == "!=":
        return not _equal(found, wanted)
    if is_ == "=":
        return _equal(found, wanted)
    if is_ == "in":
        return any(_equal(found, each) for each in wanted)
    if is_ == "contains":
        return isinstance(found, str) and wanted in found
    if is_ == "starts":
        return isinstance(found, str) and found.startswith(wanted)
    return _ordered(found, wanted, _ORDER[is_])


def _equal(found: Any, wanted: Scalar) -> bool:
    if isinstance(wanted, bool):
        return found is wanted or found == ("true" if wanted else "false")
    if isinstance(wanted, str):
        if isinstance(found, str):
            return found == wanted
        number = plain_number(wanted)
        return number is not None and _is_number(found) and _double(found) == number
    number = as_number(found)
    return number is not None and number == _double(wanted)


def _ordered(found: Any, wanted: Scalar, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(wanted, str):
        return isinstance(found, str) and compare(found, wanted)
    number = as_number(found)
    return number is not None and compare(number, _double(wanted))


def as_number(found: Any) -> float | None:
    """A property's value read as a number: a number, or text that plainly is one; else None."""
    kind = type(found)
    if kind is float:
        return found  # type: ignore[no-any-return]
    if kind is int:
        return _double(found)
    return plain_number(found) if isinstance(found, str) else None


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of more than 308 digits
        return float("inf") if number > 0 else float("-inf")
