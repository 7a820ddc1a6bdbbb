"""One app's live state as a snapshot has it, caught up with history. What is missing is built as if there were no snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Row
from typing import Any, Protocol, TypeVar

import numpy as np
import structlog

from relance.segments.definition.needs import Keep, StreamNeeds, joined_keeps, leaf_key, listens_to, stream_key
from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Ids, PersonColumn
from relance.segments.live.columns.truth_column import NOBODY
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.fill.building import BuildHistory, WantedSegment
from relance.segments.live.fill.history_queries import last_position
from relance.segments.live.shard import Shard, Source
from relance.segments.live.snapshot.catching_up import LaterMerge, SettledSince, Since, events_of, fold_in, looks_inside
from relance.segments.live.snapshot.chunks import Chunks, DamagedError, Head, assemble
from relance.segments.live.snapshot.lines import LINES, read_lines
from relance.segments.live.snapshot.parts import FIRSTS, PEOPLE, State, name_of
from relance.segments.live.sources.aggregates import AggregateSource, is_tallied, tally_key
from relance.segments.live.sources.counts import CountSource
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.sequences import SequenceSource, is_stepped, steps_key
from relance.segments.live.sources.trait_leaves import TraitLeaf
from relance.segments.rule.conditions import Behaviour, Happens, OnTraits, Sequence
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import conditions
from relance.segments.rule.window import needs_first

log = structlog.get_logger()

MOST_BEHIND = 2_000_000  # events; building anew reads less than catching up over more than these

Traits = Mapping[int, Mapping[str, Any]]
Some = TypeVar("Some", bound=State)


class WrittenSnapshot(Protocol):
    """What is written of one app."""

    def head(self, name: str) -> Head | None:
        """None where there is no such part. Raises ``DamagedError``."""
        ...

    def chunks(self, name: str) -> Mapping[str, Chunks]:
        """The payloads of each column."""
        ...


class Restored:
    """The parts that could be restored; they are the shard's from the beginning.

    ``restore`` comes before the shard is built, ``finish`` after it, when all that conditions hang on is there.
    """

    def __init__(
        self, shard: Shard, written: WrittenSnapshot, past: BuildHistory, share: PartitionShare, gone: Iterable[int]
    ) -> None:
        self.names: set[str] = set()
        self.unusable: set[str] = set()
        self.caught_up = 0  # positions read again
        self._shard = shard
        self._written = written
        self._past = past
        self._share = share
        self._gone = np.array(sorted(gone), np.int64)  # deleted, merged into others, or another partition's now
        self._asked: set[str] = set()
        self._positions: dict[str, int] = {}
        self._sources: dict[str, Source] = {}
        self._leaves: dict[str, JudgedLeaf | TraitLeaf] = {}
        self._names_of: dict[str, set[str]] = {}  # part of a leaf → the events that it hangs on
        self._touched: dict[str, list[Ids]] = {}
        self._newest = past.run(last_position(shard.app_id, share.partition))[0][0] or 0

    @property
    def knows_everybody(self) -> bool:
        """Whether it is known who there is."""
        return PEOPLE in self.names

    def restore(self, wanted: Row[WantedSegment]) -> None:
        """Put into the shard what these segments need and what was written of it, as history has it now."""
        leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
        judged: dict[str, OnEvents] = {}
        self._restore_people()
        for key, leaf in leaves.items():
            if isinstance(leaf, Behaviour) and leaf.is_plain:
                self._restore_stream(leaf)
            elif isinstance(leaf, Behaviour) and is_tallied(leaf):
                self._restore_tally(leaf)
            elif isinstance(leaf, Sequence) and is_stepped(leaf):
                self._restore_steps(leaf)
            elif isinstance(leaf, OnEvents):
                judged[key] = leaf
            elif isinstance(leaf, OnTraits):
                self._restore_trait(key, leaf)
        if any(needs_first(getattr(leaf, "window", None)) for leaf in judged.values()):
            self._restore_firsts()
        self._restore_books(judged.values())
        for key, condition in judged.items():
            if not asks_own_zone(condition):  # which hangs on everybody's zone: that is read anew
                self._restore_judged(key, condition)
        if self._positions:
            self._catch_up()

    def finish(self, profiles_of: Callable[[Row[int]], Traits]) -> None:
        """Decide anew where events, profiles or time have come since; and set all timers."""
        traits = [name for name, leaf in self._leaves.items() if isinstance(leaf, TraitLeaf)]
        asked = {name: self._living(self._touched.get(name, [])) for name in self._leaves}
        about = np.unique(np.concatenate([asked[name] for name in traits])).tolist() if traits else []
        profiles = profiles_of(about) if about else {}
        for name, leaf in self._leaves.items():
            if isinstance(leaf, TraitLeaf):
                self._decide_trait(leaf, asked[name], profiles)
            else:
                self._decide_judged(leaf, asked[name])
            self._shard.set_held_timers(leaf)

    # -- reading ---------------------------------------------------------------------------------------------------------

    def _read(self, name: str, make: Callable[[Head, Mapping[str, Chunks]], Some]) -> Some | None:
        """A part as it was written; None where it has to be built, or was asked for before."""
        if name in self._asked:
            return None
        self._asked.add(name)
        try:
            head = self._written.head(name)
            if head is None:
                return None
            if self._newest - head.position > MOST_BEHIND:
                raise DamagedError("It is too far behind.")
            state = make(head, self._written.chunks(name))
        except (ValueError, KeyError) as error:
            log.warning("snapshot_part_unusable", app=self._shard.app_id, part=name, reason=str(error))
            self.unusable.add(name)
            return None
        self.names.add(name)
        self._positions[name] = head.position
        return state

    def _restore_stream(self, condition: Behaviour) -> None:
        key = stream_key(condition)

        def make(head: Head, chunks: Mapping[str, Chunks]) -> CountSource:
            stream = CountSource(self._shard.next_number(), condition, StreamNeeds(**head.about))
            stream.restore(_arrays(head, chunks))
            return stream

        name = name_of("stream", key)
        if (stream := self._read(name, make)) is not None:
            self._shard.streams[key] = self._sources[name] = stream

    def _restore_tally(self, condition: Behaviour) -> None:
        key = tally_key(condition)

        def make(head: Head, chunks: Mapping[str, Chunks]) -> AggregateSource:
            self._check_key(head)
            tally = AggregateSource(self._shard.next_number(), condition, head.about["span"], self._shard.identities)
            tally.rows.restore(_arrays(head, chunks))
            return tally

        name = name_of("tally", key)
        if (tally := self._read(name, make)) is not None:
            self._shard.tallies[key] = self._sources[name] = tally

    def _restore_steps(self, condition: Sequence) -> None:
        key = steps_key(condition)

        def make(head: Head, chunks: Mapping[str, Chunks]) -> SequenceSource:
            self._check_key(head)
            steps = SequenceSource(self._shard.next_number(), condition, head.about["span"], self._shard.identities)
            steps.rows.restore(_arrays(head, chunks))
            return steps

        name = name_of("steps", key)
        if (steps := self._read(name, make)) is not None:
            self._shard.steps[key] = self._sources[name] = steps

    def _check_key(self, head: Head) -> None:
        if head.about["key"] not in ("", self._shard.identities.key.hex()):
            raise DamagedError("Its values were told apart by another key.")

    def _restore_books(self, judged: Iterable[OnEvents]) -> None:
        for key, (step, keeps) in joined_keeps(judged).items():

            def make(
                head: Head, chunks: Mapping[str, Chunks], step: Happens = step, keeps: list[Keep] = keeps
            ) -> EventListSource:
                event_list = EventListSource(self._shard.next_number(), step, keeps)
                extent = head.about["members"], head.about["spare"], head.about["pruned_to"]
                event_list.restore(extent, read_lines(head.columns[LINES], chunks.get(LINES, {}), step.event))
                return event_list

            name = name_of("book", key)
            if (event_list := self._read(name, make)) is not None:
                self._shard.event_lists[key] = self._sources[name] = event_list

    def _restore_judged(self, key: str, condition: OnEvents) -> None:
        def make(head: Head, chunks: Mapping[str, Chunks]) -> JudgedLeaf:
            leaf = JudgedLeaf(self._shard.next_number(), condition, (), self._shard.firsts, None)
            leaf.answers.restore(_arrays(head, chunks))
            return leaf

        name = name_of("leaf", key)
        if (leaf := self._read(name, make)) is not None:
            self._shard.leaves[key] = self._leaves[name] = leaf
            self._names_of[name] = {step.event for step in listens_to(condition)}

    def _restore_trait(self, key: str, condition: OnTraits) -> None:
        def make(head: Head, chunks: Mapping[str, Chunks]) -> TraitLeaf:
            leaf = TraitLeaf(self._shard.next_number(), condition)
            leaf.answers.restore(_arrays(head, chunks))
            return leaf

        name = name_of("trait", key)
        if (leaf := self._read(name, make)) is not None:
            self._shard.trait_leaves[key] = self._leaves[name] = leaf

    def _restore_people(self) -> None:
        """Who there is; and the key by which values are told apart, which other parts have to share."""

        def make(head: Head, chunks: Mapping[str, Chunks]) -> PersonColumn:
            known = _paged(np.bool_, False, head, chunks)
            self._shard.identities = Identities(bytes.fromhex(head.about["key"]))
            return known

        if (known := self._read(PEOPLE, make)) is not None:
            self._shard.known = known

    def _restore_firsts(self) -> None:
        firsts = self._read(FIRSTS, lambda head, chunks: _paged(np.int64, NEVER, head, chunks))
        if firsts is not None:
            self._shard.firsts, self._shard.knows_firsts = firsts, True

    # -- catching up -----------------------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        shard, after = self._shard, min(self._positions.values())
        since = Since(self._past, shard.app_id, self._share, after)
        self.caught_up = max(0, since.upto - after)
        merges = since.merges()
        for merge in merges:
            self._merge(merge)
        for seen in since.seen():
            self._take_seen(seen)
        by_name: dict[str, list[str]] = {}
        for name, source in self._sources.items():
            for event in events_of(source):
                by_name.setdefault(event, []).append(name)
        names = by_name.keys() | set().union(*self._names_of.values())
        inside = {event for source in self._sources.values() if looks_inside(source) for event in events_of(source)}
        for event, told in since.told(names, inside):
            for name in by_name.get(event, ()):
                fold_in(self._sources[name], event, told, self._positions[name], shard.last)
            for name, listens in self._names_of.items():
                if event in listens:
                    self._touch(name, told.people[told.since > self._positions[name]])
        for person in self._gone.tolist():
            self._forget(person)
        self._gone = np.unique(np.append(self._gone, [merge.source for merge in merges]).astype(np.int64))

    def _take_seen(self, seen: SettledSince) -> None:
        shard = self._shard
        if PEOPLE in self.names:
            shard.known.set(seen.people[seen.newest > self._positions[PEOPLE]], True)
        if FIRSTS in self.names:
            shard.firsts.set(seen.people, np.minimum(shard.firsts.get(seen.people), seen.earliest))
        for name, leaf in self._leaves.items():
            if isinstance(leaf, TraitLeaf) or leaf.needs_first:
                self._touch(name, seen.people[seen.newest > self._positions[name]])

    def _merge(self, merge: LaterMerge) -> None:
        """For the parts that were written before it."""
        source, into = np.array([merge.source]), np.array([merge.into])
        since = {name for name, position in self._positions.items() if position < merge.position}
        for name in since & self._sources.keys():
            if self._share.is_all:
                self._sources[name].merge(merge.source, merge.into, self._shard.last)
            else:  # whatever of it is kept comes again, and what is not
                self._sources[name].forget(merge.source)
        for name in since & self._leaves.keys():
            self._leaves[name].answers.forget(merge.source)
            self._touch(name, into)
        if PEOPLE in since and self._shard.known.one(merge.source):
            self._shard.known.set(into, True)
            self._shard.known.set(source, False)
        if FIRSTS in since:
            firsts = self._shard.firsts
            firsts.set(into, min(firsts.one(merge.source), firsts.one(merge.into)))
            firsts.set(source, NEVER)

    def _forget(self, person: int) -> None:
        for source in self._sources.values():
            source.forget(person)
        for leaf in self._leaves.values():
            leaf.answers.forget(person)
        one = np.array([person])
        self._shard.known.set(one, False)
        self._shard.firsts.set(one, NEVER)

    def _touch(self, name: str, people: Ids) -> None:
        if people.size:
            self._touched.setdefault(name, []).append(people)

    # -- deciding --------------------------------------------------------------------------------------------------------

    def _living(self, touched: Row[Ids]) -> Ids:
        people: Ids = np.setdiff1d(np.concatenate([NOBODY, *touched]), self._gone)
        return people

    def _due(self, leaf: JudgedLeaf | TraitLeaf) -> Ids:
        """Whose answer time has changed, or may have."""
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


def _arrays(head: Head, chunks: Mapping[str, Chunks]) -> dict[str, Any]:
    return {name: assemble(column, chunks.get(name, {})) for name, column in head.columns.items()}


def _paged(dtype: Any, fill: Any, head: Head, chunks: Mapping[str, Chunks]) -> PersonColumn:
    paged = PersonColumn(dtype, fill)
    paged.restore(_arrays(head, chunks))
    return paged
