"""Rewrites committed members whole and deletes old changes, a little with each tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

FLUSHES = 128  # over this many ticks: none does more than a 128th of it

Key = tuple[int, int]  # app, segment


class CompactionSlice(NamedTuple):
    """One flush's share."""

    keys: Sequence[Key]  # to be written whole
    sweeps: Sequence[Callable[[], None]]


class Compaction:
    """One round: the segments that changed since they were last written whole, up to the tick ``upto``.

    Each is written as of its tick. Once all are, changes up to ``upto`` are no longer needed.
    """

    def __init__(self, upto: int, keys: Iterable[Key], sweeps: Sequence[Callable[[], None]]) -> None:
        self.upto = upto
        self._keys, self._sweeps = sorted(keys), list(sweeps)
        self._shares = min(FLUSHES, max(1, len(self._keys), len(self._sweeps)))
        self._taken = 0

    def take(self) -> CompactionSlice:
        """The next share. Like cards, items are dealt so that similar ones, which cost the same, go to different shares."""
        share = CompactionSlice(self._keys[self._taken :: self._shares], self._sweeps[self._taken :: self._shares])
        self._taken += 1
        return share

    @property
    def is_done(self) -> bool:
        """Whether everything was taken."""
        return self._taken == self._shares
