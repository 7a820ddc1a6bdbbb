"""Which of a person's events may concern the runs of one key, so that one of a thousand carts can be replayed alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from relance.core.encoding import from_json
from relance.journeys.graph import Graph
from relance.journeys.recall import SettledEvent
from relance.journeys.step import entry_key
from relance.journeys.triggers import Running
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property


class Concerning:
    """One person's events in replay order, by the keys of one journey."""

    def __init__(self, journey: Running, past: Sequence[SettledEvent]) -> None:
        self.last = past[-1].occurred_at if past else 0  # how far time has advanced for the person
        self._past = past
        self._all: list[int] = []  # places of events that may concern any run
        self._by_key: dict[str, list[int]] = {}
        matches: dict[str, set[str | None]] = {}
        entries: dict[str, list[Graph]] = {}
        for graph in journey.graphs.values():
            entries.setdefault(graph.entry.event, []).append(graph)
            for name, matched in graph.heard.items():
                matches.setdefault(name, set()).add(graph.entry.key if matched == {graph.entry.key} else None)
        for place, event in enumerate(past):
            wanted = matches.get(event.name, ())
            if None in wanted:
                self._all.append(place)
                continue
            properties = properties_of(event.body)
            keys = {key_text(read_property(properties, name)) for name in wanted if name is not None}
            keys.update(entry_key(graph, properties) for graph in entries.get(event.name, ()))
            for key in keys:
                if key is not None:
                    self._by_key.setdefault(key, []).append(place)

    def of(self, key: str) -> list[SettledEvent]:
        """The events that may start, move or end a run of the key; all others would have no effect."""
        mine = self._by_key.get(key, [])
        places = sorted({*self._all, *mine}) if self._all else mine
        return [self._past[place] for place in places]


def properties_of(body: str) -> dict[str, Any]:
    """The properties; empty if they cannot be decoded."""
    try:
        found = from_json(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
