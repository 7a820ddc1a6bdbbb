"""Folds a batch of events into the event tables of all sources, advances time, and reports when the answer of each leaf changed.
Compiled: one pass over the sources and, within each, over its people.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.kernel.event_table_arrays import (
    FILL,
    FREE,
    HELD,
    LATER,
    LOAD,
    NOTHING,
    SEATED,
    SEATS,
    TIER_BITS,
    TIERS,
    USED,
    Numbers,
    place_of,
    put,
    slot_of,
)
from relance.segments.live.kernel.jit import compiled, entry, inlined
from relance.segments.live.kernel.machine_code import call
from relance.segments.live.kernel.pointers import fetch, flags_at, integer_rows_at, integers_at, real_rows_at, reals_at, slots_at
from relance.segments.live.kernel.window_scan import (
    HIGH,
    KIND,
    LASTS,
    LOW,
    SUM,
    TOTAL,
    Notes,
    notes_for,
    scan,
    slots_for,
    takes_notes,
)

ALL = -1  # every leaf
PERSON_BITS = 40
PERSON_MASK = (1 << PERSON_BITS) - 1
# Fields of a source's descriptor: its arrays and their sizes, its leaves, and how it keeps events.
TABLE, SLOTS, WORDS, SIZE, META, SEATS_OF_NEW, LEAVES, FIRST_LEAF, DEPTH, SPAN, HAS_TOTALS = range(11)
DESCRIPTOR = 11
WHO, EVENT, FLIPPED, TIMED, IS_BEGUN, PLACE, NEEDED, ROWS, NOTED = range(9)  # places of ``OutputBuffer.done``
END, FULL, SHORT, CROWDED = range(4)  # why a pass stopped: finished, output full, no room for rows, no room for notes
_FIRST_SIZE = 64


class InputBatch(NamedTuple):
    """Incoming events, by source and person, then by ``instant``, when they take effect."""

    keys: Numbers  # a source's place and a person, as one number
    bounds: Numbers  # of each source: where its events begin
    instant: Numbers
    occurred_at: Numbers
    value: Numbers
    mark: Numbers


class Worklist(NamedTuple):
    """The people to visit, by source and person, including everyone with events."""

    keys: Numbers  # distinct, ascending
    bounds: Numbers  # of each source: where its visits begin; one more than sources
    starts: Numbers  # where each visit's events begin; one more than visits
    rows: Numbers  # where their rows are; 0 is none
    asked: Numbers  # when all of their answers must be evaluated, or ``LATER``
    totals: Numbers  # the number of events ever, for sources that count them; or empty

    @classmethod
    def of(cls, keys: Numbers, sources: int) -> Worklist:
        """For these people, with room for the results; nothing is evaluated unconditionally."""
        bounds = keys.searchsorted(np.arange(sources + 1) << PERSON_BITS)
        starts, rows = np.empty(keys.size + 1, np.int64), np.empty(keys.size, np.int64)
        return cls(keys, bounds, starts, rows, np.full(keys.size, LATER), np.empty(0, np.int64))


class Predicates(NamedTuple):
    """The predicates of all sources' leaves, one row each; ``only`` restricts evaluation to the leaf of that place, or is
    ``ALL``.
    """

    whole: NDArray[np.int64]
    real: NDArray[np.float64]
    only: int


class FoldResult(NamedTuple):
    """Changed answers (person and leaf, as places; when; whether it holds; whether time did it), by source, person and time; and
    timers to set: person, leaf, when.
    """

    who: Numbers
    leaf: Numbers
    instant: Numbers
    truth: Numbers
    by_time: Numbers
    timed_who: Numbers
    timed_leaf: Numbers
    timed_instant: Numbers


class RoomNeed(NamedTuple):
    """The source at a place needs room for this many words and rows in total."""

    place: int
    words: int
    rows: int


class OutputBuffer(NamedTuple):
    """Room for results, line by line, and the progress of the pass."""

    truth_changes: NDArray[np.int64]
    timers: NDArray[np.int64]
    dues: Numbers  # of each leaf: the timer set for the current person
    done: Numbers
    notes: Notes


@inlined
def _note(notes: NDArray[np.int64], count: int, who: int, leaf: int, instant: int) -> None:
    """Append a line to ``count`` others."""
    notes[0, count], notes[1, count], notes[2, count] = who, leaf, instant


@inlined
def _soonest(words: Numbers, row: int, count: int, before: int) -> int:
    """The first instant at which time may change an answer, if that is before another."""
    if row:
        for leaf in range(count):
            before = min(before, words[row + SEATS + leaf] >> 1)
    return before


@inlined
def _begin(words: Numbers, row: int, asked: int, only: int, is_timeless: bool, count: int, dues: Numbers) -> None:
    """Start a visit: when the person's answers may change, according to the timers. ``only`` is a leaf's seat, or ``ALL``.

    ``is_timeless``: time does not change its answer, so that a timer left by the seat's previous leaf would never be cleared.
    """
    for leaf in range(count):
        dues[leaf] = words[row + SEATS + leaf] >> 1 if row else LATER
    if row and only != ALL:  # its timers, if any, are not set
        dues[only] = LATER
        seat = row + SEATS + only
        if is_timeless or words[seat] >> 1 <= asked:
            words[seat] = 2 * LATER + (words[seat] & 1)


@inlined
def _count(whole: Numbers, leaf: int, total: int, added: int) -> tuple[bool, bool]:
    """Whether this many more events change the answer of a leaf that counts all of them; and the answer."""
    low, high = whole[leaf, LOW], whole[leaf, HIGH]
    truth = low <= total <= high
    return truth != (low <= total - added <= high), truth


@inlined
def _is_certain(whole: Numbers, leaf: int, seat: int, negative: bool) -> bool:
    """Whether a leaf holds and will hold whatever arrives, unless a value is negative."""
    return seat & 1 != 0 and whole[leaf, LASTS] != 0 and not (negative and whole[leaf, KIND] == SUM)


class Fold:
    """Everybody's events and instants up to ``upto``, source by source. At the end ``visits`` requests nothing any more and its
    totals are up to date.
    """

    def __init__(self, batch: InputBatch, visits: Worklist, predicates: Predicates, upto: int, last: int) -> None:
        size, leaves = _FIRST_SIZE + visits.keys.size, predicates.whole.shape[0]
        truth_changes, timers = np.empty((5, size), np.int64), np.empty((3, size), np.int64)
        self._output = OutputBuffer(truth_changes, timers, np.empty(leaves, np.int64), np.zeros(9, np.int64), notes_for(0))
        self._given = batch, visits, predicates, upto, last

    def go_on(self, descriptors: NDArray[np.int64]) -> RoomNeed | None:
        """Continue; returns the room that a source needs first, or None at the end."""
        work = self._given[0].keys.size + self._given[1].keys.size
        while (came_to := call(fold_batch, descriptors, *self._given, self._output, work=work)) != END:
            done = self._output.done
            if came_to == SHORT:
                return RoomNeed(*done[[PLACE, NEEDED, ROWS]].tolist())
            if came_to == CROWDED:
                self._output = self._output._replace(notes=notes_for(int(done[NOTED])))
                continue
            truth_changes, timers = _twice_as_long(self._output.truth_changes), _twice_as_long(self._output.timers)
            self._output = self._output._replace(truth_changes=truth_changes, timers=timers)
        return None

    def found(self) -> FoldResult:
        """All results."""
        truth_changes, timers, _, done, _ = self._output
        return FoldResult(*truth_changes[:, : done[FLIPPED]], *timers[:, : done[TIMED]])


def _twice_as_long(notes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([notes, np.empty_like(notes)], axis=1)


@inlined
def _find(
    table: NDArray[np.int32], words: Numbers, meta: Numbers, visits: Worklist, keys: Numbers, event: int, first: int, end: int
) -> tuple[int, int, int]:  # fmt: skip
    """Write down where the rows of some visits are, and where their events begin, the first one with ``event``.

    Returns the words and rows needed in total, and the largest resulting number of events in a row.
    """
    visited, starts, rows = visits.keys, visits.starts, visits.rows
    needed = newcomers = most = 0
    for visit in range(first, end):  # prefetch: many waits overlap
        fetch(table, slot_of(visited[visit] & PERSON_MASK, table.size))
    for visit in range(first, end):
        row = np.int64(table[slot_of(visited[visit] & PERSON_MASK, table.size)])
        fetch(words, row)
        fetch(words, row + 8)
    for visit in range(first, end):
        key, begin = visited[visit], event
        while event < keys.size and keys[event] == key:
            event += 1
        starts[visit], starts[visit + 1] = begin, event
        rows[visit], more = place_of(table, words, meta, key & PERSON_MASK, event - begin)
        needed += more
        newcomers += rows[visit] == 0
        most = max(most, event - begin + (words[rows[visit] + FILL] >> TIER_BITS if rows[visit] else 0))
    return meta[USED] + needed, meta[HELD] + newcomers, most


@inlined
def _any_takes_notes(whole: Numbers, leaf_0: int, count: int) -> bool:
    some = False
    for leaf in range(leaf_0, leaf_0 + count):
        some |= takes_notes(whole, leaf)
    return some


@compiled
def _fold_batch(  # noqa: C901 - a call for each of its parts would take longer than these do
    descriptors: NDArray[np.int64],
    batch: InputBatch,
    visits: Worklist,
    predicates: Predicates,
    upto: int,
    last: int,
    output: OutputBuffer,
) -> int:
    """Returns why it stopped. Called again with what was lacking, it continues from there."""
    # Unpacking an array from a tuple costs more than most of the work on it.
    visited, bounds, rows, starts = visits.keys, visits.bounds, visits.rows, visits.starts
    asks, totals = visits.asked, visits.totals
    instants, times, values, marks = batch.instant, batch.occurred_at, batch.value, batch.mark
    whole, real, truth_changes, timers, dues, done = (
        predicates.whole,
        predicates.real,
        output.truth_changes,
        output.timers,
        output.dues,
        output.done,
    )
    notes, flipped, timed = output.notes, done[FLIPPED], done[TIMED]
    for place in range(descriptors.shape[0]):
        descriptor, begin = descriptors[place], max(bounds[place], done[WHO])
        if begin >= bounds[place + 1]:
            continue
        count, leaf_0, with_totals = descriptor[LEAVES], descriptor[FIRST_LEAF], descriptor[HAS_TOTALS]
        depth, horizon = descriptor[DEPTH], last - descriptor[SPAN]
        table, words = slots_at(descriptor[TABLE], descriptor[SLOTS]), integers_at(descriptor[WORDS], descriptor[SIZE])
        reals, meta = reals_at(descriptor[WORDS], descriptor[SIZE]), integers_at(descriptor[META], FREE + TIERS)
        seats = integers_at(descriptor[SEATS_OF_NEW], count)
        if not done[IS_BEGUN]:  # just before they are read: what the look-up fetched is still in cache
            event, end = batch.bounds[place], bounds[place + 1]
            needed, held, most = _find(table, words, meta, visits, batch.keys, event, begin, end)
            if needed > words.size or held * LOAD[1] > table.size * LOAD[0]:
                done[WHO], done[PLACE], done[NEEDED], done[ROWS] = begin, place, needed, held
                done[FLIPPED], done[TIMED] = flipped, timed
                return SHORT
            slots = slots_for(most)
            if slots > notes.values.size and _any_takes_notes(whole, leaf_0, count):
                done[WHO], done[NOTED], done[FLIPPED], done[TIMED] = begin, slots, flipped, timed
                return CROWDED
        only = predicates.only if predicates.only == ALL else predicates.only - leaf_0
        is_timeless = only != ALL and whole[predicates.only, KIND] == TOTAL
        for who in range(begin, bounds[place + 1]):
            person, row = visited[who] & PERSON_MASK, rows[who]
            event, end = starts[who], starts[who + 1]
            if done[IS_BEGUN]:
                event, done[IS_BEGUN] = done[EVENT], 0
            else:
                _begin(words, row, asks[who], only, is_timeless, count, dues)
            while True:
                asked = asks[who]
                now = _soonest(words, row, count, min(asked, instants[event]) if event < end else asked)
                if flipped + count > truth_changes.shape[1] or timed + count > timers.shape[1]:
                    done[WHO], done[EVENT], done[FLIPPED], done[TIMED], done[IS_BEGUN] = who, event, flipped, timed, 1
                    rows[who] = row
                    return FULL
                if now > upto:
                    break
                first, negative = event, False
                while event < end and instants[event] == now:
                    negative |= values[event] < 0
                    if depth != NOTHING and times[event] > horizon:
                        time, value, mark = times[event], values[event], marks[event]
                        row = put(table, words, meta, row, person, time, value, mark, horizon, depth, seats)
                    event += 1
                if with_totals:
                    totals[who] += event - first
                for seat_of_leaf in range(count):
                    leaf = leaf_0 + seat_of_leaf
                    asks_now = asked == now and only in (ALL, seat_of_leaf)
                    if whole[leaf, KIND] == TOTAL:
                        fired = False
                        changed, truth = _count(whole, leaf, totals[who], event - first)
                        changed |= asks_now
                    elif row:
                        seat = row + SEATS + seat_of_leaf
                        fired = words[seat] >> 1 == now
                        if not (asks_now or fired or (event > first and not _is_certain(whole, leaf, words[seat], negative))):
                            continue
                        at, held = row + SEATS + meta[SEATED], words[row + FILL] >> TIER_BITS
                        truth, then = scan(words, reals, at, held, now, whole, real, leaf, notes)
                        changed = truth != (words[seat] & 1 != 0)
                        words[seat] = 2 * (then if fired else min(then, words[seat] >> 1)) + truth
                    else:
                        continue
                    if changed:
                        _note(truth_changes, flipped, who, leaf, now)
                        truth_changes[3, flipped], truth_changes[4, flipped] = truth, fired
                        flipped += 1
                if asked == now:
                    asks[who] = LATER
            for seat_of_leaf in range(count if row else 0):
                due = words[row + SEATS + seat_of_leaf] >> 1
                if due < LATER and due != dues[seat_of_leaf]:
                    _note(timers, timed, who, leaf_0 + seat_of_leaf, due)
                    timed += 1
    done[FLIPPED], done[TIMED] = flipped, timed
    return END


@entry
def fold_batch(frame: int) -> int:
    """``_fold_batch`` with its arguments in a frame."""
    at = integers_at(frame, 56)
    batch = InputBatch(
        integers_at(at[3], at[4]), integers_at(at[5], at[6]), integers_at(at[7], at[8]), integers_at(at[9], at[10]),
        integers_at(at[11], at[12]), integers_at(at[13], at[14]),
    )  # fmt: skip
    visits = Worklist(
        integers_at(at[15], at[16]), integers_at(at[17], at[18]), integers_at(at[19], at[20]), integers_at(at[21], at[22]),
        integers_at(at[23], at[24]), integers_at(at[25], at[26]),
    )  # fmt: skip
    predicates = Predicates(integer_rows_at(at[27], at[28], at[29]), real_rows_at(at[30], at[31], at[32]), at[33])
    notes = Notes(integers_at(at[46], at[47]), integers_at(at[48], at[49]), flags_at(at[50], at[51]))
    output = OutputBuffer(
        integer_rows_at(at[36], at[37], at[38]), integer_rows_at(at[39], at[40], at[41]), integers_at(at[42], at[43]),
        integers_at(at[44], at[45]), notes,
    )  # fmt: skip
    return _fold_batch(integer_rows_at(at[0], at[1], at[2]), batch, visits, predicates, at[34], at[35], output)
