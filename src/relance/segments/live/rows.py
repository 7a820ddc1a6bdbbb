"""Every person's events of a stretch of time, each an instant and a number or two, in rows as wide as each person needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.paged import Ids, Paged
from relance.segments.live.rings import NONE
from relance.segments.live.runs import cut, is_run_start

Table = NDArray[np.int64]
Cells = NDArray[np.int64]  # (person, part, place): part 0 holds the instants

_WIDTHS = np.array([4 << place for place in range(24)])  # 4, 8, 16, …
_TIER_BITS = 5
_TIER_MASK = (1 << _TIER_BITS) - 1


class _Tier:
    """Rows of one width, ascending by instant, empty places first. Row 0 is always empty; ``owner`` 0 is free."""

    def __init__(self, parts: int, width: int) -> None:
        self.width = width
        self.cells: Cells = _empty(1, parts, width)
        self.owner: Ids = np.zeros(1, np.int64)
        self._used = 1
        self._free: list[int] = []

    def take(self, owners: Ids) -> Ids:
        """Slots for these people, made theirs."""
        reused = [self._free.pop() for _ in range(min(owners.size, len(self._free)))]
        fresh = owners.size - len(reused)
        if self._used + fresh > self.owner.size:
            size = max(self._used + fresh, self.owner.size * 3 // 2)
            cells, owner = _empty(size, self.cells.shape[1], self.width), np.zeros(size, np.int64)
            cells[: self._used], owner[: self._used] = self.cells[: self._used], self.owner[: self._used]
            self.cells, self.owner = cells, owner
        slots = np.concatenate([np.array(reused, np.int64), np.arange(self._used, self._used + fresh)])
        self._used += fresh
        self.owner[slots] = owners
        return slots

    def give_back(self, slots: Ids) -> None:
        self.owner[slots] = 0
        self.cells[slots, 0] = NONE
        self._free.extend(slots.tolist())

    @property
    def nbytes(self) -> int:
        return int(self.cells.nbytes + self.owner.nbytes)


class Rows:
    """A person without events costs nothing but a place in a page; one who fills a row moves to one twice as wide.

    An event is ``parts`` numbers: its instant, and what else is kept of it. The last orders events of equal time, where there
    are three. What has left the horizon may still be found in a row.
    """

    def __init__(self, parts: int = 2) -> None:
        self._parts = parts
        self._tiers: list[_Tier] = []
        self._place = Paged(np.int32, 0)  # slot and tier of a person's row; 0 is no row
        self._tier(0)

    def _tier(self, number: int) -> _Tier:
        while len(self._tiers) <= number:
            self._tiers.append(_Tier(self._parts, int(_WIDTHS[len(self._tiers)])))
        return self._tiers[number]

    def tables(self, people: Ids) -> Iterator[tuple[Ids, Cells]]:
        """(where in ``people``, their rows), for people whose rows are of one width."""
        places = self._place.get(people)
        for chosen, tier, slots in self._by_tier(places):
            yield chosen, self._tiers[tier].cells[slots]

    def _by_tier(self, places: NDArray[np.int32]) -> Iterator[tuple[Ids, int, Ids]]:
        kinds = places & _TIER_MASK
        for chosen in cut(kinds):
            yield chosen, int(kinds[chosen[0]]), places[chosen] >> _TIER_BITS

    def add(self, people: Ids, events: Table, horizon: int) -> None:
        """Add events (part, place); ``people`` is sorted and may repeat. What is not after ``horizon`` need not be kept."""
        if not people.size:
            return
        starts = is_run_start(people).nonzero()[0]
        if starts.size == people.size:
            self._append(people, events, horizon)
            return
        counts = np.diff(starts, append=people.size)
        widths = _WIDTHS[np.searchsorted(_WIDTHS, counts)]
        widths[counts == 1] = 1
        for chosen in cut(widths):
            width, first = int(widths[chosen[0]]), starts[chosen]
            if width == 1:
                self._append(people[first], events[:, first], horizon)
                continue
            columns = np.arange(width)
            items = np.minimum(first[:, None] + columns, people.size - 1)
            fresh = events[:, items].transpose(1, 0, 2)
            fresh[:, 0][columns >= counts[chosen][:, None]] = NONE
            self._insert(people[first], fresh, horizon)

    def _append(self, people: Ids, events: Table, horizon: int) -> None:
        """One event each: mostly newer than all before it, and with room in the row."""
        rest: list[Ids] = []
        places = self._place.get(people)
        for chosen, number, slots in self._by_tier(places):
            tier = self._tiers[number]
            cells = tier.cells[slots]
            instants = events[0, chosen]
            plain = (cells[:, 0, 0] <= horizon) & (instants > cells[:, 0, -1]) & (instants > horizon)
            if not plain.all():
                rest.append(chosen[~plain])
                chosen, cells, slots = chosen[plain], cells[plain], slots[plain]
            if number == 0:
                new = (slots == 0).nonzero()[0]
                if new.size:
                    slots[new] = tier.take(people[chosen[new]])
                    self._place.set(people[chosen[new]], slots[new] << _TIER_BITS)
            cells[:, :, :-1] = cells[:, :, 1:]
            cells[:, :, -1] = events[:, chosen].T
            tier.cells[slots] = cells
        for chosen in rest:
            self._insert(people[chosen], np.ascontiguousarray(events[:, chosen].T)[:, :, None], horizon)

    def _insert(self, people: Ids, fresh: Cells, horizon: int) -> None:
        for chosen, old in self.tables(people):
            cells = np.concatenate([old, fresh[chosen]], axis=2)
            times = cells[:, 0]
            times[times <= horizon] = NONE
            order = times.argsort(axis=1, kind="stable") if self._parts < 3 else np.lexsort((cells[:, 2], times), axis=1)
            self._write(people[chosen], np.take_along_axis(cells, order[:, None, :], axis=2))

    def _write(self, people: Ids, cells: Cells) -> None:
        places = self._place.get(people).astype(np.int64)
        filled = np.count_nonzero(cells[:, 0] != NONE, axis=1)
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
            width = min(tier.width, cells.shape[2])
            tier.cells[slots, :, tier.width - width :] = cells[chosen, :, cells.shape[2] - width :]

    def _leave(self, places: Ids) -> None:
        kinds = places & _TIER_MASK
        for chosen in cut(kinds):
            self._tiers[int(kinds[chosen[0]])].give_back(places[chosen] >> _TIER_BITS)

    def of(self, person: int) -> Table:
        """One person's events (part, place), in order of time."""
        ((_, cells),) = self.tables(np.array([person]))
        row: Table = cells[0]
        return row[:, row[0] != NONE]

    def remove(self, person: int) -> None:
        """Forget one person's events."""
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
            stale = ((tier.owner != 0) & (tier.cells[:, 0, -1] <= horizon)).nonzero()[0]
            if stale.size:
                self._place.set(tier.owner[stale], 0)
                tier.give_back(stale)

    @property
    def nbytes(self) -> int:
        return self._place.nbytes + sum(tier.nbytes for tier in self._tiers)


def _empty(count: int, parts: int, width: int) -> Cells:
    cells = np.zeros((count, parts, width), np.int64)
    cells[:, 0] = NONE
    return cells
