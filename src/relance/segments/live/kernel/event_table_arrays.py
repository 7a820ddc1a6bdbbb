"""Rows of events in one large array, and the compiled functions that read and write them.

A person has at most one row, as wide as needed: room for 2, 4, 8, … events. It is contiguous, so that visiting a person touches
little memory: the owner; the number of events and the width; one *seat* per leaf; then the events, oldest first, each an instant
and whatever else is kept. Rows are found by a hash of the person. Some events that are not after the horizon may still be
present.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.kernel.jit import compiled, inlined

Numbers = NDArray[np.int64]

OWNER, FILL, SEATS = 0, 1, 2  # places in a row: the person, or minus the next free row; ``FILL``: count and tier
LATER = 1 << 61  # no timer: a seat holds when time may change the leaf's answer, times two, plus whether it holds
TIERS = 26
TIER_BITS = 5
USED, HELD, SEATED, PARTS, FREE = 0, 1, 2, 3, 4  # places of ``meta``; from FREE on, the head of each tier's free list
UNLIMITED, NOTHING = 0, -1  # depths: how many events a row keeps at most
LOAD = (7, 10)  # maximum load factor
_TIER_MASK = (1 << TIER_BITS) - 1
_WITH_MARKS = 3  # parts of an event
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


class EventTableArrays(NamedTuple):
    """The arrays. ``meta`` holds the used words, the number of rows, and the layout of a row."""

    table: NDArray[np.int32]  # where rows are, by the hash of their owner; 0 is empty
    words: Numbers
    reals: NDArray[np.float64]  # the bits of ``words``
    meta: Numbers


@inlined
def slot_of(number: int, slots: int) -> int:
    """The home slot of a key in a table of this many slots, a power of two."""
    mixed = np.uint64(number) * _GOLDEN
    slot: int = np.int64((mixed ^ (mixed >> _HALF)) & np.uint64(slots - 1))  # type: ignore[assignment]
    return slot


@inlined
def row_of(table: NDArray[np.int32], words: Numbers, person: int) -> int:
    """Where the person's row is; 0 is none."""
    mask = table.size - 1
    at = slot_of(person, table.size)
    while True:
        row: int = np.int64(table[at])  # type: ignore[assignment] # wider than in the table
        if row == 0 or words[row + OWNER] == person:
            return row
        at = (at + 1) & mask


@compiled
def find_row(table: NDArray[np.int32], words: Numbers, person: int) -> int:
    """``row_of`` for interpreted callers."""
    return row_of(table, words, person)


@compiled
def _link(table: NDArray[np.int32], words: Numbers, person: int, row: int) -> None:
    """Point the table to the row, replacing the owner's previous one."""
    mask = table.size - 1
    at = slot_of(person, table.size)
    while table[at] != 0 and words[np.int64(table[at]) + OWNER] != person:
        at = (at + 1) & mask
    table[at] = row


@compiled
def _unlink(table: NDArray[np.int32], words: Numbers, row: int) -> None:
    """Remove a row from the table, moving up the entries displaced by it."""
    mask = table.size - 1
    hole = slot_of(words[row + OWNER], table.size)
    while table[hole] != row:
        hole = (hole + 1) & mask
    at = hole
    while True:
        at = (at + 1) & mask
        other = np.int64(table[at])
        if other == 0:
            break
        home = slot_of(words[other + OWNER], table.size)
        if ((at - home) & mask) >= ((at - hole) & mask):
            table[hole] = other
            hole = at
    table[hole] = 0


@inlined
def _size_of(meta: Numbers, tier: int) -> int:
    """Words of a row."""
    size: int = SEATS + meta[SEATED] + meta[PARTS] * (2 << tier)
    return size


@inlined
def _take(words: Numbers, meta: Numbers, tier: int, person: int) -> int:
    """Allocate a row of a tier for a person; its seats are not initialised."""
    row: int = meta[FREE + tier]
    if row != 0:
        meta[FREE + tier] = -words[row + OWNER]
    else:
        row = meta[USED]
        meta[USED] += _size_of(meta, tier)
    words[row + OWNER] = person
    words[row + FILL] = tier
    meta[HELD] += 1
    return row


@compiled
def _give_back(words: Numbers, meta: Numbers, row: int) -> None:
    """Free a row that is no longer in the table."""
    tier = words[row + FILL] & _TIER_MASK
    words[row + OWNER] = -meta[FREE + tier]
    words[row + FILL] = tier
    meta[FREE + tier] = row
    meta[HELD] -= 1


