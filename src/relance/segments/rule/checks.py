"""Checks that a condition's members fit together; errors carry the path."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

import msgspec

from relance.core.countries import COUNTRIES
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.paths import path_names
from relance.core.places import millionths
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import (
    DEFAULTED_FACTS,
    DEVICE_FACTS,
    MOMENT_FACTS,
    NUMBER_FACTS,
    SESSION,
    VERSION_FACTS,
    VERSION_SIGNS,
    VERSIONS,
    WHETHER_KNOWN,
    Behaviour,
    Bucket,
    Compare,
    Condition,
    Consented,
    Device,
    Entered,
    Is,
    Lifecycle,
    MessageCondition,
    PersonCondition,
    Place,
    Predicate,
    Relative,
    Scalar,
    Sequence,
    Trait,
)
from relance.segments.rule.pattern_errors import pattern_error
from relance.segments.rule.values import as_version, pattern
from relance.segments.rule.window import UTC, Recurring, check_moment, check_window, check_zone, fallback_of, is_own, read_length

MAX_COUNT_IN_WINDOW = 1_000  # live state keeps that many newest instants per person
MAX_COUNT_EVER = 1_000_000_000
MAX_PATTERN = 200
MAX_NUMBER = 1e12
WHOLE = ("count", "distinct", "days")
NUMBERS = ("sum", "average", "min", "max")
WITH_PROPERTY = (*NUMBERS, "distinct")
MOMENTS = ("first", "last")
MAX_RADIUS = 20_000_000  # metres: nearly half around the earth
MAX_LONGITUDE = 360  # of a corner, which may be beyond the 180th meridian

_UNREADABLE = re.compile(r'["\\*\x00-\x1f]')
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")


def check_condition(condition: Condition, path: str) -> None:
    """Raises ``RuleError``."""
    window = getattr(condition, "window", None)
    if window is not None:
        check_window(window, f"{path}.window")
    check = _CHECKS.get(type(condition))
    if check is not None:
        check(condition, path)


def _check_trait(condition: Trait, path: str) -> None:
    check_predicate(condition.predicate, path, "name", may_move=True)


def _check_consent(condition: Consented, path: str) -> None:
    if "\x00" in condition.topic:
        raise RuleError(ErrorText("topic_nul", "A topic's name must not contain NUL."), path=f"{path}.topic")


def _check_bucket(condition: Bucket, path: str) -> None:
    if condition.from_ >= condition.to:
        raise RuleError(ErrorText("bucket_order", "A part of all people must end after it begins."), path=f"{path}.to")


#: The operators of a fact.
TEXT_TESTS = ("=", "!=", "in", "not_in", "exists", "not_exists", "contains", "starts", "matches")
NUMBER_TESTS = ("=", "!=", ">", ">=", "<", "<=", "between", "exists", "not_exists")
VERSION_TESTS = (*VERSIONS, "!=", "between", *VERSION_SIGNS, "exists", "not_exists")


def tests_of(fact: str) -> tuple[str, ...]:
    """The operators that can test a fact."""
    if fact == "sessions":
        return get_args(Compare)
    if fact == "aliases":
        return ("has",)
    if fact in MOMENT_FACTS:
        return ("before", "after")
    if fact in VERSION_FACTS:
        return (*VERSION_TESTS, "has")
    if fact in DEVICE_FACTS:
        return (*TEXT_TESTS, "has")
    return NUMBER_TESTS if fact in NUMBER_FACTS else TEXT_TESTS


def device_tests_of(fact: str) -> tuple[str, ...]:
    """The operators that can test a fact of each device."""
    return tuple(each for each in VERSION_TESTS if each != "!=") if fact in VERSION_FACTS else TEXT_TESTS


def _check_device(device: Device, path: str) -> None:
    for index, test in enumerate(device.where):
        place, known = f"{path}.where[{index}]", device_tests_of(test.name)
        if test.is_ not in known:
            raise RuleError(
                ErrorText("device_test", "{fact} of a device is tested by {tests}.", fact=test.name, tests=tuple(known)),
                path=f"{place}.is",
            )
        if test.name in VERSION_FACTS and test.is_ not in WHETHER_KNOWN:
            _check_version(test.is_, test.value, place)
        else:
            check_predicate(Predicate(test.name, test.is_, test.value), place, "name")


def _check_version(is_: Is, value: Any, path: str) -> None:
    """A fact that is a version is compared with one version, or with two."""
    if is_ != "between":
        check_predicate(Predicate("version", "version_is", value), path, "name")
        return
    if not isinstance(value, tuple) or len(value) != 2 or any(_text_problem("version_is", each) for each in value):
        raise RuleError(
            ErrorText("between_versions", "Between must have two versions, such as 2.9 and 2.10.0."), path=f"{path}.value"
        )
    if (as_version(value[0]) or "") > (as_version(value[1]) or ""):
        raise RuleError(ErrorText("smaller_first", "The first value must not be larger than the second."), path=f"{path}.value")


def _check_fact(fact: PersonCondition, path: str) -> None:
    known = tests_of(fact.name)
    if fact.is_ not in known:
        raise RuleError(
            ErrorText("fact_test", "{fact} is tested by {tests}.", fact=fact.name, tests=tuple(known)), path=f"{path}.is"
        )
    if fact.default is not None:
        _check_default(fact, f"{path}.default")
    if fact.name == "sessions":
        _check_count(Behaviour(SESSION, fact.is_, fact.value), path)  # type: ignore[arg-type] # what does not fit is refused
        return
    if fact.name in VERSION_FACTS and fact.is_ not in (*WHETHER_KNOWN, "has"):
        _check_version(fact.is_, fact.value, path)
        return
    check_predicate(Predicate(fact.name, fact.is_, fact.value), path, "name", may_move=True)
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    if fact.name in NUMBER_FACTS and not all(isinstance(each, int | float | None) for each in values):
        raise RuleError(ErrorText("compared_with_number", "This must be compared with a number."), path=f"{path}.value")


def _check_default(fact: PersonCondition, path: str) -> None:
    if fact.name not in DEFAULTED_FACTS or fact.is_ in WHETHER_KNOWN:
        raise RuleError(
            ErrorText("default_of_country", "Only the country has a default, where it is compared with something."), path=path
        )
    if fact.default not in COUNTRIES:
        raise RuleError(
            ErrorText("country", "Country must be two capital letters of ISO 3166 (got {got!r}).", got=str(fact.default)),
            path=path,
        )


def check_area(place: Place | Entered, path: str) -> None:
    """Raises ``RuleError``."""
    if (place.circle is None) == (place.polygon is None):
        raise RuleError(ErrorText("circle_or_polygon", "An area must be either a circle or a polygon."), path=path)
    if place.circle is not None:
        circle = place.circle
        _check_degrees(circle.latitude, 90, "latitude", f"{path}.circle.latitude")
        _check_degrees(circle.longitude, 180, "longitude", f"{path}.circle.longitude")
        if not 0 < circle.radius <= MAX_RADIUS:
            raise RuleError(
                ErrorText(
                    "radius_range",
                    "Radius must be more than 0 and at most {most:,} metres (got {got:,}).",
                    most=MAX_RADIUS,
                    got=circle.radius,
                ),
                path=f"{path}.circle.radius",
            )
    corners = place.polygon or ()
    for index, (latitude, longitude) in enumerate(corners):
        _check_degrees(latitude, 90, "latitude", f"{path}.polygon[{index}][0]")
        _check_degrees(longitude, MAX_LONGITUDE, "longitude", f"{path}.polygon[{index}][1]")
    longitudes = [longitude for _, longitude in corners]
    if corners and max(longitudes) - min(longitudes) > 360:
        raise RuleError(
            ErrorText(
                "polygon_too_wide",
                "A polygon must go around the earth at most once: {most} degrees of longitude (got {got:,}).",
                most=360,
                got=max(longitudes) - min(longitudes),
            ),
            path=f"{path}.polygon",
        )
    different = len({(millionths(latitude), millionths(longitude)) for latitude, longitude in corners})
    if corners and different < 3:
        raise RuleError(
            ErrorText(
                "polygon_corners", "A polygon must have at least {least} different corners (got {got}).", least=3, got=different
            ),
            path=f"{path}.polygon",
        )


def _check_degrees(value: float, most: int, name: str, path: str) -> None:
    if not -most <= value <= most:
        raise RuleError(
            ErrorText(
                "degrees_range",
                "A {coordinate} must lie between -{most} and {most} degrees (got {got:,}).",
                coordinate=name,
                most=most,
                got=value,
            ),
            path=path,
        )


def _check_happens(event: str, where: tuple[Predicate, ...], path: str) -> None:
    if "\x00" in event:
        raise RuleError(ErrorText("event_name_nul", "An event's name must not contain NUL."), path=f"{path}.event")
    for index, predicate in enumerate(where):
        check_predicate(predicate, f"{path}.where[{index}]", "property")


def _check_lifecycle(condition: Lifecycle, path: str) -> None:
    _check_happens(condition.event, condition.where, path)
    if condition.stage != "first" and not isinstance(condition.window, Recurring):
        message = ErrorText(
            "lifecycle_window",
            'Stopped and resumed compare a window with the one before it: use {{"last": "30d"}} or {{"calendar": "this_month"}}.',
        )
        raise RuleError(message, path=f"{path}.window")


def _check_behaviour(condition: Behaviour, path: str) -> None:
    _check_happens(condition.event, condition.where, path)
    aggregate = condition.aggregate
    if (condition.property_ is not None) != (aggregate in WITH_PROPERTY):
        if condition.property_ is None:
            text = ErrorText("aggregate_needs_property", "The aggregate {aggregate} needs a property.", aggregate=aggregate)
        else:
            text = ErrorText("aggregate_without_property", "The aggregate {aggregate} has no property.", aggregate=aggregate)
        raise RuleError(text, path=f"{path}.property")
    if condition.property_ is not None:
        _check_path(condition.property_, f"{path}.property")
    if condition.zone is not None:
        if aggregate not in ("days", *MOMENTS):
            raise RuleError(
                ErrorText("aggregate_zone", "The aggregate {aggregate} has no zone.", aggregate=aggregate), path=f"{path}.zone"
            )
        check_zone(condition.zone, f"{path}.zone")
    if (condition.compare == "between") != isinstance(condition.value, tuple):
        raise RuleError(
            ErrorText("between_two_values", "Between must have two values, any other comparison one."), path=f"{path}.value"
        )
    if aggregate in WHOLE:
        _check_count(condition, path)
    elif aggregate in NUMBERS:
        _check_numbers(condition, path)
    else:
        _check_moments(condition, path)


def _check_count(condition: Behaviour | MessageCondition, path: str) -> None:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if (condition.compare == "between") != isinstance(condition.value, tuple):
        raise RuleError(
            ErrorText("between_two_values", "Between must have two values, any other comparison one."), path=f"{path}.value"
        )
    for value in values:
        if not isinstance(value, int) or not 0 <= value <= MAX_COUNT_EVER:
            raise RuleError(
                ErrorText(
                    "count_range",
                    "A count must be compared with a whole number from 0 to {most:,} (got {got}).",
                    most=MAX_COUNT_EVER,
                    got=_written(value),
                ),
                path=f"{path}.value",
            )
        if condition.window is not None and value > MAX_COUNT_IN_WINDOW:
            raise RuleError(
                ErrorText(
                    "count_in_window",
                    "In a window a count must be compared with at most {most:,} (got {got:,}).",
                    most=MAX_COUNT_IN_WINDOW,
                    got=value,
                ),
                path=f"{path}.value",
            )
    if condition.compare == "<" and condition.value == 0:
        raise RuleError(
            ErrorText("count_below_zero", "A count is never less than 0: compare it with at least 1."), path=f"{path}.value"
        )
    _check_order(values, path)


def _check_order(values: tuple[Any, ...], path: str) -> None:
    if len(values) == 2 and values[0] > values[1]:
        raise RuleError(ErrorText("smaller_first", "The first value must not be larger than the second."), path=f"{path}.value")


def _check_numbers(condition: Behaviour, path: str) -> None:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value in values:
        if not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            raise RuleError(
                ErrorText(
                    "amount_range", "This must be compared with a number between -10¹² and 10¹² (got {got}).", got=_written(value)
                ),
                path=f"{path}.value",
            )
    _check_order(values, path)


def _check_moments(condition: Behaviour, path: str) -> None:
    if condition.compare not in (">=", "<=", "between"):
        raise RuleError(
            ErrorText(
                "moment_compare",
                "A moment must be compared by >= (on or after), <= (on or before) or between (got {got!r}).",
                got=condition.compare,
            ),
            path=f"{path}.compare",
        )
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value in values:
        _check_moment(value, fallback_of(condition.zone) if is_own(condition.zone) else condition.zone or UTC, f"{path}.value")


def _check_moment(value: Any, zone: str, path: str) -> None:
    if isinstance(value, Relative):
        if (value.ago is None) == (value.in_ is None):
            raise RuleError(ErrorText("moment_ago_or_in", "A relative moment must have either ago or in."), path=path)
        read_length(value.ago or value.in_ or "", f"{path}.{'in' if value.ago is None else 'ago'}")
    elif isinstance(value, str):
        check_moment(value, zone, path)
    else:
        raise RuleError(
            ErrorText("moment_form", 'This must be a moment: "2026-01-31" or {{"ago": "30d"}} (got {got}).', got=_written(value)),
            path=path,
        )


def _check_sequence(condition: Sequence, path: str) -> None:
    _check_happens(condition.first.event, condition.first.where, f"{path}.first")
    _check_happens(condition.then.event, condition.then.where, f"{path}.then")
    read_length(condition.within, f"{path}.within")
    if condition.on is not None:
        _check_path(condition.on, f"{path}.on")


def _check_path(property_: str, path: str) -> None:
    if any(not name or _UNREADABLE.search(name) for name in path_names(property_)):
        raise RuleError(
            ErrorText(
                "property_path",
                "A property is a path of names joined by dots, without quotes or stars; a dot within a name follows a backslash.",
            ),
            path=path,
        )


def check_predicate(predicate: Predicate, path: str, name: str, *, may_move: bool = False) -> None:
    """Raise ``RuleError`` if a predicate's property or value does not fit its operator; ``name`` is the field of the property.

    ``may_move`` allows moments relative to now: where nothing else is stored along with the answer.
    """
    _check_path(predicate.property, f"{path}.{name}")
    if predicate.where:
        _check_elements(predicate, path)
        return
    if predicate.is_ in ("before", "after"):
        _check_moment(predicate.value, UTC, f"{path}.value")
        if isinstance(predicate.value, Relative) and not may_move:
            raise RuleError(
                ErrorText("property_moment_fixed", "An event property must be compared with a fixed moment."),
                path=f"{path}.value",
            )
        return
    problem = _value_problem(predicate.is_, predicate.value)
    if problem:
        raise RuleError(problem, path=f"{path}.value")


def _check_elements(predicate: Predicate, path: str) -> None:
    if predicate.is_ != "has" or predicate.value is not None:
        raise RuleError(
            ErrorText("where_of_has", "With where, is must be has, and value must be left out: some object of the list passes."),
            path=f"{path}.where",
        )
    for index, each in enumerate(predicate.where):
        if each.where:
            raise RuleError(
                ErrorText("list_in_list", "A list inside an object of a list cannot be asked for."),
                path=f"{path}.where[{index}].where",
            )
        check_predicate(each, f"{path}.where[{index}]", "property")


def _written(value: Any) -> str:
    """A value as JSON."""
    return to_json(msgspec.to_builtins(value))


def _value_problem(operator: Is, value: Any) -> ErrorText | None:
    if operator in ("exists", "not_exists"):
        return None if value is None else ErrorText("no_value_here", "This test takes no value.")
    if operator in ("in", "not_in"):
        if not isinstance(value, tuple):
            return ErrorText("values_list", "This must be a list of values (got {got}).", got=_written(value))
        return next((problem for problem in map(_scalar_problem, value) if problem), None)
    if operator == "between":
        return _between_problem(value)
    if value is None or isinstance(value, tuple | Relative):
        return ErrorText("single_value", "This must be one value: a text, a number, true or false.")
    if operator in ("contains", "starts", "matches", *VERSION_SIGNS):
        return _text_problem(operator, value)
    if operator not in ("=", "!=", "has") and isinstance(value, bool):
        return ErrorText("boolean_order", "True and false have no order.")
    return _scalar_problem(value)


def _between_problem(value: Any) -> ErrorText | None:
    is_pair = isinstance(value, tuple) and len(value) == 2
    if not is_pair or any(isinstance(each, bool | str) for each in value):
        return ErrorText("between_two_numbers", "Between must have two numbers.")
    if value[0] > value[1]:
        return ErrorText("smaller_first", "The first value must not be larger than the second.")
    return _scalar_problem(value[0]) or _scalar_problem(value[1])


def _text_problem(operator: Is, value: Scalar) -> ErrorText | None:
    if not isinstance(value, str) or not value:
        return ErrorText("text_missing", "This must be a text that is not empty.")
    if operator == "matches":
        return _pattern_problem(value)
    if operator in VERSION_SIGNS and not _VERSION.fullmatch(value):
        return ErrorText(
            "version_form", "A version must be up to four numbers joined by dots, such as 2.10.0 (got {got!r}).", got=value
        )
    return _scalar_problem(value)


def _pattern_problem(text: str) -> ErrorText | None:
    if len(text) > MAX_PATTERN or "\x00" in text:
        return ErrorText(
            "pattern_length",
            "Pattern must be at most {most} characters without NUL (got {got:,}).",
            most=MAX_PATTERN,
            got=len(text),
        )
    try:
        pattern(text)
    except ValueError as error:
        return pattern_error(str(error))
    return None


def _scalar_problem(value: Scalar) -> ErrorText | None:
    if isinstance(value, str):
        if "\x00" in value or len(value) > 1_000:
            return ErrorText(
                "text_length", "Text must be at most {most:,} characters without NUL (got {got:,}).", most=1_000, got=len(value)
            )
        return None
    return (
        None
        if abs(value) < 1e15
        else ErrorText("number_range", "A number must lie between -10¹⁵ and 10¹⁵ (got {got:,}).", got=value)
    )


_CHECKS: dict[type, Callable[[Any, str], None]] = {
    Behaviour: _check_behaviour,
    Trait: _check_trait,
    PersonCondition: _check_fact,
    Device: _check_device,
    Consented: _check_consent,
    Place: check_area,
    Entered: check_area,
    Sequence: _check_sequence,
    Lifecycle: _check_lifecycle,
    MessageCondition: _check_count,
    Bucket: _check_bucket,
}
