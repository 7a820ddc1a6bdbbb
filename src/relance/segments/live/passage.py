"""People of one source live through a stretch of time: their events come into their rows, time passes, and each leaf that hangs
on the source says when its answer changes. Compiled: one pass over the people, each by themselves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.compiled import compiled, inlined
from relance.segments.live.looks import HIGH, KIND, LASTS, LOW, NO_NOTES, SUM, TOTAL, Notes, look
from relance.segments.live.row_store import FILL, LATER, NOTHING, SEATED, SEATS, TIER_BITS, Numbers, Store, put

ALL = -1  # every leaf
WHO, EVENT, FLIPPED, TIMED, IS_BEGUN = range(5)  # places of ``Sheet.done``
_FIRST_SIZE = 64


class Coming(NamedTuple):
    """What comes to some people: the events of each from ``starts`` on, in order of ``instant``, when they take effect."""

    people: Numbers  # ascending, distinct
    rows: Numbers  # where theirs are; 0 is none
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


class Sheet(NamedTuple):
    """Room to write down what is found, line by line, and how far that is done."""

    flips: NDArray[np.int64]
    timers: NDArray[np.int64]
    dues: Numbers  # of each leaf: the timer that is set for the person at work
    done: Numbers
    notes: Notes = NO_NOTES


@inlined
def _note(notes: NDArray[np.int64], count: int, who: int, leaf: int, instant: int) -> None:
    """Write down a line behind ``count`` others."""
    notes[0, count], notes[1, count], notes[2, count] = who, leaf, instant


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


def live_through(store: Store, coming: Coming, leaves: Leaves, totals: Numbers, upto: int, horizon: int, depth: int) -> Passed:
    """Everybody's events and instants up to ``upto``. ``totals`` are the numbers of events so far, if any leaf asks for them.

    ``totals`` are brought up to date, and nobody of ``coming`` is asked any more.
    """
    count = leaves.whole.shape[0]
    size = _FIRST_SIZE + count * coming.people.size
    sheet = Sheet(np.empty((5, size), np.int64), np.empty((3, size), np.int64), np.empty(count, np.int64), np.zeros(5, np.int64))
    while not _live_through(store, coming, leaves, totals, upto, horizon, depth, sheet):
        sheet = sheet._replace(flips=_twice_as_long(sheet.flips), timers=_twice_as_long(sheet.timers))
    flipped, timed = sheet.done[FLIPPED], sheet.done[TIMED]
    return Passed(*sheet.flips[:, :flipped], *sheet.timers[:, :timed])


def _twice_as_long(notes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([notes, np.empty_like(notes)], axis=1)


@compiled
def _live_through(  # noqa: C901 - a call for each of its parts would take longer than these do
    store: Store, coming: Coming, leaves: Leaves, totals: Numbers, upto: int, horizon: int, depth: int, sheet: Sheet
) -> bool:
    """Whether it came to the end. If not, the sheet is full: with a longer one it goes on from there."""
    # To take an array out of a tuple costs more than most of what is done here with it.
    table, words, reals, meta = store.table, store.words, store.reals, store.meta
    people, rows, starts, instants, times = coming.people, coming.rows, coming.starts, coming.instant, coming.occurred_at
    values, marks, asks, whole, real = coming.value, coming.mark, coming.asked, leaves.whole, leaves.real
    seats, only, flips, timers, dues, done = leaves.seats, leaves.only, sheet.flips, sheet.timers, sheet.dues, sheet.done
    notes, count, with_totals, flipped, timed = sheet.notes, whole.shape[0], totals.size > 0, done[FLIPPED], done[TIMED]
    for who in range(done[WHO], people.size):
        person, row = people[who], rows[who]
        event, end = starts[who], starts[who + 1]
        if done[IS_BEGUN]:
            event, done[IS_BEGUN] = done[EVENT], 0
        else:
            _begin(words, row, asks[who], only, dues)
        while True:
            asked = asks[who]
            now = _soonest(words, row, count, min(asked, instants[event]) if event < end else asked)
            if flipped + count > flips.shape[1] or timed + count > timers.shape[1]:
                done[WHO], done[EVENT], done[FLIPPED], done[TIMED], done[IS_BEGUN] = who, event, flipped, timed, 1
                rows[who] = row
                return False
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
                asks_now = asked == now and only in (ALL, leaf)
                if whole[leaf, KIND] == TOTAL:
                    fired = False
                    changed, truth = _count(whole, leaf, totals[who], event - first)
                    changed |= asks_now
                elif row:
                    seat = row + SEATS + leaf
                    fired = words[seat] >> 1 == now
                    if not (asks_now or fired or (event > first and not _is_certain(whole, leaf, words[seat], negative))):
                        continue
                    at, held = row + SEATS + meta[SEATED], words[row + FILL] >> TIER_BITS
                    truth, then = look(words, reals, at, held, now, whole, real, leaf, notes)
                    changed = truth != (words[seat] & 1 != 0)
                    words[seat] = 2 * (then if fired else min(then, words[seat] >> 1)) + truth
                else:
                    continue
                if changed:
                    _note(flips, flipped, who, leaf, now)
                    flips[3, flipped], flips[4, flipped] = truth, fired
                    flipped += 1
            if asked == now:
                asks[who] = LATER
        for leaf in range(count if row else 0):
            due = words[row + SEATS + leaf] >> 1
            if due < LATER and due != dues[leaf]:
                _note(timers, timed, who, leaf, due)
                timed += 1
    done[FLIPPED], done[TIMED] = flipped, timed
    return True
