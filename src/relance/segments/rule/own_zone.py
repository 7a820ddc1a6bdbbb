"""Days and dates in each person's own zone: such a condition is evaluated with the person's zone inserted.

``"person"`` is the person's own zone; ``"person:Europe/Paris"`` names the zone to use if it is unknown or does not exist.
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
    """A person's zone, from traits and the facts beside them; "" if unknown or nonexistent."""
    facts = traits.get(FACTS)
    name = facts.get(_FACT) if isinstance(facts, Mapping) else None
    return name if isinstance(name, str) and is_zone(name) else ""


def asks_own_zone(condition: Condition) -> bool:
    """Whether the answer depends on the person's own zone."""
    window = getattr(condition, "window", None)
    in_window = isinstance(window, Calendar | Dates) and is_own(window.zone)
    return in_window or (isinstance(condition, Behaviour) and is_own(condition.zone))


def rule_asks_own_zone(rule: Rule) -> bool:
    """The same for a whole rule."""
    return any(map(asks_own_zone, conditions(rule)))


@lru_cache(maxsize=16_384)
def in_own_zone(condition: Condition, zone: str) -> Condition:
    """The condition for people in this zone; "" is none."""
    changes: dict[str, object] = {}
    window = getattr(condition, "window", None)
    if isinstance(window, Calendar | Dates) and is_own(window.zone):
        changes["window"] = msgspec.structs.replace(window, zone=zone or fallback_of(window.zone))
    if isinstance(condition, Behaviour) and is_own(condition.zone):
        changes["zone"] = zone or fallback_of(condition.zone)
    return msgspec.structs.replace(condition, **changes) if changes else condition


def rule_in_own_zone(rule: Rule, zone: str, now: int) -> Rule:
    """A whole rule at ``now``. Calendar windows become dates where possible, so that equal ones in two zones are shared."""
    if isinstance(rule, All | Any_):
        return type(rule)(tuple(rule_in_own_zone(part, zone, now) for part in rule.parts))
    if isinstance(rule, Not):
        return Not(rule_in_own_zone(rule.part, zone, now))
    if not asks_own_zone(rule):
        return rule
    local = in_own_zone(rule, zone)
    window = getattr(local, "window", None)
    asks_before = isinstance(local, Lifecycle) and local.stage != "first"  # because of the window before: dates have none
    if isinstance(window, Calendar | Dates) and not asks_before:
        return msgspec.structs.replace(local, window=_dated(window, now))
    return local


def _dated(window: Window, now: int) -> Window | None:
    after, until = bounds(window, now, None)
    if after < until:
        start = None if after + 1 <= EVER else to_iso(after + 1)
        return Dates(start, None if until + 1 >= END else to_iso(until + 1))
    return Dates(to_iso(now + 1))  # nothing is in it yet
