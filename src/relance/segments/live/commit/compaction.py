"""Writing committed members whole, and giving back room, a little with each tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

FLUSHES = 128  # over so many ticks: none of them bears more than a 128th of it

Key = tuple[int, int]  # app, segment


class CompactionSlice(NamedTuple):
    """What one flush does of it."""

    keys: Sequence[Key]  # to be written whole
    sweeps: Sequence[Callable[[], None]]


class Compaction:
    """One round: the segments that changed since they were last written whole, up to the tick ``upto``.

    Each is written as of the tick that writes it. When all are, no change up to ``upto`` is needed any more.
    """

    def __init__(self, upto: int, keys: Iterable[Key], sweeps: Sequence[Callable[[], None]]) -> None:
        self.upto = upto
        self._keys, self._sweeps = sorted(keys), list(sweeps)
        self._shares = min(FLUSHES, max(1, len(self._keys), len(self._sweeps)))
        self._taken = 0

    def take(self) -> CompactionSlice:
        """The next share. They are dealt out like cards: things alike, that take as long, go to different ones."""
        share = CompactionSlice(self._keys[self._taken :: self._shares], self._sweeps[self._taken :: self._shares])
        self._taken += 1
        return share

    @property
    def is_done(self) -> bool:
        """Whether all were taken."""
        return self._taken == self._shares
