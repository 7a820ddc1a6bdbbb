"""What conditions need to know of a person's events, and which conditions need the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import msgspec

from relance.core.encoding import to_canonical_json
from relance.core.paths import path_names
from relance.segments.definition.evaluate import DELIVERY, GAPS, OPENED, RECEIVED
from relance.segments.definition.turns import OnEvents
from relance.segments.rule.conditions import (
    FACTS,
    SESSION,
    SPOTTED,
    Behaviour,
    Condition,
    Entered,
    Happens,
    Lifecycle,
    Rhythm,
    Sequence,
    Trait,
    Unopened,
    about,
)
from relance.segments.rule.tree import Rule, canonical, canonical_where, conditions
from relance.segments.rule.window import END, EVER, horizon, horizon_before

_OF_VALUES = ("sum", "average", "min", "max", "distinct")


class StreamNeeds(msgspec.Struct, frozen=True):
    """What the leaves of a stream need of it: the ``depth`` newest instants within ``span`` ms, and an all-time total.

    ``depth`` 0 means that no window is needed.
    """

    depth: int = 0
    span: int = 0
    total: bool = False

    def covers(self, other: StreamNeeds) -> bool:
        """Whether state kept for this need can serve the other."""
        return self.depth >= other.depth and self.span >= other.span and self.total >= other.total

    def joined(self, other: StreamNeeds) -> StreamNeeds:
        return StreamNeeds(max(self.depth, other.depth), max(self.span, other.span), self.total or other.total)


class Keep(NamedTuple):
    """What a condition needs of a person's events: all after ``floor(now)``, and the ``spare`` newest of the others.

    Of their properties it needs the values of ``members``.
    """

    floor: Callable[[int], int]
    spare: int
    members: frozenset[str]


def need_of(condition: Behaviour) -> StreamNeeds:
    """``>= k`` is decided by the k newest instants; ``= k`` and ``<= k`` by one more."""
    if condition.length is None:
        return StreamNeeds(total=True)
    low, high = condition.bounds
    return StreamNeeds(max(1, low if high is None else high + 1), condition.length, False)


def keeps_of(condition: OnEvents) -> tuple[tuple[Happens, Keep], ...]:
    """The kinds of events that a condition depends on, and what must be kept of each.

    ``where`` of a behaviour or a lifecycle is not part of it: non-matching events are not kept at all.
    """
    steps = listens_to(condition)
    if isinstance(condition, Unopened):
        # Events are never withdrawn, so received ones are among the newest; an opening may be of any of them.
        members = _members(DELIVERY, *(predicate.property for predicate in about(condition)))
        received, opened = Keep(lambda _now: END, condition.last, members), Keep(lambda _now: EVER, 0, _members(DELIVERY))
        return ((steps[0], received), *((step, opened) for step in steps[1:]))
    keep = _keep_of(condition)
    return tuple((step, keep) for step in steps)


def joined_keeps(conditions: Iterable[OnEvents]) -> dict[str, tuple[Happens, list[Keep]]]:
    """By the key of its events: a kind of events, and what each condition needs of it."""
    found: dict[str, tuple[Happens, list[Keep]]] = {}
    for condition in conditions:
        for step, keep in keeps_of(condition):
            found.setdefault(events_key(step), (step, []))[1].append(keep)
    return found


def _keep_of(condition: Behaviour | Sequence | Lifecycle | Rhythm | Entered) -> Keep:
    if isinstance(condition, Behaviour):
        return Keep(partial(horizon, condition.window), 0, _members(condition.property_))
    if isinstance(condition, Sequence):
        tested = [predicate.property for step in (condition.first, condition.then) for predicate in step.where]
        return Keep(partial(horizon, condition.window), 0, _members(condition.on, *tested))
    if isinstance(condition, Lifecycle):
        # an earlier one shows that there were any
        if condition.stage == "first":
            return Keep(partial(horizon, condition.window), 1, frozenset())
        return Keep(partial(horizon_before, condition.recurring), 1, frozenset())
    if isinstance(condition, Entered):
        return Keep(partial(horizon, condition.window), 1, frozenset())  # an earlier one says where the person came from
    return Keep(lambda _now: END, GAPS + 1, frozenset())


def reads_of(condition: Condition) -> tuple[tuple[str, str], ...]:
    """(event, path) of each event property it reads."""
    if isinstance(condition, Behaviour | Lifecycle):
        value = condition.property_ if isinstance(condition, Behaviour) and condition.aggregate in _OF_VALUES else None
        return _paths(Happens(condition.event, condition.where), value)
    if isinstance(condition, Sequence):
        return (*_paths(condition.first, condition.on), *_paths(condition.then, condition.on))
    if isinstance(condition, Unopened):
        received = _paths(Happens(RECEIVED, about(condition)), DELIVERY)
        return (*received, *((event, DELIVERY) for event in OPENED))
    return ()


def _paths(step: Happens, *others: str | None) -> tuple[tuple[str, str], ...]:
    paths = [*(path for path in others if path is not None), *(predicate.property for predicate in step.where)]
    return tuple((step.event, path) for path in paths)


def _members(*paths: str | None) -> frozenset[str]:
    return frozenset(path_names(path)[0] for path in paths if path is not None)


def listens_to(condition: OnEvents) -> tuple[Happens, ...]:
    """The kinds of events that a condition depends on, without repetition."""
    if isinstance(condition, Behaviour | Lifecycle):
        return (Happens(condition.event, condition.where),)
    if isinstance(condition, Sequence):
        both = {events_key(step): step for step in (condition.first, condition.then)}
        return tuple(both.values())
    if isinstance(condition, Unopened):
        return (Happens(RECEIVED, about(condition)), *(Happens(name) for name in OPENED))
    return (Happens(SPOTTED if isinstance(condition, Entered) else SESSION),)


def facts_asked(rules: Iterable[Rule]) -> frozenset[str]:
    """The facts besides traits that expanded rules use."""
    names = (path_names(leaf.name) for rule in rules for leaf in conditions(rule) if isinstance(leaf, Trait))
    return frozenset(name[1] for name in names if name[0] == FACTS and len(name) > 1)


def events_key(step: Happens) -> str:
    """Equal for the same events."""
    return to_canonical_json([step.event, canonical_where(step.where)])


def stream_key(condition: Behaviour) -> str:
    """Equal for conditions on the same events."""
    return events_key(Happens(condition.event, condition.where))


def leaf_key(condition: Condition) -> str:
    """Equal for conditions with the same meaning."""
    return to_canonical_json(canonical(condition))
