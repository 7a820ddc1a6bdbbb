"""The segments a journey depends on: those whose entering or leaving starts it, or is tested on the way. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from relance.events.model import Name
from relance.journeys.graph import Graph
from relance.segments.rule.conditions import Predicate

SEGMENT_EVENTS = (Name.SEGMENT_ENTERED.value, Name.SEGMENT_LEFT.value)
MEMBER = "segment"  # the property of those events that names the segment


def segments_of(graph: Graph) -> set[int]:
    """The ids of the segments named in the graph."""
    if graph.entry.event not in SEGMENT_EVENTS:
        return set()
    return named_segments(test for _, test in graph.placed_tests() if isinstance(test, Predicate))


def named_segments(predicates: Iterable[Predicate]) -> set[int]:
    """The ids of the segments named in tests of such events."""
    return set(_named(predicates))


def _named(predicates: Iterable[Predicate]) -> Iterator[int]:
    for predicate in predicates:
        if predicate.property == MEMBER and predicate.is_ in ("=", "in"):
            values = predicate.value if isinstance(predicate.value, tuple) else (predicate.value,)
            for value in values:
                text = str(value)  # a number in a rule equals its plain decimal text
                if text.isdecimal():
                    yield int(text)
