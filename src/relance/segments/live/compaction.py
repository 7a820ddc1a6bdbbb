"""Writing committed members whole, and giving back room, a little with each tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

FLUSHES = 64  # over so many ticks: no one of them bears more than a 64th of it

Key = tuple[int, int]  # app, segment


class Share(NamedTuple):
    """What one flush does of it."""

    keys: Sequence[Key]  # to be written whole
    sweeps: Sequence[Callable[[], None]]


class Compaction:
    """One round: the segments that changed since they were last written whole, up to the tick ``upto``.

    Each is written as of the tick that writes it. When all are, no change up to ``upto`` is needed any more.
    """

    def __init__(self, upto: int, keys: Iterable[Key], sweeps: Sequence[Callable[[], None]]) -> None:
        self.upto = upto
        self._keys = sorted(keys)
        self._sweeps = list(sweeps)
        self._keys_a_flush = -(-len(self._keys) // FLUSHES)
        self._sweeps_a_flush = -(-len(self._sweeps) // FLUSHES)

    def take(self) -> Share:
        """The next part of what is left."""
        share = Share(self._keys[: self._keys_a_flush], self._sweeps[: self._sweeps_a_flush])
        del self._keys[: self._keys_a_flush], self._sweeps[: self._sweeps_a_flush]
        return share

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return not self._keys and not self._sweeps
