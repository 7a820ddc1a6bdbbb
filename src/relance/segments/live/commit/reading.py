"""Who is in some segments, as ticks have committed it: for processes and threads that hold no live state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from threading import Lock

from pyroaring import BitMap64
from sqlalchemy.engine import Connection

from relance.segments import store
from relance.segments.live.commit.packing import PackedChange, bitmap_of, unpack_changes, unpack_members, unpack_people

Key = tuple[int, int]  # app, segment


class CommittedMembers:
    """Follows the change log: each question reads what was committed since the one before. For any thread.

    What is named the first time is read whole. An archived segment has no members.
    """

    def __init__(self, partitions: int = 1) -> None:
        self._partitions = range(partitions)
        self._members: dict[tuple[int, Key], BitMap64] = {}  # by partition
        self._known: frozenset[Key] = frozenset()
        self._ticks: dict[int, int] = {}  # partition → the last tick read
        self._lock = Lock()

    def segments_of(
        self, connection: Connection, app_id: int, segments: Collection[int], persons: Iterable[int]
    ) -> dict[int, frozenset[int]]:
        """Person → those of these segments that they are in; left out where there are none."""
        if not segments:
            return {}
        with self._lock:
            self._follow(connection, {(app_id, segment) for segment in segments})
            found: dict[int, frozenset[int]] = {}
            sets = [(each, [self._members.get((p, (app_id, each)), _NOBODY) for p in self._partitions]) for each in segments]
            for person in persons:
                inside = frozenset(segment for segment, parts in sets if any(person in part for part in parts))
                if inside:
                    found[person] = inside
            return found

    def _follow(self, connection: Connection, wanted: set[Key]) -> None:
        if not wanted <= self._known:
            self._known |= wanted
            self._members, self._ticks = {}, {}
        for partition in self._partitions:
            self._read(connection, partition, self._ticks.get(partition, -1))

    def _read(self, connection: Connection, partition: int, after: int) -> None:
        """Changes that were left out because a segment was written whole meanwhile are in what was written."""
        written: dict[Key, int] = {}
        last = after
        for row, tick in store.snapshots_since(connection, partition, after, self._known):
            key = (row.app_id, row.segment_id)
            self._members[partition, key] = bitmap_of(unpack_members(row.payload)) if row.digest else BitMap64()
            written[key], last = tick, max(last, tick)
        for tick, payload in store.changes_since(connection, partition, after):
            last = max(last, tick)
            for change in unpack_changes(payload):
                key = (change.app_id, change.segment_id)
                if key in self._known and tick > written.get(key, -1):
                    self._apply(partition, key, change)
        self._ticks[partition] = last

    def _apply(self, partition: int, key: Key, change: PackedChange) -> None:
        if not change.digest:
            self._members[partition, key] = BitMap64()
            return
        members = self._members.setdefault((partition, key), BitMap64())
        members.difference_update(BitMap64(unpack_people(change.left).tolist()))
        members.update(BitMap64(unpack_people(change.entered).tolist()))


_NOBODY = BitMap64()
