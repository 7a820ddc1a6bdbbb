"""The rule of a segment: a typed tree, parsed from JSON with the path of any error.

A rule is ``{"all": […]}``, ``{"any": […]}``, ``{"not": {…}}`` or a condition, tagged by its ``kind``. The tree preserves what was
written; ``canonical`` is its meaning (``48h`` and ``2d`` are one window, ``> 2`` and ``>= 3`` one comparison), and conditions
with equal canonical forms share live state.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Literal, get_args, get_origin

import msgspec

from relance.core.encoding import from_json, to_canonical_json, to_json
from relance.core.error_text import ErrorText
from relance.core.mismatch import mismatch
from relance.segments.errors import RuleError
from relance.segments.rule.checks import check_condition
from relance.segments.rule.conditions import (
    DEVICE_FACTS,
    DEVICES,
    FACTS,
    KINDS,
    MESSAGE_EVENTS,
    SESSION,
    VERSION_FACTS,
    VERSIONS,
    Behaviour,
    Condition,
    Consented,
    Device,
    DeviceTest,
    Entered,
    Happens,
    InSegment,
    Lifecycle,
    OnList,
    PersonCondition,
    Place,
    Predicate,
    Relative,
    Rhythm,
    Scalar,
    Sequence,
    Shorthand,
    Subscribed,
    Trait,
    Unopened,
    about,
)
from relance.segments.rule.predicate import matches
from relance.segments.rule.window import SHAPES, UTC, Calendar, canonical_window, length_of

MAX_DEPTH = 32
MAX_CONDITIONS = 200
MAX_BYTES = 262_144


class All(msgspec.Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Rule, ...]


class Any_(msgspec.Struct, frozen=True):  # noqa: N801 - `Any` is typing's
    """At least one part holds."""

    parts: tuple[Rule, ...]


class Not(msgspec.Struct, frozen=True):
    """The part does not hold."""

    part: Rule


Rule = All | Any_ | Not | Condition


def parse_rule(data: Any) -> Rule:
    """Parse a decoded JSON rule. Raises ``RuleError`` with the path of the first error."""
    budget = [MAX_CONDITIONS]
    rule = _parse(data, "rule", 1, budget)
    refuse_too_long(rule)
    return rule


def refuse_too_long(rule: Rule) -> None:
    """Raise ``RuleError`` if the rule has too many bytes."""
    size = len(to_canonical_json(to_data(rule)))
    if size > MAX_BYTES:
        raise RuleError(
            ErrorText("rule_bytes", "Rule must be at most {most:,} bytes (got {got:,}).", most=MAX_BYTES, got=size), path="rule"
        )


def _parse(data: Any, path: str, depth: int, budget: list[int]) -> Rule:
    if depth > MAX_DEPTH:
        raise RuleError(ErrorText("rule_depth", "Rule must be nested at most {most} levels deep.", most=MAX_DEPTH), path=path)
    if not isinstance(data, dict):
        raise RuleError(ErrorText("rule_object", "Rule must be an object: all, any, not, or a condition with a kind."), path=path)
    if "kind" in data:
        return _parse_condition(data, path, budget)
    if len(data) != 1:
        raise RuleError(
            ErrorText("rule_members", "Rule must have exactly one of all, any and not, or be a condition with a kind."), path=path
        )
    (operator, inner) = next(iter(data.items()))
    if operator == "not":
        return Not(_parse(inner, f"{path}.not", depth + 1, budget))
    if operator not in ("all", "any"):
        raise RuleError(
            ErrorText("rule_members", "Rule must have exactly one of all, any and not, or be a condition with a kind."), path=path
        )
    if not isinstance(inner, list) or not inner:
        raise RuleError(ErrorText("rules_list", "This must be a list of at least one rule."), path=f"{path}.{operator}")
    if len(inner) > MAX_CONDITIONS:
        raise RuleError(
            ErrorText("conditions_limit", "Rule must have at most {most} conditions.", most=MAX_CONDITIONS),
            path=f"{path}.{operator}",
        )
    parts = tuple(_parse(part, f"{path}.{operator}[{index}]", depth + 1, budget) for index, part in enumerate(inner))
    return All(parts) if operator == "all" else Any_(parts)


def _parse_condition(data: dict[str, Any], path: str, budget: list[int]) -> Condition:
    budget[0] -= 1
    if budget[0] < 0:
        raise RuleError(
            ErrorText("conditions_limit", "Rule must have at most {most} conditions.", most=MAX_CONDITIONS), path=path
        )
    kind = data["kind"]
    struct = KINDS.get(kind) if isinstance(kind, str) else None
    if struct is None:
        raise RuleError(
            ErrorText(
                "condition_kind",
                "There is no kind of condition {got!r}; there are {kinds}.",
                got=kind if isinstance(kind, str) else to_json(kind),
                kinds=tuple(sorted(KINDS)),
            ),
            path=f"{path}.kind",
        )
    if isinstance(data.get("window"), dict):
        data = {**data, "window": _shaped(data["window"], f"{path}.window")}
    try:
        condition: Condition = msgspec.convert(data, struct)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, data)
        raise RuleError(_with_choices(struct, place, text), path=path + place) from error
    check_condition(condition, path)
    budget[0] -= _tests_of_lists(condition)  # each runs once per element, and so costs no less than a condition
    if budget[0] < 0:
        raise RuleError(
            ErrorText(
                "tests_limit",
                "Counting its tests of objects in lists, a rule must have at most {most} conditions.",
                most=MAX_CONDITIONS,
            ),
            path=path,
        )
    return condition


def _tests_of_lists(condition: Condition) -> int:
    """The number of tests on objects in lists."""
    if isinstance(condition, Trait):
        return len(condition.where)
    steps = (condition.first, condition.then) if isinstance(condition, Sequence) else (condition,)
    wheres = (step.where for step in steps if isinstance(step, Behaviour | Lifecycle | Happens))
    return sum(len(test.where) for where in wheres for test in where)


def _with_choices(struct: Any, place: str, text: ErrorText) -> ErrorText:
    """For an unknown word: names the allowed ones, too."""
    if text.reason != "word_unknown":
        return text
    name = place.rpartition(".")[2]
    holders = (struct,) if place.count(".") == 1 else (Predicate, Calendar)
    fields = [field for holder in holders for field in msgspec.structs.fields(holder) if field.encode_name == name]
    words = next((get_args(field.type) for field in fields if get_origin(field.type) is Literal), ())
    if not words:
        return text
    return ErrorText("not_one_of", "{got!r} is not one of {values}.", got=text.parameters["got"], values=tuple(map(str, words)))


def _shaped(window: dict[str, Any], path: str) -> dict[str, Any]:
    """A window tagged with its shape; the tag is never written, since its members identify it."""
    shapes = {SHAPES[name] for name in window if name in SHAPES}
    if len(shapes) != 1 or "shape" in window:
        raise RuleError(ErrorText("window_shape", "A window has last, ago, calendar, after_first, or from and to."), path=path)
    return {**window, "shape": shapes.pop()}


def to_data(rule: Rule) -> dict[str, Any]:
    """The rule as JSON-ready values, as written; ``parse_rule`` parses it again."""
    if isinstance(rule, All):
        return {"all": [to_data(part) for part in rule.parts]}
    if isinstance(rule, Any_):
        return {"any": [to_data(part) for part in rule.parts]}
    if isinstance(rule, Not):
        return {"not": to_data(rule.part)}
    data: dict[str, Any] = from_json(to_json(rule))
    if isinstance(rule, Behaviour):
        shorthand = from_json(to_json([rule.aggregate, rule.compare, rule.value]))
        data.update(zip(("aggregate", "compare", "value"), shorthand, strict=True))
    if "window" in data:
        data["window"].pop("shape")
    return data


def canonical(rule: Rule) -> Any:
    """The meaning of the rule as nested lists: equal for rules that differ only in spelling or in the order of parts."""
    if isinstance(rule, All | Any_):
        return _canonical_group(rule)
    if isinstance(rule, Not):
        inner = canonical(rule.part)
        return inner[1] if inner[0] == "not" else ["not", inner]
    return _canonical_condition(rule)


def _canonical_condition(rule: Condition) -> Any:
    if isinstance(rule, Trait):
        return ["trait", _canonical_predicate(rule.predicate)]
    if isinstance(rule, Place):
        return ["place", rule.area.form]
    if isinstance(rule, Entered):
        return ["entered", rule.area.form, canonical_window(rule.window)]
    if isinstance(rule, Shorthand):
        return canonical(written_out(rule))
    if isinstance(rule, Behaviour):
        return _canonical_behaviour(rule)
    if isinstance(rule, Sequence):
        steps = [_canonical_step(rule.first), _canonical_step(rule.then)]
        return ["sequence", *steps, length_of(rule.within), rule.absent, rule.on, canonical_window(rule.window)]
    if isinstance(rule, Lifecycle):
        return ["lifecycle", rule.stage, rule.event, canonical_where(rule.where), canonical_window(rule.window)]
    if isinstance(rule, Rhythm):
        return ["rhythm", hundredths(rule.times)]
    if isinstance(rule, Unopened):
        return ["unopened", rule.last, rule.message, rule.journey, rule.channel]
    if isinstance(rule, InSegment):
        return ["segment", rule.segment]
    return ["bucket", rule.salt, hundredths(rule.from_), hundredths(rule.to)]


def hundredths(number: float) -> int:
    """Multiples and percentages are compared to two decimal places: integers compare alike everywhere."""
    return round(number * 100)


def _canonical_behaviour(rule: Behaviour) -> Any:
    where = canonical_where(rule.where)
    window = canonical_window(rule.window)
    if rule.aggregate == "count":
        return ["behaviour", rule.event, where, rule.aggregate, *rule.bounds, window]
    if rule.aggregate in ("distinct", "days"):
        zone = (rule.zone or UTC) if rule.aggregate == "days" else None
        return ["behaviour", rule.event, where, rule.aggregate, *rule.bounds, window, rule.property_, zone]
    compared = [_canonical_value(each) for each in rule.value] if isinstance(rule.value, tuple) else _canonical_value(rule.value)
    zone = (rule.zone or UTC) if rule.aggregate in ("first", "last") else None
    return ["behaviour", rule.event, where, rule.aggregate, rule.compare, compared, window, rule.property_, zone]


def _canonical_step(step: Happens) -> Any:
    return [step.event, canonical_where(step.where)]


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
    """The predicates without order and repetitions."""
    return [found for _, found in sorted({to_canonical_json(c): c for c in map(_canonical_predicate, where)}.items())]


def _canonical_predicate(predicate: Predicate) -> Any:
    value = predicate.value
    if predicate.where:
        return [predicate.property, "has where", canonical_where(predicate.where)]
    if isinstance(value, tuple):
        canonical_values = [_canonical_value(each) for each in value]
        if predicate.is_ != "between":
            values = {to_canonical_json(each): each for each in canonical_values}
            canonical_values = [values[key] for key in sorted(values)]
        return [predicate.property, predicate.is_, canonical_values]
    return [predicate.property, predicate.is_, _canonical_value(value)]


def _canonical_value(value: Scalar | Relative | None) -> Any:
    """``5.0`` and ``5`` are one number."""
    if isinstance(value, Relative):
        return ["now", value.shift]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def written_out(condition: Shorthand) -> Rule:
    """The meaning of shorthand: for conditions on messages the behaviour, else the test on a fact beside the traits."""
    if isinstance(condition, OnList):
        return Trait(f"{FACTS}.lists", "has", condition.list)
    if isinstance(condition, PersonCondition):
        return _of_fact(condition) if condition.default is None else _each_of_fact(without_default(condition))
    if isinstance(condition, Device):
        return Trait(DEVICES, "has", where=tuple(each for test in condition.where for each in _of_device(test)))
    if isinstance(condition, Subscribed):
        name = f"{FACTS}.channels.{condition.channel}"
        return Trait(name, "not_exists") if condition.state == "none" else Trait(name, "=", condition.state)
    if isinstance(condition, Consented):
        said = f"{condition.channel}/{condition.topic}"
        if condition.state == "unknown":
            return Not(Trait(f"{FACTS}.consents", "has", said))
        return Trait(f"{FACTS}.{condition.state}", "has", said)
    return Behaviour(
        MESSAGE_EVENTS[condition.did],
        compare=condition.compare,
        value=condition.value,
        window=condition.window,
        where=about(condition),
    )


def without_default(condition: PersonCondition) -> Rule:
    """The same people, by tests without a default, which is replaced by whether anything is known.

    ``country`` = FR, by default FR, is ``country`` = FR or ``country`` ``not_exists``. If a missing value gives the same answer
    as the default, the test alone suffices.
    """
    test = Predicate(condition.name, condition.is_, condition.value)
    plain = PersonCondition(condition.name, condition.is_, condition.value)
    by_default = matches({condition.name: condition.default}, test)
    if condition.default is None or by_default is matches({}, test):
        return plain
    if by_default:
        return Any_((plain, PersonCondition(condition.name, "not_exists")))
    return All((plain, PersonCondition(condition.name, "exists")))


def _each_of_fact(rule: Rule) -> Rule:
    return type(rule)(tuple(map(_each_of_fact, rule.parts))) if isinstance(rule, All | Any_) else _of_fact(rule)  # type: ignore[arg-type]


def _of_fact(condition: PersonCondition) -> Rule:
    """Sessions are counted like events; ``has`` tests all devices; versions compare as such, and a missing one differs from every
    other.
    """
    name, is_, value = f"{FACTS}.{condition.name}", condition.is_, condition.value
    if condition.name == "sessions":
        return Behaviour(SESSION, compare=is_, value=value)  # type: ignore[arg-type] # checked
    if condition.name in DEVICE_FACTS and is_ == "has":
        return Trait(DEVICES, is_, where=(Predicate(condition.name, "=", value),))
    if condition.name in VERSION_FACTS and is_ == "!=":
        return Not(Trait(name, "version_is", value))
    if condition.name in VERSION_FACTS and is_ == "between":
        return All(tuple(Trait(name, each.is_, each.value) for each in _between_versions(condition.name, value)))
    if condition.name in VERSION_FACTS:
        is_ = VERSIONS.get(is_, is_)
    return Trait(name, is_, value)


def _of_device(test: DeviceTest) -> tuple[Predicate, ...]:
    if test.name not in VERSION_FACTS:
        return (Predicate(test.name, test.is_, test.value),)
    if test.is_ == "between":
        return _between_versions(test.name, test.value)
    return (Predicate(test.name, VERSIONS.get(test.is_, test.is_), test.value),)


def _between_versions(name: str, value: Any) -> tuple[Predicate, ...]:
    """From the first to the second, inclusive."""
    return Predicate(name, "version_from", value[0]), Predicate(name, "version_to", value[1])


def rule_hash(rule: Rule) -> str:
    """128 bits of the canonical form, as hex; equal for rules with the same meaning."""
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


def placed(rule: Rule, path: str = "rule") -> Iterator[tuple[str, Condition]]:
    """The leaves, from left to right, each with its place in the rule as written."""
    if isinstance(rule, All | Any_):
        word = "all" if isinstance(rule, All) else "any"
        for index, part in enumerate(rule.parts):
            yield from placed(part, f"{path}.{word}[{index}]")
    elif isinstance(rule, Not):
        yield from placed(rule.part, f"{path}.not")
    else:
        yield path, rule
