"""Arrays with room to grow, which take no memory where they were never written to."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_LARGE = 1 << 20  # bytes
_MOST = 1 << 34  # bytes
_SMALL = 1 << 16  # bytes that are copied in no time: a process may have some 65,000 mappings, not one for each small array
_RESERVE, _RESERVE_OF_SMALL = 256, 8  # times what is needed
_SMALL_PAGES = getattr(mmap, "MADV_NOHUGEPAGE", None)  # Linux


def longer(kept: NDArray[Any], size: int) -> NDArray[Any]:
    """An array that begins with what is kept and has place for ``size`` in all, and for many times as many where that may be had.

    What is never touched takes no memory, only addresses; to copy a large array again and again takes time when there is none.
    """
    times, most = _RESERVE if size * kept.itemsize > _SMALL else _RESERVE_OF_SMALL, _MOST // kept.itemsize
    while True:
        try:
            array = untouched(max(size, min(times * size, most)), kept.dtype)
        except MemoryError:
            if times == 1:
                raise
            times = max(1, times // 4)
        else:
            array[: kept.size] = kept
            return array


def untouched(size: int, dtype: DTypeLike) -> NDArray[Any]:
    """So many zeros, of which only those take memory that are ever written to.

    In small pages: numpy asks for large ones, and who first writes to one waits until 2 MB are cleared (measured in a virtual
    machine: 3 to 9 ms; ticks of live segments took a quarter longer at the 90th percentile). Raises ``MemoryError`` where the
    system does not promise so much.
    """
    kind = np.dtype(dtype)
    if size * kind.itemsize < _LARGE:
        return np.zeros(size, kind)
    try:
        pages = mmap.mmap(-1, size * kind.itemsize, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError from error
    if _SMALL_PAGES is not None:
        pages.madvise(_SMALL_PAGES)
    return np.frombuffer(pages, kind)
