"""Why someone is, or is not, in a segment: the truth of every condition, its evidence, and when time will change it. Pure.

The overall truth is the answer of ``evaluate`` to the expanded rule. The structure is the rule as written: a condition is shown
as is, and a named segment is one part containing the explanation of its own rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.evidence import Measure, OnEvents, find, names_of, narrowed, truths
from relance.segments.definition.turns import next_turn_of_trait, turns_ahead
from relance.segments.rule.conditions import DEVICE_FACTS, Behaviour, InSegment, Leaf, PersonCondition, Shorthand, Trait
from relance.segments.rule.conditions import Sequence as SequenceOf
from relance.segments.rule.meaning import Find, meaning
from relance.segments.rule.own_zone import in_own_zone, own_zone
from relance.segments.rule.predicate import matches_all
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions, to_data, written_out

SHOWN_EVENTS = 10
MOST_FLIPS = 50  # per condition, ahead of now
NEVER = 1 << 60  # instants beyond this are treated as never
EFFORT = 200_000  # events evaluated again, in total, to predict changes over time


class Decisive(msgspec.Struct, frozen=True):
    """An event that decides a condition. ``position`` is its place in history; ``message_id`` is empty unless requested."""

    event: str
    occurred_at: int
    position: int
    message_id: str = ""


class Explained(msgspec.Struct, frozen=True):
    """One part of a rule. A group has ``parts``; a condition has the other fields, as it was written.

    A condition on another segment has the kind ``segment``: ``parts`` explains that segment's rule. ``found`` is the figure named
    by ``measure``: a number, or for a trait its value. ``events`` are the newest deciding ones, at most 10. ``changes_at`` is the
    instant (ms) at which time alone reverses the answer; null: never, or not before ``looked_until``, which is null if all of the
    future was examined. ``last_outside`` (ms) is when it last happened, if that is outside the window and nothing decides; null
    otherwise.
    """

    kind: Literal["all", "any", "not", "segment", "condition"]
    holds: bool
    changes_at: int | None
    looked_until: int | None
    parts: list[Explained] = []
    condition: dict[str, Any] | None = None
    measure: Measure | None = None
    found: Any = None
    events: list[Decisive] = []
    last_outside: int | None = None


class _Course(msgspec.Struct, frozen=True):
    """A condition's truth now, and the future instants at which it changes; known up to ``until`` (None: for ever)."""

    holds: bool
    flips: tuple[int, ...]
    until: int | None


def explain(
    rule: Rule,
    events: Sequence[RuleEvent],
    traits: Mapping[str, Any],
    now: int,
    person: int = 0,
    find: Find = lambda _: None,
) -> Explained:
    """The rule explained at ``now`` for a person with these events (in any order), traits and id.

    ``find`` returns the rules of named segments; the rule must be expandable with it (see ``meaning``).
    """
    effort = EFFORT // max(1, sum(1 for _ in conditions(meaning(rule, find))))
    return _Explaining(events, traits, now, person, effort, find).part(rule)[0]


def event_names(rule: Rule) -> set[str]:
    """The names of the events that an expanded rule looks at."""
    return {name for leaf in conditions(rule) for name in names_of(leaf)}  # type: ignore[arg-type]


