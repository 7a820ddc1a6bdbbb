"""Every person's events within a span of time, each an instant and a number or two, in rows sized to each person's need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.infra.arrays import longer, untouched
from relance.segments.live.columns.person_column import Ids
from relance.segments.live.columns.runs import is_run_start
from relance.segments.live.kernel.event_table_arrays import (
    FILL,
    FREE,
    HELD,
    LATER,
    LOAD,
    PARTS,
    SEATED,
    SEATS,
    TIER_BITS,
    TIERS,
    UNLIMITED,
    USED,
    EventTableArrays,
)
from relance.segments.live.kernel.event_table_entries import (
    copy_all_rows,
    link_rows,
    list_owners,
    put_events,
    remove_row,
    remove_stale_rows,
    reseat_rows,
    row_of_person,
    rows_of_people,
    words_needed,
)
from relance.segments.live.kernel.machine_code import call

Table = NDArray[np.int64]

_LEAST = 64  # words


class EventTable:
    """A person without events costs nothing; a full row is replaced by one twice as wide.

    An event is ``parts`` numbers: its instant, and whatever else is kept of it. If there are three, the last orders events of
    equal time. Only the ``depth`` newest events of each person are kept, or all.
    """

    def __init__(self, parts: int = 2, depth: int = UNLIMITED) -> None:
        self.depth = depth
        self.seats: Ids = np.empty(0, np.int64)  # of a new row
        self._parts = parts
        self.store = self._empty(_LEAST, 0)

    def _empty(self, words: int, rows: int) -> EventTableArrays:
        """An empty store with this much room, besides the unused place 0."""
        meta = np.zeros(FREE + TIERS, np.int64)
        meta[USED], meta[SEATED], meta[PARTS] = 1, self.seats.size, self._parts
        room = longer(np.zeros(1, np.int64), words + 1)
        return EventTableArrays(untouched(_table_for(rows), np.int32), room, room.view(np.float64), meta)

    def seat(self, kept: Sequence[int], nones: Sequence[bool]) -> None:
        """Give each row one seat per leaf: the one it had under the number in ``kept``; -1: a new seat without a timer.

        ``nones`` are the answers for people without events.
        """
        self.seats = np.array([2 * LATER + none for none in nones], np.int64)
        if all(seat < 0 for seat in kept) and len(kept) == int(self.store.meta[SEATED]):
            call(reseat_rows, self.store, self.seats, work=self._held)
            return
        self._copy(self._words_needed(), np.array(kept, np.int64))

    def make_room(self, people: Ids, starts: Ids) -> Ids:
        """Make room for the events that begin at ``starts``, of each of these people; returns where their rows are (0: none)."""
        found = np.empty(people.size, np.int64)
        needed = call(rows_of_people, self.store, people, starts, found, work=people.size)
        self.reserve(int(self.store.meta[USED]) + needed, int(self.store.meta[HELD]) + people.size)
        return found

    def reserve(self, words: int, rows: int) -> None:
        """Reserve room for this many words and rows in total."""
        if words > self.store.words.size:
            self._grow(words)
        if rows * LOAD[1] > self.store.table.size * LOAD[0]:
            self._widen(rows)

    @property
    def fullness(self) -> float:
        """The used share of the room; at 1 everything must be copied at once before anything else."""
        return max(self._tables_fullness(), self._words_fullness())

    def _tables_fullness(self) -> float:
        return int(self.store.meta[HELD]) * LOAD[1] / (self.store.table.size * LOAD[0])

    def _words_fullness(self) -> float:
        return int(self.store.meta[USED]) / self.store.words.size

    def enlarge(self) -> None:
        """Grow whichever is fullest, ahead of need."""
        if self._tables_fullness() > self._words_fullness():
            self._widen(self.store.table.size * LOAD[0] // LOAD[1])
        else:
            self._grow(self.store.words.size)

    def _widen(self, rows: int) -> None:
        """Resize the hash table for this many rows."""
        self.store = self.store._replace(table=untouched(_table_for(rows), np.int32))
        call(link_rows, self.store, work=self._held)

    def _grow(self, size: int) -> None:
        """Grow to this many words, with room to spare."""
        words = longer(self.store.words[: int(self.store.meta[USED])], size)
        self.store = self.store._replace(words=words, reals=words.view(np.float64))

    def add(self, people: Ids, events: Table, horizon: int) -> None:
        """Add events (part, place); ``people`` is sorted and may repeat. Events not after ``horizon`` need not be kept."""
        if not people.size:
            return
        starts = is_run_start(people).nonzero()[0]
        distinct, starts = people[starts], np.append(starts, people.size)
        rows = self.make_room(distinct, starts)
        times, values, marks = (np.ascontiguousarray(events[min(part, self._parts - 1)], np.int64) for part in range(3))
        given = (distinct, rows, starts, times, values, marks, horizon, self.depth, self.seats)
        call(put_events, self.store, *given, work=people.size)

    def of(self, person: int) -> Table:
        """One person's events (part, place), in order of time."""
        row = self._row_of(person)
        count = int(self.store.words[row + FILL]) >> TIER_BITS if row else 0
        first = row + SEATS + int(self.store.meta[SEATED])
        events: Table = self.store.words[first : first + count * self._parts].reshape(count, self._parts).T.copy()
        return events

    def remove(self, person: int) -> None:
        """Remove one person's events."""
        row = self._row_of(person)
        if row:
            call(remove_row, self.store, row)

    def _row_of(self, person: int) -> int:
        return call(row_of_person, self.store.table, self.store.words, person)

    def people(self) -> Ids:
        """Everyone with a row, unordered."""
        found = np.empty(self._held, np.int64)
        call(list_owners, self.store, found, work=self._held)
        return found

    def sweep(self, horizon: int) -> None:
        """Free the rows whose newest event is not after ``horizon``, and compact if that leaves much room."""
        call(remove_stale_rows, self.store, horizon, work=self._held)
        needed = self._words_needed()
        if needed * 2 < int(self.store.meta[USED]):  # of the used room; the rest takes no memory
            self._copy(needed, np.arange(self.seats.size))

    @property
    def _held(self) -> int:
        """The number of people with a row."""
        return int(self.store.meta[HELD])

    def _words_needed(self) -> int:
        return call(words_needed, self.store, self.seats.size, work=self._held)

    def _copy(self, words: int, kept: Ids) -> None:
        new = self._empty(max(_LEAST, words), int(self.store.meta[HELD]))
        call(copy_all_rows, self.store, new, kept, self.seats, work=self._held)
        self.store = new

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content, for ``restore``: views, valid until the next change."""
        return {"words": self.store.words[: int(self.store.meta[USED])], "seated": self.store.meta[SEATED : SEATED + 1]}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore the content from these arrays. Raises ``ValueError`` if they are inconsistent. Seats must be assigned again."""
        used, seated = arrays["words"].size, int(arrays["seated"][0])
        meta = np.zeros(FREE + TIERS, np.int64)
        meta[USED], meta[SEATED], meta[PARTS] = used, seated, self._parts
        least = SEATS + seated + 2 * self._parts
        words = longer(arrays["words"], used)
        found = EventTableArrays(untouched(_table_for(used // least + 1), np.int32), words, words.view(np.float64), meta)
        if seated < 0 or not call(link_rows, found, work=used // least):
            raise ValueError("Its rows are not whole.")
        self.store, self.seats = found, np.full(seated, 2 * LATER)

    @property
    def nbytes(self) -> int:
        return int(self.store.table.nbytes + self.store.meta[USED] * self.store.words.itemsize + self.store.meta.nbytes)


def _table_for(rows: int) -> int:
    """The table size for this many rows."""
    size = 32
    while size * LOAD[0] < (rows + 1) * LOAD[1]:
        size *= 2
    return size
