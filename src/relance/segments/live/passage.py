"""People of one source live through a stretch of time: their events come into their rows, time passes, and each leaf that hangs
on the source says when its answer changes. Compiled: one pass over the people, each by themselves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.compiled import compiled, inlined
from relance.segments.live.looks import HIGH, KIND, LASTS, LOW, SUM, TOTAL, look, notes_for
from relance.segments.live.row_store import FILL, LATER, NOTHING, SEATED, SEATS, TIER_BITS, Numbers, Store, put, row_of

ALL = -1  # every leaf
_FIRST_SIZE = 64


class Coming(NamedTuple):
    """What comes to some people: the events of each from ``starts`` on, in order of ``instant``, when they take effect."""

    people: Numbers  # ascending, distinct
    starts: Numbers  # one more than people
    instant: Numbers
    occurred_at: Numbers
    value: Numbers
    mark: Numbers
    asked: Numbers  # of each person: when all of their answers are to be found anew, or ``LATER``


class Leaves(NamedTuple):
    """What the leaves of a source ask, one row each; ``only`` the leaf of that number is asked, or ``ALL``."""

    whole: NDArray[np.int64]
    real: NDArray[np.float64]
    seats: Numbers  # of a new row
    only: int


class Passed(NamedTuple):
    """Answers that changed (whose and of which leaf, by their places; when; whether it holds; whether time did it), by person
    and time; and timers to be set: whose, of which leaf, when."""

    who: Numbers
    leaf: Numbers
    instant: Numbers
    truth: Numbers
    by_time: Numbers
    timed_who: Numbers
    timed_leaf: Numbers
    timed_instant: Numbers


@inlined
def _noted(notes: NDArray[np.int64], count: int, who: int, leaf: int, instant: int) -> NDArray[np.int64]:
    """Write down a line behind ``count`` others; where there is no room, in a longer table."""
    if count == notes.shape[1]:
        longer = np.empty((notes.shape[0], 2 * count), np.int64)
        for line in range(notes.shape[0]):  # to assign a slice takes seconds to compile
            for place in range(count):
                longer[line, place] = notes[line, place]
        notes = longer
    notes[0, count], notes[1, count], notes[2, count] = who, leaf, instant
    return notes


@inlined
def _soonest(words: Numbers, row: int, count: int, before: int) -> int:
    """The first instant at which time may change an answer, if that is before another."""
    if row:
        for leaf in range(count):
            before = min(before, words[row + SEATS + leaf] >> 1)
    return before


@inlined
def _begin(words: Numbers, row: int, asked: int, only: int, dues: Numbers) -> None:
    """Note when the answers of a person may change, as far as timers are set for it."""
    for leaf in range(dues.size):
        dues[leaf] = words[row + SEATS + leaf] >> 1 if row else LATER
    if row and only != ALL:  # its timers, if there are any, are not set
        dues[only] = LATER
        seat = row + SEATS + only
        if words[seat] >> 1 <= asked:
            words[seat] = 2 * LATER + (words[seat] & 1)


@inlined
def _count(whole: Numbers, leaf: int, total: int, added: int) -> tuple[bool, bool]:
    """Whether so many more events change the answer of a leaf that counts all of them, and the answer."""
    low, high = whole[leaf, LOW], whole[leaf, HIGH]
    truth = low <= total <= high
    return truth != (low <= total - added <= high), truth


@inlined
def _is_certain(whole: Numbers, leaf: int, seat: int, negative: bool) -> bool:
    """Whether a leaf holds, and goes on to whatever comes, unless something of it is negative."""
    return seat & 1 != 0 and whole[leaf, LASTS] != 0 and not (negative and whole[leaf, KIND] == SUM)


@compiled
def live_through(  # noqa: C901 - a call for each of its parts would take longer than these do
    store: Store, coming: Coming, leaves: Leaves, totals: Numbers, upto: int, horizon: int, depth: int
) -> Passed:
    """Everybody's events and instants up to ``upto``. ``totals`` are the numbers of events so far, if any leaf asks for them."""
    # To take an array out of a tuple costs more than most of what is done here with it.
    table, words, reals, meta = store.table, store.words, store.reals, store.meta
    people, starts, instants, times = coming.people, coming.starts, coming.instant, coming.occurred_at
    values, marks, whole, real, seats, only = coming.value, coming.mark, leaves.whole, leaves.real, leaves.seats, leaves.only
    count, notes, with_totals = whole.shape[0], notes_for(0), totals.size > 0
    flips, flipped = np.empty((5, _FIRST_SIZE), np.int64), 0
    timers, timed = np.empty((3, _FIRST_SIZE), np.int64), 0
    dues = np.empty(count, np.int64)
    for who in range(people.size):
        person = people[who]
        row = row_of(table, words, person)
        event, end, asked = starts[who], starts[who + 1], coming.asked[who]
        _begin(words, row, asked, only, dues)
        while True:
            now = _soonest(words, row, count, min(asked, instants[event]) if event < end else asked)
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
            for leaf in range(count):
                asks = asked == now and only in (ALL, leaf)
                if whole[leaf, KIND] == TOTAL:
                    fired = False
                    changed, truth = _count(whole, leaf, totals[who], event - first)
                    changed |= asks
                elif row:
                    seat = row + SEATS + leaf
                    fired = words[seat] >> 1 == now
                    if not (asks or fired or (event > first and not _is_certain(whole, leaf, words[seat], negative))):
                        continue
                    at, held = row + SEATS + meta[SEATED], words[row + FILL] >> TIER_BITS
                    truth, then = look(words, reals, at, held, now, whole, real, leaf, notes)
                    changed = truth != (words[seat] & 1 != 0)
                    words[seat] = 2 * (then if fired else min(then, words[seat] >> 1)) + truth
                else:
                    continue
                if changed:
                    flips = _noted(flips, flipped, who, leaf, now)
                    flips[3, flipped], flips[4, flipped] = truth, fired
                    flipped += 1
            if asked == now:
                asked = LATER
        for leaf in range(count if row else 0):
            due = words[row + SEATS + leaf] >> 1
            if due < LATER and due != dues[leaf]:
                timers = _noted(timers, timed, who, leaf, due)
                timed += 1
    return Passed(
        flips[0, :flipped], flips[1, :flipped], flips[2, :flipped], flips[3, :flipped], flips[4, :flipped],
        timers[0, :timed], timers[1, :timed], timers[2, :timed],
    )  # fmt: skip
