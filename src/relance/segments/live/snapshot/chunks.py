"""A part of live state in chunks: each is written only if it has changed, and carries checksums."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relance.segments.live.snapshot.packing import pack, unpack

VERSION = 3  # of everything written here; other formats are not read
CHUNK_BYTES = 131_072  # of live state, before compression
_CHECK = 4  # bytes of the checksum after a head


#: Payloads of a column by (place, writing).
Chunks = Mapping[tuple[int, int], bytes]


class DamagedError(ValueError):
    """What was read is not what was written."""


class Chunk(msgspec.Struct, array_like=True):
    """A stretch of a column: the writing that wrote it, checksums before and after compression, and bytes after it."""

    writing: int
    raw: int
    packed: int
    size: int


class ChunkedColumn(msgspec.Struct, array_like=True):
    """An array in chunks of ``rows`` rows."""

    dtype: str
    shape: tuple[int, ...]
    rows: int
    chunks: list[Chunk]


class Head(msgspec.Struct, array_like=True):
    """The head of a part: valid at the committed ``position``, settled up to ``settled_at``; ``about`` is specific to
    the part.
    """

    version: int
    writing: int
    position: int
    settled_at: int
    about: dict[str, Any]
    columns: dict[str, ChunkedColumn]


class ChunkWrite(msgspec.Struct):
    """A chunk to write."""

    column: str
    place: int
    payload: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Head).decode


def write_head(head: Head) -> bytes:
    """A head with its checksum."""
    body = _encode(head)
    return body + zlib.crc32(body).to_bytes(_CHECK, "little")


def read_head(payload: bytes) -> Head:
    """Raises ``DamagedError``, also if another version of the program wrote it."""
    body, check = payload[:-_CHECK], payload[-_CHECK:]
    if zlib.crc32(body).to_bytes(_CHECK, "little") != check:
        raise DamagedError("Its header is damaged.")
    try:
        head = _decode(body)
    except msgspec.DecodeError as error:
        raise DamagedError("Its header has an unknown format.") from error
    if head.version != VERSION:
        raise DamagedError(f"Its version is {head.version}, this program writes {VERSION}.")
    return head


def dirty(
    name: str, array: NDArray[Any], before: ChunkedColumn | None, writing: int
) -> tuple[ChunkedColumn, Iterator[ChunkWrite]]:
    """The column as it will be, and its chunks that differ from ``before``. Taking all chunks completes the column."""
    rows = max(1, CHUNK_BYTES // max(1, array.itemsize * int(np.prod(array.shape[1:], dtype=np.int64))))
    column = ChunkedColumn(array.dtype.str, array.shape, rows, [])
    comparable = before is not None and (before.dtype, before.rows, before.shape[1:]) == (column.dtype, rows, array.shape[1:])
    known = before.chunks if before is not None and comparable else []
    return column, _dirty(name, array, column, known, writing)


def _dirty(name: str, array: NDArray[Any], column: ChunkedColumn, known: list[Chunk], writing: int) -> Iterator[ChunkWrite]:
    for place, start in enumerate(range(0, array.shape[0], column.rows)):
        stretch = np.ascontiguousarray(array[start : start + column.rows])
        raw = zlib.crc32(stretch.data)
        if place < len(known) and known[place].raw == raw:
            column.chunks.append(known[place])
            continue
        payload = pack(stretch)
        column.chunks.append(Chunk(writing, raw, zlib.crc32(payload), len(payload)))
        yield ChunkWrite(name, place, payload)


def assemble(column: ChunkedColumn, payloads: Chunks) -> NDArray[Any]:
    """The array, from payloads by (place, writing). Raises ``DamagedError``."""
    array = np.empty(column.shape, column.dtype)
    for place, chunk in enumerate(column.chunks):
        payload = payloads.get((place, chunk.writing))
        if payload is None or zlib.crc32(payload) != chunk.packed:
            raise DamagedError("A chunk of it is missing or damaged.")
        stretch = array[place * column.rows : (place + 1) * column.rows]
        stretch[...] = unpack(payload, column.dtype, stretch.size).reshape(stretch.shape)
    return array
