"""The snapshots from which a partition's live state is restored, and the people who must not come back with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy.engine import Connection

from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.fill.building import WantedSegment
from relance.segments.live.fill.fillers import ColumnHistory
from relance.segments.live.shard import Shard
from relance.segments.live.snapshot import store
from relance.segments.live.snapshot.chunks import Chunks, Head, read_head
from relance.segments.live.snapshot.parts import parts
from relance.segments.live.snapshot.restoring import Restored

log = structlog.get_logger()

#: The traits of some of an app's people, with the facts needed; people without any may be missing.
ReadSome = Callable[[Connection, int, Sequence[int], frozenset[str]], Mapping[int, Mapping[str, Any]]]


class Newest(msgspec.Struct, frozen=True):
    """The snapshot that the next start would use: its parts, when the oldest was written (real ms), total bytes, and how many
    events were settled since.
    """

    parts: int
    written_at: int
    bytes: int
    behind: int


class SnapshotFigures(msgspec.Struct):
    """All snapshots since start-up: how many were completed, bytes written, and seconds of processor time."""

    count: int = 0
    bytes: int = 0
    seconds: float = 0.0


def newest_of(found: Sequence[Newest | None]) -> Newest | None:
    """Several partitions' snapshots as one; None if none of them has any."""
    written = [each for each in found if each is not None]
    if not written:
        return None
    parts, sizes = sum(each.parts for each in written), sum(each.bytes for each in written)
    # Positions count all partitions, so that the one furthest behind gives the number of events.
    return Newest(parts, min(each.written_at for each in written), sizes, max(each.behind for each in written))


def figures_of(found: Sequence[SnapshotFigures]) -> SnapshotFigures:
    """The figures of several partitions together."""
    sums = [sum(each) for each in zip(*((one.count, one.bytes, one.seconds) for one in found), strict=True)]
    return SnapshotFigures(int(sums[0]), int(sums[1]), sums[2])


class Snapshots:
    """The reading side, within the tick's transactions. ``Snapshotter`` writes, and maintains ``figures``."""

    def __init__(self, partition: int, read_some: ReadSome, partitions: int = 1) -> None:
        self.partition = partition
        self._share = PartitionShare(partition, partitions)
        self.read_some = read_some
        self.figures = SnapshotFigures()
        self.lacking = False  # whether the last ``restore`` left something out, or a deletion is waiting to be written
        self.restored = 0  # parts that the last ``load`` did not have to build
        self.unusable: set[store.Part] = set()  # parts to be rewritten from scratch
        self._forgotten: list[store.Person] = []
        self._deletes = False

    def restore(self, connection: Connection, shard: Shard, wanted: Sequence[WantedSegment], past: ColumnHistory) -> Restored:
        """Fill an empty shard with what is stored of it."""
        self._forgotten.clear()
        self._deletes = False
        forgotten = [person for app_id, person in store.select_forgotten(connection, self.partition) if app_id == shard.app_id]
        written = _Written(connection, self.partition, shard.app_id)
        restored = Restored(shard, written, past, self._share, forgotten)
        restored.restore(wanted)
        self.lacking = self.lacking or bool(forgotten)
        return restored

    def finish(self, connection: Connection, shard: Shard, restored: Restored, asked: frozenset[str]) -> None:
        """Called once the shard is built. ``asked`` are the facts that its rules use."""
        restored.finish(lambda people: self.read_some(connection, shard.app_id, people, asked))
        names = {part.name for part in parts(shard)}
        self.lacking = self.lacking or not names <= restored.names
        self.unusable |= {(shard.app_id, name) for name in restored.unusable}
        self.restored += len(names & restored.names)
        log.info(
            "live_state_restored", app=shard.app_id, partition=self.partition, restored=len(names & restored.names),
            rebuilt=len(names - restored.names), events=restored.caught_up,
        )  # fmt: skip

    def forget(self, app_id: int, person_id: int, *, is_deleted: bool = True) -> None:
        """The person is deleted by the current tick, or moves to another partition."""
        self._forgotten.append((app_id, person_id))
        self._deletes |= is_deleted  # traces of deleted people do not wait for the next snapshot

    def flush(self, connection: Connection) -> None:
        """In the tick's transaction: until the next snapshot is complete, removed people are left out of what is restored."""
        if self._forgotten:
            store.insert_forgotten(connection, self.partition, self._forgotten)
            self._forgotten.clear()
            self.lacking |= self._deletes
            self._deletes = False

    def newest(self, connection: Connection, position: int) -> Newest | None:
        """For a partition settled up to ``position``; None if nothing is stored yet. Thread-safe."""
        found = store.select_newest(connection, self.partition)
        return None if found is None else Newest(*found[:3], max(0, position - found[3]))


class _Written:
    """What is stored of one app."""

    def __init__(self, connection: Connection, partition: int, app_id: int) -> None:
        self._connection, self._partition, self._app_id = connection, partition, app_id
        found = store.select_heads(connection, partition)
        self._heads = {name: payload for (app, name), payload in found.items() if app == app_id}

    def head(self, name: str) -> Head | None:
        payload = self._heads.get(name)
        return None if payload is None else read_head(payload)

    def chunks(self, name: str) -> Mapping[str, Chunks]:
        return store.select_chunks(self._connection, self._partition, (self._app_id, name))
