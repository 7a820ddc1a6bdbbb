"""What conditions need to know of a person's events, and which conditions need the same."""

from __future__ import annotations

import msgspec

from relance.core.encoding import to_canonical_json
from relance.segments.conditions import Behaviour, Trait
from relance.segments.rule import canonical, canonical_where


class Need(msgspec.Struct, frozen=True):
    """What the leaves of a stream ask of it: the ``depth`` newest instants within ``span`` ms, and a total since ever.

    ``depth`` 0 means that no window is asked for.
    """

    depth: int = 0
    span: int = 0
    total: bool = False

    def covers(self, other: Need) -> bool:
        """Whether state kept for this need can serve the other."""
        return self.depth >= other.depth and self.span >= other.span and self.total >= other.total

    def joined(self, other: Need) -> Need:
        return Need(max(self.depth, other.depth), max(self.span, other.span), self.total or other.total)


def need_of(condition: Behaviour) -> Need:
    """``>= k`` is decided by the k newest instants; ``= k`` and ``<= k`` by one more."""
    if condition.length is None:
        return Need(total=True)
    low, high = condition.bounds
    return Need(max(1, low if high is None else high + 1), condition.length, False)


def stream_key(condition: Behaviour) -> str:
    """Equal for conditions on the same events."""
    return to_canonical_json([condition.event, canonical_where(condition.where)])


def leaf_key(condition: Behaviour | Trait) -> str:
    """Equal for conditions that mean the same."""
    return to_canonical_json(canonical(condition))
