"""New and edited segments of one app, filled from history while ticks go on.

Whatever their conditions need and live state lacks is built in a separate shard: filled from history as of an exact position,
caught up by position with what was folded meanwhile, and joined with the live shard between two ticks. One thread at a time
drives the steps; the tick's thread only records what history does not contain (``note_…``) and its own progress.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Row
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from relance.events.model import Batch
from relance.segments.definition.needs import facts_asked
from relance.segments.live.changes.tick_input import no_arrivals
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Ids
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.fill.backfill_plan import BackfillPlan, lay_out
from relance.segments.live.fill.building import Profiles, WantedSegment
from relance.segments.live.fill.fillers import (
    NOTHING_YET,
    ColumnHistory,
    Filler,
    FillPeople,
    Slice,
    event_count,
    put_merged,
    width_for,
)
from relance.segments.live.fill.rebuild_person import bring_back
from relance.segments.live.shard import Shard, people_of
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.needs import EventLeaf
from relance.segments.live.sources.trait_leaves import BucketLeaf
from relance.segments.live.vectorise import Listeners
from relance.segments.model import Building, Stage

PEOPLE = 20_000  # decided at a time
FEW = 2_000  # the same, if each is decided by the definition
NEAR = 20_000  # events behind the ticks: few enough for the tick's thread to read itself
_READING = 0.8  # of the progress: reading history; the rest is deciding


class Reached(NamedTuple):
    """Progress of live state: history up to ``position`` is folded, and settled up to the instant ``last``."""

    position: int
    last: int


class PersonMerge(NamedTuple):
    """One person was merged into another."""

    source: int
    into: int


class Forgotten(NamedTuple):
    """A person was removed."""

    person: int


TraitsByPerson = Mapping[int, Mapping[str, Any]]
Note = PersonMerge | Forgotten | Batch | TraitsByPerson  # a batch: all past events of a person who came from another partition


class Backfill:
    """What an app's live state lacks, being filled."""

    def __init__(
        self,
        plan: BackfillPlan,
        app_id: int,
        share: PartitionShare,
        reached: Reached,
        live: Shard | None,
        merged_upto: int | None = None,
    ) -> None:
        """``live`` is the existing shard, if any: numbers and the key of value hashes must be the same.

        ``merged_upto`` is the position of the newest merge of any partition, None if there is none. It fixes who is merged into
        whom at the start: later merges, and people who come from or go to other partitions, are noted.
        """
        self.plan = plan
        self.pending: Row[WantedSegment] = (
            plan.wanted
        )  # everything that is not live yet: what the plan leaves out is built afterwards
        self.app_id = app_id
        self.share = share
        self.reached = reached  # set at once by the tick's thread
        self.filled = False  # caught up: to be joined by the next tick
        self.cancelled = False
        self.began_at: int | None = None  # real time; None while others come first
        self.error = ""
        self.tries = 0
        self._numbers = None if live is None else live.numbers
        self._key = None if live is None else live.identities.key
        self._merged_upto = -1 if merged_upto is None else merged_upto
        self._notes: list[Note] = []  # never decreases: a retry starts over
        self._begin()

    def _begin(self) -> None:
        self._shard: Shard | None = None
        self._fillers: list[Filler] = []
        self._everybody = FillPeople()
        self._noted = 0
        self._brought: set[int] = set()
        self._read = -1  # history is folded up to this position
        self._end = self.reached.position  # of what must be read before anything is decided
        self._taken = self._to_take = 0  # positions of events of people who came from other partitions before
        self._decided = self._to_decide = 0

    # -- from the tick's thread ----------------------------------------------------------------------------------------

    def note_merge(self, source: int, into: int) -> None:
        self._notes.append(PersonMerge(source, into))

    def note_brought_back(self, past: Batch) -> None:
        """All past events of a person who has lived in another partition until now, and is merged next."""
        self._notes.append(past)

    def note_forgotten(self, person: int) -> None:
        self._notes.append(Forgotten(person))

    def note_traits(self, people_traits: TraitsByPerson) -> None:
        """These people's traits changed."""
        if self.plan.reads_people:
            self._notes.append(people_traits)

    def events_to_read(self, past: ColumnHistory) -> int:
        """How many events of history to read."""
        slices = [self._slice(NOTHING_YET, self.reached.position)]
        if not self.share.is_all:
            slices.append(self._slice(NOTHING_YET, self._merged_upto, of_taken=True))
        return sum(int(past.run(event_count(each))[0][0]) for each in slices)

    def _slice(self, after: int, upto: int, *, of_taken: bool = False) -> Slice:
        merges = None if self.share.is_all else (NOTHING_YET, self._merged_upto)
        return Slice(self.app_id, self.share.partition, after, upto, merges, of_taken=of_taken)

    @property
    def _is_near(self) -> bool:
        """Whether little enough is missing for the tick's thread."""
        return self.reached.position - self._read <= NEAR and len(self._notes) - self._noted <= NEAR

    def join(self, past: ColumnHistory) -> Shard | None:
        """On the tick's thread, between ticks: read what is still missing and hand over the shard, settled up to ``reached``.

        None if too much is missing: the backfill must continue first.
        """
        if self._shard is None or not self._is_near:
            self.filled = False
            return None
        self._catch_up(self._shard, self.reached, past)
        return self._shard

    # -- for the driving thread ----------------------------------------------------------------------------------------

    def steps(self, past: ColumnHistory, profiles: Profiles) -> Iterator[None]:
        """Fill, one step per ``next``, until ``filled``. After an error call ``fail``, and start over."""
        if self._shard is None:
            yield from self._fill(past, profiles)
        while self._shard is not None and not self._is_near:
            reached = self.reached
            width = width_for(self._fillers)
            ends = range(self._read + width, reached.position, width)
            for end in ends:
                self._read_on(self._shard, end, past, renew=True)
                yield
            self._catch_up(self._shard, reached, past)
            yield
        self.filled = True

    def fail(self, error: str) -> None:
        """The last step raised: everything filled so far is discarded."""
        self.error = error
        self.tries += 1
        self._begin()

    def building(self, wanted: WantedSegment, *, is_new: bool) -> Building:
        """The progress of one of the segments."""
        if wanted not in self.plan.wanted:
            return Building(wanted.segment_id, is_new, Stage.WAITING, 0.0, 0, max(0, self.reached.position), 0, None)
        whole = self._end + 1 + self._to_take
        read = min(1.0, (self._read + 1 + self._taken) / whole) if whole > 0 else float(self._shard is not None)
        decided = self._decided / self._to_decide if self._to_decide else 0.0
        stage = Stage.READING if self.began_at is not None else Stage.WAITING
        if self.filled or self._to_decide:
            stage = Stage.JOINING if self.filled else Stage.DECIDING
        share = 1.0 if self.filled else _READING * read + (1 - _READING) * decided
        return Building(
            wanted.segment_id,
            is_new,
            stage,
            share,
            max(0, self._read),
            max(0, self._end),
            self._decided,
            self.began_at,
            self.tries,
            self.error,
        )

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _fill(self, past: ColumnHistory, profiles: Profiles) -> Iterator[None]:
        reached, plan = self.reached, self.plan
        shard = Shard(self.app_id, reached.last, Identities(self._key), self._numbers)
        self._read, self._end, self._noted = -1, reached.position, 0
        takes = put_merged(shard, past, self._merged_upto, self.share) and plan.reads_events
        self._taken, self._to_take = 0, self._merged_upto + 1 if takes else 0
        self._fillers = lay_out(plan, shard, self._everybody)
        width = width_for(self._fillers)
        if not plan.reads_events:
            self._read = reached.position
        while self._read < reached.position:
            self._read_on(shard, min(self._read + width, reached.position), past, renew=False)
            yield
        while self._taken < self._to_take:
            self._take_over(shard, min(self._taken + width, self._to_take), past)
            yield
        for filler in self._fillers:
            yield from filler.finish(shard.last)
        shard.last = max(shard.last, self._everybody.newest)
        yield from self._decide(shard, profiles)
        self._shard = shard

    def _read_on(self, shard: Shard, end: int, past: ColumnHistory, *, renew: bool) -> None:
        """Fold history up to a position."""
        part = self._slice(self._read, end)
        for filler in self._fillers:
            people = filler.fill(shard, part, past)
            if renew:
                shard.renew(people)
        self._read = end

    def _take_over(self, shard: Shard, end: int, past: ColumnHistory) -> None:
        """Fold everything settled elsewhere for people who were merged into this partition's people before this started.

        Those pasts are complete: since the merge, new events are resolved to someone here.
        """
        part = self._slice(self._taken - 1, end - 1, of_taken=True)
        for filler in self._fillers:
            filler.fill(shard, part, past)
        self._taken = end

    def _decide(self, shard: Shard, profiles: Profiles) -> Iterator[None]:
        """Every leaf, for everyone it concerns, some at a time."""
        concerned = [(leaf, people_of(leaf)) for leaf in shard.leaves.values() if isinstance(leaf, EventLeaf)]
        known = shard.known.trues() if self.plan.is_first else np.empty(0, np.int64)
        self._to_decide = max(1, sum(people.size for _, people in concerned) + known.size)
        for leaf, people in concerned:
            for some in _portions(people, FEW if isinstance(leaf, JudgedLeaf) else PEOPLE):
                shard.start_some(leaf, some)
                self._decided += some.size
                yield
        if self.plan.reads_people:
            people_traits = iter(profiles(facts_asked(self.plan.traits.values())))
            while found := list(islice(people_traits, PEOPLE // 4)):
                self._put_traits(shard, dict(found))
                self._draw(shard, np.array([person for person, _ in found], np.int64))
                yield

    def _draw(self, shard: Shard, people: Ids) -> None:
        for leaf in shard.leaves.values():
            if isinstance(leaf, BucketLeaf):
                leaf.get(people)

    def _put_traits(self, shard: Shard, people_traits: TraitsByPerson) -> None:
        """The traits of people who still exist; having any makes a person known."""
        people: Ids = np.array(sorted(people_traits), np.int64)
        people = people[shard.root_of(people) == people]
        shard.known.set(people, True)
        for leaf in shard.trait_leaves:
            shard.start_trait_leaf(leaf, people, [people_traits[person] for person in people.tolist()])

    def _catch_up(self, shard: Shard, reached: Reached, past: ColumnHistory) -> None:
        """Advance to where live state is: first the passing of time, so that nothing is decided with later events."""
        shard.advance(no_arrivals(), {}, reached.last)
        self._follow(shard)
        if self._read < reached.position and self.plan.reads_events:
            self._read_on(shard, reached.position, past, renew=True)
        self._read = max(self._read, reached.position)
        shard.advance(no_arrivals(), {}, max(reached.last, self._everybody.newest))

    def _follow(self, shard: Shard) -> None:
        """Apply what was noted since the last time, in order."""
        notes = self._notes[self._noted :]
        self._noted += len(notes)
        for note in notes:
            if isinstance(note, PersonMerge):
                shard.merge(note.source, note.into)
                if note.source in self._brought:  # with all its past events, including those still to be read
                    shard.forget(note.source)
            elif isinstance(note, Forgotten):
                shard.forget(note.person)
            elif isinstance(note, Batch):
                bring_back(shard, Listeners(shard.sources.values()), note)
                self._brought.add(note.persons[0])
            else:
                self._put_traits(shard, note)


def _portions(people: Ids, size: int) -> Iterator[Ids]:
    return (people[place : place + size] for place in range(0, people.size, size))
