"""Between now and the instant that ``next_turn`` gives, nothing changes by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.time import DAY
from relance.segments.definition.evaluate import RuleEvent, evaluate, holds
from relance.segments.definition.turns import next_turn, next_turn_of_trait
from relance.segments.rule.conditions import Trait
from relance.segments.rule.days import period_at
from relance.segments.rule.own_zone import in_own_zone
from relance.segments.rule.predicate import matches
from relance.segments.rule.tree import conditions
from relance.segments.rule.window import length_of
from tests.unit.segments import every_kind

FAR = 30 * DAY


def stream(start: int, reported: list[every_kind.DrawnEvent]) -> list[RuleEvent]:
    instant, happened = start, []
    for position, each in enumerate(reported):
        instant += each.gap
        happened.append(RuleEvent(each.heard, instant - each.delay, position, each.properties))
    return sorted(happened, key=lambda each: (each.occurred_at, each.position))


def near(events: list[RuleEvent], now: int) -> list[int]:
    """Instants after now at which something could happen: lengths from events and from now, and the borders of calendars."""
    lengths = [0, *(length_of(text) for text in every_kind.LENGTHS)]
    bases = [now, *(each.occurred_at for each in events)]
    found = {base + one * length + step for base in bases for length in lengths for one in (1, 2) for step in (-1, 0, 1)}
    for zone in (*every_kind.ZONES, "Pacific/Kiritimati"):
        for period in ("day", "week", "month"):
            found.add(period_at(period, now, zone)[1])
    return sorted(each for each in found if now < each <= now + FAR)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    every_kind.on_events.map(every_kind.read),
    every_kind.starts,
    st.lists(every_kind.drawn_events(st.just(1)), max_size=8),
    every_kind.gaps,
)
def test_nothing_changes_before_the_turn(rule: Any, start: int, reported: list[every_kind.DrawnEvent], wait: int) -> None:
    (condition,) = (in_own_zone(each, "Pacific/Kiritimati") for each in conditions(rule))
    events = stream(start, reported)
    now = max([start, *(each.occurred_at for each in events)]) + wait
    turn = next_turn(condition, events, now)  # type: ignore[arg-type]
    assert turn is None or turn > now
    before = holds(condition, events, now)
    for instant in [each for each in near(events, now) if turn is None or each < turn]:
        assert holds(condition, events, instant) is before, instant - now


@settings(deadline=None)
@given(every_kind.traits().map(every_kind.read), every_kind.properties, every_kind.starts, every_kind.gaps)
def test_a_trait_does_not_turn_before_its_turn(rule: Any, traits: dict[str, Any], start: int, wait: int) -> None:
    assert isinstance(rule, Trait)
    now = start + wait
    turn = next_turn_of_trait(rule, traits, now)
    for instant in [each for each in near([], now) if turn is None or each < turn]:
        assert matches(traits, rule.predicate, instant) is matches(traits, rule.predicate, now)
    if turn is not None:
        assert evaluate(rule, [], traits, turn) is not evaluate(rule, [], traits, turn - 1)