class _Explaining:
    def __init__(
        self, events: Sequence[RuleEvent], traits: Mapping[str, Any], now: int, person: int, effort: int, find: Find
    ) -> None:
        self._past = sorted(
            (each for each in events if each.occurred_at <= now), key=lambda each: (each.occurred_at, each.position)
        )
        self._traits = traits
        self._now = now
        self._person = person
        self._effort = effort
        self._find = find

    def part(self, rule: Rule) -> tuple[Explained, _Course]:
        if isinstance(rule, All | Any_ | Not):
            return self._group(rule)
        if isinstance(rule, InSegment):
            return self._segment(rule)
        if isinstance(rule, Shorthand):
            return self._shorthand(rule)
        leaf: Leaf = in_own_zone(rule, own_zone(self._traits))  # type: ignore[assignment] # of the same kind
        past = narrowed(leaf, self._past)
        course = self._course(leaf, past)
        found = find(leaf, past, self._traits, self._now, self._person)
        newest = sorted(found.events, key=lambda each: (each.occurred_at, each.position), reverse=True)[:SHOWN_EVENTS]
        explained = Explained(
            "condition",
            course.holds,
            course.flips[0] if course.flips else None,
            None if course.flips else course.until,
            condition=to_data(rule),
            measure=found.measure,
            found=found.value,
            events=[Decisive(each.name, each.occurred_at, each.position) for each in newest],
            last_outside=None if found.events else _last(leaf, past),
        )
        return explained, course

    def _shorthand(self, rule: Shorthand) -> tuple[Explained, _Course]:
        """One condition as written; some expand to their negation, or to two conditions."""
        explained, course = self.part(written_out(rule))
        if explained.kind != "condition":
            whole = {name: getattr(explained, name) for name in ("holds", "changes_at", "looked_until")}
            explained = msgspec.structs.replace(explained.parts[0], **whole)
        if isinstance(rule, PersonCondition) and rule.default is not None and explained.found is None:
            explained = msgspec.structs.replace(explained, measure="default", found=rule.default)
        if isinstance(rule, PersonCondition) and rule.is_ == "has" and isinstance(explained.found, list):
            explained = msgspec.structs.replace(explained, found=_on_each(rule.name, explained.found))
        return msgspec.structs.replace(explained, condition=to_data(rule)), course

    def _group(self, rule: All | Any_ | Not) -> tuple[Explained, _Course]:
        inner = [self.part(part) for part in ((rule.part,) if isinstance(rule, Not) else rule.parts)]
        course = _together(rule, [course for _, course in inner])
        kind: Literal["all", "any", "not"] = "not" if isinstance(rule, Not) else "all" if isinstance(rule, All) else "any"
        first = course.flips[0] if course.flips else None
        explained = Explained(kind, course.holds, first, None if course.flips else course.until, [part for part, _ in inner])
        return explained, course

    def _segment(self, rule: InSegment) -> tuple[Explained, _Course]:
        inner, course = self.part(self._find(rule.segment))  # type: ignore[arg-type] # it could be written out
        parts = {
            "kind": "segment",
            "parts": [inner],
            "condition": to_data(rule),
            "measure": None,
            "found": None,
            "events": [],
            "last_outside": None,
        }
        return msgspec.structs.replace(inner, **parts), course

    def _course(self, leaf: Leaf, past: list[RuleEvent]) -> _Course:
        look, cost = truths(leaf, past, self._traits, self._person)
        present = answer = look(self._now)
        flips: list[int] = []
        looked, effort = self._now, self._effort
        for turn in self._turns(leaf, past):
            effort -= cost + 1
            if effort < 0 or len(flips) == MOST_FLIPS:
                return _Course(present, tuple(flips), looked)
            looked = turn
            if look(turn) is not answer:
                answer = not answer
                flips.append(turn)
        return _Course(present, tuple(flips), None)

    def _turns(self, leaf: Leaf, past: list[RuleEvent]) -> Iterator[int]:
        if isinstance(leaf, Trait):
            turn = next_turn_of_trait(leaf, self._traits, self._now)
            if turn is not None:
                yield turn
        elif isinstance(leaf, OnEvents):
            yield from (turn for turn in turns_ahead(leaf, past, self._now) if turn < NEVER)


def _on_each(fact: str, found: list[Any]) -> list[str] | None:
    """A fact on several devices; ``aliases`` are a list anyway."""
    if fact not in DEVICE_FACTS:
        return found
    return sorted({each[fact] for each in found if fact in each}) or None


def _last(leaf: Leaf, past: Sequence[RuleEvent]) -> int | None:
    """When what a condition counts last happened, regardless of its window; for a sequence, its first step."""
    if not isinstance(leaf, Behaviour | SequenceOf):
        return None
    step = leaf.first if isinstance(leaf, SequenceOf) else leaf
    matching = (
        each.occurred_at for each in reversed(past) if each.name == step.event and matches_all(each.properties, step.where)
    )
    return next(matching, None)


def _together(rule: All | Any_ | Not, courses: Sequence[_Course]) -> _Course:
    """The course of a group, as far as the courses of all its parts are known."""
    answers = [course.holds for course in courses]
    present = answer = _combined(rule, answers)
    until = min((course.until for course in courses if course.until is not None), default=None)
    ahead = sorted((flip, place) for place, course in enumerate(courses) for flip in course.flips)
    flips: list[int] = []
    for number, (instant, place) in enumerate(ahead):
        if until is not None and instant > until:
            break
        answers[place] = not answers[place]
        is_last_of_instant = number + 1 == len(ahead) or ahead[number + 1][0] != instant
        if is_last_of_instant and _combined(rule, answers) is not answer:
            answer = not answer
            flips.append(instant)
            if len(flips) == MOST_FLIPS:
                return _Course(present, tuple(flips), instant)
    return _Course(present, tuple(flips), until)


def _combined(rule: All | Any_ | Not, answers: Sequence[bool]) -> bool:
    if isinstance(rule, Not):
        return not answers[0]
    return all(answers) if isinstance(rule, All) else any(answers)
