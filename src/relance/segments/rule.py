"""The rule of a segment: a typed tree, read from JSON with the path of whatever is wrong.

A rule is ``{"all": […]}``, ``{"any": […]}``, ``{"not": {…}}`` or a condition, told apart by its ``kind``. The tree keeps what
was written; ``canonical`` is what it means (``48h`` and ``2d`` are one window, ``> 2`` and ``>= 3`` one comparison), and equal
canonical conditions share one live state.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from relance.core.encoding import from_json, to_canonical_json, to_json
from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.segments.errors import RuleError

MAX_DEPTH = 32
MAX_CONDITIONS = 200
MAX_BYTES = 262_144
MAX_COUNT_IN_WINDOW = 1_000  # live state keeps that many newest instants per person
MAX_COUNT_EVER = 1_000_000_000
SHORTEST_WINDOW = SECOND
LONGEST_WINDOW = 3_660 * DAY  # ten years; a window's length costs nothing, since only the newest instants are kept

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_WINDOW = re.compile(r"([1-9][0-9]{0,8})([smhdw])")
_PLACE = re.compile(r" - at `\$(.*)`$")
_UNREADABLE = re.compile(r'["\\*\x00-\x1f]')

Scalar = str | int | float | bool
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Is = Literal["=", "!=", "in", "exists", "not_exists", ">", ">=", "<", "<=", "contains", "starts"]
Compare = Literal[">=", "<=", "=", ">", "<"]


class Predicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test of one property. ``property`` is a path of member names joined by dots (``cart.total``)."""

    property: Text
    is_: Is = msgspec.field(name="is")
    value: Scalar | Annotated[tuple[Scalar, ...], Meta(min_length=1, max_length=1_000)] | None = None


class Rolling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The time from ``last`` before now (not included) to now (included); ``last`` is a number and s, m, h, d or w."""

    last: str

    @property
    def milliseconds(self) -> int:
        number, unit = self.last[:-1], self.last[-1]
        return int(number) * UNITS[unit]


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="behaviour", omit_defaults=True):
    """How often a person did something: events of one name that pass every predicate, in a window or ever."""

    event: Text
    compare: Compare = ">="
    value: Annotated[int, Meta(ge=0, le=MAX_COUNT_EVER)] = 1
    aggregate: Literal["count"] = "count"
    window: Rolling | None = None
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The comparison as the least and the greatest count that pass; None is no upper bound."""
        low, high = {
            ">=": (self.value, None),
            ">": (self.value + 1, None),
            "=": (self.value, self.value),
            "<=": (0, self.value),
            "<": (0, self.value - 1),
        }[self.compare]
        return low, high

    @property
    def length(self) -> int | None:
        """Milliseconds of the window; None is ever."""
        return None if self.window is None else self.window.milliseconds


class Trait(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="trait", omit_defaults=True):
    """One test of one of the person's traits."""

    name: Text
    is_: Is = msgspec.field(name="is")
    value: Scalar | Annotated[tuple[Scalar, ...], Meta(min_length=1, max_length=1_000)] | None = None

    @property
    def predicate(self) -> Predicate:
        return Predicate(self.name, self.is_, self.value)


class All(msgspec.Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Rule, ...]


class Any_(msgspec.Struct, frozen=True):  # noqa: N801 - `Any` is typing's
    """At least one part holds."""

    parts: tuple[Rule, ...]


class Not(msgspec.Struct, frozen=True):
    """The part does not hold."""

    part: Rule


Condition = Behaviour | Trait
Rule = All | Any_ | Not | Behaviour | Trait

_KINDS: dict[str, type[Behaviour] | type[Trait]] = {"behaviour": Behaviour, "trait": Trait}


def parse_rule(data: Any) -> Rule:
    """Read a decoded JSON rule. Raises ``RuleError`` with the path of the first thing that is wrong."""
    budget = [MAX_CONDITIONS]
    rule = _parse(data, "rule", 1, budget)
    if len(to_canonical_json(to_data(rule))) > MAX_BYTES:
        raise RuleError(f"A rule may be {MAX_BYTES:,} bytes long at most.", path="rule")
    return rule


