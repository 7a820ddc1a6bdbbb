"""The live segments of one app: who is in, moved on by events and by time.

Everything that happens to a person is put on that person's own line of time, and all people move along theirs together, one
instant each a round: most ticks need one round, and no answer depends on how the stream was cut into ticks. What happened
at or before the instant up to which this app is settled (``last``) came too late to be lived through: it takes effect
at ``last``, and the change it causes bears the time of the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, cast

import numpy as np

from relance.segments.definition.evaluate import Happening
from relance.segments.definition.needs import leaf_key
from relance.segments.live.asked import Asked
from relance.segments.live.books import Book
from relance.segments.live.identities import Identities
from relance.segments.live.judged import JudgedLeaf
from relance.segments.live.leaves import Leaf, Past, Stream
from relance.segments.live.looks import Question, RowLeaf, answered, start
from relance.segments.live.paged import Bools, Ids, Instants, Paged
from relance.segments.live.rings import NEVER
from relance.segments.live.rows import Pieces
from relance.segments.live.runs import cut, is_run_start
from relance.segments.live.sequences import SequenceLeaf, Steps
from relance.segments.live.standing import BucketLeaf, TraitLeaf
from relance.segments.live.tallies import Tally
from relance.segments.live.tally_leaves import TallyLeaf
from relance.segments.live.timers import Timers
from relance.segments.live.watched import Changes, Watched
from relance.segments.live.work import EARLIEST, EVERYTHING, NEWCOMER, TRAITS, Busy, Due, Round, Work, join, join_due, next_round
from relance.segments.live.zones import Zones
from relance.segments.rule.conditions import Bucket, Condition, InSegment, Message, OnTraits
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions

_PERSON_BITS = 40
_PERSON_MASK = (1 << _PERSON_BITS) - 1
_GONE = -1

EventLeaf = Leaf | TallyLeaf | SequenceLeaf | JudgedLeaf
TimedLeaf = EventLeaf | TraitLeaf | RowLeaf
Source = Stream | Tally | Steps | Book


class Shard:
    """Streams, leaves and segments of one app, settled up to the instant ``last``."""

    def __init__(
        self, app_id: int, last: int, identities: Identities | None = None, numbers: Iterator[int] | None = None
    ) -> None:
        self.app_id = app_id
        self.last = last
        self.identities = identities or Identities()
        self.numbers = count(1) if numbers is None else numbers  # of sources and leaves; drawn from any thread
        self.streams: dict[str, Stream] = {}
        self.tallies: dict[str, Tally] = {}
        self.steps: dict[str, Steps] = {}
        self.books: dict[str, Book] = {}
        self.leaves: dict[str, EventLeaf] = {}
        self.trait_leaves: dict[str, TraitLeaf] = {}
        self.bucket_leaves: dict[str, BucketLeaf] = {}
        self.firsts = Paged(np.int64, NEVER)  # each person's first event of any name, while ``knows_firsts``
        self.knows_firsts = False
        self.segments: dict[int, Watched] = {}
        self.known = Paged(np.bool_, False)
        self.timers = Timers()
        self.touched: dict[int, list[Ids]] = {}  # segment → people whose membership was written since the last flush
        self._root = Paged(np.int64, 0)  # who a person became part of; 0 is itself
        self._any_moved = False
        self._stale: set[int] = set()  # people to be decided wholly anew: they were merged into
        self._numbered: dict[int, EventLeaf | TraitLeaf] = {}
        self._leaves_of: dict[int, list[EventLeaf]] = {}  # number of a stream or a book → its leaves
        self._users_of: dict[int, list[Watched]] = {}  # id() of a leaf → the segments that have it
        self._by_number: dict[int, Source] = {}
        self.zones: Zones | None = None  # each person's own, while a condition hangs on it
        self._zoned: list[JudgedLeaf] = []  # leaves that do
        self._after_first: list[EventLeaf] = []  # leaves that hang on everybody's first event
        self._happened: Sequence[Happening] = ()  # what is being lived through, for books

    # -- definitions (the leaves are filled from history by ``build``) ------------------------------------------------

    def next_number(self) -> int:
        return next(self.numbers)

    def index(self) -> None:
        """Find again who uses what, after definitions changed."""
        timed: list[EventLeaf | TraitLeaf] = [*self.leaves.values(), *self.trait_leaves.values()]
        self._numbered = {leaf.number: leaf for leaf in timed}
        self._by_number = {each.number: each for each in self.sources()}
        self._leaves_of = {number: [] for number in self._by_number}
        for leaf in self.leaves.values():
            for source in _sources_of(leaf):
                self._leaves_of[source.number].append(leaf)
        self._zoned = [leaf for leaf in self.leaves.values() if isinstance(leaf, JudgedLeaf) and leaf.zones is not None]
        self._after_first = [leaf for leaf in self.leaves.values() if isinstance(leaf, JudgedLeaf) and leaf.needs_first]
        self._users_of = {}
        for segment in self.segments.values():
            for used in {id(each): each for each in self._leaves_in(segment.rule)}:
                self._users_of.setdefault(used, []).append(segment)

    def sources(self) -> list[Source]:
        """All that events are folded into."""
        return [*self.streams.values(), *self.tallies.values(), *self.steps.values(), *self.books.values()]

    def _leaves_in(self, rule: Rule) -> Iterable[EventLeaf | TraitLeaf]:
        for condition in conditions(rule):
            if isinstance(condition, OnTraits):
                yield self.trait_leaves[leaf_key(condition)]
            elif not isinstance(condition, Bucket):
                yield self.leaves[leaf_key(condition)]

    def _answers(self, condition: Condition) -> Callable[[Ids], Bools]:
        """A function that says for whom one condition holds."""
        if isinstance(condition, Message | InSegment):
            raise TypeError(condition)  # shorthand, that was to be written out
        key = leaf_key(condition)
        if isinstance(condition, Bucket):
            return self.bucket_leaves[key].get
        leaf = self.trait_leaves[key] if isinstance(condition, OnTraits) else self.leaves[key]
        return leaf.answers.truth.get

    def compile(self, rule: Rule) -> Callable[[Ids], Bools]:
        """A function that says for an array of people who fulfils the rule, as the leaves stand."""
        if isinstance(rule, Not):
            inner = self.compile(rule.part)
            return lambda people: ~inner(people)
        if isinstance(rule, All | Any_):
            parts = [self.compile(part) for part in rule.parts]
            combine = np.logical_and if isinstance(rule, All) else np.logical_or

            def decide(people: Ids) -> Bools:
                answer = parts[0](people)
                for part in parts[1:]:
                    answer = combine(answer, part(people))
                return answer

            return decide
        return self._answers(rule)

    @property
    def waiting(self) -> bool:
        """Whether somebody must be decided anew at once."""
        return bool(self._stale)

    # -- people --------------------------------------------------------------------------------------------------------

    def root_of(self, people: Ids) -> Ids:
        """Who these people are today; ``_GONE`` for those who were forgotten."""
        while self._any_moved:
            into = self._root.get(np.maximum(people, 0))
            moved = (into != 0) & (people > 0)
            if not moved.any():
                break
            people = np.where(moved, into, people)
        return people

    def merge(self, source: int, into: int) -> None:
        """``source`` becomes part of ``into``, who is decided anew with the next events or the next instant."""
        self._any_moved = True
        self._root.set(np.array([source]), into)
        for each in self.sources():
            each.merge(source, into, self.last)
        self.firsts.set(np.array([into]), min(self.firsts.one(into), self.firsts.one(source)))
        if self.known.one(source):
            self._add_known(np.array([into]))
        self._clear(source)
        self._stale.discard(source)
        self._stale.add(into)

    def welcome(self, person: int) -> None:
        """The id is somebody's (again), who had been forgotten or was never here."""
        self._root.set(np.array([person]), 0)

    def forget(self, person: int) -> None:
        """Nothing of this person stays; what is still to come for this id is dropped."""
        self._any_moved = True
        self._root.set(np.array([person]), _GONE)
        for each in self.sources():
            each.forget(person)
        self._stale.discard(person)
        self._clear(person)

    def put_roots(self, people: Ids, roots: Ids) -> None:
        """These people were merged before anything of them was kept here."""
        if people.size:
            self._any_moved = True
            self._root.set(people, roots)

    def renew(self, people: Ids) -> None:
        """These are decided wholly anew with the next events or the next instant."""
        self._stale.update(people.tolist())

    def _clear(self, person: int) -> None:
        """Out of every segment without a change: this id is nobody's any more."""
        one = np.array([person])
        for leaf in (*self.leaves.values(), *self.trait_leaves.values()):
            leaf.answers.forget(person)
        self.firsts.set(one, NEVER)
        if self.zones is not None:
            self.zones.forget(person)
        for segment in self.segments.values():
            if segment.put(one, np.array([False])).size:
                self.touched.setdefault(segment.id, []).append(one)
        self.known.set(one, False)

    def _add_known(self, people: Ids) -> None:
        self.known.set(people, True)

    # -- time ----------------------------------------------------------------------------------------------------------

    def advance(
        self, work: Work, traits: Mapping[int, Mapping[str, Any]], upto: int, happened: Sequence[Happening] = ()
    ) -> list[Changes]:
        """Live through ``work`` and all instants up to ``upto``; returns what changed, each segment's in order of time.

        ``happened`` are the events that the ``value`` of work for books points at.
        """
        self._happened = happened
        upto = max(upto, self.last)
        work = self._with_stale(work, upto)
        due = self._due(*self.timers.pop(upto))
        if work.person.size > 1:
            work = self._collapse(work, due)
        changes: list[Changes] = []
        while work.person.size or due.person.size:
            present, work, due = next_round(work, due)
            put_back = self._live_round(present, traits, upto, changes)
            if put_back.person.size:
                due = join_due(due, put_back)
        self.last = upto
        return changes

    def _collapse(self, work: Work, due: Due) -> Work:
        """Give people whose events cannot change any answer one instant instead of several: most rounds go away."""
        busy = Busy.among(work, due)
        if busy is None:
            return work
        for code, people, added in busy.streams():
            source = self._by_number[code]
            past = Past(source, people) if isinstance(source, Stream) else None
            for leaf in self._leaves_of[code]:
                if isinstance(leaf, Leaf) and past is not None:
                    busy.mark(people[leaf.may_flip(added.counts, self.last, past)])
                elif isinstance(leaf, TallyLeaf | SequenceLeaf):
                    busy.mark(people[leaf.may_flip(people, added, self.last)])
                else:
                    busy.mark(people)
        return busy.collapsed()

    def _with_stale(self, work: Work, upto: int) -> Work:
        if not self._stale:
            return work
        people = np.array(sorted(self._stale))
        self._stale.clear()
        # One who has something else to live through begins it with the merge done; for others the merge is now.
        instants = np.where(np.isin(people, work.person), self.last, upto)
        nothing = np.zeros(people.size, np.int64)
        extra = Work(people, instants, instants, nothing.astype(np.bool_), np.full(people.size, EVERYTHING), nothing, nothing)
        return join([work, extra])

    def _due(self, instants: Instants, keys: Ids) -> Due:
        return Due(keys & _PERSON_MASK, instants, keys >> _PERSON_BITS)

    def _live_round(self, now: Round, traits: Mapping[int, Mapping[str, Any]], upto: int, changes: list[Changes]) -> Due:
        """Everybody's next instant: events into streams, then leaves, then segments."""
        asked = Asked(now)
        for chosen in cut(now.work.code):
            code = int(now.work.code[chosen[0]])
            if code >= 0:
                self._fold_source(self._by_number[code], chosen, asked)
            else:
                self._fold_group(code, now.work_places[chosen], chosen, asked)
                self._answer(asked)
        self._answer(asked)
        for chosen in cut(now.due.leaf):
            leaf = self._numbered.get(int(now.due.leaf[chosen[0]]))
            if leaf is not None:  # else its segment was archived or edited
                fired = leaf.answers.fire(now.due.person[chosen], now.due.instant[chosen])
                places = _distinct(now.due_places[chosen[fired]])
                if isinstance(leaf, TraitLeaf):
                    asked.ask(self._users_of.get(id(leaf), ()), places[leaf.turn(now.people[places])])
                else:
                    self._decide_leaf(leaf, places, asked)
        self._answer(asked)
        if traits and (self.trait_leaves or self.zones is not None):
            self._fold_traits(traits, asked)
        known = self.known.get(now.people)
        for segment, mask in asked.segments.items():
            self._decide(segment, mask.nonzero()[0], known, now, changes)
        return self._schedule(asked.timers, upto)

    def _fold_group(self, code: int, places: Ids, chosen: Ids, asked: Asked) -> None:
        """Work of one code that is no event of a source: newcomers, or people to be decided wholly anew."""
        now = asked.now
        if code == EARLIEST:
            self.put_firsts(now.people[places], now.work.occurred_at[chosen])
            for leaf in self._after_first:
                self._decide_leaf(leaf, _distinct(places), asked)
        elif code == EVERYTHING:
            for leaf in self.leaves.values():
                self._decide_leaf(leaf, places, asked)
            asked.ask(self.segments.values(), places)
        elif code == NEWCOMER:
            self._add_known(now.people[places])
            asked.ask((each for each in self.segments.values() if each.holds_for_strangers), places)

    def _fold_source(self, source: Source, chosen: Ids, asked: Asked) -> None:
        """Fold events into what is kept of them, and ask the leaves that hang on it."""
        now, work = asked.now, asked.now.work
        places = now.work_places[chosen]
        people, occurred_at = now.people[places], work.occurred_at[chosen]
        if isinstance(source, Tally | Steps):
            values = work.value[chosen]
            if isinstance(source, Tally):
                pieces = source.add(people, occurred_at, values, self.last)
            else:
                pieces = source.add(people, occurred_at, values, work.mark[chosen], self.last)
            starts = is_run_start(places).nonzero()[0]
            if starts.size < places.size:
                places, values = places[starts], np.minimum.reduceat(values, starts)
            for leaf in self._leaves_of[source.number]:
                self._ask_moved(cast("RowLeaf", leaf), places, values, pieces, asked)
            return
        places = _distinct(places)
        if isinstance(source, Stream):
            source.add(people, occurred_at, self.last)
            people, instants = now.people[places], now.instants[places]
            past = Past(source, people)
            for leaf in self._leaves_of[source.number]:
                self._take(leaf, places, cast("Leaf", leaf).follow(people, instants, past), asked)
            return
        source.add(people.tolist(), (self._happened[place] for place in work.value[chosen].tolist()), self.last)
        for leaf in self._leaves_of[source.number]:
            self._decide_leaf(leaf, places, asked)

    def _ask_moved(self, leaf: RowLeaf, places: Ids, values: Ids, pieces: Pieces, asked: Asked) -> None:
        """Ask a leaf about rows that were added to, but for whom more of the same changes nothing."""
        moved = ~leaf.unmoved(asked.now.people[places], values)
        if moved.all():
            asked.questions += [Question(leaf, places[each], asked.now.instants[places[each]], cells) for each, cells in pieces]
            return
        for each, cells in pieces:
            some = moved[each].nonzero()[0]
            if some.size:
                theirs = places[each[some]]
                asked.questions.append(Question(leaf, theirs, asked.now.instants[theirs], cells[some]))

    def _answer(self, asked: Asked) -> None:
        """Take the answers to what was asked so far."""
        for leaf, places, truth, due in answered(asked.questions):
            people = asked.now.people[places]
            found = leaf.answers.put(people, truth), *leaf.answers.schedule(people, due)
            self._take(leaf, places, found, asked)
        asked.questions = []

    def put_firsts(self, people: Ids, instants: Instants) -> None:
        """Each person's first event is not later than any of these; ``people`` is sorted and may repeat."""
        starts = is_run_start(people).nonzero()[0]
        people, instants = people[starts], np.minimum.reduceat(instants, starts)
        self.firsts.set(people, np.minimum(self.firsts.get(people), instants))

    def _decide_leaf(self, leaf: EventLeaf, places: Ids, asked: Asked) -> None:
        if not places.size:
            return
        people, instants = asked.now.people[places], asked.now.instants[places]
        if isinstance(leaf, TallyLeaf | SequenceLeaf):
            tables = leaf.rows.tables(people)
            asked.questions += [Question(leaf, places[each], instants[each], cells) for each, cells in tables]
        elif isinstance(leaf, Leaf):
            self._take(leaf, places, leaf.update(people, instants, Past(leaf.stream, people)), asked)
        else:
            self._take(leaf, places, leaf.update(people, instants), asked)

    def _take(self, leaf: TimedLeaf, places: Ids, found: tuple[Ids, Instants, Ids], asked: Asked) -> None:
        """Note what a leaf found: whose answers changed, and timers."""
        flipped, instants, timed = found
        if flipped.size:
            asked.ask(self._users_of.get(id(leaf), ()), places[flipped])
        if timed.size:
            asked.timers.append((instants, timed | (leaf.number << _PERSON_BITS)))

    def _fold_traits(self, traits: Mapping[int, Mapping[str, Any]], asked: Asked) -> None:
        places = asked.now.work_places[asked.now.work.code == TRAITS]
        if not places.size:
            return
        people = asked.now.people[places]
        found = [traits[person] for person in people.tolist()]
        for leaf in self.trait_leaves.values():
            self._take(leaf, places, leaf.update(people, found, asked.now.instants[places]), asked)
        if self.zones is not None:
            moved = places[self.zones.put(people, found)]
            for zoned in self._zoned:
                self._decide_leaf(zoned, moved, asked)

    def _decide(self, segment: Watched, places: Ids, known: Bools, now: Round, changes: list[Changes]) -> None:
        people = now.people[places]
        inside = segment.decide(people) & known[places]
        changed = segment.put(people, inside)
        if changed.size:
            people, inside, places = people[changed], inside[changed], places[changed]
            changes.append(Changes(segment.id, people, inside, now.cause[places], now.late[places]))
            self.touched.setdefault(segment.id, []).append(people)

    def _schedule(self, timers: list[tuple[Instants, Ids]], upto: int) -> Due:
        """Set timers; those due already are lived through in the next rounds."""
        if not timers:
            return self._due(np.empty(0, np.int64), np.empty(0, np.int64))
        instants = np.concatenate([each for each, _ in timers])
        keys = np.concatenate([each for _, each in timers])
        at_once = instants <= upto
        if at_once.any():
            self.timers.push(instants[~at_once], keys[~at_once])
            return self._due(instants[at_once], keys[at_once])
        self.timers.push(instants, keys)
        return self._due(instants[:0], keys[:0])

    # -- building ------------------------------------------------------------------------------------------------------

    def start_leaf(self, leaf: EventLeaf) -> None:
        """Decide a new leaf for everybody of whom events are kept for it, as of ``last``."""
        self.start_some(leaf, people_of(leaf))

    def start_some(self, leaf: EventLeaf, people: Ids) -> None:
        """Decide a new leaf for these people, as of ``last``."""
        if isinstance(leaf, Leaf):
            _, instants, timed = leaf.update(people, np.full(people.size, self.last), Past(leaf.stream, people))
        elif isinstance(leaf, JudgedLeaf):
            _, instants, timed = leaf.update(people, np.full(people.size, self.last))
        else:
            instants, timed = start(leaf, people, self.last)
        self.timers.push(instants, timed | (leaf.number << _PERSON_BITS))

    def start_trait_leaf(self, leaf: TraitLeaf, people: Ids, traits: Sequence[Mapping[str, Any]]) -> None:
        """Decide a new leaf for these people, whose traits are known, as of ``last``."""
        _, instants, timed = leaf.update(people, traits, np.full(people.size, self.last))
        self.timers.push(instants, timed | (leaf.number << _PERSON_BITS))

    def set_timers(self, leaf: EventLeaf | TraitLeaf) -> None:
        """Set every timer that is in force, for a leaf whose answers were restored."""
        if leaf.answers.scheduled is not None:
            people, instants = leaf.answers.scheduled.held()
            self.timers.push(instants, people | (leaf.number << _PERSON_BITS))

    def settle_segment(self, segment: Watched) -> tuple[Ids, Bools]:
        """Decide a segment for everybody known, as of ``last``; returns who changed and whether they are in."""
        people = self.known.trues()
        inside = segment.decide(people)
        changed = segment.put(people, inside)
        return people[changed], inside[changed]

    def sweep(self) -> None:
        """Give back what no window can reach any more."""
        for each in self.sources():
            each.sweep(self.last)

    @property
    def nbytes(self) -> int:
        streams = sum(each.nbytes for each in self._by_number.values()) + self.firsts.nbytes
        leaves = sum(leaf.answers.nbytes for leaf in (*self.leaves.values(), *self.trait_leaves.values()))
        leaves += sum(leaf.nbytes for leaf in self.bucket_leaves.values())
        members = sum(segment.member.nbytes for segment in self.segments.values())
        return streams + leaves + members + self.known.nbytes + 16 * len(self.timers)


def people_of(leaf: EventLeaf) -> Ids:
    """Everybody of whom events are kept for a leaf, ascending."""
    return leaf.stream.people() if isinstance(leaf, Leaf) else leaf.people()


def _sources_of(leaf: EventLeaf) -> Sequence[Source]:
    if isinstance(leaf, Leaf):
        return (leaf.stream,)
    if isinstance(leaf, SequenceLeaf):
        return (leaf.steps,)
    return (leaf.tally,) if isinstance(leaf, TallyLeaf) else leaf.books


def _distinct(places: Ids) -> Ids:
    """Sorted numbers without repeats."""
    starts = is_run_start(places)
    return places if starts.all() else places[starts]
