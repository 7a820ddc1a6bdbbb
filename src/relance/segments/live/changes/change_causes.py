"""The causes of a change: of everything that reached a person at one moment, what the segment listens to."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from relance.segments.live.changes.tick_input import Arrivals
from relance.segments.live.changes.truth_changes import MomentCauses, TimePointCodec
from relance.segments.live.columns.person_column import Bools, Ids, Instants


class ChangeCauses:
    """The input of a tick, queried for the time that changes bear, and for whether only late events caused them."""

    def __init__(self, codec: TimePointCodec, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._moments = codec.moments(arrivals.people, arrivals.instants)
        self._came = MomentCauses.of(self._moments, arrivals.occurred_at, arrivals.late)
        self._is_unlike: Bools | None = None
        self._unlike_by: dict[int, Ids] = {}

    def of_any(self, moments: Ids, instants: Instants, by_time: Bools) -> tuple[Instants, Bools]:
        """Considering all input, regardless of listeners."""
        return self._came.causes(moments, instants, by_time)

    def are_unlike(self, moments: Ids) -> Bools:
        """Which of these moments combine input that happened at several times.

        Events older than what is settled take effect together: one from hours ago along with a current one.
        """
        unlike = self._came.unlike
        if not unlike.size:
            return np.zeros(moments.size, np.bool_)
        found: Bools = unlike[np.minimum(unlike.searchsorted(moments), unlike.size - 1)] == moments
        return found

    def of_sources(self, numbers: Iterable[int]) -> MomentCauses:
        """Considering only the input of these sources, at such moments."""
        arrivals, places = self._arrivals, np.concatenate([np.empty(0, np.int64), *map(self._unlike, numbers)])
        return MomentCauses.of(self._moments[places], arrivals.occurred_at[places], arrivals.late[places])

    def _unlike(self, number: int) -> Ids:
        if self._is_unlike is None:
            self._is_unlike = self.are_unlike(self._moments)
        if number not in self._unlike_by:
            heard = self._arrivals.heard_by(number)
            self._unlike_by[number] = heard[self._is_unlike[heard]]
        return self._unlike_by[number]
