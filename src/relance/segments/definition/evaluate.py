"""The definition of a rule: plain Python over one person. The other evaluators must agree with this page.

Every event of the person that is known and not later than ``now`` counts, where it lies in the condition's window (``window``).
Events of equal time are ordered by their position in the log. Shorthand is written out before (``meaning``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from relance.segments.rule.values import as_amount, as_number, identity, to_amount
from relance.segments.rule.window import UTC, bounds, length_of, start_before

GAPS, FEWEST_GAPS = 20, 3
OPENED = ("message_opened", "message_clicked")
RECEIVED = "message_sent"
DELIVERY = "delivery"
BUCKETS = 1 << 32


class RuleEvent(NamedTuple):
    """One event as the definition sees it; ``position`` orders events of equal time."""

    name: str
    occurred_at: int
    position: int
    properties: Mapping[str, Any]
    spot: Spot | None = None  # where the person was, if the event tells


def evaluate(rule: Rule, events: Sequence[RuleEvent], traits: Mapping[str, Any], now: int, person: int = 0) -> bool:
    """Whether a person with these events, traits and id is in at ``now``."""
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
    if isinstance(condition, Behaviour):
        return _behaviour(condition, past, now)
    if isinstance(condition, kinds.Sequence):
        return _sequence(condition, past, now)
    if isinstance(condition, kinds.Rhythm):
        return silent_after(condition, past, now) <= now
    if isinstance(condition, Lifecycle):
        return _lifecycle(condition, past, now)
    if isinstance(condition, Unopened):
        return _unopened(condition, past)
    if isinstance(condition, kinds.Entered):
        after, until = bounds(condition.window, now, _first(past))
        return any(after < each.occurred_at <= until for each in arrivals(condition, past))
    raise TypeError(condition)


def spot_of(traits: Mapping[str, Any]) -> Spot | None:
    """Where a person was last known to be, by the facts beside the traits."""
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


def _behaviour(condition: Behaviour, past: Sequence[RuleEvent], now: int) -> bool:
    after, until = bounds(condition.window, now, _first(past))
    counted = _those(past, condition.event, condition.where, after, until)
    aggregate = condition.aggregate
    found = [read_property(each.properties, condition.property_) for each in counted] if condition.property_ else []
    if aggregate in ("first", "last"):
        return _when(condition, counted, now)
    if aggregate in ("min", "max", "average", "sum"):
        return _number(condition, found)
    if aggregate == "distinct":
        count = len({identity(each) for each in found} - {None})
    elif aggregate == "days":
        count = len({day_of(each.occurred_at, condition.zone or UTC) for each in counted})
    else:
        count = len(counted)
    low, high = condition.bounds
    return count >= low and (high is None or count <= high)


def _number(condition: Behaviour, found: Sequence[Any]) -> bool:
    """Sums and averages in ten-thousandths; values that are no numbers do not count. Of no number there is no least,
    greatest or average, and no comparison with one holds; the sum is 0.
    """
    if condition.aggregate in ("min", "max"):
        numbers = [number for number in map(as_number, found) if number is not None]
        return bool(numbers) and compared(condition, min(numbers) if condition.aggregate == "min" else max(numbers))
    amounts = [amount for amount in map(as_amount, found) if amount is not None]
    if condition.aggregate == "sum":
        return compared(condition, sum(amounts))
    return bool(amounts) and compared(condition, float(sum(amounts)) / len(amounts))


def limits(condition: Behaviour) -> tuple[float, ...]:
    """What a number is compared with, in its own unit: amounts for sums and averages."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    numbers = [float(each) for each in values]  # type: ignore[arg-type]
    return tuple(map(to_amount, numbers)) if condition.aggregate in ("sum", "average") else tuple(numbers)


def compared(condition: Behaviour, number: float) -> bool:
    """The comparison, on a number in the unit of ``limits``."""
    low, *rest = limits(condition)
    if rest:
        return low <= number <= rest[0]
    return {">=": number >= low, ">": number > low, "=": number == low, "<=": number <= low, "<": number < low}[condition.compare]


