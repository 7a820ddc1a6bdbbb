"""Live membership of all apps of a partition: written by the tick, read by anyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from relance.core.progress import Progress
from relance.events.model import Batch
from relance.segments import store
from relance.segments.definition.needs import facts_asked
from relance.segments.live.changes.membership_changes import MembershipChanges, in_order_of_time, joined
from relance.segments.live.changes.tick_input import no_arrivals
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.live.commit.change_log import ChangeLog, Committed
from relance.segments.live.fill.backfill import Backfill, Reached
from relance.segments.live.fill.backfill_plan import BackfillPlan, at_once, transplant
from relance.segments.live.fill.building import Profiles, ReadProfiles, WantedSegment, build
from relance.segments.live.fill.fillers import ColumnHistory, newest_merge, newest_position
from relance.segments.live.fill.history_queries import newest_instant
from relance.segments.live.fill.rebuild_person import bring_back
from relance.segments.live.fill.start import NOTHING_HELD, fill_shard
from relance.segments.live.holders import holders, knows
from relance.segments.live.kernel.machine_code import CODE
from relance.segments.live.shard import Shard
from relance.segments.live.snapshot.parts import StatePart, parts
from relance.segments.live.snapshot.snapshots import Snapshots
from relance.segments.live.snapshot.turns import FairLock
from relance.segments.live.vectorise import Listeners, cut_by_app, living_traits, take_in
from relance.segments.model import Building, Change, Preview
from relance.segments.query.preview import preview_of
from relance.segments.rule.tree import Rule

_PATIENCE = 10  # consecutive attempts to fill the same segments
AT_ONCE = 100_000  # events and people to look at: few enough for the tick's thread

Traits = Mapping[tuple[int, int], Mapping[str, Any]]


class Live:
    """Current membership of all segments.

    One thread (the tick's) calls ``load``, ``reload``, ``fold``, ``expire``, ``merge``, ``bring_back``, ``forget``, ``flush`` and
    ``drop``. Reads may come from any thread; they see the state being settled, at most one tick ahead of the commit.
    """

    def __init__(
        self, partition: int, read_profiles: ReadProfiles, snapshots: Snapshots | None = None, *, partitions: int = 1
    ) -> None:
        """With ``snapshots``, ``load`` reads from history only what was settled since they were written."""
        self.partition = partition
        # Held by the tick from its first change to its commit, and by whoever takes a copy between ticks.
        self.turns = FairLock()
        self._share = PartitionShare(partition, partitions)
        self._read_profiles = read_profiles
        self._snapshots = snapshots
        self._shards: dict[int, Shard] = {}
        self._listeners: dict[int, Listeners] = {}
        self._asked: dict[int, frozenset[str]] = {}
        self._change_log = ChangeLog(partition)
        self._carried: list[MembershipChanges] = []  # found at start-up, not emitted yet
        self._announced: set[tuple[int, int]] = set()  # (app, segment): changes by their newest rule are announced
        self._backfills: dict[int, Backfill] = {}
        self._position: int | None = None  # history up to here is folded; None: all of it
        self._moves = 0  # odd while the tick's thread is changing something
        self._loaded = False

    # -- building ------------------------------------------------------------------------------------------------------

    def load(self, connection: Connection, history: ColumnHistory, now: int) -> None:
        """Build everything from definitions, history and committed membership.

        The state is that of the last committed instant; changes through time since come out of the next ``expire``. Reads are
        answered from the old state until the new one is complete.
        """
        CODE.prepare()
        committed = self._change_log.read(connection)
        shards: dict[int, Shard] = {}
        carried: list[MembershipChanges] = []
        for app_id, wanted in self._definitions(connection).items():
            found = history.run(newest_instant(app_id, self._share))[0][0]
            shard = shards[app_id] = Shard(app_id, max(committed.settled_at, found or 0) or now)
            self._asked[app_id] = facts_asked(each.rule for each in wanted)
            self._start(shard, wanted, connection, history)
            carried.append(self._compare(shard, committed, now))
        for app_id, segment_id in committed.digests:
            if app_id not in shards or segment_id not in shards[app_id].segments:
                self._change_log.archive(app_id, segment_id)
        self.drop()
        self._shards, self._loaded = shards, True
        self._carried = []
        self._carry(joined(carried))

    def _start(self, shard: Shard, wanted: Sequence[WantedSegment], connection: Connection, history: ColumnHistory) -> None:
        """Fill an empty shard from its snapshot, and from history where the snapshot ends."""
        snapshots = self._snapshots
        restored = None if snapshots is None else snapshots.restore(connection, shard, wanted, history)
        fill_shard(shard, wanted, self._share, history, NOTHING_HELD if restored is None else restored.held)
        if restored is None or not restored.knows_everybody:  # people without any event
            people = [person for person, _ in self._profiles(connection, shard.app_id)(frozenset())]
            shard.add_known(np.array(people, np.int64))
        if restored is not None:
            restored.forget_gone()
        self._build(shard, wanted, connection)
        if restored is not None and snapshots is not None:
            snapshots.finish(connection, shard, restored, self._asked[shard.app_id])
        shard.drop_roots()

    def reload(self, connection: Connection, history: ColumnHistory, now: int) -> None:
        """Apply new, edited and archived segments, and finished backfills. No events are emitted for it unless the edit was
        announced; the new members are committed with the tick.

        Called between ticks: history holds exactly what was folded. Changes through time in other segments since the last tick
        come out of the next ``fold`` or ``expire``. Whatever needs more history than a tick has time for is left to a
        ``Backfill``; until then a new segment is ``building``, and an edited one keeps its former rule.
        """
        self._check_loaded()
        definitions = self._definitions(connection)
        for app_id in definitions.keys() | self._shards.keys() | self._backfills.keys():
            with self._moving():
                self._take_up(app_id, definitions.get(app_id, []), connection, history, now)

    def _take_up(
        self, app_id: int, wanted: Sequence[WantedSegment], connection: Connection, history: ColumnHistory, now: int
    ) -> None:
        self._asked[app_id] = facts_asked(each.rule for each in wanted)  # including those being built
        shard = self._shards.get(app_id)
        if shard is not None:
            self._carry(in_order_of_time([shard.advance(no_arrivals(), {}, now)]))
        self._join(app_id, history, now)
        self._bring_in_line(app_id, wanted, connection)
        progress = Progress("Taking up segments", _PATIENCE)
        while self._begin_backfill(app_id, wanted, history, now):
            progress.turn([each.digest for each in self._backfills[app_id].plan.wanted])
            for _ in self._backfills[app_id].steps(history, self._profiles(connection, app_id)):
                pass
            self._join(app_id, history, now)
            self._bring_in_line(app_id, wanted, connection)

    def _bring_in_line(self, app_id: int, wanted: Sequence[WantedSegment], connection: Connection) -> None:
        """Make the app's shard hold whatever can be live at once."""
        shard = self._shards.get(app_id)
        if shard is None:
            return
        before = set(shard.segments)
        fresh = self._build(shard, at_once(shard, wanted), connection)
        for segment_id in before - shard.segments.keys():
            shard.touched.pop(segment_id, None)
            self._change_log.archive(app_id, segment_id)
        announced: list[MembershipChanges] = []
        for segment_id in fresh:
            people, inside = shard.settle_segment(shard.segments[segment_id])
            shard.touched.setdefault(segment_id, []).append(people)
            announced += self._announce(shard, segment_id, people, inside)
        self._carry(in_order_of_time(announced))

    def _announce(self, shard: Shard, segment_id: int, people: Ids, entered: Bools) -> list[MembershipChanges]:
        """The changes to emit for people moved by a rule activation; if it was not announced, only their number is recorded."""
        if (shard.app_id, segment_id) in self._announced:
            return [MembershipChanges.at(shard.app_id, segment_id, people, entered, shard.last)]
        self._change_log.record_activation(shard.app_id, segment_id, entered, shard.last)
        return []

    def _begin_backfill(self, app_id: int, wanted: Sequence[WantedSegment], history: ColumnHistory, now: int) -> bool:
        """Begin a backfill for what is not live yet, unless one for some of it is under way; whether it is small."""
        shard = self._shards.get(app_id)
        present = [] if shard is None else list(shard.segments.values())
        live = {(each.id, each.digest) for each in present}
        missing = [each for each in wanted if (each.segment_id, each.digest) not in live]
        backfill = self._backfills.get(app_id)
        if backfill is not None:
            backfill.pending = missing
            if any(each in missing for each in backfill.plan.wanted):
                return False
            self._end_backfill(backfill)
        if not missing:
            return False
        plan = BackfillPlan(shard, missing, [WantedSegment(each.id, each.rule, each.digest) for each in present])
        reached = Reached(self._settled_position(history), now if shard is None else shard.last)
        backfill = Backfill(plan, app_id, self._share, reached, shard, history.run(newest_merge(app_id))[0][0])
        self._backfills = {**self._backfills, app_id: backfill}
        return self._work_of(backfill, history) <= AT_ONCE

    def _work_of(self, backfill: Backfill, history: ColumnHistory) -> int:
        """How many events and people must be read."""
        shard, position = self._shards.get(backfill.app_id), backfill.reached.position
        people = shard.known.trues().size if shard is not None and backfill.plan.reads_people else 0
        if not backfill.plan.reads_events:
            return people
        if position + people <= AT_ONCE:
            return position + people
        return people + backfill.events_to_read(history)

    def _join(self, app_id: int, history: ColumnHistory, now: int) -> None:
        """Take over a finished backfill."""
        backfill, shard = self._backfills.get(app_id), self._shards.get(app_id)
        if backfill is None or not backfill.filled:
            return
        backfill.reached = Reached(self._settled_position(history), _latest(backfill, shard, now))
        filled = backfill.join(history)
        if filled is None:
            return
        if shard is None:
            self._shards = {**self._shards, app_id: filled}
        else:
            transplant(shard, filled, backfill.plan)
        self._end_backfill(backfill)

    def _end_backfill(self, backfill: Backfill) -> None:
        backfill.cancelled = True
        self._backfills = {number: each for number, each in self._backfills.items() if each is not backfill}

    def _settled_position(self, history: ColumnHistory) -> int:
        if self._position is None:
            found = history.run(newest_position(self.partition))[0][0]
            self._position = -1 if found is None else found
        return self._position

    @property
    def has_filled(self) -> bool:
        """Whether a backfill is finished: ``reload`` takes it over."""
        return any(each.filled for each in self._backfills.values())

    def backfill(self) -> Backfill | None:
        """The backfill to drive now, by a single thread other than the tick's: one after another."""
        return next((each for each in self._backfills.values() if not each.filled), None)

    def building(self, app_id: int) -> list[Building]:
        """The app's segments that are not live yet, or not with their newest rule."""
        backfill, shard = self._backfills.get(app_id), self._shards.get(app_id)
        if backfill is None:
            return []
        present = {} if shard is None else shard.segments.copy()
        return [backfill.building(each, is_new=each.segment_id not in present) for each in backfill.pending]

    def drop(self) -> None:
        """A tick failed: call ``load`` before anything else. Until then reads keep the old state."""
        self._loaded = False
        for backfill in self._backfills.values():
            backfill.cancelled = True
        self._backfills, self._position = {}, None

    def _build(self, shard: Shard, wanted: Sequence[WantedSegment], connection: Connection) -> list[int]:
        fresh = build(shard, wanted, self._profiles(connection, shard.app_id))
        self._listeners[shard.app_id] = Listeners(shard.sources.values())
        return fresh

    def _definitions(self, connection: Connection) -> dict[int, list[WantedSegment]]:
        """The segments as currently defined, by app; records which newest rules are announced."""
        found: dict[int, list[WantedSegment]] = {}
        self._announced = set()
        for each in store.active_definitions(connection):
            found.setdefault(each.app_id, []).append(WantedSegment(each.segment_id, each.rule, each.digest))
            if each.announced:
                self._announced.add((each.app_id, each.segment_id))
        return found

    def _profiles(self, connection: Connection, app_id: int) -> Profiles:
        return partial(self._read_profiles, connection, app_id)

    def _compare(self, shard: Shard, committed: Committed, now: int) -> MembershipChanges:
        """Start from what was committed; differences from the truth are changes.

        A segment that is new, or whose rule has changed, starts from the truth at ``now``: no events are emitted for it, unless
        the edit was announced; then everyone who differs from the committed members has changed at ``now``.
        """
        changes: list[MembershipChanges] = []
        fresh: dict[int, Ids] = {}  # with their previous members
        for segment in shard.segments.values():
            key = (shard.app_id, segment.id)
            members = committed.members.get(key, np.empty(0, np.int64))
            segment.put(members, np.ones(members.size, np.bool_))
            people, inside = shard.settle_segment(segment)
            same_rule = committed.digests.get(key) == segment.digest
            if people.size or not same_rule:
                shard.touched[segment.id] = [people]
            if same_rule:
                changes.append(MembershipChanges.at(shard.app_id, segment.id, people, inside, shard.last))
            else:
                fresh[segment.id] = members
        if fresh:
            passed = shard.advance(no_arrivals(), {}, now)
            changes.append(passed.pick(~np.isin(passed.segments, list(fresh))))
        for segment_id, members in fresh.items():
            people, entered = shard.segments[segment_id].moved_since(members)
            changes += self._announce(shard, segment_id, people, entered)
        return in_order_of_time(changes)

    # -- the tick ------------------------------------------------------------------------------------------------------

    def asked(self) -> Mapping[int, frozenset[str]]:
        """App → the facts besides traits that its rules use."""
        return self._asked

    def fold(self, batch: Batch, changed_traits: Traits, now: int) -> MembershipChanges:
        """Fold a tick's events and the traits they changed; settled up to the newest event. ``expire`` continues to ``now``."""
        self._check_loaded()
        traits: dict[int, dict[int, Mapping[str, Any]]] = {}
        for (app_id, person), found in changed_traits.items():
            traits.setdefault(app_id, {})[person] = found
        found_changes: list[MembershipChanges] = []
        for app_id, columns in cut_by_app(batch, traits.keys(), self._shards.keys()):
            shard = self._shards[app_id]
            changed = living_traits(shard, traits.get(app_id, {}))
            upto = max(columns.occurred_at.max(initial=shard.last).item(), now if shard.waiting else 0)
            arrivals = take_in(shard, self._listeners[app_id], columns, changed, max(upto, now))
            upto = max(upto, arrivals.instants.max(initial=0).item())
            with self._moving():
                found_changes.append(shard.advance(arrivals, changed, upto))
        self._position = batch.first_position + len(batch) - 1
        for app_id, backfill in self._backfills.items():
            if app_id in traits:
                backfill.note_traits(traits[app_id])
        self._advance_backfills(now)
        return self._handed_out(found_changes)

    def expire(self, now: int) -> MembershipChanges:
        """Let time pass up to ``now``; returns the changes in order of time."""
        self._check_loaded()
        found: list[MembershipChanges] = []
        for shard in self._shards.values():
            with self._moving():
                found.append(shard.advance(no_arrivals(), {}, now))
        self._advance_backfills(now)
        return self._handed_out(found)

    def _advance_backfills(self, now: int) -> None:
        """Report to backfills how far live state has come."""
        for app_id, backfill in self._backfills.items():
            if self._position is not None:
                backfill.reached = Reached(self._position, _latest(backfill, self._shards.get(app_id), now))

    def merge(self, app_id: int, from_id: int, into_id: int) -> MembershipChanges:
        """Merge ``from_id`` into ``into_id``; returns the memberships that ended with it.

        Changes for ``into_id`` come out of the next ``fold`` or ``expire``.
        """
        shard = self._shards.get(app_id)
        if app_id in self._backfills:
            self._backfills[app_id].note_merge(from_id, into_id)
        if shard is None:
            return MembershipChanges.of(())
        ended = self.memberships(app_id, from_id)
        with self._moving():
            shard.merge(from_id, into_id)
        return MembershipChanges.of([Change(app_id, segment, from_id, False, shard.last, merged=True) for segment in ended])

    def bring_back(self, app_id: int, past: Batch) -> None:
        """Rebuild one person's state from all their events, as if they had always been here; emits nothing.

        For someone who lived in another partition, just before a merge.
        """
        self._check_loaded()
        shard = self._shards.get(app_id)
        if not past.events:
            return
        if app_id in self._backfills:
            self._backfills[app_id].note_brought_back(past)
        if shard is None:
            return
        with self._moving():
            passed = in_order_of_time([bring_back(shard, self._listeners[app_id], past)])
        self._carry(passed.pick(passed.people != past.persons[0]))

    def forget(self, app_id: int, person_id: int, *, is_deleted: bool = True) -> None:
        """Remove a person without emitting anything: deleted, or else now another partition's."""
        if self._snapshots is not None:
            self._snapshots.forget(app_id, person_id, is_deleted=is_deleted)
        shard = self._shards.get(app_id)
        if shard is not None:
            with self._moving():
                shard.forget(person_id)
        if app_id in self._backfills:
            self._backfills[app_id].note_forgotten(person_id)

    def next_due(self) -> int | None:
        """The next instant at which something may change through time alone, or None."""
        if self._carried or any(shard.waiting for shard in self._shards.values()):
            return 0
        due = min((shard.timers.next_due for shard in self._shards.values()), default=NEVER)
        return None if due == NEVER else due

    def flush(self, connection: Connection, tick: int, now: int) -> None:
        """Write this tick's membership changes in its transaction: one row, if anything changed."""
        self._check_loaded()
        self._change_log.flush(connection, tick, now, self._shards)
        if self._snapshots is not None:
            self._snapshots.flush(connection)

    def _handed_out(self, found: Sequence[MembershipChanges]) -> MembershipChanges:
        carried, self._carried = self._carried, []
        return joined([*carried, in_order_of_time(found)])

    def _carry(self, found: MembershipChanges) -> None:
        """Emit these with the next changes."""
        if found:
            self._carried.append(found)

    def _check_loaded(self) -> None:
        if not self._loaded:
            raise RuntimeError("Live state was dropped and not loaded again.")

    # -- for snapshots (in a turn) -------------------------------------------------------------------------------------

    @property
    def is_loaded(self) -> bool:
        """Whether the state in memory is the committed one."""
        return self._loaded

    def part_names(self) -> list[tuple[int, str]]:
        """(app, name) of all parts that are snapshotted."""
        return [(app_id, part.name) for app_id, shard in self._shards.items() for part in parts(shard)]

    def part(self, app_id: int, name: str) -> StatePart | None:
        """None if the part no longer exists, or the state in memory is not the committed one."""
        shard = self._shards.get(app_id) if self._loaded else None
        return None if shard is None else next((part for part in parts(shard) if part.name == name), None)

    # -- reading (any thread) ------------------------------------------------------------------------------------------

    def contains(self, app_id: int, segment_id: int, person_id: int) -> bool:
        """Whether the person is a member; False for a segment that is not live."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment is not None and bool(segment.member.one(person_id))

    def members(self, app_id: int, segment_id: int, after: int = 0, limit: int | None = None) -> list[int]:
        """Ids of members above ``after``, ascending, at most ``limit``."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment.member.where_true(after, limit) if segment else []

    def size(self, app_id: int, segment_id: int) -> int:
        """The number of members."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment.size if segment else 0

    def sizes(self, app_id: int) -> dict[int, int]:
        """The number of members of each segment of an app."""
        shard = self._shards.get(app_id)
        return {} if shard is None else {number: segment.size for number, segment in sorted(shard.segments.copy().items())}

    def memberships(self, app_id: int, person_id: int) -> list[int]:
        """The person's segments, ascending."""
        shard = self._shards.get(app_id)
        if shard is None:
            return []
        return sorted(number for number, segment in shard.segments.copy().items() if segment.member.one(person_id))

    def preview(self, app_id: int, rule: Rule, now: int) -> Preview | None:
        """The people matching an expanded rule whose conditions are all live; None if they are not, or while a tick works on
        them.

        The answer is as of ``now``, or of the last settled instant before it if more is due already.
        """
        shard, moves = self._shards.get(app_id), self._moves
        if shard is None or not self._loaded or moves % 2 or shard.waiting:
            return None
        at = shard.last if shard.timers.next_due <= now else max(now, shard.last)
        found = holders(shard, rule)
        if found is None or moves != self._moves:
            return None
        return preview_of(found, at)

    def knows(self, app_id: int, rule: Rule) -> bool:
        """Whether every condition of an expanded rule is live."""
        shard = self._shards.get(app_id)
        return shard is not None and knows(shard, rule)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        self._moves += 1
        try:
            yield
        finally:
            self._moves += 1

    def settled_until(self, app_id: int) -> int | None:
        """The instant up to which the app's segments are accurate; None if none is live."""
        shard = self._shards.get(app_id)
        return None if shard is None else shard.last

    @property
    def nbytes(self) -> int:
        """Memory of the columns, in bytes."""
        return sum(shard.nbytes for shard in self._shards.values())


def _latest(backfill: Backfill, shard: Shard | None, now: int) -> int:
    """Up to when the app is settled; if nothing of it is live, the latest ``now``."""
    return max(backfill.reached.last, now) if shard is None else shard.last
