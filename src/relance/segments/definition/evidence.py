"""What one condition found in a person: a number, and the events that decide. Pure.

It says in figures what ``evaluate`` says in true and false; long pasts are looked through once, not once per event.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Row
from itertools import pairwise
from statistics import median
from typing import Any, Literal, NamedTuple

from relance.core.places import Spot, metres_between
from relance.segments.definition.evaluate import (
    BUCKETS,
    DELIVERY,
    FEWEST_GAPS,
    GAPS,
    OPENED,
    RECEIVED,
    RuleEvent,
    arrivals,
    draw,
    evaluate,
    holds,
    join_key,
    spot_of,
)
from relance.segments.rule.areas import Area, Disc
from relance.segments.rule.conditions import (
    SESSION,
    SPOTTED,
    Behaviour,
    Bucket,
    Entered,
    Happens,
    Leaf,
    Lifecycle,
    OnTraits,
    Place,
    Rhythm,
    Sequence,
    Trait,
    Unopened,
    about,
)
from relance.segments.rule.days import day_of
from relance.segments.rule.predicate import matches_all, read_property
from relance.segments.rule.values import AMOUNT_UNITS, as_amount, as_number, identity
from relance.segments.rule.window import UTC, bounds, length_of

Measure = Literal[
    "count", "sum", "average", "min", "max", "distinct", "days", "first", "last",
    "pairs", "gaps", "inside", "unopened", "value", "default", "spot", "arrivals", "percent",
]  # fmt: skip
OnEvents = Behaviour | Sequence | Rhythm | Lifecycle | Unopened | Entered

#: What each measure is, in words; documented in the reference.
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


SHOWN_SPOTS = 2  # of somebody who did not arrive: where they are, and where they were before


class ConditionEvidence(NamedTuple):
    """What a condition found, and the events that decide it, in any order."""

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
    """The events a condition looks at, in order, behind the person's very first one, which some windows hang on."""
    names = names_of(condition)
    if isinstance(condition, Entered):
        return [*past[:1], *(each for each in past[1:] if each.spot is not None)]
    where = condition.where if isinstance(condition, Behaviour | Lifecycle) else ()
    return [*past[:1], *(each for each in past[1:] if each.name in names and matches_all(each.properties, where))]


def truth(condition: Leaf, past: Row[RuleEvent], traits: Mapping[str, Any], now: int, person: int) -> bool:
    """What ``evaluate`` says; ``past`` are the person's events in order, none of them after ``now``."""
    if isinstance(condition, Sequence):
        return any(pair.fulfils for pair in _pairs(condition, past, now))
    if isinstance(condition, OnTraits | Bucket):
        return evaluate(condition, (), traits, now, person)
    return holds(condition, past, now)


def truths(condition: Leaf, past: Row[RuleEvent], traits: Mapping[str, Any], person: int) -> tuple[Callable[[int], bool], int]:
    """``truth`` for many instants, and how many events each look goes through: counts need not go through any."""
    if not (isinstance(condition, Behaviour) and condition.aggregate == "count"):
        return lambda now: truth(condition, past, traits, now, person), len(past)
    first = past[0].occurred_at if past else None
    instants = [each.occurred_at for each in _steps(past, Happens(condition.event, condition.where))]
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
        return ConditionEvidence("spot", told_of(spot_of(traits), condition.area), ())
    if isinstance(condition, Bucket):
        return ConditionEvidence("percent", draw(condition.salt, person) * 100 / BUCKETS, ())
    if isinstance(condition, Behaviour):
        return _behaviour(condition, past, now)
    if isinstance(condition, Sequence):
        return _sequence(condition, past, now)
    if isinstance(condition, Rhythm):
        return _rhythm(past, now)
    if isinstance(condition, Entered):
        return _entered(condition, past, now)
    return _lifecycle(condition, past, now) if isinstance(condition, Lifecycle) else _unopened(condition, past)


def _entered(condition: Entered, past: Row[RuleEvent], now: int) -> ConditionEvidence:
    """Where somebody arrived in the window, these events decide; else the newest that told a place."""
    after, until = bounds(condition.window, now, past[0].occurred_at if past else None)
    came = [each for each in arrivals(condition, past) if after < each.occurred_at <= until]
    shown = came or [each for each in past if each.spot is not None][-SHOWN_SPOTS:]
    told = told_of(shown[-1].spot, condition.area) if shown else None
    return ConditionEvidence("arrivals", None if told is None else {"arrivals": len(came), **told}, shown)


def told_of(spot: Spot | None, area: Area) -> dict[str, float] | None:
    """A spot as people are told of it: in degrees, and from the centre of a circle in metres."""
    if spot is None:
        return None
    told = dict(zip(("latitude", "longitude"), spot.degrees, strict=True))
    return told | ({"metres": round(metres_between(spot, area.centre), 1)} if isinstance(area, Disc) else {})


# -- behaviour ---------------------------------------------------------------------------------------------------------