@compiled
def remove(store: EventTableArrays, row: int) -> None:
    """Remove a row."""
    _unlink(store.table, store.words, row)
    _give_back(store.words, store.meta, row)


@compiled
def _grown(table: NDArray[np.int32], words: Numbers, meta: Numbers, row: int) -> int:
    """A row twice as wide with the content of this one, which is freed."""
    tier = words[row + FILL] & _TIER_MASK
    person = words[row + OWNER]
    wider = _take(words, meta, tier + 1, person)
    words[wider + FILL] = words[row + FILL] + 1
    for place in range(SEATS, _size_of(meta, tier)):
        words[wider + place] = words[row + place]
    _link(table, words, person, wider)
    _give_back(words, meta, row)
    return wider


@inlined
def _make_place(table: NDArray[np.int32], words: Numbers, meta: Numbers, row: int, time: int, horizon: int, depth: int) -> int:
    """Make place for one more event in a full row: drop events that are outdated or too many, or else move to a wider row.

    Returns the row's new place; 0 if the new event itself is one too many.
    """
    fill, parts = words[row + FILL], meta[PARTS]
    count, first, gone = fill >> TIER_BITS, row + SEATS + meta[SEATED], 0
    while gone < count and words[first + gone * parts] <= horizon:
        gone += 1
    if depth > 0 and count - gone == depth:
        if time < words[first + gone * parts]:
            return 0
        gone += 1
    if gone == 0:
        return _grown(table, words, meta, row)
    for place in range(first, first + (count - gone) * parts):
        words[place] = words[place + gone * parts]
    words[row + FILL] = fill - (gone << TIER_BITS)
    return row


@inlined
def _begin_row(table: NDArray[np.int32], words: Numbers, meta: Numbers, person: int, seats: Numbers) -> int:
    """A row for a person without one."""
    row = _take(words, meta, 0, person)
    for seat in range(seats.size):
        words[row + SEATS + seat] = seats[seat]
    _link(table, words, person, row)
    return row


@inlined
def put(
    table: NDArray[np.int32], words: Numbers, meta: Numbers, row: int, person: int, time: int, value: int, mark: int,
    horizon: int, depth: int, seats: Numbers,
) -> int:  # fmt: skip
    """Add an event to a person's row (0: none yet; ``seats`` are those of a new one); returns the row's current place."""
    if row == 0:
        row = _begin_row(table, words, meta, person, seats)
    count = words[row + FILL] >> TIER_BITS
    if count == 2 << (words[row + FILL] & _TIER_MASK) or (count == depth and depth > 0):
        place = _make_place(table, words, meta, row, time, horizon, depth)
        if place == 0:
            return row
        row = place
        count = words[row + FILL] >> TIER_BITS
    parts = meta[PARTS]
    first = row + SEATS + meta[SEATED]
    at = first + count * parts
    while at > first and (
        words[at - parts] > time or (parts == _WITH_MARKS and words[at - parts] == time and words[at - 1] > mark)
    ):
        for part in range(parts):
            words[at + part] = words[at - parts + part]
        at -= parts
    words[at] = time
    if parts > 1:
        words[at + 1] = value
    if parts == _WITH_MARKS:
        words[at + 2] = mark
    words[row + FILL] += 1 << TIER_BITS
    return row


@inlined
def place_of(table: NDArray[np.int32], words: Numbers, meta: Numbers, person: int, added: int) -> tuple[int, int]:
    """Where a person's row is (0 is none), and how many words adding this many events takes at most."""
    row = row_of(table, words, person)
    if added == 0:
        return row, 0
    count = width = 0
    if row:
        fill = words[row + FILL]
        count, width = fill >> TIER_BITS, 2 << (fill & _TIER_MASK)
    if count + added <= width:
        return row, 0
    return row, added * (SEATS + meta[SEATED]) + 4 * (count + added) * meta[PARTS]


@compiled
def find_rows(store: EventTableArrays, people: Numbers, starts: Numbers, rows: Numbers) -> int:
    """Write down where these people's rows are. Returns how many words adding the events that begin at ``starts`` takes
    at most.
    """
    table, words, meta = store.table, store.words, store.meta
    needed = 0
    for place in range(people.size):
        rows[place], more = place_of(table, words, meta, people[place], starts[place + 1] - starts[place])
        needed += more
    return needed


