"""What a partition may settle now: a deletion waits until the others have settled all that the log took before it.

An id that was given to somebody, and a person who became part of somebody, just before that person was asked to be deleted,
may stand in another partition's part of the log. Whoever deletes a person means these, too: it was acknowledged before.
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
    """The batches up to the first with a deletion that has to wait. Of all that wait, the oldest never does."""
    deletions = [place for place, batch in enumerate(batches) if _DELETE in {event.kind for event in batch.events}]
    if not deletions:
        return batches
    settled = _settled_before(parts)
    return batches[: next((place for place in deletions if batches[place].offset > settled), len(batches))]


def _settled_before(parts: PartitionContext) -> int:
    """The offset of the oldest row that another partition has not settled; more than any where there is none."""
    with reading(parts.state) as connection:
        offsets = read_offsets(connection)
    with reading(parts.log) as connection:
        waiting = [next_offset(connection, other, after) for other, after in offsets if other != parts.partition]
    return min((offset for offset in waiting if offset is not None), default=1 << 62)
