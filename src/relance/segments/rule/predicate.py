"""Tests of one property, and how values of different kinds compare. Every evaluator follows this module.

A value is *missing* where any name of the path is absent, is reached through something other than an object, or is null.

| operator | a missing value | the value's kind |
|---|---|---|
| ``exists`` / ``not_exists`` | false / true | any |
| ``=``, ``in`` | false | text, number, boolean; a list or an object equals nothing |
| ``!=``, ``not_in`` | true | exactly where ``=``, ``in`` are false |
| ``>``, ``>=``, ``<``, ``<=`` | false | numbers with numbers, text with text by code point (ISO dates sort rightly) |
| ``between`` | false | a number from the first to the second, both included |
| ``contains``, ``starts`` | false | text only; capital letters count |
| ``matches`` | false | text in which an RE2 pattern is found |
| ``has`` | false | a list with an element that ``=`` holds for; with ``where``, with an object that passes every test of it |
| ``before``, ``after`` | false | ISO 8601 text: earlier than the moment; at it or later |
| ``version_from``, ``version_below`` | false | text that is a version (``v2.10.0-beta``): that one or later; earlier |
| ``version_is``, ``version_above``, ``version_to`` | false | the same: that one; later; that one or earlier |

The rule's value decides how the property's value is read:

- a number in the rule reads a number, or text that is a plain number (``-?(0|[1-9]\\d{0,14})(\\.\\d{1,9})?``: no leading zeros,
  no sign +, no exponent, no spaces, so that ``0123`` stays text);
- text in the rule equals the same text, and a number where the rule's text is a plain number (``"5"`` = 5);
- true and false in the rule equal themselves and the texts ``true`` and ``false``.

Of a list of objects the first ``MOST_ELEMENTS`` are read. Numbers compare as IEEE doubles. A moment of the rule without an
offset is in UTC; one like ``{"ago": "30d"}`` moves with now.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from relance.core.paths import path_names
from relance.segments.rule.conditions import VERSION_SIGNS, Predicate, Relative, Scalar, moment_at
from relance.segments.rule.values import as_double, as_moment, as_number, as_version, is_number, pattern, plain_number

_ORDER: dict[str, Callable[[Any, Any], bool]] = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_COMPARE = {**_ORDER, "=": operator.eq}

#: Only this many elements of a list of objects are read: senders must not determine the duration of a tick.
MOST_ELEMENTS = 200


def read_property(properties: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None if missing."""
    value: Any = properties
    for name in path_names(path):
        if not isinstance(value, (dict, Mapping)):  # the fastest test for a dict
            return None
        value = value.get(name)
    return value


def matches(properties: Mapping[str, Any], predicate: Predicate, now: int = 0) -> bool:
    """Whether one property passes one test; ``now`` anchors relative moments."""
    found = read_property(properties, predicate.property)
    return _has_such(found, predicate.where) if predicate.where else _test(found, predicate.is_, predicate.value, now)


def tester(predicate: Predicate) -> Callable[[Mapping[str, Any]], bool]:
    """``matches`` for one predicate without relative moments and many people, prepared once."""
    path, is_, value = predicate.property, predicate.is_, predicate.value
    if predicate.where:
        return _list_tester(path, [tester(each) for each in predicate.where])
    if "." in path:  # or an escaped one, which is part of a name
        return lambda properties: _test(read_property(properties, path), is_, value, 0)
    if is_ in _ORDER and isinstance(value, int | float):
        return _number_tester(path, _ORDER[is_], as_double(value))
    return lambda properties: _test(properties.get(path), is_, value, 0)


def _list_tester(path: str, tests: Sequence[Callable[[Mapping[str, Any]], bool]]) -> Callable[[Mapping[str, Any]], bool]:
    """``_has_such``, with its tests prepared."""

    def test(properties: Mapping[str, Any]) -> bool:
        found = read_property(properties, path)
        return isinstance(found, list) and any(
            isinstance(each, dict) and all(test(each) for test in tests) for each in found[:MOST_ELEMENTS]
        )

    return test


