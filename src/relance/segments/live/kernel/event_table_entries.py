"""The event table's entries, callable from outside: each takes its arguments from a frame (``machine_code.call``)."""

from __future__ import annotations

from relance.segments.live.kernel.event_table_arrays import (
    EventTableArrays,
    copy_rows,
    find_row,
    find_rows,
    link_all,
    owners,
    put_all,
    remove,
    remove_stale,
    reseat,
    room_of,
)
from relance.segments.live.kernel.jit import entry
from relance.segments.live.kernel.pointers import integers_at, reals_at, slots_at

_STORE = 8  # numbers of a frame that locate a table's arrays
_FRAME = 24  # numbers of the longest frame


@entry
def row_of_person(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    return find_row(slots_at(at[0], at[1]), integers_at(at[2], at[3]), at[4])


@entry
def rows_of_people(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    return find_rows(
        store,
        integers_at(at[_STORE], at[_STORE + 1]),
        integers_at(at[_STORE + 2], at[_STORE + 3]),
        integers_at(at[_STORE + 4], at[_STORE + 5]),
    )


@entry
def put_events(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    people, rows, starts = (
        integers_at(at[_STORE], at[_STORE + 1]),
        integers_at(at[_STORE + 2], at[_STORE + 3]),
        integers_at(at[_STORE + 4], at[_STORE + 5]),
    )
    times, values, marks = (
        integers_at(at[_STORE + 6], at[_STORE + 7]),
        integers_at(at[_STORE + 8], at[_STORE + 9]),
        integers_at(at[_STORE + 10], at[_STORE + 11]),
    )
    seats = integers_at(at[_STORE + 14], at[_STORE + 15])
    put_all(store, people, rows, starts, times, values, marks, at[_STORE + 12], at[_STORE + 13], seats)
    return 0


@entry
def remove_row(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    remove(store, at[_STORE])
    return 0


@entry
def list_owners(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    owners(store, integers_at(at[_STORE], at[_STORE + 1]))
    return 0


@entry
def remove_stale_rows(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    remove_stale(store, at[_STORE])
    return 0


@entry
def words_needed(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    return room_of(store, at[_STORE])


@entry
def copy_all_rows(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    new = EventTableArrays(
        slots_at(at[8], at[9]), integers_at(at[10], at[11]), reals_at(at[12], at[13]), integers_at(at[14], at[15])
    )
    copy_rows(store, new, integers_at(at[2 * _STORE], at[2 * _STORE + 1]), integers_at(at[2 * _STORE + 2], at[2 * _STORE + 3]))
    return 0


@entry
def reseat_rows(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    reseat(store, integers_at(at[_STORE], at[_STORE + 1]))
    return 0


@entry
def link_rows(frame: int) -> int:
    at = integers_at(frame, _FRAME)
    store = EventTableArrays(slots_at(at[0], at[1]), integers_at(at[2], at[3]), reals_at(at[4], at[5]), integers_at(at[6], at[7]))
    return 1 if link_all(store) else 0
