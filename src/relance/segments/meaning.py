"""A rule with its shorthand written out: other segments by their rules, conditions on messages by the events they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from relance.segments.conditions import Behaviour, InSegment, Message, Person, written_out
from relance.segments.errors import RuleError
from relance.segments.rule import MAX_DEPTH, All, Any_, Not, Rule, conditions
from relance.segments.window import in_zone

MAX_WRITTEN_OUT = 1_000  # conditions, when all other segments are written out

#: The rule of a segment of the same app, or None where there is none.
Find = Callable[[int], Rule | None]


def meaning(rule: Rule, find: Find, own: int = 0) -> Rule:
    """The rule in full. ``own`` is the segment it is (going) to be the rule of.

    Raises ``RuleError`` where segments lean on each other in a circle, on none, or on too many.
    """
    return _Writing(find).write(rule, (own,) if own else ())


class _Writing:
    """One rule being written out, within bounds."""

    def __init__(self, find: Find) -> None:
        self.find = find
        self.conditions = 0

    def write(self, rule: Rule, trail: tuple[int, ...]) -> Rule:
        """The rule in full; ``trail`` are the segments that led to it."""
        if isinstance(rule, All | Any_):
            return type(rule)(tuple(self.write(part, trail) for part in rule.parts))
        if isinstance(rule, Not):
            return Not(self.write(rule.part, trail))
        if isinstance(rule, InSegment):
            return self._write_segment(rule, trail)
        self.conditions += 1
        if self.conditions > MAX_WRITTEN_OUT:
            raise RuleError(f"With the segments it names, a rule may have {MAX_WRITTEN_OUT:,} conditions at most.", path="rule")
        return written_out(rule) if isinstance(rule, Message | Person) else rule

    def _write_segment(self, rule: InSegment, trail: tuple[int, ...]) -> Rule:
        if rule.segment in trail:
            raise RuleError(f"Segment {rule.segment} would lean on itself.", path="rule", segment=rule.segment)
        if len(trail) > MAX_DEPTH:
            raise RuleError(f"Segments may lean on each other {MAX_DEPTH} deep at most.", path="rule")
        found = self.find(rule.segment)
        if found is None:
            raise RuleError(f"There is no segment {rule.segment}.", path="rule", segment=rule.segment)
        return self.write(found, (*trail, rule.segment))


def leans_on(rule: Rule) -> Iterator[int]:
    """The segments that a rule names."""
    return (each.segment for each in conditions(rule) if isinstance(each, InSegment))


def with_zone(rule: Rule, zone: str) -> Rule:
    """The rule with ``zone`` wherever a day or a date needs one and none was given, so that it is plain from then on."""
    if isinstance(rule, All | Any_):
        return type(rule)(tuple(with_zone(part, zone) for part in rule.parts))
    if isinstance(rule, Not):
        return Not(with_zone(rule.part, zone))
    changes: dict[str, object] = {}
    window = getattr(rule, "window", None)
    if window is not None:
        changes["window"] = in_zone(window, zone)
    if isinstance(rule, Behaviour) and rule.zone is None and rule.aggregate in ("days", "first", "last"):
        changes["zone"] = zone
    return msgspec.structs.replace(rule, **changes) if changes else rule