def _number_tester(path: str, compare: Callable[[Any, Any], bool], wanted: float) -> Callable[[Mapping[str, Any]], bool]:
    """``_ordered`` for numbers, with all look-ups done once."""

    def test(properties: Mapping[str, Any]) -> bool:
        number = as_number(properties.get(path))
        return number is not None and compare(number, wanted)

    return test


def matches_all(properties: Mapping[str, Any], predicates: Iterable[Predicate]) -> bool:
    """Whether every test passes."""
    return all(matches(properties, predicate) for predicate in predicates)


def turns_at(properties: Mapping[str, Any], predicate: Predicate) -> int | None:
    """For a relative moment: the instant at which the answer changes; None if never."""
    if not isinstance(predicate.value, Relative):
        return None
    moment = as_moment(read_property(properties, predicate.property))
    return None if moment is None else moment - predicate.value.shift + 1


def _test(found: Any, is_: str, wanted: Any, now: int) -> bool:
    if is_ == "exists":
        return found is not None
    if is_ == "not_exists":
        return found is None
    if is_ == "!=":
        return not _equal(found, wanted)
    if is_ == "=":
        return _equal(found, wanted)
    if is_ in ("in", "not_in"):
        return any(_equal(found, each) for each in wanted) is (is_ == "in")
    if is_ in _ORDER:
        return _ordered(found, wanted, _ORDER[is_])
    return _SPECIAL[is_](found, wanted, now)


def _equal(found: Any, wanted: Scalar) -> bool:
    if isinstance(wanted, bool):
        return found is wanted or found == ("true" if wanted else "false")
    if isinstance(wanted, str):
        if isinstance(found, str):
            return found == wanted
        number = plain_number(wanted)
        return number is not None and is_number(found) and as_double(found) == number
    number = as_number(found)
    return number is not None and number == as_double(wanted)


def _ordered(found: Any, wanted: Scalar, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(wanted, str):
        return isinstance(found, str) and compare(found, wanted)
    number = as_number(found)
    return number is not None and compare(number, as_double(wanted))


def _between(found: Any, wanted: Any, _now: int) -> bool:
    number = as_number(found)
    return number is not None and as_double(wanted[0]) <= number <= as_double(wanted[1])


def _contains(found: Any, wanted: Any, _now: int) -> bool:
    return isinstance(found, str) and wanted in found


def _starts(found: Any, wanted: Any, _now: int) -> bool:
    return isinstance(found, str) and found.startswith(wanted)


def _matches(found: Any, wanted: Any, _now: int) -> bool:
    return isinstance(found, str) and pattern(wanted).search(found) is not None


def _has(found: Any, wanted: Any, _now: int) -> bool:
    return isinstance(found, list) and any(_equal(each, wanted) for each in found)


def _has_such(found: Any, where: Iterable[Predicate]) -> bool:
    return isinstance(found, list) and any(isinstance(each, dict) and matches_all(each, where) for each in found[:MOST_ELEMENTS])


def _before(found: Any, wanted: Any, now: int) -> bool:
    moment = as_moment(found)
    return moment is not None and moment < moment_at(wanted, None, now)


def _after(found: Any, wanted: Any, now: int) -> bool:
    moment = as_moment(found)
    return moment is not None and moment >= moment_at(wanted, None, now)


def _version(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, int], bool]:
    def test(found: Any, wanted: Any, _now: int) -> bool:
        version = as_version(found)
        return version is not None and compare(version, as_version(wanted))

    return test


_SPECIAL: dict[str, Callable[[Any, Any, int], bool]] = {
    "between": _between,
    "contains": _contains,
    "starts": _starts,
    "matches": _matches,
    "has": _has,
    "before": _before,
    "after": _after,
    **{is_: _version(_COMPARE[sign]) for is_, sign in VERSION_SIGNS.items()},
}
