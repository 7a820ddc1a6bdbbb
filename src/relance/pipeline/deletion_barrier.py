"""Holds a deletion back until all partitions have settled whatever the log took before it.

An id assigned to a person, or a person merged into them, shortly before the deletion was requested may be in another partition's
part of the log. The deletion covers these, too: they were acknowledged before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from relance.events.model import Kind, LogBatch
from relance.events.service import next_offset
from relance.infra.database import reading
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.store import read_offsets

_DELETE = Kind.DELETE.value


def in_turn(parts: PartitionContext, batches: Sequence[LogBatch]) -> Sequence[LogBatch]:
    """The batches up to the first with a deletion that must wait. The oldest waiting deletion never waits for another."""
    deletions = [place for place, batch in enumerate(batches) if _DELETE in {event.kind for event in batch.events}]
    if not deletions:
        return batches
    settled = _settled_before(parts)
    return batches[: next((place for place in deletions if batches[place].offset > settled), len(batches))]


def _settled_before(parts: PartitionContext) -> int:
    """The offset of the oldest row another partition has not settled; larger than any offset if there is none."""
    with reading(parts.state) as connection:
        offsets = read_offsets(connection)
    with reading(parts.log) as connection:
        waiting = [next_offset(connection, other, after) for other, after in offsets if other != parts.partition]
    return min((offset for offset in waiting if offset is not None), default=1 << 62)
