"""The live segments of one app: their members, advanced by events and by time.

Everything that happens to a person is placed on that person's own timeline, and no answer depends on how the stream was cut into
ticks. Each leaf reports when its answer changed: those decided from event tables in compiled code, one person after another; the
others for all people in parallel, one instant each per round. Then each segment is re-evaluated where one of its leaves changed.
Events at or before the instant up to which this app is settled (``last``) came too late to be ordered: they take effect at
``last``, and the changes they cause bear the time of the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from relance.segments.definition.needs import leaf_key
from relance.segments.live.changes.change_causes import ChangeCauses
from relance.segments.live.changes.interpreted_tick import Reevaluation, Rounds, SlowLeaf
from relance.segments.live.changes.live_segment import LiveSegment, Looked
from relance.segments.live.changes.membership_changes import MembershipChanges
from relance.segments.live.changes.tick_input import Arrivals
from relance.segments.live.changes.timeline import EVERYTHING, NEWCOMER, TRAITS, Due, ListedEvents, join
from relance.segments.live.changes.truth_changes import TimePointCodec, TruthChanges, TruthReader, truth_changes_of
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Bools, Ids, Instants, PersonColumn
from relance.segments.live.columns.runs import distinct, is_run_start
from relance.segments.live.columns.timers import Timers
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.columns.zones import Zones
from relance.segments.live.kernel.fold import PERSON_BITS, PERSON_MASK
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.fold_driver import FoldDriver, key_of
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.needs import EventLeaf
from relance.segments.live.sources.source import FoldedSource, Leaf, LeafChanges, Source, SourceKey
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf
from relance.segments.rule.conditions import Condition, InSegment, MessageCondition
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions

GONE = -1  # in place of a person: removed
_NOBODY = np.empty(0, np.int64)
_ALMOST_FULL = 0.6  # of what a source has

TimedLeaf = EventLeaf | TraitLeaf


class Shard:
    """Sources, leaves and segments of one app, settled up to the instant ``last``."""

    def __init__(
        self, app_id: int, last: int, identities: Identities | None = None, numbers: Iterator[int] | None = None
    ) -> None:
        self.app_id = app_id
        self.last = last
        self.identities = identities or Identities()
        self.numbers = count(1) if numbers is None else numbers  # of sources and leaves; assigned on any thread
        self.sources: dict[SourceKey, Source] = {}  # everything that events are folded into
        self.leaves: dict[str, TimedLeaf | BucketLeaf] = {}  # by ``leaf_key``
        self.trait_leaves: Sequence[TraitLeaf] = []  # those of ``leaves``
        self.firsts = PersonColumn(np.int64, NEVER)  # each person's first event of any name, if ``knows_firsts``
        self.knows_firsts = False
        self.segments: dict[int, LiveSegment] = {}
        self.known = PersonColumn(np.bool_, False)
        self.timers = Timers()
        self.touched: dict[int, list[Ids]] = {}  # segment → people whose membership changed since the last flush
        self.has_enlarged = False  # since the last flush
        self._root = PersonColumn(np.int64, 0)  # what a person was merged into; 0 is the person itself
        self._any_moved = False
        self._stale: set[int] = set()  # people to be decided from scratch: others were merged into them
        self._numbered: dict[int, TimedLeaf] = {}
        self._judged: list[JudgedLeaf] = []
        self._driver = FoldDriver([])
        self._leaves_of: dict[int, list[JudgedLeaf]] = {}  # number of an event list → its leaves
        self._users_of: dict[TruthColumn, list[LiveSegment]] = {}  # a leaf's answers → the segments that use it
        self._answers_of: dict[int, list[TruthColumn]] = {}  # the reverse, by the segment's id
        self._sources_of: dict[int, set[int]] = {}  # segment → the numbers of everything its rule listens to
        self._event_lists: dict[int, EventListSource] = {}  # those of ``sources``, by number
        self.zones: Zones | None = None  # each person's own, while a condition depends on it
        self.zoned: list[JudgedLeaf] = []  # leaves that do
        self.after_first: list[JudgedLeaf] = []  # leaves that depend on everybody's first event

    # -- definitions ---------------------------------------------------------------------------------------------------

    def next_number(self) -> int:
        return next(self.numbers)

    def index(self) -> None:
        """Rebuild the indexes after definitions changed."""
        timed = self._timed_leaves()
        self._numbered = {leaf.number: leaf for leaf in timed}
        self._event_lists = {each.number: each for each in self.sources.values() if isinstance(each, EventListSource)}
        self._judged = [leaf for leaf in timed if isinstance(leaf, JudgedLeaf)]
        self.trait_leaves = [leaf for leaf in timed if isinstance(leaf, TraitLeaf)]
        self._leaves_of = {number: [] for number in self._event_lists}
        for leaf in self._judged:
            for event_list in leaf.event_lists:
                self._leaves_of[event_list.number].append(leaf)
        self.zoned = [leaf for leaf in self._judged if leaf.zones is not None]
        self.after_first = [leaf for leaf in self._judged if leaf.needs_first]
        self._seat_all()
        self._users_of, self._answers_of, self._sources_of = {}, {}, {}
        for segment in self.segments.values():
            leaves = list(self._leaves_in(segment.rule))
            self._sources_of[segment.id] = {number for leaf in leaves for number in _numbers_of(leaf)}
            used = self._answers_of[segment.id] = list(dict.fromkeys(each.answers for each in leaves))
            for answers in used:
                self._users_of.setdefault(answers, []).append(segment)

    def _seat_all(self) -> None:
        """Attach each leaf to its source, and detach all others."""
        leaves: dict[int, list[Leaf]] = {}
        for _, leaf in sorted(self.leaves.items()):  # in the same order after a restart
            if isinstance(leaf, Leaf):
                leaves.setdefault(leaf.source.number, []).append(leaf)
        for source in self._kept():
            for leaf in source.seat(leaves.get(source.number, [])):
                self.start_some(leaf, source.people())
        self._driver = FoldDriver(self._kept())

    def _kept(self) -> list[FoldedSource]:
        return [each for each in self.sources.values() if isinstance(each, FoldedSource)]

    def _timed_leaves(self) -> list[TimedLeaf]:
        """All except buckets, which neither events nor time change."""
        return [leaf for leaf in self.leaves.values() if not isinstance(leaf, BucketLeaf)]

    def slow_leaves(self) -> Sequence[JudgedLeaf]:
        """The leaves decided in Python."""
        return self._judged

    def slow_leaf(self, number: int) -> SlowLeaf | None:
        """The one with this number, if any."""
        leaf = self._numbered.get(number)
        return None if isinstance(leaf, Leaf) else leaf

    def event_list(self, number: int) -> tuple[EventListSource, Sequence[JudgedLeaf]]:
        """The one with this number, and its leaves."""
        return self._event_lists[number], self._leaves_of[number]

    def _leaves_in(self, rule: Rule) -> Iterable[TimedLeaf]:
        for condition in conditions(rule):
            leaf = self.leaves[leaf_key(condition)]
            if not isinstance(leaf, BucketLeaf):
                yield leaf

    def _answers(self, condition: Condition) -> Callable[[Looked], Bools]:
        """A function that returns for whom one condition holds."""
        if isinstance(condition, MessageCondition | InSegment):
            raise TypeError(condition)  # shorthand, which should have been expanded
        leaf = self.leaves[leaf_key(condition)]
        if isinstance(leaf, BucketLeaf):
            return lambda looked: leaf.get(looked.people)
        return lambda looked: looked.truth(leaf.answers)

    def compile(self, rule: Rule) -> Callable[[Looked], Bools]:
        """Compile the rule to a function that returns who matches, given the truth of its leaves."""
        if isinstance(rule, Not):
            inner = self.compile(rule.part)
            return lambda looked: ~inner(looked)
        if isinstance(rule, All | Any_):
            parts = [self.compile(part) for part in rule.parts]
            combine = np.logical_and if isinstance(rule, All) else np.logical_or

            def decide(looked: Looked) -> Bools:
                answer = parts[0](looked)
                for part in parts[1:]:
                    answer = combine(answer, part(looked))
                return answer

            return decide
        return self._answers(rule)

    @property
    def waiting(self) -> bool:
        """Whether someone must be decided from scratch at once."""
        return bool(self._stale)

    # -- people --------------------------------------------------------------------------------------------------------

    def root_of(self, people: Ids) -> Ids:
        """The current persons; ``GONE`` for those who were removed."""
        while self._any_moved:
            into = self._root.get(np.maximum(people, 0))
            moved = (into != 0) & (people > 0)
            if not moved.any():
                break
            people = np.where(moved, into, people)
        return people

    def merge(self, source: int, into: int) -> None:
        """Merge ``source`` into ``into``, who is decided from scratch with the next events or the next instant."""
        self._any_moved = True
        self._root.set(np.array([source]), into)
        for each in self.sources.values():
            each.merge(source, into, self.last)
        self.firsts.set(np.array([into]), min(self.firsts.one(into), self.firsts.one(source)))
        if self.known.one(source):
            self.add_known(np.array([into]))
        self._clear(source)
        self._stale.discard(source)
        self._stale.add(into)

    def welcome(self, person: int) -> None:
        """The id belongs to someone (again) who had been removed or was never here."""
        self._root.set(np.array([person]), 0)

    def forget(self, person: int) -> None:
        """Remove a person, including pending work for the id."""
        self._any_moved = True
        self._root.set(np.array([person]), GONE)
        for each in self.sources.values():
            each.forget(person)
        self._stale.discard(person)
        self._clear(person)

    def put_roots(self, people: Ids, roots: Ids) -> None:
        """These people were merged before anything of them was stored here."""
        if people.size:
            self._any_moved = True
            self._root.set(people, roots)

    def drop_roots(self) -> None:
        """From now on all input carries current persons."""
        self._any_moved, self._root = False, PersonColumn(np.int64, 0)

    def renew(self, people: Ids) -> None:
        """Decide these from scratch with the next events or the next instant."""
        self._stale.update(people.tolist())

    def _clear(self, person: int) -> None:
        """Remove the id from every segment without a change."""
        one = np.array([person])
        for leaf in self._timed_leaves():
            leaf.answers.forget(person)
        self.firsts.set(one, NEVER)
        if self.zones is not None:
            self.zones.forget(person)
        for segment in self.segments.values():
            if segment.put(one, np.array([False])).size:
                self.touched.setdefault(segment.id, []).append(one)
        self.known.set(one, False)

    def add_known(self, people: Ids) -> None:
        """These people exist."""
        self.known.set(people, True)

    # -- time ----------------------------------------------------------------------------------------------------------

    def advance(self, arrivals: Arrivals, traits: Mapping[int, Mapping[str, Any]], upto: int) -> MembershipChanges:
        """Fold the input and let time pass up to ``upto``; returns the changes, each segment's in order of time."""
        upto = max(upto, self.last)
        stale, asked = self._take_stale(arrivals, upto)
        kept_due, due = self._due(*self.timers.pop(upto))
        outcome = self._driver.fold(arrivals.kept, kept_due, self._everywhere(stale, asked), upto, self.last)
        self.timers.push(outcome.instants, outcome.keys)
        work = join([arrivals.work, _renewed(stale, asked)]) if stale.size else arrivals.work
        rounds = Rounds(self, traits, arrivals.happened, upto)
        newcomers = work.pick(work.code == NEWCOMER)
        rounds.run(work, due)
        changes = self._decide(arrivals, [*outcome.found, *rounds.found], rounds.asked, newcomers)
        if arrivals.kept:
            self._enlarge_one()
        self.last = upto
        return changes

    def _enlarge_one(self) -> None:
        """Grow one source per tick ahead of need: similar sources fill up at the same rate, and would otherwise all grow in one
        tick.
        """
        rows = max((source.rows for source in self._kept()), key=lambda rows: rows.fullness)
        if rows.fullness > _ALMOST_FULL:
            rows.enlarge()
            self.has_enlarged = True

    def _take_stale(self, arrivals: Arrivals, upto: int) -> tuple[Ids, Instants]:
        """The people to decide from scratch, and when."""
        if not self._stale:
            return _NOBODY, _NOBODY
        people = np.array(sorted(self._stale), np.int64)
        self._stale.clear()
        # People with other input start with the merge applied; for all others the merge happens now.
        return people, np.where(np.isin(people, arrivals.people), self.last, upto)

    def _everywhere(self, people: Ids, instants: Instants) -> tuple[Ids, Instants]:
        """Request a full decision of these people from each source."""
        return self._driver.everywhere(people), np.tile(instants, len(self._driver.sources))

    def _due(self, instants: Instants, keys: Ids) -> tuple[Ids, Due]:
        """Due timers: those of the compiled fold, and all others."""
        numbers, people = keys >> PERSON_BITS, keys & PERSON_MASK
        places = self._driver.places_of(numbers)
        is_kept = places >= 0
        # Unknown numbers belong to archived or edited segments.
        rest = [at for at in (~is_kept).nonzero()[0].tolist() if int(numbers[at]) in self._numbered]
        return key_of(places[is_kept], people[is_kept]), Due(people[rest], instants[rest], numbers[rest])

    def put_firsts(self, people: Ids, instants: Instants) -> None:
        """Each person's first event is no later than any of these; ``people`` is sorted and may repeat."""
        starts = is_run_start(people).nonzero()[0]
        people, instants = people[starts], np.minimum.reduceat(instants, starts)
        self.firsts.set(people, np.minimum(self.firsts.get(people), instants))

    def _decide(
        self, arrivals: Arrivals, found: Sequence[LeafChanges], asked: Sequence[Reevaluation], newcomers: ListedEvents
    ) -> MembershipChanges:
        """Re-evaluate each segment where one of its leaves changed, or where it was requested."""
        if not found and not asked:
            return MembershipChanges.of(())
        codec = TimePointCodec([arrivals.instants, *(each.instants for each in found), *(each.instants for each in asked)])
        truth_changes = truth_changes_of(codec, found)
        evaluations: dict[LiveSegment, list[Ids]] = {}
        for answers, theirs in truth_changes.items():
            for segment in self._users_of.get(answers, ()):
                evaluations.setdefault(segment, []).append(theirs.moments)
        for each in asked:
            moments = codec.moments(each.people, each.instants)
            for segment in each.segments:
                evaluations.setdefault(segment, []).append(moments)
        known = self._known_at(codec, newcomers)
        moved = []
        was_asked = {segment.id for each in asked for segment in each.segments}
        for segment, parts in evaluations.items():
            used = [truth_changes[answers] for answers in self._answers_of[segment.id] if answers in truth_changes]
            if segment.is_one_condition and segment.id not in was_asked:
                moved.append((segment, segment.follow(codec, used[0])))
                continue
            moments = parts[0] if len(parts) == 1 else distinct(np.concatenate(parts))
            moved.append((segment, segment.move(codec, moments, truth_changes, used, known)))
        return self._changes(codec, arrivals, moved)

    def _known_at(self, codec: TimePointCodec, newcomers: ListedEvents) -> Callable[[Ids], Bools]:
        """A function that returns whether people were known at some moments."""
        if not newcomers.person.size:
            return lambda moments: self.known.get(codec.people(moments))
        arrived = np.sort(codec.moments(newcomers.person, newcomers.instant))
        whose = np.append(codec.people(arrived), -1)

        def known(moments: Ids) -> Bools:
            people = codec.people(moments)
            to_come: Bools = whose[arrived.searchsorted(moments, "right")] == people
            answer: Bools = self.known.get(people) & ~to_come
            return answer

        return known

    def _changes(
        self, codec: TimePointCodec, arrivals: Arrivals, moved: Sequence[tuple[LiveSegment, TruthChanges]]
    ) -> MembershipChanges:
        moved = [(segment, each) for segment, each in moved if each.moments.size]
        if not moved:
            return MembershipChanges.of(())
        causes = ChangeCauses(codec, arrivals)
        moments, entered, by_time = (np.concatenate(columns) for columns in zip(*(each for _, each in moved), strict=True))
        cause, late = causes.of_any(moments, codec.instants(moments), by_time)
        unlike = causes.are_unlike(moments)
        people, first = codec.people(moments), 0
        for segment, each in moved:
            end = first + each.moments.size
            some = first + unlike[first:end].nonzero()[0]
            if some.size:  # other input at that moment did not cause it
                own = causes.of_sources(self._sources_of[segment.id])
                some = some[np.isin(moments[some], own.moments)]
                cause[some], late[some] = own.causes(moments[some], cause[some], by_time[some])
            self.touched.setdefault(segment.id, []).append(people[first:end])
            first = end
        segments = np.repeat([segment.id for segment, _ in moved], [each.moments.size for _, each in moved])
        apps, merged = np.full(people.size, self.app_id), np.zeros(people.size, np.bool_)
        return MembershipChanges(apps, segments, people, entered, cause, late, merged)

    # -- building ------------------------------------------------------------------------------------------------------

    def start_leaf(self, leaf: EventLeaf) -> None:
        """Decide a new leaf for everyone with events in its source, as of ``last``."""
        self.start_some(leaf, people_of(leaf))

    def start_some(self, leaf: EventLeaf, people: Ids) -> None:
        """Decide a new leaf for these people, ascending, as of ``last``."""
        if isinstance(leaf, JudgedLeaf):
            _, instants, timed = leaf.update(people, np.full(people.size, self.last))
            self.set_timers(leaf, instants, timed)
            return
        source = leaf.source
        if leaf not in source.leaves:
            source.seat([*source.leaves, leaf])
        driver = FoldDriver([source])
        asked = driver.everywhere(people), np.full(people.size, self.last)
        outcome = driver.fold({}, _NOBODY, asked, self.last, self.last, leaf)
        self.timers.push(outcome.instants, outcome.keys)

    def start_trait_leaf(self, leaf: TraitLeaf, people: Ids, traits: Sequence[Mapping[str, Any]]) -> None:
        """Decide a new leaf for these people, whose traits are known, as of ``last``."""
        _, instants, timed = leaf.update(people, traits, np.full(people.size, self.last))
        self.set_timers(leaf, instants, timed)

    def set_timers(self, leaf: Leaf | SlowLeaf, instants: Instants, people: Ids) -> None:
        """Re-evaluate these people's answers to a leaf at these instants."""
        self.timers.push(instants, key_of(leaf.number, people))

    def set_held_timers(self, leaf: SlowLeaf) -> None:
        """Set every valid timer of a leaf whose answers were restored."""
        if leaf.answers.scheduled is not None:
            people, instants = leaf.answers.scheduled.held()
            self.set_timers(leaf, instants, people)

    def settle_segment(self, segment: LiveSegment) -> tuple[Ids, Bools]:
        """Decide a segment for everyone known, as of ``last``; returns who changed and whether they are in."""
        people = self.known.trues()
        inside = segment.decide(TruthReader(people))
        changed = segment.put(people, inside)
        return people[changed], inside[changed]

    def sweeps(self) -> list[Callable[[], None]]:
        """Clean-up of what no window can reach any more, in small parts that can be called at any later time."""
        leaves = [leaf.answers.sweep for leaf in self._timed_leaves()]
        members = [segment.member.sweep for segment in self.segments.values()]
        return [*(partial(self._sweep, each) for each in self.sources.values()), *leaves, *members]

    def _sweep(self, source: Source) -> None:
        source.sweep(self.last)

    @property
    def nbytes(self) -> int:
        streams = sum(each.nbytes for each in self.sources.values()) + self.firsts.nbytes
        leaves = sum(leaf.nbytes if isinstance(leaf, BucketLeaf) else leaf.answers.nbytes for leaf in self.leaves.values())
        members = sum(segment.member.nbytes for segment in self.segments.values())
        return streams + leaves + members + self.known.nbytes + 16 * len(self.timers)


def people_of(leaf: EventLeaf) -> Ids:
    """Everyone with events kept for a leaf, ascending."""
    return leaf.source.people() if isinstance(leaf, Leaf) else leaf.people()


def _numbers_of(leaf: TimedLeaf) -> Sequence[int]:
    """The numbers of what a leaf listens to."""
    if isinstance(leaf, TraitLeaf):
        return (TRAITS,)
    return (leaf.source.number,) if isinstance(leaf, Leaf) else [event_list.number for event_list in leaf.event_lists]


def _renewed(people: Ids, instants: Instants) -> ListedEvents:
    nothing = np.zeros(people.size, np.int64)
    return ListedEvents(people, instants, instants, nothing.astype(np.bool_), np.full(people.size, EVERYTHING), nothing)
