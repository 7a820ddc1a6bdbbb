"""Membership as bytes: the changes of one tick, and a whole segment as a bitset."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec
import numpy as np

from relance.segments.live.columns.person_column import Ids

_LEVEL = 1


class PackedChange(msgspec.Struct, array_like=True):
    """What one tick did to one segment: sets of people as packed 32-bit ids. An archived segment has no ``digest``."""

    app_id: int
    segment_id: int
    digest: str
    entered: bytes
    left: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[PackedChange])


def pack_people(people: Ids) -> bytes:
    """Ids as little-endian 32-bit numbers."""
    return people.astype("<u4").tobytes()


def unpack_people(data: bytes) -> Ids:
    return np.frombuffer(data, "<u4").astype(np.int64)


def pack_changes(changes: Iterable[PackedChange]) -> bytes:
    """One tick's changes."""
    return _encoder.encode(list(changes))


def unpack_changes(payload: bytes) -> list[PackedChange]:
    return _decoder.decode(payload)


def pack_members(people: Ids) -> bytes:
    """A set of people as a compressed bitset; bit n is the person n."""
    bits = np.zeros(int(people.max()) + 1 if people.size else 0, np.bool_)
    bits[people] = True
    return zlib.compress(np.packbits(bits, bitorder="little").tobytes(), _LEVEL)


def unpack_members(payload: bytes) -> Ids:
    """The people of a bitset, ascending."""
    return np.flatnonzero(np.unpackbits(np.frombuffer(zlib.decompress(payload), np.uint8), bitorder="little"))
