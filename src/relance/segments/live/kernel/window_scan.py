"""Evaluates conditions on a person's row: whether one holds, and when time may change that. Compiled.

A rolling window covers the newest events. So a row is aggregated from its end, which yields the answer for every window that
begins between two of its events; the first one that differs says when time changes the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.definition.evaluate import limits as limits_of
from relance.segments.live.kernel.event_table_arrays import LATER, Numbers, slot_of
from relance.segments.live.kernel.jit import compiled, inlined
from relance.segments.rule.conditions import Behaviour, Sequence
from relance.segments.rule.window import Rolling, length_of

TOTAL, EVENTS, SUM, DISTINCT, DAYS, AVERAGE, LEAST, MOST, MET, UNMET = range(10)
FIRST, THEN = 1, 2  # the steps that an event is, in the lowest bits of its mark
ROLE_BITS = 2
KIND, LENGTH, LOW, HIGH, WITHIN, LASTS = range(6)  # places of a window aggregate's integers
_KINDS = {"sum": SUM, "distinct": DISTINCT, "days": DAYS, "average": AVERAGE, "min": LEAST, "max": MOST}
_LEAST_OF_ALL, _MOST_OF_ALL = -(1 << 62), 1 << 62
_FEW = 24  # this many events are compared pairwise
_LEAST_SLOTS = 64


class WindowAggregate(NamedTuple):
    """What a condition aggregates over a row. ``lasts``: more events with non-negative values keep it true for as long
    or longer.
    """

    kind: int
    length: int = 0  # ms of the window
    low: int = 0
    high: int = _MOST_OF_ALL
    within: int = 0  # ms within which the second step must come
    lasts: bool = False
    least: float = 0.0  # for averages and extremes
    most: float = 0.0

    @property
    def whole(self) -> tuple[int, ...]:
        return (self.kind, self.length, self.low, self.high, self.within, self.lasts)

    @property
    def real(self) -> tuple[float, ...]:
        return (self.least, self.most)

    @property
    def of_none(self) -> bool:
        """Whether it holds for a person without events."""
        return self.kind <= DAYS and self.low <= 0 <= self.high


def count_aggregate(condition: Behaviour) -> WindowAggregate:
    """For the number of events, in a rolling window or ever."""
    low, high = condition.bounds
    kind = TOTAL if condition.length is None else EVENTS
    most = _MOST_OF_ALL if high is None else high
    return WindowAggregate(kind, condition.length or 0, low, most, lasts=most == _MOST_OF_ALL)


def value_aggregate(condition: Behaviour) -> WindowAggregate:
    """For a sum, an average, an extreme, or the number of different values or days."""
    kind, length = _KINDS[condition.aggregate], condition.length or 0
    if kind in (DISTINCT, DAYS):
        least, most = condition.bounds
        high = _MOST_OF_ALL if most is None else most
        return WindowAggregate(kind, length, least, high, lasts=high == _MOST_OF_ALL)
    low, *rest = limits_of(condition)
    if kind == SUM:
        least, most = _interval(condition.compare, int(low))
        high = int(rest[0]) if rest else most
        return WindowAggregate(kind, length, least, high, lasts=high == _MOST_OF_ALL)
    low = float(low)
    from_, to = _real_interval(condition.compare, low)
    return WindowAggregate(kind, length, least=from_, most=float(rest[0]) if rest else to)


def sequence_aggregate(condition: Sequence) -> WindowAggregate:
    """For a sequence, or its absence."""
    assert isinstance(condition.window, Rolling)  # noqa: S101 - ``is_stepped``
    kind = UNMET if condition.absent else MET
    return WindowAggregate(kind, condition.window.milliseconds, 1, within=length_of(condition.within), lasts=not condition.absent)


def _interval(compare: str, low: int) -> tuple[int, int]:
    """A comparison as the smallest and the largest value that pass."""
    return {
        ">=": (low, _MOST_OF_ALL), ">": (low + 1, _MOST_OF_ALL), "=": (low, low), "<=": (_LEAST_OF_ALL, low),
        "<": (_LEAST_OF_ALL, low - 1), "between": (low, _MOST_OF_ALL),
    }[compare]  # fmt: skip


def _real_interval(compare: str, low: float) -> tuple[float, float]:
    below, above = float(np.nextafter(low, -np.inf)), float(np.nextafter(low, np.inf))
    return {
        ">=": (low, np.inf), ">": (above, np.inf), "=": (low, low), "<=": (-np.inf, low), "<": (-np.inf, below),
        "between": (low, np.inf),
    }[compare]  # fmt: skip


class Notes(NamedTuple):
    """A scratch hash table for scanning rows with many events. Empty for small rows."""

    values: Numbers
    times: Numbers
    is_seen: NDArray[np.int8]


def notes_for(slots: int) -> Notes:
    """Room for this many."""
    return Notes(np.empty(slots, np.int64), np.empty(slots, np.int64), np.empty(slots, np.int8))


@inlined
def takes_notes(whole: Numbers, leaf: int) -> bool:
    """Whether a leaf needs notes on rows with many events."""
    kind: int = whole[leaf, KIND]
    return kind == DISTINCT or kind >= MET


@inlined
def slots_for(count: int) -> int:
    """The number of slots for notes on this many events."""
    slots = _LEAST_SLOTS
    while slots < 2 * count:
        slots *= 2
    return slots if count > _FEW else 0


@inlined
def _scan_events(words: Numbers, first: int, count: int, now: int, whole: Numbers, leaf: int) -> tuple[bool, int]:
    length, low, high = whole[leaf, LENGTH], whole[leaf, LOW], whole[leaf, HIGH]
    truth, due = True, LATER
    if low > 0:
        truth = count >= low and words[first + count - low] > now - length
        if truth:
            due = words[first + count - low] + length
    if high < 0:
        return False, LATER
    if high < count and words[first + count - 1 - high] > now - length:
        return False, words[first + count - 1 - high] + length
    return truth, due


@inlined
def _scan_numbers(words: Numbers, first: int, count: int, now: int, whole: Numbers, leaf: int, notes: Notes) -> tuple[bool, int]:
    kind, length, low, high = whole[leaf, KIND], whole[leaf, LENGTH], whole[leaf, LOW], whole[leaf, HIGH]
    answer = low <= 0 <= high
    first_true = first_false = LATER  # when the oldest window with this answer begins, apart from the current one
    number, end = 0, first + 2 * count
    for at in range(end - 2, first - 2, -2):
        time, value = words[at], words[at + 1]
        if time <= now - length:
            break
        if answer:
            first_true = time
        else:
            first_false = time
        if kind == SUM:
            number += value
        elif kind == DAYS:
            number += at == end - 2 or words[at + 3] != value
        else:
            number += _is_new(words, at, end, notes)
        answer = low <= number <= high
    turn = first_false if answer else first_true
    return answer, LATER if turn == LATER else turn + length


@inlined
def _scan_reals(
    words: Numbers, reals: NDArray[np.float64], first: int, count: int, now: int, whole: Numbers, real: NDArray[np.float64],
    leaf: int,
) -> tuple[bool, int]:  # fmt: skip
    kind, length = whole[leaf, KIND], whole[leaf, LENGTH]
    answer = False
    first_true = first_false = LATER
    number, found = 0, 0.0
    extreme = np.inf if kind == LEAST else -np.inf
    for place in range(count - 1, -1, -1):
        at = first + 2 * place
        time = words[at]
        if time <= now - length:
            break
        if answer:
            first_true = time
        else:
            first_false = time
        if kind == AVERAGE:
            number += words[at + 1]
            found = np.float64(number) / np.float64(count - place)
        else:
            extreme = min(extreme, reals[at + 1]) if kind == LEAST else max(extreme, reals[at + 1])
            found = extreme
        answer = real[leaf, 0] <= found <= real[leaf, 1]
    turn = first_false if answer else first_true
    return answer, LATER if turn == LATER else turn + length


@inlined
def _is_new(words: Numbers, at: int, end: int, notes: Notes) -> bool:
    """Whether no event after this one has its value."""
    value = words[at + 1]
    if notes.values.size == 0:
        for later in range(at + 3, end, 2):  # noqa: SIM110 - as it is compiled
            if words[later] == value:
                return False
        return True
    slot = _slot(notes, value)
    if notes.is_seen[slot]:
        return False
    notes.is_seen[slot], notes.values[slot] = True, value
    return True


@inlined
def _slot(notes: Notes, value: int) -> int:
    """Where a value is in the notes, or should be."""
    at = slot_of(value, notes.values.size)
    while notes.is_seen[at] and notes.values[at] != value:
        at = (at + 1) & (notes.values.size - 1)
    return at


@inlined
def _scan_steps(words: Numbers, first: int, count: int, now: int, whole: Numbers, leaf: int, notes: Notes) -> tuple[bool, int]:
    """The next second step of a first step's key decides whether the first was followed in time."""
    length, within, absent = whole[leaf, LENGTH], whole[leaf, WITHIN], whole[leaf, KIND] == UNMET
    oldest_open, end = LATER, first + 3 * count
    for at in range(end - 3, first - 3, -3):
        time, key, roles = words[at], words[at + 1], words[at + 2]
        if time <= now - length:
            break
        if roles & FIRST:
            met = _next_then(words, at, end, time + within, notes) <= time + within
            if met != absent and (met or time + within <= now):
                return True, time + length
            if absent and not met:
                oldest_open = time
        if roles & THEN and notes.values.size:
            slot = _slot(notes, key)
            notes.is_seen[slot], notes.values[slot], notes.times[slot] = True, key, time
    if absent and oldest_open < LATER and within < length:
        return False, oldest_open + within
    return False, LATER


