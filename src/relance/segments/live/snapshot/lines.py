"""The content of event lists in chunks: each holds the events of people with neighbouring ids."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from relance.core.places import Spot
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.snapshot.chunks import Chunk, ChunkedColumn, Chunks, ChunkWrite, DamagedError
from relance.segments.live.sources.event_lists import Line

LINES = "lines"  # the name of the column, and in place of its dtype
PEOPLE_A_CHUNK = 1_024
_LEVEL = 1
_NONE = Chunk(0, 0, 0, 0)
_PLAIN = 3  # the fields of an event without a spot

_PackedEvent = list[Any]  # when it happened, position, properties; and a spot, if any
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[tuple[int, list[_PackedEvent]]]).decode


def groups(people: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """(place, ids) of each chunk; ``people`` ascend."""
    place, group = 0, list[int]()
    for person in people:
        if person // PEOPLE_A_CHUNK != place and group:
            yield place, group
            group = []
        place = person // PEOPLE_A_CHUNK
        group.append(person)
    if group:
        yield place, group


class LinesColumn:
    """Chunks of people's events, taken one after another."""

    def __init__(self, before: ChunkedColumn | None, writing: int) -> None:
        fits = before is not None and before.dtype == LINES and before.rows == PEOPLE_A_CHUNK
        self._known = before.chunks if before is not None and fits else []
        self._writing = writing
        self.column = ChunkedColumn(LINES, (), PEOPLE_A_CHUNK, [])

    def take(self, place: int, lines: Sequence[tuple[int, Line]]) -> ChunkWrite | None:
        """The next chunk if it must be written; None if it is stored already."""
        packed = [(person, [_written(each) for each in line]) for person, line in lines]
        body = _encode(packed)
        raw, chunks = zlib.crc32(body), self.column.chunks
        chunks.extend([_NONE] * (place - len(chunks)))
        if place < len(self._known) and self._known[place] != _NONE and self._known[place].raw == raw:
            chunks.append(self._known[place])
            return None
        payload = zlib.compress(body, _LEVEL)
        chunks.append(Chunk(self._writing, raw, zlib.crc32(payload), len(payload)))
        return ChunkWrite(LINES, place, payload)


def read_lines(column: ChunkedColumn, payloads: Chunks, event: str) -> Iterator[tuple[int, list[RuleEvent]]]:
    """Each person's events. Raises ``DamagedError``."""
    for place, chunk in enumerate(column.chunks):
        if chunk == _NONE:
            continue
        payload = payloads.get((place, chunk.writing))
        if payload is None or zlib.crc32(payload) != chunk.packed:
            raise DamagedError("A chunk of it is missing or damaged.")
        for person, packed in _decode(zlib.decompress(payload)):
            yield person, [_read(event, each) for each in packed]


def _written(event: RuleEvent) -> tuple[Any, ...]:
    """All fields except its name."""
    return event[1:] if event.spot is not None else event[1:4]


def _read(event: str, packed: _PackedEvent) -> RuleEvent:
    if len(packed) == _PLAIN:  # made from a whole tuple: there are hundreds of thousands at start-up
        return RuleEvent._make((event, *packed, None))
    occurred_at, position, properties, spot = packed
    return RuleEvent(event, occurred_at, position, properties, Spot(*spot))
