"""A column indexed by person id that only allocates pages in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.infra.arrays import longer
from relance.segments.live.columns.runs import distinct

Ids = NDArray[np.int64]
Bools = NDArray[np.bool_]
Instants = NDArray[np.int64]

PAGE = 4_096
_SHIFT = 12
_MASK = PAGE - 1


class PersonColumn:
    """One value per person, ``fill`` by default. Reads are vectorised: one gather, no grouping by page.

    One thread writes. Others may call ``one`` and ``where_true`` concurrently: a page is complete before it becomes reachable.
    """

    def __init__(self, dtype: Any, fill: Any) -> None:
        self.fill = fill
        self._used = 1
        # The values; page 0 is never written and serves everybody without a page. And where each page's values start.
        self._pages = np.full(PAGE, fill, dtype), np.zeros(16, np.int64)

    def get(self, people: Ids) -> NDArray[Any]:
        """The values of these people."""
        flat, offset = self._pages
        pages = people >> _SHIFT
        try:
            places = offset[pages]
        except IndexError:
            flat, offset = self._reach(int(pages.max()))
            places = offset[pages]
        places += people & _MASK
        values: NDArray[Any] = flat[places]
        return values

    def set(self, people: Ids, values: Any) -> None:
        """Set these people's values (a single value or one each)."""
        if not people.size:
            return
        flat, offset = self._pages
        pages = people >> _SHIFT
        try:
            offsets = offset[pages]
        except IndexError:
            flat, offset = self._reach(int(pages.max()))
            offsets = offset[pages]
        if not offsets.all():
            flat, offset = self._allocate(distinct(pages[offsets == 0]))
            offsets = offset[pages]
        flat[offsets + (people & _MASK)] = values

    def one(self, person: int) -> Any:
        """The value of one person."""
        page = person >> _SHIFT
        flat, offset = self._pages
        if page >= offset.size:
            return self.fill
        return flat[offset[page] + (person & _MASK)].item()

    def where_true(self, after: int = 0, limit: int | None = None) -> list[int]:
        """For boolean columns: the people above ``after`` whose value is true, ascending, at most ``limit``."""
        found: list[int] = []
        flat, offset = self._pages
        first = (after + 1) >> _SHIFT
        for page in (np.flatnonzero(offset[first:]) + first).tolist():
            start = int(offset[page])
            ids = np.flatnonzero(flat[start : start + PAGE]) + (page << _SHIFT)
            found.extend(ids[ids > after].tolist())
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def trues(self) -> Ids:
        """For boolean columns: everybody whose value is true, ascending."""
        return np.flatnonzero(self.dense())

    def dense(self, size: int = 0) -> NDArray[Any]:
        """A copy of the values of everybody from 0 on, at least ``size``, in whole pages. Costs no look-up per person."""
        flat, offset = self._pages
        pages = np.flatnonzero(offset)
        count = max(int(pages[-1]) + 1 if pages.size else 0, -(-size // PAGE))
        starts = np.zeros(count, np.int64)
        known = min(count, offset.size)
        starts[:known] = offset[:known]
        rows: NDArray[Any] = flat[: flat.size // PAGE * PAGE].reshape(-1, PAGE)
        return rows[starts // PAGE].reshape(-1)

    def held(self) -> tuple[Ids, NDArray[Any]]:
        """The people whose value differs from ``fill``, ascending, and their values."""
        pages, rows = self._rows()
        lines, columns = np.nonzero(rows != self.fill)
        people: Ids = (pages[lines] << _SHIFT) + columns
        return people, rows[lines, columns]

    def sweep(self) -> None:
        """Free the pages in which every value is ``fill``."""
        pages, rows = self._rows()
        lives = (rows != self.fill).any(axis=1)
        if lives.all():
            return
        offset = np.zeros(max(16, int(pages[lives].max(initial=0)) + 1), np.int64)
        offset[pages[lives]] = np.arange(1, np.count_nonzero(lives) + 1) * PAGE
        flat = self._pages[0]
        self._used = int(np.count_nonzero(lives)) + 1
        self._pages = np.concatenate([flat[:PAGE], rows[lives].reshape(-1)]), offset

    def _rows(self) -> tuple[Ids, NDArray[Any]]:
        """The allocated pages, ascending, and the values of each."""
        flat, offset = self._pages
        pages = np.flatnonzero(offset)
        return pages, flat[: self._used * PAGE].reshape(-1, PAGE)[offset[pages] >> _SHIFT]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content, for ``restore``: views, valid until the next ``set``."""
        flat, offset = self._pages
        return {"flat": flat[: self._used * PAGE].reshape(-1, PAGE), "offset": offset}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore the content from these arrays."""
        flat = arrays["flat"].reshape(-1)
        self._used = flat.size // PAGE
        self._pages = flat, arrays["offset"]

    @property
    def nbytes(self) -> int:
        flat, offset = self._pages
        return int(self._used * PAGE * flat.itemsize + offset.nbytes)

    def _reach(self, page: int) -> tuple[NDArray[Any], Ids]:
        flat, offset = self._pages
        if page >= offset.size:
            wider = np.zeros(max(page + 1, 2 * offset.size), np.int64)
            wider[: offset.size] = offset
            self._pages = flat, wider
        return self._pages

    def _allocate(self, pages: Ids) -> tuple[NDArray[Any], Ids]:
        flat, offset = self._pages
        used = self._used + pages.size
        if used * PAGE > flat.size:
            flat = longer(flat[: self._used * PAGE], used * PAGE)
            self._pages = flat, offset
        flat[self._used * PAGE : used * PAGE] = self.fill
        offset[pages] = np.arange(self._used, used) * PAGE
        self._used = used
        return self._pages