@inlined
def _next_then(words: Numbers, at: int, end: int, until: int, notes: Notes) -> int:
    """When the next second step of the same key comes; ``LATER`` if none does until ``until``."""
    key = words[at + 1]
    if notes.values.size:
        slot = _slot(notes, key)
        return notes.times[slot] if notes.is_seen[slot] else LATER
    for later in range(at + 3, end, 3):
        if words[later] > until:
            break
        if words[later + 2] & THEN and words[later + 1] == key:
            return words[later]  # type: ignore[no-any-return]
    return LATER


@compiled
def _scan_many(words: Numbers, first: int, count: int, now: int, whole: Numbers, leaf: int, room: Notes) -> tuple[bool, int]:
    """``scan`` at rows with many events, noting their values and keys."""
    slots = slots_for(count) if takes_notes(whole, leaf) else 0
    notes = Notes(room.values[:slots], room.times[:slots], room.is_seen[:slots])
    for slot in range(slots):
        notes.is_seen[slot] = False
    if whole[leaf, KIND] >= MET:
        return _scan_steps(words, first, count, now, whole, leaf, notes)
    return _scan_numbers(words, first, count, now, whole, leaf, notes)


@inlined
def scan(
    words: Numbers, reals: NDArray[np.float64], first: int, count: int, now: int, whole: Numbers, real: NDArray[np.float64],
    leaf: int, room: Notes,
) -> tuple[bool, int]:  # fmt: skip
    """Whether a window aggregate holds of a row at ``now``, and when time may change that (``LATER``: never).

    ``first`` is where the row's events begin, ``count`` their number; ``whole`` and ``real`` are the leaves' aggregates, one row
    each; ``room`` is space for notes, ``slots_for`` that many events.
    """
    kind = whole[leaf, KIND]
    if kind == EVENTS:
        return _scan_events(words, first, count, now, whole, leaf)
    if LEAST <= kind <= MOST or kind == AVERAGE:
        return _scan_reals(words, reals, first, count, now, whole, real, leaf)
    if count > _FEW:
        return _scan_many(words, first, count, now, whole, leaf, room)
    notes = Notes(room.values[:0], room.times[:0], room.is_seen[:0])
    if kind >= MET:
        return _scan_steps(words, first, count, now, whole, leaf, notes)
    return _scan_numbers(words, first, count, now, whole, leaf, notes)