def _behaviour(condition: Behaviour, past: Row[RuleEvent], now: int) -> ConditionEvidence:
    after, until = bounds(condition.window, now, past[0].occurred_at if past else None)
    counted = [each for each in _steps(past, Happens(condition.event, condition.where)) if after < each.occurred_at <= until]
    values = [read_property(each.properties, condition.property_) for each in counted] if condition.property_ else []
    aggregate = condition.aggregate
    if aggregate in ("first", "last"):
        deciding = counted[:1] if aggregate == "first" else counted[-1:]
        return ConditionEvidence(aggregate, deciding[0].occurred_at if deciding else None, deciding)
    if aggregate in ("min", "max"):
        numbers = [number for number in map(as_number, values) if number is not None]
        best = None if not numbers else min(numbers) if aggregate == "min" else max(numbers)
        return ConditionEvidence(
            aggregate, best, [event for event, value in zip(counted, values, strict=True) if as_number(value) == best]
        )
    if aggregate in ("sum", "average"):
        amounts = [as_amount(value) for value in values]
        total = sum(amount for amount in amounts if amount is not None)
        with_amount = [event for event, amount in zip(counted, amounts, strict=True) if amount is not None]
        if aggregate == "sum":
            return ConditionEvidence("sum", total / AMOUNT_UNITS, with_amount)
        return ConditionEvidence("average", total / AMOUNT_UNITS / len(with_amount) if with_amount else None, with_amount)
    if aggregate == "distinct":
        newest = {identity(value): event for event, value in zip(counted, values, strict=True)}
        newest.pop(None, None)
        return ConditionEvidence("distinct", len(newest), list(newest.values()))
    if aggregate == "days":
        by_day = {day_of(event.occurred_at, condition.zone or UTC): event for event in counted}
        return ConditionEvidence("days", len(by_day), list(by_day.values()))
    return ConditionEvidence("count", len(counted), counted)


def _steps(past: Iterable[RuleEvent], step: Happens) -> list[RuleEvent]:
    return [each for each in past if each.name == step.event and matches_all(each.properties, step.where)]


# -- sequences ---------------------------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    first: RuleEvent
    then: RuleEvent | None
    fulfils: bool


def _pairs(condition: Sequence, past: Row[RuleEvent], now: int) -> list[_Pair]:
    """Every first step in the window that can be joined, the next second step within reach of it, and what it comes to."""
    after, until = bounds(condition.window, now, past[0].occurred_at if past else None)
    within = length_of(condition.within)
    seconds: dict[Any, list[RuleEvent]] = {}
    for each in _steps(past, condition.then):
        seconds.setdefault(join_key(condition, each), []).append(each)
    places = {key: [(each.occurred_at, each.position) for each in events] for key, events in seconds.items()}
    found = []
    for first in _steps(past, condition.first):
        key = join_key(condition, first)
        if key is None or not after < first.occurred_at <= until:
            continue
        place = bisect_right(places.get(key, ()), (first.occurred_at, first.position))
        then = seconds[key][place] if place < len(places.get(key, ())) else None
        if then is not None and then.occurred_at > first.occurred_at + within:
            then = None
        over = first.occurred_at + within <= now
        found.append(_Pair(first, then, then is None and over if condition.absent else then is not None))
    return found


def _sequence(condition: Sequence, past: Row[RuleEvent], now: int) -> ConditionEvidence:
    """Where it holds, the steps that fulfil it decide; where not, all first steps with what came of them."""
    pairs = _pairs(condition, past, now)
    fulfilling = [pair for pair in pairs if pair.fulfils]
    shown = [each for pair in fulfilling or pairs for each in (pair.first, pair.then) if each is not None]
    events = {(each.occurred_at, each.position): each for each in shown}
    return ConditionEvidence("pairs", len(fulfilling), list(events.values()))


# -- the others --------------------------------------------------------------------------------------------------------


def _rhythm(past: Row[RuleEvent], now: int) -> ConditionEvidence:
    sessions = [each for each in past if each.name == SESSION]
    gaps = [later.occurred_at - earlier.occurred_at for earlier, later in pairwise(sessions)][-GAPS:]
    usual = median(gaps) if len(gaps) >= FEWEST_GAPS else 0
    silence = now - sessions[-1].occurred_at if sessions else 0
    return ConditionEvidence("gaps", round(silence / usual, 4) if usual else None, sessions)


def _lifecycle(condition: Lifecycle, past: Row[RuleEvent], now: int) -> ConditionEvidence:
    done = _steps(past, Happens(condition.event, condition.where))
    after, until = bounds(condition.window, now, past[0].occurred_at if past else None)
    inside = [each for each in done if after < each.occurred_at <= until]
    return ConditionEvidence("inside", len(inside), done)


def _unopened(condition: Unopened, past: Row[RuleEvent]) -> ConditionEvidence:
    received = _steps(past, Happens(RECEIVED, about(condition)))[-condition.last :]
    opened = {identity(read_property(each.properties, DELIVERY)): each for each in past if each.name in OPENED}
    keys = [identity(read_property(each.properties, DELIVERY)) for each in received]
    return ConditionEvidence(
        "unopened", sum(key not in opened for key in keys), [*received, *(opened[key] for key in keys if key in opened)]
    )
