"""One person's active runs in one journey, indexed by the events that could end or move them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from relance.core.encoding import from_json
from relance.journeys.graph import OWN, Graph
from relance.journeys.model import Run, RunState
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property

_WAITING = RunState.WAITING.value
_NEVER = 1 << 62


class _Hearers:
    """The runs that react to an event of one name: unconditionally, or only if a property has the value of their own entry
    event.
    """

    __slots__ = ("always", "by_value", "properties")

    def __init__(self) -> None:
        self.always: list[Run] = []
        self.properties: set[str] = set()
        self.by_value: dict[tuple[str, str], list[Run]] = {}

    def add(self, run: Run, matches: Iterable[str | None], graph: Graph) -> None:
        if None in matches:
            self.always.append(run)
            return
        for name in matches:
            value = _own_value(run, graph, name) if name is not None else None
            if name is not None and value is not None:
                self.properties.add(name)
                self.by_value.setdefault((name, value), []).append(run)

    def find(self, properties: Mapping[str, Any]) -> list[Run]:
        found = {run.id: run for run in self.always}
        for name in self.properties:
            value = _value(properties, name)
            if value is not None:
                found.update((run.id, run) for run in self.by_value.get((name, value), ()))
        return list(found.values())


class ActiveRuns:
    """An event about one cart must not visit a person's thousand others: events look up runs by the values they match."""

    __slots__ = ("_by_key", "_graphs", "_hearers", "_runs", "wake_at")

    def __init__(self, graphs: Mapping[int, Graph]) -> None:
        self._graphs = graphs
        self._runs: list[Run] = []  # oldest first; runs that have ended are skipped
        self._by_key: dict[str, Run] = {}
        self._hearers: dict[str, _Hearers] = {}  # built for a name when its first event arrives
        self.wake_at = _NEVER  # no wait ends before this instant

    def add(self, run: Run) -> None:
        """Add a run that is younger than all others."""
        self._runs.append(run)
        self._by_key[run.run_key] = run
        self.moved(run)
        for event, hearers in self._hearers.items():
            self._listen(hearers, event, run)

    def moved(self, run: Run) -> None:
        """The run is at another node: its wait may now end before any other."""
        if run.state == _WAITING and run.wake_at < self.wake_at:
            self.wake_at = run.wake_at

    def due(self, now: int) -> list[Run]:
        """The runs whose wait is over."""
        return [run for run in self._runs if run.state == _WAITING and run.wake_at <= now]

    def settle(self) -> None:
        """After waits have ended: drop runs that are over, and find the next instant."""
        self._runs = [run for run in self._runs if run.state == _WAITING]
        self.wake_at = min((run.wake_at for run in self._runs), default=_NEVER)

    def holds(self, key: str) -> bool:
        """Whether a run with this key is active."""
        run = self._by_key.get(key)
        return run is not None and run.state == _WAITING

    def hearing(self, event: str, properties: Mapping[str, Any]) -> list[Run]:
        """The runs that an event with these properties may concern; for all others ``step`` would have no effects."""
        hearers = self._hearers.get(event)
        if hearers is None:
            hearers = self._hearers[event] = _Hearers()
            for run in self._runs:
                self._listen(hearers, event, run)
        return [run for run in hearers.find(properties) if run.state == _WAITING]

    def _listen(self, hearers: _Hearers, event: str, run: Run) -> None:
        graph = self._graphs[run.version]
        matches = graph.heard.get(event)
        if matches is not None and run.state == _WAITING:
            hearers.add(run, matches, graph)


def concerns(run: Run, graph: Graph, event: str, properties: Mapping[str, Any]) -> bool:
    """Whether an event with these properties may concern a run, active or ended."""
    for name in graph.heard.get(event, ()):
        if name is None:
            return True
        value = _own_value(run, graph, name)
        if value is not None and value == _value(properties, name):
            return True
    return False


def _value(properties: Mapping[str, Any], name: str) -> str | None:
    """The event's property in the form in which it is compared."""
    return key_text(read_property(properties, "run" if name == OWN else name))


def _own_value(run: Run, graph: Graph, name: str) -> str | None:
    """The property of the run's entry event in the form in which it is compared; the run's key if it is the key."""
    if name == OWN:
        return run.id
    return run.run_key if graph.entry.key == name else key_text(read_property(from_json(run.data), name))
