"""The definition of a rule: plain Python over one person. The other evaluators must agree with this module.

An event of the person counts if it happened no later than ``now`` and lies in the condition's window (``window``). Events of
equal time are ordered by log position. Shorthand must be expanded first (``meaning``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from hashlib import md5
from itertools import pairwise
from typing import Any, NamedTuple

from relance.core.places import Spot, read_spot
from relance.segments.rule import conditions as kinds
from relance.segments.rule.conditions import (
    FACTS,
    Behaviour,
    Happens,
    Lifecycle,
    Place,
    Predicate,
    Trait,
    Unopened,
    about,
    moment_at,
)
from relance.segments.rule.days import day_of
from relance.segments.rule.own_zone import asks_own_zone, in_own_zone, own_zone
from relance.segments.rule.predicate import matches, matches_all, read_property
from relance.segments.rule.tree import All, Any_, Not, Rule, hundredths
from relance.segments.rule.values import AMOUNT_UNITS, as_amount, as_number, identity, to_amount
from relance.segments.rule.window import UTC, bounds, length_of, start_before

GAPS, FEWEST_GAPS = 20, 3
OPENED = ("message_opened", "message_clicked")
RECEIVED = "message_sent"
DELIVERY = "delivery"
BUCKETS = 1 << 32
SHOWN_SPOTS = 2  # of someone who did not arrive: where they are, and where they were before


class RuleEvent(NamedTuple):
    """One event as the definition sees it; ``position`` orders events of equal time."""

    name: str
    occurred_at: int
    position: int
    properties: Mapping[str, Any]
    spot: Spot | None = None  # where the person was, if the event has a location


class ConditionFinding(NamedTuple):
    """The result of a condition on events: whether it holds, as a figure (``evidence.MEASURES``), and which events decide it.

    The events, in no particular order, are computed on demand.
    """

    holds: bool
    value: Any
    events: Callable[[], Sequence[RuleEvent]]


def evaluate(rule: Rule, events: Sequence[RuleEvent], traits: Mapping[str, Any], now: int, person: int = 0) -> bool:
    """Whether a person with these events, traits and id is in the segment at ``now``."""
    if isinstance(rule, All):
        return all(evaluate(part, events, traits, now, person) for part in rule.parts)
    if isinstance(rule, Any_):
        return any(evaluate(part, events, traits, now, person) for part in rule.parts)
    if isinstance(rule, Not):
        return not evaluate(rule.part, events, traits, now, person)
    if isinstance(rule, Trait):
        return matches(traits, rule.predicate, now)
    if isinstance(rule, Place):
        spot = spot_of(traits)
        return spot is not None and rule.area.holds(spot)
    if isinstance(rule, kinds.Bucket):
        return hundredths(rule.from_) * BUCKETS <= draw(rule.salt, person) * 10_000 < hundredths(rule.to) * BUCKETS
    if asks_own_zone(rule):
        rule = in_own_zone(rule, own_zone(traits))
    return holds(rule, sorted((each for each in events if each.occurred_at <= now), key=_order), now)


def holds(condition: kinds.Condition, past: Sequence[RuleEvent], now: int) -> bool:
    """Whether a condition on events holds; ``past`` are the person's events up to ``now``, in order."""
    return find(condition, past, now).holds


