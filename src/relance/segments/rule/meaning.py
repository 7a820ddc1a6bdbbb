"""Expansion of a rule: other segments are replaced by their rules, conditions on messages by the events they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from relance.core.error_text import ErrorText
from relance.events.model import MEMBERS
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import (
    DEFAULTED_FACTS,
    WHETHER_KNOWN,
    Behaviour,
    InSegment,
    Lifecycle,
    MessageCondition,
    OnList,
    PersonCondition,
    Predicate,
    Sequence,
    Shorthand,
    Unopened,
)
from relance.segments.rule.kept_names import refuse_unwritten
from relance.segments.rule.tree import (
    MAX_DEPTH,
    All,
    Any_,
    Not,
    Rule,
    conditions,
    parse_rule,
    refuse_too_long,
    written_out,
)
from relance.segments.rule.window import UTC, in_zone, plain_zone

MAX_WRITTEN_OUT = 1_000  # conditions, once all other segments are expanded
MAX_LEVELS = 2 * MAX_DEPTH  # nesting, likewise: as deep as everything that walks a rule can go

#: The rule of a segment of the same app, or None if there is none.
Find = Callable[[int], Rule | None]


def meaning(rule: Rule, find: Find, own: int = 0) -> Rule:
    """The expanded rule. ``own`` is the segment whose rule it is (going to be).

    Raises ``RuleError`` with the place in ``rule`` if segments depend on each other in a cycle, on missing ones, or on too many.
    """
    return _Writing(find).write(rule, "rule", 1, (own,) if own else ())


class _Writing:
    """The expansion of one rule; stops as soon as it gets too large."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._left = MAX_WRITTEN_OUT

    def write(self, rule: Rule, path: str, level: int, trail: tuple[int, ...]) -> Rule:
        """``path`` is a place in the rule being expanded; inside other segments it stays at the one that names them."""
        if level > MAX_LEVELS:
            message = ErrorText(
                "segments_too_deep",
                "With the segments it names, a rule must be nested at most {most} levels deep.",
                most=MAX_LEVELS,
            )
            raise RuleError(message, path=path)
        if isinstance(rule, All | Any_):
            place = "" if _inside(path) else f".{'all' if isinstance(rule, All) else 'any'}"
            return type(rule)(
                tuple(
                    self.write(part, f"{path}{place}[{index}]" if place else path, level + 1, trail)
                    for index, part in enumerate(rule.parts)
                )
            )
        if isinstance(rule, Not):
            return Not(self.write(rule.part, path if _inside(path) else f"{path}.not", level + 1, trail))
        if isinstance(rule, InSegment):
            return self._segment(rule.segment, path if _inside(path) else f"{path}.segment", level, trail)
        found = written_out(rule) if isinstance(rule, Shorthand) else rule
        self._left -= sum(1 for _ in conditions(found))
        if self._left < 0:
            message = ErrorText(
                "segments_too_many",
                "Counting the segments it names, a rule must have at most {most:,} conditions.",
                most=MAX_WRITTEN_OUT,
            )
            raise RuleError(message, path=path)
        return found

    def _segment(self, segment: int, path: str, level: int, trail: tuple[int, ...]) -> Rule:
        if segment in trail:
            raise RuleError(
                ErrorText("segment_circle", "Segment {segment} would depend on itself.", segment=segment),
                path=path,
                segment=segment,
            )
        found = self._find(segment)
        if found is None:
            raise RuleError(
                ErrorText("segment_unknown", "There is no segment {segment}.", segment=segment), path=path, segment=segment
            )
        return self.write(found, path, level + 1, (*trail, segment))


def _inside(path: str) -> bool:
    """Whether a place is inside another segment."""
    return path.endswith(".segment")


def depends_on(rule: Rule) -> Iterator[int]:
    """The segments that a rule names."""
    return (each.segment for each in conditions(rule) if isinstance(each, InSegment))


def lists_of(rule: Rule) -> set[int]:
    """The static lists that a rule names."""
    return {each.list for each in conditions(rule) if isinstance(each, OnList)}


class Defaults(NamedTuple):
    """An app's defaults for what a rule leaves open: the time zone, and the country ("" is none) of people without one."""

    zone: str = UTC
    country: str = ""


def read_filled(data: Any, defaults: Defaults) -> Rule:
    """Parse a decoded JSON rule and fill in the defaults. Raises ``RuleError``."""
    parsed = parse_rule(data)
    refuse_unwritten(parsed)
    rule = with_defaults(parsed, defaults)
    refuse_too_long(rule)
    return rule


def ids_named(rule: Rule, member: Literal["message", "journey"]) -> set[int]:
    """The messages or journeys that a rule names, also through events about them."""
    found: set[int] = set()
    for condition in conditions(rule):
        if isinstance(condition, MessageCondition | Unopened):
            named = condition.message if member == "message" else condition.journey
            found.update(() if named is None else (named,))
        for event, where in _asked(condition):
            if event in MEMBERS and member in MEMBERS[event]:
                found.update(_ids_in(where, member))
    return found


def _asked(condition: object) -> Iterator[tuple[str, tuple[Predicate, ...]]]:
    if isinstance(condition, Sequence):
        yield from ((each.event, each.where) for each in (condition.first, condition.then))
    elif isinstance(condition, Behaviour | Lifecycle):
        yield condition.event, condition.where


def _ids_in(where: tuple[Predicate, ...], member: str) -> Iterator[int]:
    for test in where:
        if test.property == member and test.is_ in ("=", "in"):
            for value in test.value if isinstance(test.value, tuple) else (test.value,):
                text = str(value)  # a number in a rule equals its plain decimal text
                if text.isdecimal():
                    yield int(text)


def with_defaults(rule: Rule, defaults: Defaults) -> Rule:
    """The rule with the zone added wherever a day or a date needs one, and the country wherever one is compared, so that its
    meaning no longer depends on settings.
    """
    if isinstance(rule, All | Any_):
        return type(rule)(tuple(with_defaults(part, defaults) for part in rule.parts))
    if isinstance(rule, Not):
        return Not(with_defaults(rule.part, defaults))
    if isinstance(rule, PersonCondition):
        return _with_country(rule, defaults.country)
    zone = defaults.zone
    changes: dict[str, object] = {}
    window = getattr(rule, "window", None)
    if window is not None:
        changes["window"] = in_zone(window, zone)
    if isinstance(rule, Behaviour) and rule.aggregate in ("days", "first", "last"):
        changes["zone"] = plain_zone(rule.zone, zone)
    return msgspec.structs.replace(rule, **changes) if changes else rule


def _with_country(condition: PersonCondition, country: str) -> PersonCondition:
    is_open = condition.name in DEFAULTED_FACTS and condition.is_ not in WHETHER_KNOWN and condition.default is None
    return msgspec.structs.replace(condition, default=country) if is_open and country else condition
