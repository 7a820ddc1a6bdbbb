"""Limits the notes about corrected events kept for the developers' page: enough to learn from, never one per event.

A client with a bug has it in every event. So a request writes one note of each kind, with the number of events it applies to, and
an app some of each kind per period. Uses real time, never the program's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from relance.events.model import Rejection

BURST = 50  # notes of one kind about one field that an app may write at once …
PAUSE = 60.0  # … and then one per this many seconds
MOST_KINDS = 10_000  # counters; bounds the memory


class Notebook:
    """Token buckets of notes by app, reason and field."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: dict[tuple[int, str, str], tuple[float, float]] = {}

    def kept(self, notes: Sequence[tuple[int | None, Rejection]]) -> list[Rejection]:
        """Those of a request's notes that are stored."""
        found: dict[tuple[int, str, str], list[Rejection]] = {}
        for _, one in notes:
            found.setdefault((one.app_id, one.reason, one.path), []).append(one)
        return [_of_all(some) for kind, some in found.items() if self._may_write(kind)]

    def _may_write(self, kind: tuple[int, str, str]) -> bool:
        instant = self._monotonic()
        left, counted = self._buckets.get(kind, (float(BURST), instant))
        left = min(float(BURST), left + (instant - counted) / PAUSE)
        if len(self._buckets) >= MOST_KINDS:
            self._buckets.clear()
        self._buckets[kind] = (left - 1.0 if left >= 1.0 else left, instant)
        return left >= 1.0


def _of_all(notes: Sequence[Rejection]) -> Rejection:
    first, more = notes[0], len(notes) - 1
    if not more:
        return first
    detail = f"{first.detail} So {'was' if more == 1 else 'were'} {more} more of this request."
    return msgspec.structs.replace(first, detail=detail)
