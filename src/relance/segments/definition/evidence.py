"""The evidence of one condition for a person: a number, and the events that decide. Pure.

The figures behind the true and false of the definition (``evaluate.find``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Row
from typing import Any, Literal, NamedTuple

from relance.core.places import Spot, metres_between
from relance.segments.definition.evaluate import (
    BUCKETS,
    OPENED,
    RECEIVED,
    RuleEvent,
    draw,
    evaluate,
    holds,
    spot_of,
)
from relance.segments.definition.evaluate import find as definition_finds
from relance.segments.rule.areas import Area, Disc
from relance.segments.rule.conditions import (
    SESSION,
    SPOTTED,
    Behaviour,
    Bucket,
    Entered,
    Leaf,
    Lifecycle,
    OnTraits,
    Place,
    Rhythm,
    Sequence,
    Trait,
    Unopened,
)
from relance.segments.rule.predicate import matches_all, read_property
from relance.segments.rule.window import bounds

Measure = Literal[
    "count", "sum", "average", "min", "max", "distinct", "days", "first", "last",
    "pairs", "gaps", "inside", "unopened", "value", "default", "spot", "arrivals", "percent",
]  # fmt: skip
OnEvents = Behaviour | Sequence | Rhythm | Lifecycle | Unopened | Entered

#: Each measure in words; part of the reference.
MEASURES: dict[Measure, str] = {
    "count": "how many events counted",
    "sum": "the sum of the property",
    "average": "its average; null where no event has a number",
    "min": "its least number",
    "max": "its greatest number",
    "distinct": "how many different values it had",
    "days": "on how many days events counted",
    "first": "the instant of the first event (ms)",
    "last": "the instant of the last event (ms)",
    "pairs": "how many first steps were followed (or, for absent, were not)",
    "gaps": "the present silence, as a multiple of the usual gap; null without enough sessions",
    "inside": "how many events lie in the window",
    "unopened": "how many of the last messages were neither opened nor clicked",
    "value": "the trait's value",
    "default": "the app's value where nothing is known of the person, as it stands in the condition",
    "spot": "where the person was last known to be: `latitude` and `longitude`, and for a circle how many `metres` from its"
    " centre; null where that is not known",
    "arrivals": "how many `arrivals` in the area lie in the window; and the `latitude`, `longitude` and `metres` of the newest of"
    " them, else of the newest place told; null where none was",
    "percent": "where the person lies in the draw, from 0 to 100",
}


class ConditionEvidence(NamedTuple):
    """What a condition found, and the events that decide it, in no particular order."""

    measure: Measure
    value: Any
    events: Row[RuleEvent]


def names_of(condition: Leaf) -> frozenset[str]:
    """The names of the events that a condition looks at."""
    if isinstance(condition, Behaviour | Lifecycle):
        return frozenset((condition.event,))
    if isinstance(condition, Sequence):
        return frozenset((condition.first.event, condition.then.event))
    if isinstance(condition, Rhythm):
        return frozenset((SESSION,))
    if isinstance(condition, Entered):
        return frozenset((SPOTTED,))
    return frozenset((RECEIVED, *OPENED)) if isinstance(condition, Unopened) else frozenset()


def narrowed(condition: Leaf, past: Row[RuleEvent]) -> list[RuleEvent]:
    """The events a condition looks at, in order, after the person's very first event, on which some windows depend."""
    names = names_of(condition)
    if isinstance(condition, Entered):
        return [*past[:1], *(each for each in past[1:] if each.spot is not None)]
    where = condition.where if isinstance(condition, Behaviour | Lifecycle) else ()
    return [*past[:1], *(each for each in past[1:] if each.name in names and matches_all(each.properties, where))]


def truth(condition: Leaf, past: Row[RuleEvent], traits: Mapping[str, Any], now: int, person: int) -> bool:
    """The answer of ``evaluate``; ``past`` are the person's events in order, none after ``now``."""
    if isinstance(condition, OnTraits | Bucket):
        return evaluate(condition, (), traits, now, person)
    return holds(condition, past, now)


def truths(condition: Leaf, past: Row[RuleEvent], traits: Mapping[str, Any], person: int) -> tuple[Callable[[int], bool], int]:
    """``truth`` at many instants, and how many events each evaluation visits: counts need not visit any."""
    if not (isinstance(condition, Behaviour) and condition.aggregate == "count"):
        return lambda now: truth(condition, past, traits, now, person), len(past)
    first = past[0].occurred_at if past else None
    counting = [each for each in past if each.name == condition.event and matches_all(each.properties, condition.where)]
    instants = [each.occurred_at for each in counting]
    window, (low, high) = condition.window, condition.bounds

    def counted(now: int) -> bool:
        after, until = bounds(window, now, first)
        count = max(0, bisect_right(instants, until) - bisect_right(instants, after))
        return count >= low and (high is None or count <= high)

    return counted, 1


def find(condition: Leaf, past: Row[RuleEvent], traits: Mapping[str, Any], now: int, person: int) -> ConditionEvidence:
    """What the condition found; ``past`` as for ``truth``."""
    if isinstance(condition, Trait):
        return ConditionEvidence("value", read_property(traits, condition.name), ())
    if isinstance(condition, Place):
        return ConditionEvidence("spot", shown_spot(spot_of(traits), condition.area), ())
    if isinstance(condition, Bucket):
        return ConditionEvidence("percent", draw(condition.salt, person) * 100 / BUCKETS, ())
    found = definition_finds(condition, past, now)
    events = found.events()
    if isinstance(condition, Entered):
        shown = shown_spot(events[-1].spot, condition.area) if events else None
        return ConditionEvidence("arrivals", None if shown is None else {"arrivals": found.value, **shown}, events)
    return ConditionEvidence(_measure_of(condition), found.value, events)


def _measure_of(condition: Behaviour | Sequence | Rhythm | Lifecycle | Unopened) -> Measure:
    if isinstance(condition, Behaviour):
        return condition.aggregate
    if isinstance(condition, Sequence):
        return "pairs"
    if isinstance(condition, Rhythm):
        return "gaps"
    return "inside" if isinstance(condition, Lifecycle) else "unopened"


def shown_spot(spot: Spot | None, area: Area) -> dict[str, float] | None:
    """A spot in degrees and, for a circle, its distance from the centre in metres."""
    if spot is None:
        return None
    shown = dict(zip(("latitude", "longitude"), spot.degrees, strict=True))
    return shown | ({"metres": round(metres_between(spot, area.centre), 1)} if isinstance(area, Disc) else {})