def _when(condition: Behaviour, counted: Sequence[RuleEvent], now: int) -> bool:
    if not counted:
        return False
    instant = counted[0 if condition.aggregate == "first" else -1].occurred_at
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    low, *rest = (moment_at(each, condition.zone, now) for each in values)  # type: ignore[arg-type]
    if rest:
        return low <= instant <= rest[0]
    return instant >= low if condition.compare == ">=" else instant <= low


def _sequence(condition: kinds.Sequence, past: Sequence[RuleEvent], now: int) -> bool:
    after, until = bounds(condition.window, now, _first(past))
    within = length_of(condition.within)
    seconds = _those(past, condition.then.event, condition.then.where, -(1 << 62), now)
    for first in _those(past, condition.first.event, condition.first.where, after, until):
        key = join_key(condition, first)
        if key is None:
            continue
        followed = any(
            _order(first) < _order(each) and each.occurred_at <= first.occurred_at + within and join_key(condition, each) == key
            for each in seconds
        )
        if not condition.absent and followed:
            return True
        if condition.absent and not followed and first.occurred_at + within <= now:
            return True
    return False


def join_key(condition: kinds.Sequence, event: RuleEvent) -> tuple[str, object] | None:
    """What both steps must share; None where the event lacks it and so joins nothing."""
    return ("", "") if condition.on is None else identity(read_property(event.properties, condition.on))


def _step(event: RuleEvent, step: Happens) -> bool:
    return event.name == step.event and matches_all(event.properties, step.where)


def silent_after(condition: kinds.Rhythm, past: Sequence[RuleEvent], now: int) -> int:
    """The instant from which the silence is too long, if it is not broken; past ``now`` for those with too few gaps."""
    starts = [each.occurred_at for each in past if each.name == kinds.SESSION]
    gaps = sorted([later - earlier for earlier, later in pairwise(starts)][-GAPS:])
    if len(gaps) < FEWEST_GAPS:
        return max(now, 0) + (1 << 61)
    both_middles = gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
    return starts[-1] + hundredths(condition.times) * both_middles // 200 + 1


def _lifecycle(condition: Lifecycle, past: Sequence[RuleEvent], now: int) -> bool:
    done = [each.occurred_at for each in past if _step(each, Happens(condition.event, condition.where))]
    after, until = bounds(condition.window, now, _first(past))
    if condition.stage == "first":
        return bool(done) and after < done[0] <= until
    start = start_before(condition.recurring, now)
    inside = any(after < each <= until for each in done)
    before = any(start < each <= after for each in done)
    earlier = any(each <= start for each in done)
    if condition.stage == "stopped":
        return before and not inside
    return inside and not before and earlier


def _unopened(condition: Unopened, past: Sequence[RuleEvent]) -> bool:
    received = [each for each in past if each.name == RECEIVED and matches_all(each.properties, about(condition))]
    last = [identity(read_property(each.properties, DELIVERY)) for each in received[-condition.last :]]
    opened = {identity(read_property(each.properties, DELIVERY)) for each in past if each.name in OPENED}
    return len(last) == condition.last and not opened.intersection(last)


def arrivals(condition: kinds.Entered, past: Sequence[RuleEvent]) -> list[RuleEvent]:
    """The events that tell a place in the area, and the one before, of those that tell any, did not or there was none."""
    found, inside = [], False
    for each in past:
        if each.spot is not None:
            before, inside = inside, condition.area.holds(each.spot)
            if inside and not before:
                found.append(each)
    return found


def draw(salt: str, person: int) -> int:
    """A number from 0 to 2³² − 1 that the salt and the person decide: the first four bytes of an MD5, which every engine has."""
    return int.from_bytes(md5(f"{salt}:{person}".encode(), usedforsecurity=False).digest()[:4], "big")
