"""A column indexed by person id that allocates only the pages somebody lives on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Bools = NDArray[np.bool_]
Instants = NDArray[np.int64]

PAGE = 4_096
_SHIFT = 12
_MASK = PAGE - 1


class Paged:
    """One value per person, ``fill`` where none was set. Reading is vectorised: one gather, no grouping by page.

    One thread writes. Others may call ``one`` and ``where_true`` meanwhile: a page is complete before it is reachable.
    """

    def __init__(self, dtype: Any, fill: Any) -> None:
        self.fill = fill
        self._flat: NDArray[Any] = np.full(PAGE, fill, dtype)  # page 0 stays as it is: everybody without a page reads it
        self._used = 1
        self._offset = np.zeros(16, np.int64)  # page number → where its values start

    def get(self, people: Ids) -> NDArray[Any]:
        """The values of these people."""
        pages = people >> _SHIFT
        try:
            places = self._offset[pages]
        except IndexError:
            self._reach(int(pages.max()))
            places = self._offset[pages]
        places += people & _MASK
        values: NDArray[Any] = self._flat[places]
        return values

    def set(self, people: Ids, values: Any) -> None:
        """Set the values of these people (one value for all, or one each)."""
        if not people.size:
            return
        pages = people >> _SHIFT
        if int(pages.max()) >= self._offset.size:
            self._reach(int(pages.max()))
        offsets = self._offset[pages]
        if not offsets.all():
            self._allocate(np.unique(pages[offsets == 0]))
            offsets = self._offset[pages]
        self._flat[offsets + (people & _MASK)] = values

    def one(self, person: int) -> Any:
        """The value of one person."""
        page = person >> _SHIFT
        offsets = self._offset
        if page >= offsets.size:
            return self.fill
        return self._flat[offsets[page] + (person & _MASK)].item()

    def where_true(self, after: int = 0, limit: int | None = None) -> list[int]:
        """For a column of booleans: the people above ``after`` whose value is true, ascending, at most ``limit``."""
        found: list[int] = []
        offsets = self._offset
        first = (after + 1) >> _SHIFT
        for page in (np.flatnonzero(offsets[first:]) + first).tolist():
            start = int(offsets[page])
            ids = np.flatnonzero(self._flat[start : start + PAGE]) + (page << _SHIFT)
            found.extend(ids[ids > after].tolist())
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def trues(self) -> Ids:
        """For a column of booleans: everybody whose value is true, ascending."""
        return np.flatnonzero(self.dense())

    def dense(self, size: int = 0) -> NDArray[Any]:
        """The values of everybody from 0 on, at least ``size`` of them, whole pages: a copy. Costs no lookup a person."""
        pages = np.flatnonzero(self._offset)
        count = max(int(pages[-1]) + 1 if pages.size else 0, -(-size // PAGE))
        starts = np.zeros(count, np.int64)
        known = min(count, self._offset.size)
        starts[:known] = self._offset[:known]
        rows: NDArray[Any] = self._flat[: self._flat.size // PAGE * PAGE].reshape(-1, PAGE)
        return rows[starts // PAGE].reshape(-1)

    def held(self) -> tuple[Ids, NDArray[Any]]:
        """Who has another value than ``fill``, ascending, and these values."""
        pages = np.flatnonzero(self._offset)
        rows = self._flat[: self._used * PAGE].reshape(-1, PAGE)[self._offset[pages] >> _SHIFT]
        lines, columns = np.nonzero(rows != self.fill)
        people: Ids = (pages[lines] << _SHIFT) + columns
        return people, rows[lines, columns]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, for ``restore``: views, true until the next ``set``."""
        return {"flat": self._flat[: self._used * PAGE].reshape(-1, PAGE), "offset": self._offset}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Be what these arrays were taken of."""
        self._flat, self._offset = arrays["flat"].reshape(-1), arrays["offset"]
        self._used = self._flat.size // PAGE

    @property
    def nbytes(self) -> int:
        return int(self._flat.nbytes + self._offset.nbytes)

    def _reach(self, page: int) -> None:
        if page >= self._offset.size:
            wider = np.zeros(max(page + 1, 2 * self._offset.size), np.int64)
            wider[: self._offset.size] = self._offset
            self._offset = wider

    def _allocate(self, pages: Ids) -> None:
        needed = (self._used + pages.size) * PAGE
        if needed > self._flat.size:
            longer = np.full(max(needed, self._flat.size * 3 // 2), self.fill, self._flat.dtype)
            longer[: self._flat.size] = self._flat
            self._flat = longer
        self._offset[pages] = np.arange(self._used, self._used + pages.size) * PAGE
        self._used += pages.size
