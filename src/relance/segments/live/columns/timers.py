"""Timers: instants at which something may change, added in bulk and taken out when due."""

from __future__ import annotations

import heapq

import numpy as np

from relance.infra.arrays import longer
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Ids, Instants

_FAR, _NEAR = 7_200_000, 112_500  # ms a bucket holds
_SORTED_FAST = 1 << 16  # up to this many numbers are sorted by radix
_FIRST_SIZE = 256


class _Bucket:
    """Timers of one stretch of time, unsorted."""

    def __init__(self) -> None:
        self.size = 0
        self._instants, self._keys = np.empty(_FIRST_SIZE, np.int64), np.empty(_FIRST_SIZE, np.int64)

    def add(self, instants: Instants, keys: Ids) -> None:
        first, end = self.size, self.size + instants.size
        if end > self._keys.size:
            self._instants, self._keys = longer(self._instants[:first], end), longer(self._keys[:first], end)
        self._instants[first:end], self._keys[first:end] = instants, keys
        self.size = end

    def held(self) -> tuple[Instants, Ids]:
        """All of them, until the next is added."""
        return self._instants[: self.size], self._keys[: self.size]


class _Buckets:
    """Timers in buckets of ``span`` ms."""

    def __init__(self, span: int) -> None:
        self._span = span
        self._buckets: dict[int, _Bucket] = {}
        self._order: list[int] = []  # heap of bucket numbers

    def add(self, instants: Instants, keys: Ids) -> None:
        if not instants.size:
            return
        numbers = instants // self._span
        lowest = int(numbers.min())
        places = numbers - lowest
        highest = int(places.max())
        if not highest:
            self._add(lowest, instants, keys)
            return
        order = np.argsort(places.astype(np.uint16) if highest < _SORTED_FAST else places, kind="stable")
        places, instants, keys = places[order], instants[order], keys[order]
        cuts = np.flatnonzero(places[1:] != places[:-1]) + 1
        for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), places.size], strict=True):
            self._add(lowest + int(places[first]), instants[first:last], keys[first:last])

    def _add(self, number: int, instants: Instants, keys: Ids) -> None:
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = _Bucket()
            heapq.heappush(self._order, number)
        bucket.add(instants, keys)

    @property
    def begin(self) -> int:
        """The start of the first bucket."""
        return self._order[0] * self._span if self._order else NEVER

    def earliest(self) -> int:
        """The earliest instant."""
        return int(self._buckets[self._order[0]].held()[0].min()) if self._order else NEVER

    def take_first(self) -> tuple[Instants, Ids]:
        """Remove and return the first bucket."""
        return self._buckets.pop(heapq.heappop(self._order)).held()

    def __len__(self) -> int:
        return sum(bucket.size for bucket in self._buckets.values())


class Timers:
    """Pairs of (instant, key) in buckets of two hours; the current ones are split into buckets of two minutes.

    Unsorted within a bucket: only what is due within two minutes is scanned.
    """

    def __init__(self) -> None:
        self._far, self._near = _Buckets(_FAR), _Buckets(_NEAR)
        self._begun = 0  # instants before this one are near
        self.next_due = NEVER  # exact: the earliest instant

    def push(self, instants: Instants, keys: Ids) -> None:
        """Add timers."""
        if not instants.size:
            return
        self.next_due = min(self.next_due, int(instants.min()))
        is_near = instants < self._begun
        if is_near.any():
            self._near.add(instants[is_near], keys[is_near])
            instants, keys = instants[~is_near], keys[~is_near]
        self._far.add(instants, keys)

    def pop(self, now: int) -> tuple[Instants, Ids]:
        """Remove and return every timer due at ``now``, unsorted."""
        due: list[tuple[Instants, Ids]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        if self.next_due > now:
            return due[0]
        while self._far.begin <= now:
            self._begun = self._far.begin + _FAR
            self._near.add(*self._far.take_first())
        while self._near.begin <= now:
            instants, keys = self._near.take_first()
            is_due = instants <= now
            due.append((instants[is_due], keys[is_due]))
            if not is_due.all():
                self._near.add(instants[~is_due], keys[~is_due])
                break
        self.next_due = min(self._near.earliest(), self._far.earliest())
        return np.concatenate([instants for instants, _ in due]), np.concatenate([keys for _, keys in due])

    def __len__(self) -> int:
        return len(self._near) + len(self._far)
