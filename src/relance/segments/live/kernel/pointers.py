"""Arrays located by address in compiled code.

A tick touches the arrays of every source. Passing each of them, and calling once per source, would take longer than the work; so
a single call gets a table of addresses. The caller keeps the arrays alive during the call. The compiler replaces these functions
by its own (``kernel.intrinsics``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class _Memory:
    """A block of memory in numpy's array interface."""

    def __init__(self, address: int, shape: tuple[int, ...], kind: str) -> None:
        self.__array_interface__ = {"data": (int(address), False), "shape": shape, "typestr": kind, "version": 3}


def address_of(array: NDArray[Any]) -> int:
    """The address of an array's elements, which must be contiguous."""
    address: int = array.__array_interface__["data"][0]
    return address


def integers_at(address: int, size: int) -> NDArray[np.int64]:
    """This many integers at an address; the result owns nothing."""
    return np.asarray(_Memory(address, (int(size),), "<i8"))


def reals_at(address: int, size: int) -> NDArray[np.float64]:
    return np.asarray(_Memory(address, (int(size),), "<f8"))


def slots_at(address: int, size: int) -> NDArray[np.int32]:
    return np.asarray(_Memory(address, (int(size),), "<i4"))


def flags_at(address: int, size: int) -> NDArray[np.int8]:
    return np.asarray(_Memory(address, (int(size),), "|i1"))


def integer_rows_at(address: int, rows: int, width: int) -> NDArray[np.int64]:
    """Rows of integers, one after another."""
    return np.asarray(_Memory(address, (int(rows), int(width)), "<i8"))


def real_rows_at(address: int, rows: int, width: int) -> NDArray[np.float64]:
    return np.asarray(_Memory(address, (int(rows), int(width)), "<f8"))


def fetch(array: NDArray[Any], place: Any) -> None:
    """Prefetch the cache line of an element. Only compiled code can."""
