"""Restores one app's live state from a snapshot. Whatever is missing is filled and decided as without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Row
from typing import Any, Protocol, TypeVar

import numpy as np
import structlog

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.needs import leaf_key, listens_to
from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Ids, PersonColumn
from relance.segments.live.columns.truth_column import NOBODY
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.fill.building import WantedSegment, asks_first
from relance.segments.live.fill.fillers import NOTHING_YET, ColumnHistory, Slice, newest_position, people_since
from relance.segments.live.fill.start import HeldHistory
from relance.segments.live.shard import Shard
from relance.segments.live.snapshot.chunks import Chunks, DamagedError, Head, assemble
from relance.segments.live.snapshot.later_merges import LaterMerge, merges_since
from relance.segments.live.snapshot.lines import LINES, read_lines
from relance.segments.live.snapshot.parts import FIRSTS, PEOPLE, SlowLeaf, name_of_leaf, name_of_source
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.needs import joined_needs, window_aggregate_of
from relance.segments.live.sources.source import Arrays, Source, SourceKey, SourceNeed
from relance.segments.live.sources.trait_leaves import TraitLeaf
from relance.segments.rule.conditions import OnTraits
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import conditions

log = structlog.get_logger()

Traits = Mapping[int, Mapping[str, Any]]
Some = TypeVar("Some")


class WrittenSnapshot(Protocol):
    """What is stored of one app."""

    def head(self, name: str) -> Head | None:
        """None if there is no such part. Raises ``DamagedError``."""
        ...

    def chunks(self, name: str) -> Mapping[str, Chunks]:
        """The payloads of each column."""
        ...


class _WrittenPart:
    """A stored part."""

    def __init__(self, head: Head, chunks: Mapping[str, Chunks]) -> None:
        self.about: Mapping[str, Any] = head.about
        self._head, self._chunks = head, chunks

    def arrays(self) -> Arrays:
        return {name: assemble(column, self._chunks.get(name, {})) for name, column in self._head.columns.items()}

    def lines(self, event: str) -> Iterable[tuple[int, list[RuleEvent]]]:
        return read_lines(self._head.columns[LINES], self._chunks.get(LINES, {}), event)


class Restored:
    """The parts that could be restored; the shard owns them from the beginning.

    Call ``restore`` first, ``forget_gone`` after history was folded into them, ``finish`` after the shard is built.
    """

    def __init__(
        self, shard: Shard, written: WrittenSnapshot, past: ColumnHistory, share: PartitionShare, gone: Iterable[int]
    ) -> None:
        self.names: set[str] = set()
        self.unusable: set[str] = set()
        self._shard = shard
        self._written = written
        self._past = past
        self._share = share
        self._gone = np.array(sorted(gone), np.int64)  # deleted, merged into others, or moved to another partition
        self._positions: dict[str, int] = {}
        self._sources: dict[str, tuple[SourceKey, Source]] = {}
        self._leaves: dict[str, tuple[OnEvents | OnTraits, SlowLeaf]] = {}
        self._merges: list[LaterMerge] = []
        self._upto = past.run(newest_position(share.partition))[0][0] or 0

    @property
    def knows_everybody(self) -> bool:
        """Whether the set of known people was restored."""
        return PEOPLE in self.names

    @property
    def caught_up(self) -> int:
        """Positions that are read again."""
        return max(0, self._upto - min(self._positions.values(), default=self._upto))

    @property
    def held(self) -> HeldHistory:
        """How far history is contained in what was restored."""
        sources = {key: self._positions[name] for name, (key, _) in self._sources.items()}
        people, firsts = (self._positions.get(name, NOTHING_YET) for name in (PEOPLE, FIRSTS))
        return HeldHistory(sources, people, firsts)

    def restore(self, wanted: Row[WantedSegment]) -> None:
        """Put into the shard what these segments need and what is stored of it, with the merges since."""
        leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
        on_events = [leaf for leaf in leaves.values() if isinstance(leaf, OnEvents)]
        self._restore_people()
        for key, need in joined_needs(on_events).items():
            self._restore_source(key, need)
        if any(map(asks_first, on_events)):
            self._restore_firsts()
        for leaf_of_key, leaf in leaves.items():
            if isinstance(leaf, OnEvents | OnTraits):
                self._restore_leaf(leaf_of_key, leaf)
        if self._positions:
            self._merges = merges_since(self._past, self._shard.app_id, self._share, min(self._positions.values()))
            for merge in self._merges:
                self._merge(merge)

    def forget_gone(self) -> None:
        """Remove people who no longer exist here from everything restored."""
        for person in self._gone.tolist():
            self._forget(person)
        self._gone = np.unique(np.append(self._gone, [merge.source for merge in self._merges]).astype(np.int64))

    def finish(self, profiles_of: Callable[[Row[int]], Traits]) -> None:
        """Decide again where events, profiles or time may have changed the answer since; and set all timers. The shard knows the
        merges.
        """
        asked = {name: self._touched(name, condition) for name, (condition, _) in self._leaves.items()}
        traits = [asked[name] for name, (_, leaf) in self._leaves.items() if isinstance(leaf, TraitLeaf)]
        about = np.unique(np.concatenate(traits)).tolist() if traits else []
        profiles = profiles_of(about) if about else {}
        for name, (_, leaf) in self._leaves.items():
            if isinstance(leaf, TraitLeaf):
                self._decide_trait(leaf, asked[name], profiles)
            else:
                self._decide_judged(leaf, asked[name])
            self._shard.set_held_timers(leaf)

    def _touched(self, name: str, condition: OnEvents | OnTraits) -> Ids:
        """The people with events since on which the condition may depend, or who were merged into others."""
        after = self._positions[name]
        names: list[str] = []  # any
        if isinstance(condition, OnEvents) and not asks_first(condition):
            names = sorted({step.event for step in listens_to(condition)})
        merges = None if self._share.is_all else (after, self._upto)
        part = Slice(self._shard.app_id, self._share.partition, after, self._upto, merges)
        merged = np.array([merge.into for merge in self._merges if merge.position > after], np.int64)
        people = np.union1d(people_since(self._shard, names, part, self._past), merged) if after < self._upto else merged
        living: Ids = np.setdiff1d(people, self._gone)
        return living

    # -- reading ---------------------------------------------------------------------------------------------------------

    def _read(self, name: str, make: Callable[[_WrittenPart], Some]) -> Some | None:
        """A stored part; None if it must be built."""
        try:
            head = self._written.head(name)
            if head is None:
                return None
            part = _WrittenPart(head, self._written.chunks(name))
            if part.about.get("key", "") not in ("", self._shard.identities.key.hex()) and name != PEOPLE:
                raise DamagedError("Its values were told apart by another key.")
            state = make(part)
        except (ValueError, KeyError) as error:
            log.warning("snapshot_part_unusable", app=self._shard.app_id, part=name, reason=str(error))
            self.unusable.add(name)
            return None
        self.names.add(name)
        self._positions[name] = head.position
        return state

    def _restore_source(self, key: SourceKey, need: SourceNeed) -> None:
        name, shard = name_of_source(key), self._shard
        source = self._read(name, lambda part: need.restore(shard.next_number(), shard.identities, part))
        if source is not None:
            shard.sources[key] = source
            self._sources[name] = key, source

    def _restore_leaf(self, key: str, condition: OnEvents | OnTraits) -> None:
        """Leaves of the compiled fold are not stored: they follow from their source. Nor are those that depend on everybody's
        zone.
        """
        leaf: SlowLeaf
        if isinstance(condition, OnTraits):
            leaf = TraitLeaf(self._shard.next_number(), condition)
        elif window_aggregate_of(condition) is None and not asks_own_zone(condition):
            leaf = JudgedLeaf(self._shard.next_number(), condition, (), self._shard.firsts, None)
        else:
            return
        name = name_of_leaf(key, leaf)

        def make(part: _WrittenPart) -> SlowLeaf:
            leaf.answers.restore(part.arrays())
            return leaf

        if self._read(name, make) is not None:
            self._shard.leaves[key] = leaf
            self._leaves[name] = condition, leaf

    def _restore_people(self) -> None:
        """The known people; and the key of value hashes, which other parts must share."""

        def make(part: _WrittenPart) -> PersonColumn:
            known = _column(np.bool_, False, part)
            self._shard.identities = Identities(bytes.fromhex(part.about["key"]))
            return known

        if (known := self._read(PEOPLE, make)) is not None:
            self._shard.known = known

    def _restore_firsts(self) -> None:
        firsts = self._read(FIRSTS, lambda part: _column(np.int64, NEVER, part))
        if firsts is not None:
            self._shard.firsts, self._shard.knows_firsts = firsts, True

    # -- catching up -----------------------------------------------------------------------------------------------------

    def _merge(self, merge: LaterMerge) -> None:
        """For the parts that were written before the merge."""
        source, into = np.array([merge.source]), np.array([merge.into])
        since = {name for name, position in self._positions.items() if position < merge.position}
        for name in since & self._sources.keys():
            kept = self._sources[name][1]
            if self._share.is_all:
                kept.merge(merge.source, merge.into, self._shard.last)
            else:  # whatever is kept of it is read again, and so is the rest
                kept.forget(merge.source)
        for name in since & self._leaves.keys():
            self._leaves[name][1].answers.forget(merge.source)
        if PEOPLE in since and self._shard.known.one(merge.source):
            self._shard.known.set(into, True)
            self._shard.known.set(source, False)
        if FIRSTS in since:
            firsts = self._shard.firsts
            firsts.set(into, min(firsts.one(merge.source), firsts.one(merge.into)))
            firsts.set(source, NEVER)

    def _forget(self, person: int) -> None:
        for _, source in self._sources.values():
            source.forget(person)
        for _, leaf in self._leaves.values():
            leaf.answers.forget(person)
        one = np.array([person])
        self._shard.known.set(one, False)
        self._shard.firsts.set(one, NEVER)

    # -- deciding --------------------------------------------------------------------------------------------------------

    def _due(self, leaf: SlowLeaf) -> Ids:
        """The people whose answer time has changed, or may have."""
        if leaf.answers.scheduled is None:
            return NOBODY
        people, instants = leaf.answers.scheduled.held()
        return people[instants <= self._shard.last]

    def _decide_judged(self, leaf: JudgedLeaf, touched: Ids) -> None:
        people = np.union1d(touched, self._due(leaf))
        if leaf.answers.scheduled is not None:
            leaf.answers.scheduled.set(people, NEVER)
        leaf.update(people, np.full(people.size, self._shard.last))

    def _decide_trait(self, leaf: TraitLeaf, touched: Ids, profiles: Traits) -> None:
        due = np.setdiff1d(self._due(leaf), touched)
        leaf.turn(due)
        if leaf.answers.scheduled is not None:
            leaf.answers.scheduled.set(due, NEVER)
        traits = [profiles.get(person, {}) for person in touched.tolist()]
        leaf.update(touched, traits, np.full(touched.size, self._shard.last))


def _column(dtype: Any, fill: Any, part: _WrittenPart) -> PersonColumn:
    column = PersonColumn(dtype, fill)
    column.restore(part.arrays())
    return column