def find(condition: kinds.Condition, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    """The result of a condition on events; ``past`` are the person's events up to ``now``, in order."""
    if isinstance(condition, Behaviour):
        return _behaviour(condition, past, now)
    if isinstance(condition, kinds.Sequence):
        return _sequence(condition, past, now)
    if isinstance(condition, kinds.Rhythm):
        return _rhythm(condition, past, now)
    if isinstance(condition, Lifecycle):
        return _lifecycle(condition, past, now)
    if isinstance(condition, Unopened):
        return _unopened(condition, past)
    if isinstance(condition, kinds.Entered):
        return _entered(condition, past, now)
    raise TypeError(condition)


def spot_of(traits: Mapping[str, Any]) -> Spot | None:
    """Where a person was last known to be, from the facts beside the traits."""
    facts = traits.get(FACTS)
    return read_spot(facts.get("latitude"), facts.get("longitude")) if isinstance(facts, Mapping) else None


def _order(event: RuleEvent) -> tuple[int, int]:
    return event.occurred_at, event.position


def _those(past: Sequence[RuleEvent], event: str, where: Sequence[Predicate], after: int, until: int) -> list[RuleEvent]:
    return [
        each
        for each in past
        if each.name == event and after < each.occurred_at <= until and matches_all(each.properties, where)
    ]  # fmt: skip


def _first(past: Sequence[RuleEvent]) -> int | None:
    return past[0].occurred_at if past else None


def _behaviour(condition: Behaviour, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    after, until = bounds(condition.window, now, _first(past))
    counted = _those(past, condition.event, condition.where, after, until)
    aggregate = condition.aggregate
    if aggregate in ("first", "last"):
        return _when(condition, counted, now)
    if aggregate in ("min", "max", "average", "sum"):
        return _number(condition, counted)
    if aggregate == "distinct":
        newest = {identity(read_property(each.properties, condition.property_ or "")): each for each in counted}
        newest.pop(None, None)
        return _count(condition, list(newest.values()))
    if aggregate == "days":
        return _count(condition, list({day_of(each.occurred_at, condition.zone or UTC): each for each in counted}.values()))
    return _count(condition, counted)


def _count(condition: Behaviour, counted: Sequence[RuleEvent]) -> ConditionFinding:
    low, high = condition.bounds
    return ConditionFinding(len(counted) >= low and (high is None or len(counted) <= high), len(counted), lambda: counted)


def _number(condition: Behaviour, counted: Sequence[RuleEvent]) -> ConditionFinding:
    """Sums and averages in ten-thousandths; non-numeric values are ignored. Without numbers there is no minimum, maximum or
    average, and no comparison with one holds; the sum is 0.
    """
    aggregate = condition.aggregate
    read = as_number if aggregate in ("min", "max") else as_amount
    values = [read(read_property(each.properties, condition.property_ or "")) for each in counted]
    found = [value for value in values if value is not None]

    def those(chosen: Callable[[float | None], bool]) -> list[RuleEvent]:
        return [event for event, value in zip(counted, values, strict=True) if chosen(value)]

    if aggregate in ("min", "max"):
        best = None if not found else min(found) if aggregate == "min" else max(found)
        return ConditionFinding(best is not None and compared(condition, best), best, lambda: those(lambda value: value == best))
    total, of_all = sum(found), lambda: those(lambda value: value is not None)
    if aggregate == "sum":
        return ConditionFinding(compared(condition, total), total / AMOUNT_UNITS, of_all)
    average = float(total) / len(found) if found else None
    holds_ = average is not None and compared(condition, average)
    return ConditionFinding(holds_, total / AMOUNT_UNITS / len(found) if found else None, of_all)


def limits(condition: Behaviour) -> tuple[float, ...]:
    """The operands of a comparison, in its own unit: amounts for sums and averages."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    numbers = [float(each) for each in values]  # type: ignore[arg-type]
    return tuple(map(to_amount, numbers)) if condition.aggregate in ("sum", "average") else tuple(numbers)


def compared(condition: Behaviour, number: float) -> bool:
    """The comparison, on a number in the unit of ``limits``."""
    low, *rest = limits(condition)
    if rest:
        return low <= number <= rest[0]
    return {">=": number >= low, ">": number > low, "=": number == low, "<=": number <= low, "<": number < low}[condition.compare]


def _when(condition: Behaviour, counted: Sequence[RuleEvent], now: int) -> ConditionFinding:
    if not counted:
        return ConditionFinding(False, None, lambda: ())
    deciding = counted[0 if condition.aggregate == "first" else -1]
    instant = deciding.occurred_at
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    low, *rest = (moment_at(each, condition.zone, now) for each in values)  # type: ignore[arg-type]
    answer = low <= instant <= rest[0] if rest else instant >= low if condition.compare == ">=" else instant <= low
    return ConditionFinding(answer, instant, lambda: (deciding,))


class _Pair(NamedTuple):
    first: RuleEvent
    then: RuleEvent | None
    fulfils: bool


def _sequence(condition: kinds.Sequence, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    """If it holds, the steps that fulfil it decide; otherwise all first steps, with their outcome."""
    pairs = _pairs(condition, past, now)
    fulfilling = [pair for pair in pairs if pair.fulfils]

    def deciding() -> list[RuleEvent]:
        shown = [each for pair in fulfilling or pairs for each in (pair.first, pair.then) if each is not None]
        return list({_order(each): each for each in shown}.values())

    return ConditionFinding(bool(fulfilling), len(fulfilling), deciding)


def _pairs(condition: kinds.Sequence, past: Sequence[RuleEvent], now: int) -> list[_Pair]:
    """Every first step in the window that can be joined, the next second step within reach, and the outcome."""
    after, until = bounds(condition.window, now, _first(past))
    within = length_of(condition.within)
    seconds: dict[Any, list[RuleEvent]] = {}
    for each in past:
        if _step(each, condition.then):
            seconds.setdefault(join_key(condition, each), []).append(each)
    found = []
    for first in _those(past, condition.first.event, condition.first.where, after, until):
        key = join_key(condition, first)
        if key is None:
            continue
        following = seconds.get(key, ())
        place = bisect_right(following, _order(first), key=_order)
        then = following[place] if place < len(following) else None
        if then is not None and then.occurred_at > first.occurred_at + within:
            then = None
        over = first.occurred_at + within <= now
        found.append(_Pair(first, then, then is None and over if condition.absent else then is not None))
    return found


def join_key(condition: kinds.Sequence, event: RuleEvent) -> tuple[str, object] | None:
    """The value both steps must share; None if the event lacks it and so joins nothing."""
    return ("", "") if condition.on is None else identity(read_property(event.properties, condition.on))


def _step(event: RuleEvent, step: Happens) -> bool:
    return event.name == step.event and matches_all(event.properties, step.where)


def silent_after(condition: kinds.Rhythm, past: Sequence[RuleEvent], now: int) -> int:
    """The instant after which the silence is too long, unless broken; later than ``now`` for people with too few gaps."""
    sessions = [each for each in past if each.name == kinds.SESSION]
    middles = _middle_gaps(sessions)
    if middles is None:
        return max(now, 0) + (1 << 61)
    return sessions[-1].occurred_at + hundredths(condition.times) * middles // 200 + 1


def _middle_gaps(sessions: Sequence[RuleEvent]) -> int | None:
    """Twice the median of the last gaps between sessions; None if there are too few."""
    gaps = sorted([later.occurred_at - earlier.occurred_at for earlier, later in pairwise(sessions)][-GAPS:])
    return gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2] if len(gaps) >= FEWEST_GAPS else None


def _rhythm(condition: kinds.Rhythm, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    sessions = [each for each in past if each.name == kinds.SESSION]
    middles = _middle_gaps(sessions)
    silence = now - sessions[-1].occurred_at if sessions else 0
    value = round(2 * silence / middles, 4) if middles else None
    return ConditionFinding(silent_after(condition, past, now) <= now, value, lambda: sessions)


def _lifecycle(condition: Lifecycle, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    done = [each for each in past if _step(each, Happens(condition.event, condition.where))]
    instants = [each.occurred_at for each in done]
    after, until = bounds(condition.window, now, _first(past))
    inside = sum(after < each <= until for each in instants)
    if condition.stage == "first":
        return ConditionFinding(bool(done) and after < instants[0] <= until, inside, lambda: done)
    start = start_before(condition.recurring, now)
    before = any(start < each <= after for each in instants)
    earlier = any(each <= start for each in instants)
    answer = before and not inside if condition.stage == "stopped" else bool(inside) and not before and earlier
    return ConditionFinding(answer, inside, lambda: done)


def _unopened(condition: Unopened, past: Sequence[RuleEvent]) -> ConditionFinding:
    every = [each for each in past if each.name == RECEIVED and matches_all(each.properties, about(condition))]
    received = every[-condition.last :]
    keys = [identity(read_property(each.properties, DELIVERY)) for each in received]
    opened = {identity(read_property(each.properties, DELIVERY)): each for each in past if each.name in OPENED}
    answer = len(keys) == condition.last and opened.keys().isdisjoint(keys)
    unopened = sum(key not in opened for key in keys)
    return ConditionFinding(answer, unopened, lambda: [*received, *(opened[key] for key in keys if key in opened)])


def _entered(condition: kinds.Entered, past: Sequence[RuleEvent], now: int) -> ConditionFinding:
    """If someone arrived in the window, these events decide; else the newest event with a location."""
    after, until = bounds(condition.window, now, _first(past))
    came = [each for each in arrivals(condition, past) if after < each.occurred_at <= until]
    return ConditionFinding(
        bool(came), len(came), lambda: came or [each for each in past if each.spot is not None][-SHOWN_SPOTS:]
    )


def arrivals(condition: kinds.Entered, past: Sequence[RuleEvent]) -> list[RuleEvent]:
    """The events located in the area whose predecessor, among events with a location, was outside or does not exist."""
    found, inside = [], False
    for each in past:
        if each.spot is not None:
            before, inside = inside, condition.area.holds(each.spot)
            if inside and not before:
                found.append(each)
    return found


def draw(salt: str, person: int) -> int:
    """A number from 0 to 2³² − 1 determined by salt and person: the first four bytes of an MD5, which every engine has."""
    return int.from_bytes(md5(f"{salt}:{person}".encode(), usedforsecurity=False).digest()[:4], "big")
