"""The definition of a rule: plain Python over one person. The other evaluators must agree with this page.

Every event of the person that is known and not later than ``now`` counts; a window is (now − length, now].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from relance.segments.predicate import matches, matches_all
from relance.segments.rule import All, Any_, Behaviour, Not, Rule


class Happening(NamedTuple):
    """One event as the definition sees it; ``position`` orders events of equal time."""

    name: str
    occurred_at: int
    position: int
    properties: Mapping[str, Any]


def evaluate(rule: Rule, events: Sequence[Happening], traits: Mapping[str, Any], now: int) -> bool:
    """Whether a person with these events and traits is in at ``now``."""
    if isinstance(rule, All):
        return all(evaluate(part, events, traits, now) for part in rule.parts)
    if isinstance(rule, Any_):
        return any(evaluate(part, events, traits, now) for part in rule.parts)
    if isinstance(rule, Not):
        return not evaluate(rule.part, events, traits, now)
    if isinstance(rule, Behaviour):
        return _holds(rule, events, now)
    return matches(traits, rule.predicate)


def _holds(condition: Behaviour, events: Sequence[Happening], now: int) -> bool:
    count = 0
    for event in events:
        in_window = condition.length is None or event.occurred_at > now - condition.length
        if event.name == condition.event and event.occurred_at <= now and in_window:
            count += matches_all(event.properties, condition.where)
    low, high = condition.bounds
    return count >= low and (high is None or count <= high)
