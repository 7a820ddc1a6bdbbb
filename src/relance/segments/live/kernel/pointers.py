"""Arrays that compiled code finds by where they are in memory.

A tick touches the arrays of every source. To hand each of them over, and to call once for each source, takes longer than what is
done with them; so one call is given a table of addresses. Whoever fills the table keeps the arrays alive during the call.
The compiler has words of its own for these functions (``kernel.intrinsics``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class _Memory:
    """A piece of memory, as numpy is told of one."""

    def __init__(self, address: int, shape: tuple[int, ...], kind: str) -> None:
        self.__array_interface__ = {"data": (int(address), False), "shape": shape, "typestr": kind, "version": 3}


def address_of(array: NDArray[Any]) -> int:
    """Where the elements of an array are. It is one piece."""
    address: int = array.__array_interface__["data"][0]
    return address


def integers_at(address: int, size: int) -> NDArray[np.int64]:
    """So many whole numbers at an address. Whoever asks owns nothing."""
    return np.asarray(_Memory(address, (int(size),), "<i8"))


def reals_at(address: int, size: int) -> NDArray[np.float64]:
    return np.asarray(_Memory(address, (int(size),), "<f8"))


def slots_at(address: int, size: int) -> NDArray[np.int32]:
    return np.asarray(_Memory(address, (int(size),), "<i4"))


def flags_at(address: int, size: int) -> NDArray[np.int8]:
    return np.asarray(_Memory(address, (int(size),), "|i1"))


def integer_rows_at(address: int, rows: int, width: int) -> NDArray[np.int64]:
    """Rows of whole numbers, one behind the other."""
    return np.asarray(_Memory(address, (int(rows), int(width)), "<i8"))


def real_rows_at(address: int, rows: int, width: int) -> NDArray[np.float64]:
    return np.asarray(_Memory(address, (int(rows), int(width)), "<f8"))


def fetch(array: NDArray[Any], place: Any) -> None:
    """Have the part of memory with an element brought near, without waiting for it. Only compiled code can."""
