"""Membership as bytes: the changes of one tick, and a whole segment as a roaring bitmap."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable

import msgspec
import numpy as np
from pyroaring import BitMap64

from relance.segments.live.columns.person_column import Ids

_ZLIB = b"\x78\x01"  # the first byte of an earlier version's bitsets; bitmaps start with their number of containers
_RUN = 64  # run length from which adding ranges is faster than adding ids


class PackedChange(msgspec.Struct, array_like=True):
    """One tick's changes of one segment: sets of people as packed 32-bit ids. An archived segment has no ``digest``."""

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
    """A set of people, ascending, as a roaring bitmap in its portable format."""
    members = bitmap_of(people)
    members.run_optimize()
    return bytes(members.serialize())


def unpack_members(payload: bytes) -> Ids:
    """The people of a bitmap, ascending."""
    if payload.startswith(_ZLIB):
        return np.flatnonzero(np.unpackbits(np.frombuffer(zlib.decompress(payload), np.uint8), bitorder="little"))
    return people_in(BitMap64.deserialize(payload))


def bitmap_of(people: Ids) -> BitMap64:
    """A set of people, ascending, for set operations."""
    if not people.size:
        return BitMap64()
    starts = np.flatnonzero(np.diff(people, prepend=people[0] - 2) != 1)
    if starts.size * _RUN > people.size:
        return BitMap64(array("Q", people.astype("<u8").tobytes()))
    members, ends = BitMap64(), np.append(starts[1:], people.size) - 1  # consecutive ids, as when everybody is in
    for first, last in zip(people[starts].tolist(), people[ends].tolist(), strict=True):
        members.add_range(first, last + 1)
    return members


def people_in(members: BitMap64) -> Ids:
    """The people of a set, ascending."""
    found: Ids = np.frombuffer(members.to_array(), np.uint64).astype(np.int64)
    return found