def _parse(data: Any, path: str, depth: int, budget: list[int]) -> Rule:
    if depth > MAX_DEPTH:
        raise RuleError(f"A rule may be nested {MAX_DEPTH} levels deep at most.", path=path)
    if not isinstance(data, dict):
        raise RuleError("A rule is an object: all, any, not, or a condition with a kind.", path=path)
    if "kind" in data:
        return _parse_condition(data, path, budget)
    if len(data) != 1:
        raise RuleError("A rule has exactly one of all, any and not, or is a condition with a kind.", path=path)
    (operator, inner) = next(iter(data.items()))
    if operator == "not":
        return Not(_parse(inner, f"{path}.not", depth + 1, budget))
    if operator not in ("all", "any"):
        raise RuleError("A rule has exactly one of all, any and not, or is a condition with a kind.", path=path)
    if not isinstance(inner, list) or not inner:
        raise RuleError("This is a list of at least one rule.", path=f"{path}.{operator}")
    if len(inner) > MAX_CONDITIONS:
        raise RuleError(f"A rule may have {MAX_CONDITIONS} conditions at most.", path=f"{path}.{operator}")
    parts = tuple(_parse(part, f"{path}.{operator}[{index}]", depth + 1, budget) for index, part in enumerate(inner))
    return All(parts) if operator == "all" else Any_(parts)


def _parse_condition(data: dict[str, Any], path: str, budget: list[int]) -> Condition:
    budget[0] -= 1
    if budget[0] < 0:
        raise RuleError(f"A rule may have {MAX_CONDITIONS} conditions at most.", path=path)
    kind = data["kind"]
    struct = _KINDS.get(kind) if isinstance(kind, str) else None
    if struct is None:
        raise RuleError(f"There is no such kind of condition; there are {', '.join(sorted(_KINDS))}.", path=f"{path}.kind")
    try:
        condition = msgspec.convert(data, struct)
    except msgspec.ValidationError as error:
        message = str(error)
        place = _PLACE.search(message)
        raise RuleError(_PLACE.sub("", message) + ".", path=path + (place.group(1) if place else "")) from error
    if isinstance(condition, Behaviour):
        _check_behaviour(condition, path)
    else:
        check_predicate(condition.predicate, path, "name")
    return condition


def _check_behaviour(condition: Behaviour, path: str) -> None:
    if "\x00" in condition.event:
        raise RuleError("An event's name cannot hold a NUL.", path=f"{path}.event")
    if condition.window is not None:
        read_window(condition.window.last, f"{path}.window.last")
        if condition.value > MAX_COUNT_IN_WINDOW:
            raise RuleError(f"In a window a count is compared with {MAX_COUNT_IN_WINDOW:,} at most.", path=f"{path}.value")
    if condition.compare == "<" and condition.value == 0:
        raise RuleError("A count is never less than 0.", path=f"{path}.value")
    for index, predicate in enumerate(condition.where):
        check_predicate(predicate, f"{path}.where[{index}]", "property")


def read_window(text: str, path: str) -> int:
    """``"30d"`` → milliseconds. Raises ``RuleError`` unless it is from one second to ten years (3,660 days)."""
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise RuleError("A window is a number and one of s, m, h, d, w, as in 30d.", path=path)
    length = int(found[1]) * UNITS[found[2]]
    if not SHORTEST_WINDOW <= length <= LONGEST_WINDOW:
        raise RuleError("A window is from 1 second to 3,660 days long.", path=path)
    return length


def check_predicate(predicate: Predicate, path: str, name: str) -> None:
    """Raise ``RuleError`` where a predicate's property or value does not fit its operator; ``name`` is the property's field."""
    if _UNREADABLE.search(predicate.property) or not all(predicate.property.split(".")):
        message = "A property is a path of names joined by dots, without quotes, backslashes or stars."
        raise RuleError(message, path=f"{path}.{name}")
    problem = _value_problem(predicate.is_, predicate.value)
    if problem:
        raise RuleError(problem, path=f"{path}.value")


