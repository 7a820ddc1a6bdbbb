"""Days and dates in each person's own zone: a condition with such a zone is read as one with the person's, and nothing else.

``"person"`` is the person's own zone; ``"person:Europe/Paris"`` says which is taken of whom none is known, or none that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from relance.core.time import to_iso
from relance.segments.rule.conditions import FACTS, Behaviour, Condition, Lifecycle
from relance.segments.rule.days import is_zone
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions
from relance.segments.rule.window import END, EVER, Calendar, Dates, Window, bounds, fallback_of, is_own

_FACT = "time_zone"


def own_zone(traits: Mapping[str, Any]) -> str:
    """The zone that is known of a person, by its traits and the facts beside them; "" where there is none that exists."""
    facts = traits.get(FACTS)
    name = facts.get(_FACT) if isinstance(facts, Mapping) else None
    return name if isinstance(name, str) and is_zone(name) else ""


def asks_own_zone(condition: Condition) -> bool:
    """Whether the answer hangs on the person's own zone."""
    window = getattr(condition, "window", None)
    in_window = isinstance(window, Calendar | Dates) and is_own(window.zone)
    return in_window or (isinstance(condition, Behaviour) and is_own(condition.zone))


def rule_asks_own_zone(rule: Rule) -> bool:
    """The same of a whole rule."""
    return any(map(asks_own_zone, conditions(rule)))


@lru_cache(maxsize=16_384)
def in_own_zone(condition: Condition, zone: str) -> Condition:
    """The condition for somebody whose own zone is this; "" is none."""
    changes: dict[str, object] = {}
    window = getattr(condition, "window", None)
    if isinstance(window, Calendar | Dates) and is_own(window.zone):
        changes["window"] = msgspec.structs.replace(window, zone=zone or fallback_of(window.zone))
    if isinstance(condition, Behaviour) and is_own(condition.zone):
        changes["zone"] = zone or fallback_of(condition.zone)
    return msgspec.structs.replace(condition, **changes) if changes else condition


def rule_in_own_zone(rule: Rule, zone: str, now: int) -> Rule:
    """A whole rule as it stands at ``now``. Calendar windows become dates where they can, so that equal ones of two zones are
    one.
    """
    if isinstance(rule, All | Any_):
        return type(rule)(tuple(rule_in_own_zone(part, zone, now) for part in rule.parts))
    if isinstance(rule, Not):
        return Not(rule_in_own_zone(rule.part, zone, now))
    if not asks_own_zone(rule):
        return rule
    local = in_own_zone(rule, zone)
    window = getattr(local, "window", None)
    asks_before = isinstance(local, Lifecycle) and local.stage != "first"  # for the window before: of dates there is none
    if isinstance(window, Calendar | Dates) and not asks_before:
        return msgspec.structs.replace(local, window=_dated(window, now))
    return local


def _dated(window: Window, now: int) -> Window | None:
    after, until = bounds(window, now, None)
    if after < until:
        start = None if after + 1 <= EVER else to_iso(after + 1)
        return Dates(start, None if until + 1 >= END else to_iso(until + 1))
    return Dates(to_iso(now + 1))  # nothing is in it yet
