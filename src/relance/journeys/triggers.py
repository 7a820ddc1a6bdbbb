"""Which events concern which journeys: an index of the published graphs that somebody can enter or is under way in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from relance.journeys.facts import Need
from relance.journeys.graph import Graph
from relance.journeys.model import JourneyState


class Running(msgspec.Struct, frozen=True):
    """A live or paused journey and its graphs by version: the one people enter and those of runs under way."""

    id: int
    app_id: int
    state: JourneyState
    published: int
    graphs: Mapping[int, Graph]
    takes_late: bool = False  # an event that comes late starts a run all the same
    resumed_at: int = 0  # when its last pause ended: waits that were over by then are played again

    @property
    def is_live(self) -> bool:
        return self.state is JourneyState.LIVE

    @property
    def current(self) -> Graph:
        """The graph people enter."""
        return self.graphs[self.published]

    @property
    def needs(self) -> frozenset[Need]:
        """What its graphs need to know of a person."""
        return frozenset().union(*(graph.needs for graph in self.graphs.values()))


class Triggers(msgspec.Struct, dict=True):
    """The journeys of one app that an event of one name concerns, as ids: may start runs of, may move or end runs of.

    ``ends`` are those of the latter in which it is an exit: it also ends runs whose last message has not left.
    ``keyed_by`` has those of all whose runs are told apart by a property (``key_property``), with that property.
    """

    starts: list[int] = msgspec.field(default_factory=list)
    moves: list[int] = msgspec.field(default_factory=list)
    ends: list[int] = msgspec.field(default_factory=list)
    keyed_by: dict[int, str] = msgspec.field(default_factory=dict)

    @cached_property
    def journeys(self) -> set[int]:
        return {*self.starts, *self.moves}

    @cached_property
    def properties(self) -> list[str]:
        """The properties by which they are told apart."""
        return sorted({*self.keyed_by.values()})


def key_property(journey: Running) -> str | None:
    """The property whose value says which of a person's runs an event can concern; None where some event concerns any run."""
    keys = {graph.entry.key for graph in journey.graphs.values()}
    matched = {each for graph in journey.graphs.values() for those in graph.heard.values() for each in those}
    return keys.pop() if len(keys) == 1 and matched <= keys else None


def index_events(journeys: Iterable[Running]) -> dict[str, dict[int, Triggers]]:
    """Event name → app → who listens. Paused journeys start nothing, but what they miss is written down, and their runs hear."""
    index: dict[str, dict[int, Triggers]] = {}

    def of(name: str, app_id: int) -> Triggers:
        return index.setdefault(name, {}).setdefault(app_id, Triggers())

    for journey in sorted(journeys, key=lambda each: each.id):
        for name in sorted({name for graph in journey.graphs.values() for name in graph.heard}):
            of(name, journey.app_id).moves.append(journey.id)
        for name in sorted({each.event for graph in journey.graphs.values() for each in graph.exits}):
            of(name, journey.app_id).ends.append(journey.id)
        of(journey.current.entry.event, journey.app_id).starts.append(journey.id)
        property_name = key_property(journey)
        if property_name is not None:
            for name in {journey.current.entry.event, *(name for graph in journey.graphs.values() for name in graph.heard)}:
                of(name, journey.app_id).keyed_by[journey.id] = property_name
    return index
