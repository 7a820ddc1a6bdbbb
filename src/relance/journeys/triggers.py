"""Which events concern which journeys: an index over the published graphs that people can enter or are active in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from relance.journeys.facts import Need
from relance.journeys.graph import Graph
from relance.journeys.model import JourneyState


class Running(msgspec.Struct, frozen=True):
    """A live or paused journey and its graphs by version: the current one and those of active runs."""

    id: int
    app_id: int
    state: JourneyState
    published: int
    graphs: Mapping[int, Graph]
    takes_late: bool = False  # a late event starts a run all the same
    resumed_at: int = 0  # when its last pause ended: waits that were over by then are replayed

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
    """The journeys of one app that an event of one name concerns, by id: may start runs of, may move or end runs of.

    ``ends`` are those of the latter for which it is an exit: it also ends runs with unsent last messages. ``keyed_by`` maps those
    whose runs are keyed by a property (``key_property``) to that property.
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
        """The properties that key their runs."""
        return sorted({*self.keyed_by.values()})


def key_property(journey: Running) -> str | None:
    """The property whose value decides which of a person's runs an event can concern; None if some event concerns any run."""
    keys = {graph.entry.key for graph in journey.graphs.values()}
    matched = {each for graph in journey.graphs.values() for those in graph.heard.values() for each in those}
    return keys.pop() if len(keys) == 1 and matched <= keys else None


def index_events(journeys: Iterable[Running]) -> dict[str, dict[int, Triggers]]:
    """Event name → app → triggers. Paused journeys start no runs, but missed entries are recorded, and their active runs
    react.
    """
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
