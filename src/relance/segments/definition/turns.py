"""When the passing of time may change a condition's answer for a person: live state re-evaluates at that instant.

A returned instant may turn out to change nothing, but nothing changes before it unless an event arrives. It builds on
``window.presence``: an event matters when it enters a window and when it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Row
from typing import Any

from relance.segments.definition.evaluate import RuleEvent, arrivals, silent_after
from relance.segments.rule.conditions import (
    Behaviour,
    Entered,
    Happens,
    Lifecycle,
    Relative,
    Rhythm,
    Sequence,
    Trait,
    Unopened,
)
from relance.segments.rule.predicate import matches_all, turns_at
from relance.segments.rule.window import Window, end_before, length_of, needs_first, presence

OnEvents = Behaviour | Sequence | Rhythm | Lifecycle | Unopened | Entered


def next_turn(condition: OnEvents, past: Row[RuleEvent], now: int) -> int | None:
    """The first instant after ``now`` at which time may change the answer; ``past`` are the events up to ``now``, in order."""
    return min((each for each in _turns(condition, past, now) if each > now), default=None)


def turns_ahead(condition: OnEvents, past: Row[RuleEvent], now: int) -> list[int]:
    """All such instants that follow from the past, in order, for looking far ahead."""
    return sorted({each for each in _turns(condition, past, now) if each > now})


def next_turn_of_trait(condition: Trait, traits: Mapping[str, Any], now: int) -> int | None:
    """The same for a test on a trait."""
    turn = turns_at(traits, condition.predicate)
    return turn if turn is not None and turn > now else None


def _turns(condition: OnEvents, past: Row[RuleEvent], now: int) -> Iterator[int]:
    if isinstance(condition, Behaviour):
        done = _done(past, Happens(condition.event, condition.where))
        yield from _presences(condition.window, done, past)
        if condition.aggregate in ("first", "last"):
            yield from _moments(condition, done)
    elif isinstance(condition, Sequence):
        done = _done(past, condition.first)
        yield from _presences(condition.window, done, past)
        if condition.absent:
            yield from (each + length_of(condition.within) for each in done)
    elif isinstance(condition, Entered):
        yield from _presences(condition.window, [each.occurred_at for each in arrivals(condition, past)], past)
    elif isinstance(condition, Rhythm):
        yield silent_after(condition, past, now)
    elif isinstance(condition, Lifecycle):
        yield from _stages(condition, _done(past, Happens(condition.event, condition.where)), past)


def _done(past: Iterable[RuleEvent], step: Happens) -> list[int]:
    return [each.occurred_at for each in past if each.name == step.event and matches_all(each.properties, step.where)]


def _presences(window: Window | None, instants: Iterable[int], past: Row[RuleEvent]) -> Iterator[int]:
    if window is None or needs_first(window):
        return
    for instant in instants:
        present = presence(window, instant, past[0].occurred_at)
        if present is not None:
            yield from present


def _stages(condition: Lifecycle, done: Row[int], past: Row[RuleEvent]) -> Iterator[int]:
    if condition.stage == "first":
        yield from _presences(condition.window, done[:1], past)
        return
    window = condition.recurring
    for turn in _presences(window, done, past):
        yield turn
        yield end_before(window, turn)  # the one out of the window that belongs to this one into it


def _moments(condition: Behaviour, instants: Iterable[int]) -> Iterator[int]:
    """A moment relative to now passes each instant once; the answer changes there or one millisecond later."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value in values:
        if isinstance(value, Relative):
            for instant in instants:
                yield instant - value.shift
                yield instant - value.shift + 1
