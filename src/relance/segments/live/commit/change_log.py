"""Committed membership: written by each tick, read when live state is rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy.engine import Connection

from relance.segments import store
from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.live.columns.runs import distinct
from relance.segments.live.commit.compaction import Compaction, Key
from relance.segments.live.commit.packing import (
    PackedChange,
    pack_changes,
    pack_members,
    pack_people,
    unpack_changes,
    unpack_members,
    unpack_people,
)
from relance.segments.live.shard import Shard
from relance.segments.model import RuleActivation

SNAPSHOT_AFTER_BYTES = 4_000_000  # replaying more than this at start-up is not worth the rewrites it saves
SNAPSHOT_AFTER_ROWS = 2_000


class Committed(NamedTuple):
    """The members (ascending) as of the newest committed change, the rule they matched, and when (0: nothing is committed)."""

    members: dict[Key, Ids]
    digests: dict[Key, str]
    settled_at: int


class ChangeLog:
    """Keeps the change log short: each tick rewrites a few changed segments whole, so that old changes can be deleted."""

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self._reset()

    def _reset(self) -> None:
        self._bytes = 0
        self._rows = 0
        self._dirty: set[Key] = set()  # changed since they were last written whole
        self._compaction: Compaction | None = None
        self._archived: list[Key] = []
        self._activations: dict[tuple[Key, int], tuple[int, int]] = {}  # segment and instant → entered, left

    def read(self, connection: Connection) -> Committed:
        """What the last commits left. Clears pending changes."""
        self._reset()
        changes: dict[Key, list[PackedChange]] = {}
        ticks: dict[Key, int] = {}
        settled_at = 0
        for snapshot, tick, settled in store.select_snapshots(connection, self.partition):
            key = (snapshot.app_id, snapshot.segment_id)
            whole = pack_people(unpack_members(snapshot.payload))
            changes[key], ticks[key] = [PackedChange(*key, snapshot.digest, whole, b"")], tick
            settled_at = max(settled_at, settled)
        for tick, settled, payload in store.select_changes(connection, self.partition):
            settled_at = max(settled_at, settled)
            self._rows += 1
            self._bytes += len(payload)
            for change in unpack_changes(payload):
                key = (change.app_id, change.segment_id)
                self._dirty.add(key)
                if tick > ticks.get(key, -1):
                    changes.setdefault(key, []).append(change)
        digests = {key: those[-1].digest for key, those in changes.items() if those[-1].digest}
        return Committed({key: replay(changes[key]) for key in digests}, digests, settled_at)

    def archive(self, app_id: int, segment_id: int) -> None:
        """The next flush removes everything committed for this segment."""
        self._archived.append((app_id, segment_id))

    def record_activation(self, app_id: int, segment_id: int, entered: Bools, instant: int) -> None:
        """The next flush records how many entered (True) and left by a rule activation, for which no events are emitted."""
        key = (app_id, segment_id), instant
        came, went = self._activations.get(key, (0, 0))
        more = int(np.count_nonzero(entered))
        self._activations[key] = came + more, went + entered.size - more

    def flush(self, connection: Connection, tick: int, now: int, shards: dict[int, Shard]) -> None:
        """Write what changed since the last flush, in the tick's transaction."""
        changes = [_archived(key) for key in self._archived]
        for key in self._archived:
            store.forget_membership(connection, *key)
        self._archived.clear()
        if self._activations:
            self._write_activations(connection, tick)
        for shard in shards.values():
            for segment_id, groups in shard.touched.items():
                changes.append(_changes_of(shard, segment_id, groups))
            shard.touched = {}
        if not changes:
            return
        payload = pack_changes(changes)
        store.insert_changes(connection, self.partition, tick, now, payload)
        self._dirty.update((each.app_id, each.segment_id) for each in changes)
        self._rows += 1
        self._bytes += len(payload)
        if self._compaction is None and (self._bytes > SNAPSHOT_AFTER_BYTES or self._rows > SNAPSHOT_AFTER_ROWS):
            self._begin_compaction(tick, shards)
        if self._compaction is not None and not any(
            shard.has_enlarged for shard in shards.values()
        ):  # a tick does one of the two
            self._compact(self._compaction, connection, tick, now, shards)
        for shard in shards.values():
            shard.has_enlarged = False

    def _write_activations(self, connection: Connection, tick: int) -> None:
        some = [(key[0], RuleActivation(key[1], at, *counts)) for (key, at), counts in self._activations.items() if any(counts)]
        store.insert_activations(connection, self.partition, tick, some)
        self._activations.clear()

    def _begin_compaction(self, tick: int, shards: dict[int, Shard]) -> None:
        sweeps = [each for shard in shards.values() for each in shard.sweeps()]
        self._compaction = Compaction(tick, self._dirty, sweeps)
        self._bytes = self._rows = 0
        self._dirty = set()

    def _compact(self, round_: Compaction, connection: Connection, tick: int, now: int, shards: dict[int, Shard]) -> None:
        keys, sweeps = round_.take()
        rows = []
        for app_id, segment_id in keys:
            segment = shards[app_id].segments.get(segment_id) if app_id in shards else None
            if segment is not None:
                rows.append(store.SnapshotRow(app_id, segment_id, segment.digest, pack_members(segment.member.trues())))
        store.write_snapshots(connection, self.partition, tick, now, rows)
        for sweep in sweeps:
            sweep()
        if round_.is_done:
            store.forget_changes(connection, self.partition, round_.upto)
            self._compaction = None


def replay(changes: Sequence[PackedChange]) -> Ids:
    """A segment's members after its changes, oldest first; ascending. An archived segment has none."""
    began = max((place + 1 for place, change in enumerate(changes) if not change.digest), default=0)
    moves = [(unpack_people(change.left), unpack_people(change.entered)) for change in changes[began:]]
    size = 1 + max((people.max().item() for pair in moves for people in pair if people.size), default=-1)
    inside = np.zeros(size, np.bool_)
    for left, entered in moves:
        inside[left] = False
        inside[entered] = True
    return np.flatnonzero(inside)


def _archived(key: Key) -> PackedChange:
    return PackedChange(*key, "", b"", b"")


def _changes_of(shard: Shard, segment_id: int, groups: list[Ids]) -> PackedChange:
    """The people touched since the last flush, with their current membership: applying it twice changes nothing."""
    segment = shard.segments[segment_id]
    people = distinct(np.concatenate(groups)) if groups else np.empty(0, np.int64)
    inside = segment.member.get(people)
    return PackedChange(shard.app_id, segment_id, segment.digest, pack_people(people[inside]), pack_people(people[~inside]))
