"""All sources of an app that use event tables, folded per tick in one compiled pass, however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from relance.core.progress import Progress
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.runs import distinct, is_run_start, lasts_of, order_of
from relance.segments.live.kernel.fold import (
    ALL,
    DEPTH,
    DESCRIPTOR,
    FIRST_LEAF,
    HAS_TOTALS,
    LEAVES,
    META,
    PERSON_BITS,
    PERSON_MASK,
    SEATS_OF_NEW,
    SIZE,
    SLOTS,
    SPAN,
    TABLE,
    WORDS,
    Fold,
    FoldResult,
    InputBatch,
    Predicates,
    Worklist,
)
from relance.segments.live.kernel.pointers import address_of
from relance.segments.live.kernel.window_scan import TOTAL
from relance.segments.live.sources.source import Arrived, FoldedSource, Leaf, LeafChanges

_NOBODY: Ids = np.empty(0, np.int64)
_PATIENCE = 1_000  # consecutive requests for the same room


class FoldOutcome(NamedTuple):
    """Changes of leaves, and timers to set: when, and for which (``key_of`` a leaf's number and a person)."""

    found: list[LeafChanges]
    instants: Instants
    keys: Ids


def key_of(number: int | Ids, people: Ids) -> Ids:
    """A number (of a leaf, or a place) and people, packed into numbers that sort by both."""
    keys: Ids = people | (number << PERSON_BITS)
    return keys


class FoldDriver:
    """Several sources, described to compiled code by a table, which is updated when they change."""

    def __init__(self, sources: Sequence[FoldedSource]) -> None:
        self.sources = list(sources)
        self._of_number = {source.number: place for place, source in enumerate(self.sources)}
        self._descriptors = np.zeros((len(self.sources), DESCRIPTOR), np.int64)
        self._seen: list[object] = []  # the leaves of each source as described
        self._stores: list[tuple[object, object]] = [(None, None)] * len(self.sources)  # the stores whose addresses are described
        self._leaves: list[Leaf] = []
        self._numbers, self._places = _NOBODY, np.full(1, -1)
        self._predicates = Predicates(np.zeros((0, 6), np.int64), np.zeros((0, 2), np.float64), ALL)

    def places_of(self, numbers: Ids) -> Ids:
        """The places of the sources of these leaves, by number; -1 for any other number."""
        self._look_again()
        return self._places[np.minimum(numbers, self._places.size - 1)]

    def everywhere(self, people: Ids) -> Ids:
        """These people, at each place."""
        return key_of(np.repeat(np.arange(len(self.sources)), people.size), np.tile(people, len(self.sources)))

    def fold(
        self,
        arrived: Mapping[int, Arrived],
        due: Ids,
        asked: tuple[Ids, Instants],
        upto: int,
        last: int,
        only: Leaf | None = None,
    ) -> FoldOutcome:
        """Fold events, by the number of their source, and let time pass for everyone with events, a due timer, or a request.

        ``due`` are people at places (``key_of``), in any order. ``asked`` are the same, ascending, with the instants at which all
        their answers, or those of ``only`` one leaf, must be evaluated. Events until ``last`` were settled before.
        """
        self._look_again()
        batch = self._input_batch(arrived)
        keys = batch.keys[is_run_start(batch.keys)]
        if due.size or asked[0].size:
            keys = distinct(np.concatenate([keys, due, asked[0]]))
        if not keys.size:
            return FoldOutcome([], _NOBODY, _NOBODY)
        visits = Worklist.of(keys, len(self.sources))
        visits.asked[keys.searchsorted(asked[0])] = asked[1]
        visits = self._with_totals(visits)
        predicates = self._predicates if only is None else self._predicates._replace(only=self._leaves.index(only))
        current_fold = Fold(batch, visits, predicates, upto, last)
        progress = Progress("Making room for a tick", _PATIENCE)
        while (need := current_fold.go_on(self._descriptors)) is not None:
            progress.turn(need)
            self.sources[need.place].rows.reserve(need.words, need.rows)
            self._write_addresses()
        passed = current_fold.found()
        self._put_totals(visits)
        people = keys & PERSON_MASK
        timed = key_of(self._numbers[passed.timed_leaf], people[passed.timed_who])
        return FoldOutcome(self._found(people, passed), passed.timed_instant, timed)

    def _input_batch(self, arrived: Mapping[int, Arrived]) -> InputBatch:
        """The input, in order of sources."""
        some = sorted((place, number) for number in arrived if (place := self._of_number.get(number)) is not None)
        if not some:
            return InputBatch(_NOBODY, np.zeros(len(self.sources) + 1, np.int64), *[_NOBODY] * 4)
        parts = [arrived[number] for _, number in some]
        people, *rest = (np.concatenate(column) for column in zip(*parts, strict=True))
        sizes = np.zeros(len(self.sources) + 1, np.int64)
        sizes[[place + 1 for place, _ in some]] = [part.people.size for part in parts]
        places = np.repeat(np.arange(len(self.sources)), sizes[1:])
        return InputBatch(key_of(places, people), sizes.cumsum(), *rest)

    def _with_totals(self, visits: Worklist) -> Worklist:
        counting = self._descriptors[:, HAS_TOTALS].nonzero()[0].tolist()
        if not counting:
            return visits
        totals = np.zeros(visits.keys.size, np.int64)
        for place in counting:
            theirs = slice(*visits.bounds[place : place + 2].tolist())
            totals[theirs] = self.sources[place].totals_of(visits.keys[theirs] & PERSON_MASK)
        return visits._replace(totals=totals)

    def _put_totals(self, visits: Worklist) -> None:
        for place in self._descriptors[:, HAS_TOTALS].nonzero()[0].tolist():
            theirs = slice(*visits.bounds[place : place + 2].tolist())
            self.sources[place].put_totals(visits.keys[theirs] & PERSON_MASK, visits.totals[theirs])

    def _found(self, people: Ids, passed: FoldResult) -> list[LeafChanges]:
        """The changes of each leaf; its answers are updated."""
        order = order_of(passed.leaf)
        who, leaf, instants, truth, by_time = (column[order] for column in passed[:5])
        people, truth, by_time = people[who], truth != 0, by_time != 0
        starts = is_run_start(leaf).nonzero()[0]
        bounds = [*starts.tolist(), leaf.size]
        ends = lasts_of(key_of(leaf, who))
        ended, answers = people[ends], truth[ends]
        cuts = ends.searchsorted(bounds).tolist()
        found = []
        for place, number in enumerate(leaf[starts].tolist()):
            its, theirs = slice(bounds[place], bounds[place + 1]), slice(cuts[place], cuts[place + 1])
            each = LeafChanges(self._leaves[number], people[its], instants[its], truth[its], by_time[its])
            if self._leaves[number].aggregate.kind == TOTAL:  # the previous answer was unknown
                each = _that_differ(each)
            each.leaf.answers.truth.set(ended[theirs], answers[theirs])
            if each.people.size:
                found.append(each)
        return found

    # -- the table ------------------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        if len(self._seen) != len(self.sources) or any(
            seen is not source.leaves for seen, source in zip(self._seen, self.sources, strict=True)
        ):
            self._write_leaves()
        self._write_addresses()

    def _write_leaves(self) -> None:
        self._seen = [source.leaves for source in self.sources]
        self._leaves = [leaf for source in self.sources for leaf in source.leaves]
        counts = [len(source.leaves) for source in self.sources]
        descriptors = self._descriptors
        descriptors[:, LEAVES], descriptors[:, FIRST_LEAF] = counts, np.cumsum(counts) - counts
        descriptors[:, DEPTH] = [source.rows.depth for source in self.sources]
        descriptors[:, SPAN] = [source.span for source in self.sources]
        descriptors[:, HAS_TOTALS] = [source.has_totals for source in self.sources]
        self._numbers = np.array([leaf.number for leaf in self._leaves], np.int64)
        self._places = np.full(int(self._numbers.max(initial=0)) + 2, -1)
        self._places[self._numbers] = np.repeat(np.arange(len(counts)), counts)
        whole = np.array([leaf.aggregate.whole for leaf in self._leaves], np.int64).reshape(len(self._leaves), 6)
        real = np.array([leaf.aggregate.real for leaf in self._leaves], np.float64).reshape(len(self._leaves), 2)
        self._predicates = Predicates(whole, real, ALL)

    def _write_addresses(self) -> None:
        """The addresses of arrays, which change when they grow."""
        for place, source in enumerate(self.sources):
            rows = source.rows
            store, seats = self._stores[place]
            if store is not rows.store or seats is not rows.seats:
                table, words, _, meta = rows.store
                self._descriptors[place, TABLE], self._descriptors[place, SLOTS] = address_of(table), table.size
                self._descriptors[place, WORDS], self._descriptors[place, SIZE] = address_of(words), words.size
                self._descriptors[place, META], self._descriptors[place, SEATS_OF_NEW] = address_of(meta), address_of(rows.seats)
                self._stores[place] = rows.store, rows.seats


def _that_differ(found: LeafChanges) -> LeafChanges:
    """Without entries that repeat what is known."""
    before = np.empty(found.people.size, np.bool_)
    before[1:] = found.truth[:-1]
    firsts = is_run_start(found.people).nonzero()[0]
    before[firsts] = found.leaf.answers.truth.get(found.people[firsts])
    differ = (before != found.truth).nonzero()[0]
    if differ.size == found.people.size:
        return found
    return LeafChanges(found.leaf, *(column[differ] for column in found[1:]))
