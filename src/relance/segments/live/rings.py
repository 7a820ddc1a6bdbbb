"""The newest instants of every person, in rows as wide as each person needs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.paged import Bools, Ids, Instants, Paged
from relance.segments.live.runs import cut, is_run_start

NEVER = 1 << 62  # later than every instant
NONE = -(1 << 62)  # earlier than every instant: an empty place in a row

_NARROWEST = 8
_WIDENING = 4
_TIER_BITS = 3
_TIER_MASK = (1 << _TIER_BITS) - 1


class _Tier:
    """Rows of one width, ascending, empty places first. ``owner`` says whose row it is (0: free); row 0 is always empty."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: NDArray[np.int64] = np.full((16, width), NONE, np.int64)
        self.owner: NDArray[np.int64] = np.zeros(16, np.int64)
        self._used = 1
        self._free: list[int] = []

    def take(self, owners: Ids) -> Ids:
        """Free slots for these people, made theirs."""
        count = owners.size
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = count - len(reused)
        if self._used + fresh > self.owner.size:
            size = max(self._used + fresh, self.owner.size * 3 // 2)
            rows = np.full((size, self.width), NONE, np.int64)
            rows[: self._used] = self.rows[: self._used]
            owner = np.zeros(size, np.int64)
            owner[: self._used] = self.owner[: self._used]
            self.rows, self.owner = rows, owner
        slots = np.arange(self._used, self._used + fresh)
        if reused:
            slots = np.concatenate([np.array(reused, np.int64), slots])
        self._used += fresh
        self.owner[slots] = owners
        return slots

    def give_back(self, slots: Ids) -> None:
        self.owner[slots] = 0
        self.rows[slots] = NONE
        self._free.extend(slots.tolist())

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        return {"rows": self.rows[: self._used], "owner": self.owner[: self._used]}

    def restore(self, rows: NDArray[np.int64], owner: NDArray[np.int64]) -> Ids:
        """Be what these arrays were taken of; returns the slots in use."""
        self.rows, self.owner, self._used = rows, owner, owner.size
        self._free = ((owner[1:] == 0).nonzero()[0] + 1).tolist()
        return self.owned()

    def owned(self) -> Ids:
        """The slots in use."""
        return self.owner[: self._used].nonzero()[0]


class View:
    """Some people's newest instants, each rank looked up once."""

    def __init__(self, tiers: list[_Tier], places: Ids) -> None:
        self._tiers = tiers
        self._places = places
        self._ranks: dict[int, Instants] = {}

    def nth(self, rank: int) -> Instants:
        """The ``rank``-th newest instant of each (1 is the newest), or ``NONE``."""
        found = self._ranks.get(rank)
        if found is None:
            found = self._ranks[rank] = _look_up(self._tiers, self._places, rank)
        return found


class Rings:
    """Keeps the ``depth`` newest instants of each person. A person without any costs nothing but a place in a page.

    Rows come in a few widths (8, 32, 128, 512, …, ``depth``): whoever fills a row moves to a wider one.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        widths = [min(_NARROWEST, depth)]
        while widths[-1] < depth:
            widths.append(min(widths[-1] * _WIDENING, depth))
        self._tiers = [_Tier(width) for width in widths]
        self._widths = np.array(widths)
        self._place = Paged(np.int32, 0)  # slot and tier of a person's row; 0 is the empty row

    def view(self, people: Ids) -> View:
        return View(self._tiers, self._place.get(people))

    def nth_each(self, people: Ids, ranks: Ids) -> Instants:
        """Each one's instant of a rank of their own, or ``NONE``; a rank below 1 gives ``NEVER``."""
        result = np.where(ranks < 1, NEVER, NONE)
        places = self._place.get(people)
        for number, tier in enumerate(self._tiers):
            chosen = (((places & _TIER_MASK) == number) & (ranks >= 1) & (ranks <= tier.width)).nonzero()[0]
            if chosen.size:
                result[chosen] = tier.rows[places[chosen] >> _TIER_BITS, tier.width - ranks[chosen]]
        return result

    def add(self, people: Ids, instants: Instants, horizon: int) -> None:
        """Add instants; ``people`` is sorted and may repeat. What is not after ``horizon`` need not be kept."""
        if not people.size:
            return
        starts = is_run_start(people).nonzero()[0]
        if starts.size == people.size:
            self._insert(people, instants[:, None], horizon)
            return
        counts = np.diff(starts, append=people.size)
        widths = np.where(counts == 1, 1, 1 << np.ceil(np.log2(counts)).astype(np.int64))
        for chosen in cut(widths):
            width = int(widths[chosen[0]])
            first = starts[chosen]
            self._insert(people[first], _pad(instants, first, counts[chosen], width), horizon)

    def _insert(self, people: Ids, fresh: NDArray[np.int64], horizon: int) -> None:
        places = self._place.get(people)
        if len(self._tiers) == 1:
            self._merge_rows(people, places, fresh, horizon, 0)
            return
        tiers = places & _TIER_MASK
        for chosen in cut(tiers):
            self._merge_rows(people[chosen], places[chosen], fresh[chosen], horizon, int(tiers[chosen[0]]))

    def _merge_rows(self, people: Ids, places: Ids, fresh: NDArray[np.int64], horizon: int, number: int) -> None:
        tier = self._tiers[number]
        slots = places >> _TIER_BITS
        rows = np.concatenate([tier.rows[slots], fresh], axis=1)
        rows[rows <= horizon] = NONE
        rows.sort(axis=1)
        fits = np.ones(people.size, np.bool_)
        if tier.width < self.depth:
            fits = rows[:, -tier.width - 1] == NONE
            self._move_up(people[~fits], slots[~fits], rows[~fits], number)
        new = (slots == 0) & fits
        if new.any():
            slots = slots.astype(np.int64)
            slots[new] = tier.take(people[new])
            self._place.set(people[new], (slots[new] << _TIER_BITS) | number)
        tier.rows[slots[fits]] = rows[fits, -tier.width :]

    def _move_up(self, people: Ids, slots: Ids, rows: NDArray[np.int64], number: int) -> None:
        """Those who outgrew their width get a wider row."""
        if not people.size:
            return
        self._tiers[number].give_back(slots[slots > 0].astype(np.int64))
        filled = np.minimum((rows != NONE).sum(axis=1), self.depth)
        targets = np.searchsorted(self._widths, filled)
        for chosen in cut(targets):
            target = int(targets[chosen[0]])
            tier = self._tiers[target]
            taken = tier.take(people[chosen])
            width = min(tier.width, rows.shape[1])
            tier.rows[taken, tier.width - width :] = rows[chosen, rows.shape[1] - width :]
            self._place.set(people[chosen], (taken << _TIER_BITS) | target)

    def people(self) -> Ids:
        """Everybody who has a row."""
        return np.concatenate([tier.owner[tier.owned()] for tier in self._tiers])

    def all_of(self, person: int) -> Instants:
        """One person's instants, ascending."""
        place = int(self._place.one(person))
        row = self._tiers[place & _TIER_MASK].rows[place >> _TIER_BITS]
        kept: Instants = row[row != NONE]
        return kept

    def remove(self, person: int) -> None:
        """Forget one person's instants."""
        place = int(self._place.one(person))
        if place:
            self._tiers[place & _TIER_MASK].give_back(np.array([place >> _TIER_BITS]))
            self._place.set(np.array([person]), 0)

    def sweep(self, horizon: int) -> None:
        """Give back the rows of those whose newest instant is not after ``horizon``."""
        for tier in self._tiers:
            owned = tier.owned()
            stale = owned[tier.rows[owned, -1] <= horizon]
            if stale.size:
                self._place.set(tier.owner[stale], 0)
                tier.give_back(stale)

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """All of it, for ``restore``: views, true until the next change."""
        return {f"{name}.{number}": each for number, tier in enumerate(self._tiers) for name, each in tier.arrays().items()}

    def restore(self, arrays: Mapping[str, NDArray[np.int64]]) -> None:
        """Be what these arrays were taken of, at the same ``depth``."""
        for number, tier in enumerate(self._tiers):
            slots = tier.restore(arrays[f"rows.{number}"], arrays[f"owner.{number}"])
            self._place.set(tier.owner[slots], (slots << _TIER_BITS) | number)

    @property
    def nbytes(self) -> int:
        return self._place.nbytes + sum(int(tier.rows.nbytes + tier.owner.nbytes) for tier in self._tiers)


def _look_up(tiers: list[_Tier], places: Ids, rank: int) -> Instants:
    if len(tiers) == 1:
        only = tiers[0]
        found: Instants = only.rows[places >> _TIER_BITS, only.width - rank]
        return found
    result = np.full(places.size, NONE, np.int64)
    kinds = places & _TIER_MASK
    for number, tier in enumerate(tiers):
        if rank <= tier.width:
            chosen = (kinds == number).nonzero()[0]
            result[chosen] = tier.rows[places[chosen] >> _TIER_BITS, tier.width - rank]
    return result


def _pad(instants: Instants, starts: Ids, counts: Ids, width: int) -> NDArray[np.int64]:
    """Ragged slices of ``instants`` as rows of equal width, with ``NONE`` where a slice is shorter."""
    columns = np.arange(width)
    inside: Bools = columns < counts[:, None]
    return np.where(inside, instants[np.minimum(starts[:, None] + columns, instants.size - 1)], NONE)
