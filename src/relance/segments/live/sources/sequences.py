"""One thing and then another, or not, in a rolling window: for many people at a time.

Each event of either step is kept with its key, its position in the log and the steps it is.
"""

from __future__ import annotations

import numpy as np

from relance.core.encoding import to_canonical_json
from relance.segments.definition.needs import events_key
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.property_columns import Bodies, Where, names_of
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.window_scan import FIRST, ROLE_BITS, THEN
from relance.segments.live.sources.source import FoldedSource
from relance.segments.rule import conditions as kinds
from relance.segments.rule.window import Rolling


def is_stepped(condition: object) -> bool:
    """Whether a condition is decided by pairs of steps kept as columns."""
    return isinstance(condition, kinds.Sequence) and isinstance(condition.window, Rolling)


def steps_key(condition: kinds.Sequence) -> str:
    """Equal for conditions on the same steps, joined alike."""
    return to_canonical_json([events_key(condition.first), events_key(condition.then), condition.on])


def length_of_window(condition: kinds.Sequence) -> int:
    """Milliseconds of its rolling window."""
    assert isinstance(condition.window, Rolling)  # noqa: S101 - ``is_stepped``
    return condition.window.milliseconds


class SequenceSource(FoldedSource):
    """The events of two steps that have a key, within ``span`` ms."""

    def __init__(self, number: int, condition: kinds.Sequence, span: int, identities: Identities) -> None:
        super().__init__(number, span, 3)
        self.events = tuple({condition.first.event: None, condition.then.event: None})
        self._steps = [(role, step.event, Where(step.where)) for role, step in ((FIRST, condition.first), (THEN, condition.then))]
        self._on = condition.on
        self._identities = identities

    @property
    def is_keyed(self) -> bool:
        """Whether its keys mean nothing without the key of the identities."""
        return self._on is not None

    def names(self, event: str) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        tested = frozenset().union(*(where.names for _, name, where in self._steps if name == event))
        return tested if self._on is None else tested | names_of([self._on])

    def read(self, event: str, bodies: Bodies) -> tuple[Ids, Ids, Ids]:
        """Of events of one name with these properties: the places of those that are a step, their keys, their roles."""
        roles = np.zeros(len(bodies), np.int64)
        for role, name, where in self._steps:
            if name == event:
                roles += role * where.passing(bodies)
        places = roles.nonzero()[0]
        if self._on is None:
            return places, np.zeros(places.size, np.int64), roles[places]
        keys = bodies.identities(self._on, self._identities)
        places = places[keys.known[places]]
        return places, keys.bits[places], roles[places]

    def add(self, people: Ids, instants: Instants, keys: Ids, marks: Ids, now: int) -> None:
        """Fold events in, with their ``marks``; ``people`` is sorted and may repeat."""
        self.add_events(people, np.stack([instants, keys, marks]), now)


def mark(positions: Ids, roles: Ids) -> Ids:
    """A position in the log and the steps that its event is, in one number that sorts by position."""
    return (positions << ROLE_BITS) | roles
