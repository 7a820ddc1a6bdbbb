"""Every instant at which a rule's answer for a person could possibly change, by brute force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relance.segments.definition.evaluate import RuleEvent, silent_after
from relance.segments.rule import conditions as kinds
from relance.segments.rule.conditions import Relative
from relance.segments.rule.days import period_at
from relance.segments.rule.own_zone import in_own_zone, own_zone
from relance.segments.rule.predicate import read_property
from relance.segments.rule.tree import Rule, conditions
from relance.segments.rule.values import as_moment
from relance.segments.rule.window import UTC, AfterFirst, Ago, Calendar, Dates, Rolling, length_of


def instants_of(rule: Rule, events: Sequence[RuleEvent], traits: Mapping[str, Any], after: int, until: int) -> set[int]:
    """Those in (after, until]: too many rather than too few."""
    own_instants = [event.occurred_at for event in events]
    found = set(own_instants)
    zone = own_zone(traits)
    for leaf in (in_own_zone(each, zone) for each in conditions(rule)):
        found.update(instant + shift for shift in _shifts(leaf) for instant in own_instants)
        found.update(_of_calendar(getattr(leaf, "window", None), after, until))
        if isinstance(leaf, kinds.Rhythm):
            found.update(_of_rhythm(leaf, events))
        if isinstance(leaf, kinds.Trait) and isinstance(leaf.value, Relative):
            moment = as_moment(read_property(traits, leaf.name))
            if moment is not None:
                found |= {moment - leaf.value.shift, moment - leaf.value.shift + 1}
    return {each for each in found if after < each <= until}


def _shifts(leaf: kinds.Condition) -> Iterator[int]:
    """How long after an event it may matter again."""
    window = getattr(leaf, "window", None)
    if isinstance(window, Rolling):
        yield window.milliseconds
        yield 2 * window.milliseconds  # of lifecycles
    elif isinstance(window, Ago):
        yield from window.milliseconds
    elif isinstance(window, AfterFirst):
        yield window.milliseconds
    if isinstance(leaf, kinds.Sequence):
        yield length_of(leaf.within)
    if isinstance(leaf, kinds.Behaviour):
        for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
            if isinstance(value, Relative):
                yield -value.shift
                yield 1 - value.shift


def _of_calendar(window: object, after: int, until: int) -> Iterator[int]:
    if isinstance(window, Dates):
        yield from window.instants
    if isinstance(window, Calendar):
        instant = after
        while instant <= until:
            instant = period_at(window.period, instant, window.zone or UTC)[1]
            yield instant


def _of_rhythm(leaf: kinds.Rhythm, events: Sequence[RuleEvent]) -> Iterator[int]:
    past = sorted(events, key=lambda each: (each.occurred_at, each.position))
    for count in range(1, len(past) + 1):
        yield silent_after(leaf, past[:count], 0)
