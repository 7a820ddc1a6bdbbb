"""Instants at which something may change: many are added at a time, and those that are due are taken out."""

from __future__ import annotations

import heapq

import numpy as np

from relance.segments.live.instants import NEVER
from relance.segments.live.paged import Ids, Instants

_SPAN = 7_200_000  # ms a bucket holds
_PIECES = 32  # a bucket of more pieces than that is joined


class Timers:
    """Pairs of (instant, key) in buckets of two hours. Unsorted inside: a bucket is scanned only when its time comes."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[tuple[Instants, Ids]]] = {}
        self._order: list[int] = []  # heap of the buckets' numbers
        self.next_due = NEVER  # exact: the earliest instant held

    def push(self, instants: Instants, keys: Ids) -> None:
        """Add timers."""
        if not instants.size:
            return
        self.next_due = min(self.next_due, int(instants.min()))
        numbers = instants // _SPAN
        if numbers[0] == numbers[-1] and (numbers == numbers[0]).all():
            self._add(int(numbers[0]), instants, keys)
            return
        order = np.argsort(numbers, kind="stable")
        numbers, instants, keys = numbers[order], instants[order], keys[order]
        cuts = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
        for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), numbers.size], strict=True):
            self._add(int(numbers[first]), instants[first:last].copy(), keys[first:last].copy())

    def pop(self, now: int) -> tuple[Instants, Ids]:
        """Take out every timer that is due at ``now``, in no order."""
        if self.next_due > now:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        due: list[tuple[Instants, Ids]] = []
        while self._order and self._order[0] * _SPAN <= now:
            number = heapq.heappop(self._order)
            instants, keys = _join(self._buckets.pop(number))
            is_due = instants <= now
            due.append((instants[is_due], keys[is_due]))
            if not is_due.all():
                self._add(number, instants[~is_due], keys[~is_due])
                break
        earliest = self._buckets[self._order[0]] if self._order else []
        self.next_due = min((int(part.min()) for part, _ in earliest), default=NEVER)
        return _join(due)

    def __len__(self) -> int:
        return sum(part.size for bucket in self._buckets.values() for part, _ in bucket)

    def _add(self, number: int, instants: Instants, keys: Ids) -> None:
        bucket = self._buckets.get(number)
        if bucket is None:
            self._buckets[number] = [(instants, keys)]
            heapq.heappush(self._order, number)
            return
        bucket.append((instants, keys))
        if len(bucket) > _PIECES:
            self._buckets[number] = [_join(bucket)]


def _join(pieces: list[tuple[Instants, Ids]]) -> tuple[Instants, Ids]:
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate([part for part, _ in pieces]), np.concatenate([keys for _, keys in pieces])
