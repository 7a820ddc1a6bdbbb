"""Every person's events of a stretch of time as pairs (instant, value), in rows as wide as each person needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.paged import Ids, Instants, Paged
from relance.segments.live.rings import NONE
from relance.segments.live.runs import cut, is_run_start

Table = NDArray[np.int64]

_WIDTHS = np.array([4 << place for place in range(24)])  # 4, 8, 16, …
_TIER_BITS = 5
_TIER_MASK = (1 << _TIER_BITS) - 1


class _Tier:
    """Rows of one width, ascending by instant, empty places first. Row 0 is always empty; ``owner`` 0 is free."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.times: Table = np.full((1, width), NONE, np.int64)
        self.values: Table = np.zeros((1, width), np.int64)
        self.owner: Ids = np.zeros(1, np.int64)
        self._used = 1
        self._free: list[int] = []

    def take(self, owners: Ids) -> Ids:
        """Slots for these people, made theirs."""
        reused = [self._free.pop() for _ in range(min(owners.size, len(self._free)))]
        fresh = owners.size - len(reused)
        if self._used + fresh > self.owner.size:
            size = max(self._used + fresh, self.owner.size * 3 // 2)
            times, values, owner = (
                np.full((size, self.width), NONE),
                np.zeros((size, self.width), np.int64),
                np.zeros(size, np.int64),
            )
            times[: self._used], values[: self._used] = self.times[: self._used], self.values[: self._used]
            owner[: self._used] = self.owner[: self._used]
            self.times, self.values, self.owner = times, values, owner
        slots = np.concatenate([np.array(reused, np.int64), np.arange(self._used, self._used + fresh)])
        self._used += fresh
        self.owner[slots] = owners
        return slots

    def give_back(self, slots: Ids) -> None:
        self.owner[slots] = 0
        self.times[slots] = NONE
        self.values[slots] = 0
        self._free.extend(slots.tolist())

    def arrays(self) -> dict[str, Table | Ids]:
        return {"times": self.times[: self._used], "values": self.values[: self._used], "owner": self.owner[: self._used]}

    def restore(self, times: Table, values: Table, owner: Ids) -> Ids:
        """Be what these arrays were taken of; returns the slots in use."""
        self.times, self.values, self.owner, self._used = times, values, owner, owner.size
        self._free = ((owner[1:] == 0).nonzero()[0] + 1).tolist()
        return owner.nonzero()[0]

    @property
    def nbytes(self) -> int:
        return int(self.times.nbytes + self.values.nbytes + self.owner.nbytes)


class Rows:
    """A person without events costs nothing but a place in a page; one who fills a row moves to one twice as wide."""

    def __init__(self) -> None:
        self._tiers: list[_Tier] = []
        self._place = Paged(np.int32, 0)  # slot and tier of a person's row; 0 is no row
        self._tier(0)

    def _tier(self, number: int) -> _Tier:
        while len(self._tiers) <= number:
            self._tiers.append(_Tier(int(_WIDTHS[len(self._tiers)])))
        return self._tiers[number]

    def tables(self, people: Ids) -> Iterator[tuple[Ids, Table, Table]]:
        """(where in ``people``, instants, values): a row each, for people whose rows are of one width."""
        places = self._place.get(people)
        kinds = places & _TIER_MASK
        for chosen in cut(kinds):
            tier = self._tiers[int(kinds[chosen[0]])]
            slots = places[chosen] >> _TIER_BITS
            yield chosen, tier.times[slots], tier.values[slots]

    def add(self, people: Ids, instants: Instants, values: Ids, horizon: int) -> None:
        """Add pairs; ``people`` is sorted and may repeat. What is not after ``horizon`` is not kept."""
        if not people.size:
            return
        starts = is_run_start(people).nonzero()[0]
        counts = np.diff(starts, append=people.size)
        widths = _WIDTHS[np.searchsorted(_WIDTHS, counts)] if starts.size < people.size else np.ones(people.size, np.int64)
        for chosen in cut(widths):
            columns = np.arange(int(widths[chosen[0]]))
            first = starts[chosen]
            items = np.minimum(first[:, None] + columns, people.size - 1)
            fresh = np.where(columns < counts[chosen][:, None], instants[items], NONE)
            self._insert(people[first], fresh, values[items], horizon)

    def _insert(self, people: Ids, fresh: Table, values: Table, horizon: int) -> None:
        for chosen, old_times, old_values in self.tables(people):
            times = np.concatenate([old_times, fresh[chosen]], axis=1)
            kept = np.concatenate([old_values, values[chosen]], axis=1)
            times[times <= horizon] = NONE
            order = times.argsort(axis=1, kind="stable")
            self._write(people[chosen], np.take_along_axis(times, order, axis=1), np.take_along_axis(kept, order, axis=1))

    def _write(self, people: Ids, times: Table, values: Table) -> None:
        places = self._place.get(people).astype(np.int64)
        filled = np.count_nonzero(times != NONE, axis=1)
        before = np.where(places == 0, -1, places & _TIER_MASK)
        fitting = np.where(filled == 0, -1, np.searchsorted(_WIDTHS, filled))
        targets = np.where(fitting == before - 1, before, fitting)  # not back at once to where one has just come from
        targets[filled == 0] = -1
        self._leave(places[(targets != before) & (places != 0)])
        for chosen in cut(targets):
            target = int(targets[chosen[0]])
            if target < 0:
                self._place.set(people[chosen], 0)
                continue
            tier = self._tier(target)
            slots = places[chosen] >> _TIER_BITS
            moving = (targets[chosen] != before[chosen]).nonzero()[0]
            if moving.size:
                slots[moving] = tier.take(people[chosen[moving]])
                self._place.set(people[chosen[moving]], (slots[moving] << _TIER_BITS) | target)
            width = min(tier.width, times.shape[1])
            tier.times[slots, tier.width - width :] = times[chosen, times.shape[1] - width :]
            tier.values[slots, tier.width - width :] = values[chosen, values.shape[1] - width :]

    def _leave(self, places: Ids) -> None:
        kinds = places & _TIER_MASK
        for chosen in cut(kinds):
            self._tiers[int(kinds[chosen[0]])].give_back(places[chosen] >> _TIER_BITS)

    def of(self, person: int) -> tuple[Instants, Ids]:
        """One person's pairs, in order of time."""
        ((_, times, values),) = self.tables(np.array([person]))
        held = times[0] != NONE
        return times[0][held], values[0][held]

    def remove(self, person: int) -> None:
        """Forget one person's pairs."""
        place = int(self._place.one(person))
        if place:
            self._leave(np.array([place]))
            self._place.set(np.array([person]), 0)

    def people(self) -> Ids:
        """Everybody who has a row, in no order."""
        return np.concatenate([tier.owner[tier.owner != 0] for tier in self._tiers])

    def sweep(self, horizon: int) -> None:
        """Give back the rows of those whose newest instant is not after ``horizon``."""
        for tier in self._tiers:
            stale = ((tier.owner != 0) & (tier.times[:, -1] <= horizon)).nonzero()[0]
            if stale.size:
                self._place.set(tier.owner[stale], 0)
                tier.give_back(stale)

    def arrays(self) -> dict[str, Table | Ids]:
        """All of it, for ``restore``: views, true until the next change."""
        return {f"{name}.{number}": each for number, tier in enumerate(self._tiers) for name, each in tier.arrays().items()}

    def restore(self, arrays: Mapping[str, Table | Ids]) -> None:
        """Be what these arrays were taken of."""
        for number in range(len(arrays) // len(self._tiers[0].arrays())):
            tier = self._tier(number)
            slots = tier.restore(*(arrays[f"{name}.{number}"] for name in ("times", "values", "owner")))
            self._place.set(tier.owner[slots], (slots << _TIER_BITS) | number)

    @property
    def nbytes(self) -> int:
        return self._place.nbytes + sum(tier.nbytes for tier in self._tiers)
