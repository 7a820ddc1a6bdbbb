"""Arrays with room to grow, which take no memory where they have never been written."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_LARGE = 1 << 20  # bytes
_MOST = 1 << 34  # bytes
_SMALL = 1 << 16  # bytes copied in no time: a process has about 65,000 mappings, too few for one per small array
_RESERVE, _RESERVE_OF_SMALL = 256, 8  # times the needed size
_SMALL_PAGES = getattr(mmap, "MADV_NOHUGEPAGE", None)  # Linux


def longer(kept: NDArray[Any], size: int) -> NDArray[Any]:
    """An array that starts with the given content and has room for ``size``, and if possible for many times that.

    Untouched memory costs only addresses; copying a large array repeatedly costs time when there is none.
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
    """Zeros, of which only those ever written take memory.

    In small pages: numpy requests huge ones, and the first write to one waits until 2 MB are cleared (3 to 9 ms in a virtual
    machine; ticks of live segments took a quarter longer at the 90th percentile). Raises ``MemoryError`` if the system does not
    promise as much.
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
