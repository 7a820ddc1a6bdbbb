"""Sequences, or their absence, in a rolling window, for many people at once.

Each event of either step is kept with its join key, its log position and the steps it matches.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from typing_extensions import override

from relance.core.encoding import to_canonical_json
from relance.segments.definition.needs import events_key
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.property_columns import Bodies, Where, names_of
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.window_scan import FIRST, ROLE_BITS, THEN
from relance.segments.live.sources.source import FoldedSource, Picked, SourceKey, WrittenSource
from relance.segments.rule import conditions as kinds
from relance.segments.rule.window import Rolling


def is_stepped(condition: object) -> bool:
    """Whether a condition is decided by pairs of steps kept as columns."""
    return isinstance(condition, kinds.Sequence) and isinstance(condition.window, Rolling)


def steps_key(condition: kinds.Sequence) -> str:
    """Equal for conditions on the same steps and join."""
    return to_canonical_json([events_key(condition.first), events_key(condition.then), condition.on])


def length_of_window(condition: kinds.Sequence) -> int:
    """Milliseconds of its rolling window."""
    assert isinstance(condition.window, Rolling)  # noqa: S101 - ``is_stepped``
    return condition.window.milliseconds


class SequenceNeed(NamedTuple):
    """What sequences need of the steps of one source."""

    condition: kinds.Sequence
    span: int

    @classmethod
    def of(cls, condition: kinds.Sequence) -> SequenceNeed:
        return cls(condition, length_of_window(condition))

    @property
    def key(self) -> SourceKey:
        return SequenceSource.kind, steps_key(self.condition)

    def joined(self, other: SequenceNeed) -> SequenceNeed:
        """A need that covers both."""
        return SequenceNeed(self.condition, max(self.span, other.span))

    def make(self, number: int, identities: Identities) -> SequenceSource:
        """An empty source for it."""
        return SequenceSource(number, self.condition, self.span, identities)

    def restore(self, number: int, identities: Identities, written: WrittenSource) -> SequenceSource:
        """The stored source."""
        source = SequenceSource(number, self.condition, written.about["span"], identities)
        source.restore(written.arrays())
        return source


class SequenceSource(FoldedSource):
    """The events of two steps that have a join key, within ``span`` ms."""

    kind: ClassVar[str] = "steps"  # as in snapshots

    def __init__(self, number: int, condition: kinds.Sequence, span: int, identities: Identities) -> None:
        super().__init__(number, tuple({condition.first.event: None, condition.then.event: None}), span, 3)
        self._steps = [(role, step.event, Where(step.where)) for role, step in ((FIRST, condition.first), (THEN, condition.then))]
        self._on = condition.on
        self._identities = identities

    @property
    @override
    def is_keyed(self) -> bool:
        return self._on is not None

    @override
    def about(self) -> dict[str, Any]:
        return {**super().about(), "key": self._identities.key.hex() if self.is_keyed else ""}

    @override
    def names(self, event: str) -> frozenset[str]:
        tested = frozenset().union(*(where.names for _, name, where in self._steps if name == event))
        return tested if self._on is None else tested | names_of([self._on])

    @override
    def pick(self, event: str, bodies: Bodies, instants: Instants, positions: Ids) -> Picked:
        roles = np.zeros(len(bodies), np.int64)
        for role, name, where in self._steps:
            if name == event:
                roles += role * where.passing(bodies)
        places = roles.nonzero()[0]
        if self._on is None:
            keys = np.zeros(places.size, np.int64)
        else:
            found = bodies.identities(self._on, self._identities)
            places = places[found.known[places]]
            keys = found.bits[places]
        return Picked(places, keys, mark(positions[places], roles[places]))


def mark(positions: Ids, roles: Ids) -> Ids:
    """A log position and the steps that its event matches, in one number that sorts by position."""
    return (positions << ROLE_BITS) | roles