def _value_problem(operator: Is, value: Scalar | tuple[Scalar, ...] | None) -> str:
    if operator in ("exists", "not_exists"):
        return "" if value is None else "There is nothing to compare with here."
    if operator == "in":
        if not isinstance(value, tuple):
            return "This is a list of values."
        return next((problem for problem in map(_scalar_problem, value) if problem), "")
    if value is None or isinstance(value, tuple):
        return "This is one value: a text, a number, true or false."
    if operator in ("contains", "starts"):
        return _scalar_problem(value) if isinstance(value, str) and value else "This is a text that is not empty."
    if operator not in ("=", "!=") and isinstance(value, bool):
        return "True and false have no order."
    return _scalar_problem(value)


def _scalar_problem(value: Scalar) -> str:
    if isinstance(value, str):
        if "\x00" in value or len(value) > 1_000:
            return "A text is 1,000 characters long at most and holds no NUL."
        return ""
    return "" if math.isfinite(value) and abs(value) < 1e15 else "A number lies between -10¹⁵ and 10¹⁵."


def to_data(rule: Rule) -> dict[str, Any]:
    """The rule as JSON-ready values, as it was written; ``parse_rule`` reads it back."""
    if isinstance(rule, All):
        return {"all": [to_data(part) for part in rule.parts]}
    if isinstance(rule, Any_):
        return {"any": [to_data(part) for part in rule.parts]}
    if isinstance(rule, Not):
        return {"not": to_data(rule.part)}
    data: dict[str, Any] = from_json(to_json(rule))
    if isinstance(rule, Behaviour):
        data.update({"aggregate": rule.aggregate, "compare": rule.compare, "value": rule.value})
    return data


def canonical(rule: Rule) -> Any:
    """What the rule means, as nested lists: equal meanings that differ in spelling or in the order of parts are equal."""
    if isinstance(rule, All | Any_):
        return _canonical_group(rule)
    if isinstance(rule, Not):
        inner = canonical(rule.part)
        return inner[1] if inner[0] == "not" else ["not", inner]
    if isinstance(rule, Trait):
        return ["trait", _canonical_predicate(rule.predicate)]
    low, high = rule.bounds
    return ["behaviour", rule.event, canonical_where(rule.where), rule.aggregate, low, high, rule.length]


def _canonical_group(rule: All | Any_) -> Any:
    word = "all" if isinstance(rule, All) else "any"
    parts: dict[str, Any] = {}
    for part in map(canonical, rule.parts):
        for inner in part[1:] if part[0] == word else [part]:
            parts[to_canonical_json(inner)] = inner
    if len(parts) == 1:
        return next(iter(parts.values()))
    return [word, *(parts[key] for key in sorted(parts))]


def canonical_where(where: tuple[Predicate, ...]) -> Any:
    """The predicates without their order and repeats."""
    return [found for _, found in sorted({to_canonical_json(c): c for c in map(_canonical_predicate, where)}.items())]


def _canonical_predicate(predicate: Predicate) -> Any:
    value = predicate.value
    if isinstance(value, tuple):
        values = {to_canonical_json(_canonical_value(each)): _canonical_value(each) for each in value}
        return [predicate.property, predicate.is_, [values[key] for key in sorted(values)]]
    return [predicate.property, predicate.is_, _canonical_value(value)]


def _canonical_value(value: Scalar | None) -> Scalar | None:
    """``5.0`` and ``5`` are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def rule_hash(rule: Rule) -> str:
    """128 bits of the canonical form, as hex; equal for rules that mean the same."""
    return digest(canonical(rule))


def digest(form: Any) -> str:
    """128 bits of a canonical form, as hex."""
    return blake2b(to_canonical_json(form).encode(), digest_size=16).hexdigest()


def conditions(rule: Rule) -> Iterator[Condition]:
    """The leaves, from left to right."""
    if isinstance(rule, All | Any_):
        for part in rule.parts:
            yield from conditions(part)
    elif isinstance(rule, Not):
        yield from conditions(rule.part)
    else:
        yield rule
