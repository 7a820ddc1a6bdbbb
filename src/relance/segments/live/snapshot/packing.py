"""Numeric columns as few bytes: empty places are left out, and numbers are stored as differences from the smallest.

Instants spanning some weeks take five bytes each, about as many as with zlib at ten times the time.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.columns.instants import NEVER, NONE

_HEADER = struct.Struct("<qqB")  # the value of an empty place, the smallest number, bytes per difference
_WIDEST = 8


def pack(column: NDArray[Any]) -> bytes:
    """Pack the numbers or booleans of a column. Type and shape are not stored."""
    flat = column.reshape(-1)
    if flat.dtype == np.bool_:
        return _packed(flat)
    empty = _empty(flat)
    held = flat != empty
    values = flat[held].astype(np.int64)
    least = int(values.min()) if values.size else 0
    differences = values.view(np.uint64) - np.uint64(least & (1 << 64) - 1)
    width = (int(differences.max()).bit_length() + 7) // 8 if values.size else 0
    data: bytes = differences.astype("<u8", copy=False).view(np.uint8).reshape(-1, _WIDEST)[:, :width].tobytes()
    return _HEADER.pack(empty, least, width) + _packed(held) + data


def unpack(payload: bytes, dtype: str, count: int) -> NDArray[Any]:
    """The column, flat. Raises ``ValueError`` for impossible bytes."""
    places = (count + 7) // 8
    if dtype == np.dtype(np.bool_).str:
        return _bits(payload, count).copy()
    if len(payload) < _HEADER.size + places:
        raise ValueError("The column is cut off.")
    empty, least, width = _HEADER.unpack_from(payload)
    held = _bits(payload[_HEADER.size : _HEADER.size + places], count)
    data = np.frombuffer(payload, np.uint8, offset=_HEADER.size + places)
    differences = np.zeros((int(np.count_nonzero(held)), _WIDEST), np.uint8)
    differences[:, :width] = data.reshape(differences.shape[0], width)
    column = np.full(count, empty, dtype)
    column[held] = (differences.view("<u8").reshape(-1) + np.uint64(least & (1 << 64) - 1)).view(np.int64)
    return column


def _packed(truths: NDArray[np.bool_]) -> bytes:
    return np.packbits(truths, bitorder="little").tobytes()


def _bits(payload: bytes, count: int) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(payload, np.uint8), count=count, bitorder="little").view(np.bool_)
    if bits.size != count:
        raise ValueError("The column is cut off.")
    return bits


def _empty(flat: NDArray[Any]) -> int:
    """The most frequent value of empty places."""
    if flat.size and flat.min() == NONE:
        return NONE
    return NEVER if flat.size and flat.max() == NEVER else 0
