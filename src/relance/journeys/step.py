"""What a run does next: (graph, node, trigger, facts, now) → effects as data. Pure.

A step continues from node to node until the run waits or ends, so that a run always rests between two ticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.journeys.answers import with_answer
from relance.journeys.effects import Effect, Go, KeepAnswer, Leave, Reaction, Visit, Wait
from relance.journeys.facts import Happened, StepFacts
from relance.journeys.graph import Graph
from relance.journeys.listening import is_meant
from relance.journeys.model import LeaveReason, Via
from relance.journeys.nodes.node import Node
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import matches_all, read_property

MOST_STEPS = 200  # nodes in one step; a checked graph cannot exceed it
_START, _EXIT_EVENT = Via.START.value, Via.EXIT_EVENT.value


class Started(msgspec.Struct, frozen=True):
    """The run begins."""


class Woke(msgspec.Struct, frozen=True):
    """The instant it waited for has come."""


Trigger = Started | Woke | Happened


def passes_entry(graph: Graph, properties: Mapping[str, Any]) -> bool:
    """Whether an event of the entry's name with these properties may start a run."""
    return matches_all(properties, graph.entry.where)


def entry_key(graph: Graph, properties: Mapping[str, Any]) -> str | None:
    """The key of the run that an entry event with these properties starts; None = it has none.

    An event without the key starts nothing: no event could be matched with such a run to stop it.
    """
    return "" if graph.entry.key is None else key_text(read_property(properties, graph.entry.key))


def step(graph: Graph, node: str, trigger: Trigger, facts: StepFacts, now: int) -> list[Effect]:
    """The effects in order; empty if the trigger does not concern a run that rests at ``node``."""
    if isinstance(trigger, Started):
        first = graph.nodes[graph.start]
        return [Visit(first.id, _START), *_followed(graph, first, _entered(first, facts, now), facts, now)]
    at = graph.nodes[node]
    if isinstance(trigger, Woke):
        return _followed(graph, at, at.wake(facts, now), facts, now)
    if trigger.after_entry and any(is_meant(each, trigger, facts) for each in graph.exits):
        return [Visit(node, _EXIT_EVENT), Leave(LeaveReason.EXIT_EVENT, trigger.event)]
    if trigger.after_arrival:
        return _followed(graph, at, at.hear(trigger, facts, now), facts, now)
    return []


def rests_until(graph: Graph, node: str, facts: StepFacts, now: int) -> int | None:
    """Until when a run that arrived at ``node`` at ``now`` rests; None if it does not rest there."""
    at = graph.nodes[node]
    reaction = at.enter(facts, now) if at.rests else ()
    return next((each.until for each in reaction if isinstance(each, Wait)), None)


def _entered(node: Node, facts: StepFacts, now: int) -> Reaction:
    before = facts.decided.get(node.id) if node.decides else None
    return node.enter(facts, now) if before is None else (Go(before),)


def _followed(graph: Graph, at: Node, reaction: Reaction, facts: StepFacts, now: int) -> list[Effect]:
    """The effects of a node and of the nodes after it, up to where the run rests or ends."""
    effects: list[Effect] = []
    for _ in range(MOST_STEPS):
        onward: Go | None = None
        for each in reaction:
            if isinstance(each, Go):
                onward = each
            else:
                effects.append(each)
                if isinstance(each, KeepAnswer):  # the next node knows it already
                    facts = msgspec.structs.replace(facts, answers=with_answer(facts.answers, each))
        if onward is None:
            return effects
        target = at.targets[onward.label]
        if target is None:
            return [*effects, Leave(LeaveReason.COMPLETED, onward.label)]
        at = graph.nodes[target]
        effects.append(Visit(target, onward.label))
        reaction = _entered(at, facts, now)
    return [*effects, Leave(LeaveReason.TOO_MANY_STEPS)]
