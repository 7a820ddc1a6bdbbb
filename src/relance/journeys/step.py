"""What a run does next: (graph, where it stands, what happened, facts, now) → effects as data. Pure.

A step goes on from node to node until the run waits or ends, so a run is always at rest between two ticks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from relance.journeys.graph import Branch, Delay, End, Exit, Graph, SendMessage, WaitFor, of_own_message
from relance.journeys.model import LeaveReason, Via
from relance.segments.rule.conditions import Trait
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import matches, matches_all, read_property

MOST_STEPS = 200  # nodes in one step; a checked graph cannot exceed it


class Started(msgspec.Struct, frozen=True):
    """The run begins."""


class Woke(msgspec.Struct, frozen=True):
    """The time it waited for has come."""


class Happened(msgspec.Struct, frozen=True):
    """Its person did something. ``after_entry`` / ``after_arrival``: it happened since the run / the present wait began."""

    event: str
    properties: Mapping[str, Any]
    after_entry: bool = True
    after_arrival: bool = True


Trigger = Started | Woke | Happened


class StepFacts(msgspec.Struct, frozen=True):
    """What branches and matches may look at."""

    properties: Mapping[str, Any]  # of the entry event
    traits: Mapping[str, Any]
    run: str = ""  # the run's id
    decided: Mapping[str, Via] = MappingProxyType({})  # branches that were decided at this instant before


class Visit(msgspec.Struct, frozen=True):
    """The run came to a node by an edge."""

    node: str
    via: Via


class Send(msgspec.Struct, frozen=True):
    """A message is wanted by the node just visited."""

    node: str
    message_id: int


class Wait(msgspec.Struct, frozen=True):
    """The run rests at the node until an instant, unless an event it hears comes first."""

    node: str
    until: int


class Leave(msgspec.Struct, frozen=True):
    """The run is over. ``by``: the exit event, or the edge that leads nowhere, if it was one."""

    reason: LeaveReason
    by: str = ""


Effect = Visit | Send | Wait | Leave


def passes_entry(graph: Graph, properties: Mapping[str, Any]) -> bool:
    """Whether an event of the entry's name with these properties is one that may start a run."""
    return matches_all(properties, graph.entry.where)


def entry_key(graph: Graph, properties: Mapping[str, Any]) -> str | None:
    """The key of the run that an entry event with these properties starts; None = it has none.

    An event without the key starts nothing: no event could be matched with such a run to stop it.
    """
    return "" if graph.entry.key is None else key_text(read_property(properties, graph.entry.key))


def step(graph: Graph, node: str, trigger: Trigger, facts: StepFacts, now: int) -> list[Effect]:
    """The effects, in order; empty where the trigger does not concern a run that rests at ``node``."""
    if isinstance(trigger, Started):
        return _walk(graph, graph.start, Via.START, facts, now)
    at = graph.nodes[node]
    if isinstance(trigger, Woke):
        if isinstance(at, WaitFor):
            return _walk(graph, at.else_, Via.ELSE, facts, now)
        if isinstance(at, Delay):
            return _walk(graph, at.next, Via.NEXT, facts, now)
        return []
    if trigger.after_entry and _ends(graph, trigger, facts):
        return [Visit(node, Via.EXIT_EVENT), Leave(LeaveReason.EXIT_EVENT, trigger.event)]
    if trigger.after_arrival and isinstance(at, WaitFor) and _meant(at, trigger, facts):
        return _walk(graph, at.then, Via.THEN, facts, now)
    return []


def _ends(graph: Graph, happened: Happened, facts: StepFacts) -> bool:
    return any(_meant(each, happened, facts) for each in graph.exits)


def _meant(each: Exit | WaitFor, happened: Happened, facts: StepFacts) -> bool:
    if each.event != happened.event or not _same(each.match, happened, facts):
        return False
    if not of_own_message(each):
        return True
    about = happened.properties
    return about.get("run") == facts.run and each.message in (None, about.get("node"))


def _same(name: str | None, happened: Happened, facts: StepFacts) -> bool:
    """Whether the event is about the same thing as the run: the named property is there in both and equal."""
    if name is None:
        return True
    mine = key_text(read_property(facts.properties, name))
    return mine is not None and mine == key_text(read_property(happened.properties, name))


def _walk(graph: Graph, target: str | None, via: Via, facts: StepFacts, now: int) -> list[Effect]:
    return list(_effects(graph, target, via, facts, now))


def _effects(graph: Graph, target: str | None, via: Via, facts: StepFacts, now: int) -> Iterator[Effect]:
    for _ in range(MOST_STEPS):
        if target is None:
            yield Leave(LeaveReason.COMPLETED, via.value)
            return
        node = graph.nodes[target]
        yield Visit(node.id, via)
        if isinstance(node, End):
            yield Leave(LeaveReason.COMPLETED)
            return
        if isinstance(node, Delay | WaitFor):
            yield Wait(node.id, now + graph.lengths[node.id])
            return
        if isinstance(node, SendMessage):
            yield Send(node.id, node.message)
            target, via = node.next, Via.NEXT
        else:
            target, via = _branch(graph, node, facts)
    yield Leave(LeaveReason.TOO_MANY_STEPS)


def _branch(graph: Graph, node: Branch, facts: StepFacts) -> tuple[str | None, Via]:
    before = facts.decided.get(node.id)
    if before is not None:
        return (node.then, before) if before is Via.THEN else (node.else_, before)
    for test in graph.tests[node.id]:
        about_person = isinstance(test, Trait)
        predicate = test.predicate if isinstance(test, Trait) else test
        if not matches(facts.traits if about_person else facts.properties, predicate):
            return node.else_, Via.ELSE
    return node.then, Via.THEN