@compiled
def put_all(
    store: EventTableArrays, people: Numbers, rows: Numbers, starts: Numbers, times: Numbers, values: Numbers, marks: Numbers,
    horizon: int, depth: int, seats: Numbers,
) -> None:  # fmt: skip
    """Add the events that begin at ``starts`` to these people's rows, as found by ``find_rows``."""
    table, words, meta = store.table, store.words, store.meta
    for place in range(people.size):
        person, row = people[place], rows[place]
        for event in range(starts[place], starts[place + 1]):
            if times[event] > horizon:
                time, value, mark = times[event], values[event], marks[event]
                row = put(table, words, meta, row, person, time, value, mark, horizon, depth, seats)


@compiled
def owners(store: EventTableArrays, found: Numbers) -> None:
    """Write down everyone with a row, unordered; ``found`` has one place per row."""
    count = 0
    row = 1
    while row < store.meta[USED]:
        if store.words[row + OWNER] > 0:
            found[count] = store.words[row + OWNER]
            count += 1
        row += _size_of(store.meta, store.words[row + FILL] & _TIER_MASK)


@compiled
def remove_stale(store: EventTableArrays, horizon: int) -> None:
    """Free the rows whose newest event is not after the horizon."""
    words, meta = store.words, store.meta
    row = 1
    while row < meta[USED]:
        fill = words[row + FILL]
        if words[row + OWNER] > 0:
            count = fill >> TIER_BITS
            if count == 0 or words[row + SEATS + meta[SEATED] + (count - 1) * meta[PARTS]] <= horizon:
                remove(store, row)
        row += _size_of(meta, fill & _TIER_MASK)


@inlined
def tier_for(count: int) -> int:
    """The narrowest tier that holds this many events."""
    tier = 0
    while (2 << tier) < count:
        tier += 1
    return tier


@compiled
def room_of(store: EventTableArrays, seats: int) -> int:
    """The words that the rows in use take with this many seats, each in its narrowest tier."""
    words, meta = store.words, store.meta
    needed, row = 1, 1
    while row < meta[USED]:
        fill = words[row + FILL]
        if words[row + OWNER] > 0:
            needed += SEATS + seats + meta[PARTS] * (2 << tier_for(fill >> TIER_BITS))
        row += _size_of(meta, fill & _TIER_MASK)
    return needed


@compiled
def copy_rows(old: EventTableArrays, new: EventTableArrays, kept: Numbers, seats: Numbers) -> None:
    """Copy all rows into an empty store, each in its narrowest tier. ``kept`` maps new seats to old ones; -1 is none."""
    row = 1
    while row < old.meta[USED]:
        person, fill = old.words[row + OWNER], old.words[row + FILL]
        if person > 0:
            count = fill >> TIER_BITS
            copy = _take(new.words, new.meta, tier_for(count), person)
            new.words[copy + FILL] |= count << TIER_BITS
            for seat in range(seats.size):
                had = kept[seat]
                new.words[copy + SEATS + seat] = seats[seat] if had < 0 else old.words[row + SEATS + had]
            source, target = row + SEATS + old.meta[SEATED], copy + SEATS + new.meta[SEATED]
            for place in range(count * old.meta[PARTS]):
                new.words[target + place] = old.words[source + place]
            _link(new.table, new.words, person, copy)
        row += _size_of(old.meta, fill & _TIER_MASK)


@compiled
def reseat(store: EventTableArrays, seats: Numbers) -> None:
    """Reset seats to the answers of a new row. Timers stay: they may be early."""
    row = 1
    while row < store.meta[USED]:
        if store.words[row + OWNER] > 0:
            for seat in range(seats.size):
                at = row + SEATS + seat
                store.words[at] = (store.words[at] >> 1 << 1) | (seats[seat] & 1)
        row += _size_of(store.meta, store.words[row + FILL] & _TIER_MASK)


@compiled
def link_all(store: EventTableArrays) -> bool:
    """Fill an empty table with the rows in use, and rebuild the free lists. Returns whether the rows are consistent."""
    words, meta = store.words, store.meta
    for tier in range(TIERS):
        meta[FREE + tier] = 0
    meta[HELD] = 0
    row = 1
    while row < meta[USED]:
        tier = words[row + FILL] & _TIER_MASK
        if tier >= TIERS or row + _size_of(meta, tier) > meta[USED] or words[row + FILL] >> TIER_BITS > 2 << tier:
            return False
        meta[HELD] += 1
        if words[row + OWNER] > 0:
            if meta[HELD] >= store.table.size:
                return False
            _link(store.table, words, words[row + OWNER], row)
        else:
            _give_back(words, meta, row)
        row += _size_of(meta, tier)
    is_whole: bool = row == meta[USED]
    return is_whole
