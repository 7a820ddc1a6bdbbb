"""The parts of live state hold what a dictionary would hold."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.columns.timers import Timers
from relance.segments.live.commit.packing import pack_members, pack_people, unpack_members, unpack_people

ids = st.integers(1, 20_000)
instants = st.integers(0, 20_000_000) | st.integers(0, 10**13)


@settings(deadline=None)
@given(st.lists(st.tuples(ids, st.booleans()), max_size=40))
def test_a_column_remembers_each_persons_value(writes: list[tuple[int, bool]]) -> None:
    column, plain = PersonColumn(np.bool_, False), {}
    for place, (person, value) in enumerate(writes):
        column.set(np.array([person]), value)
        plain[person] = value
        if place % 7 == 6:
            column.sweep()
    asked = np.array(sorted(plain) or [1])
    assert column.get(asked).tolist() == [plain.get(person, False) for person in asked.tolist()]
    assert column.where_true() == sorted(person for person, value in plain.items() if value)
    assert column.where_true(5_000, 3) == sorted(person for person, value in plain.items() if value and person > 5_000)[:3]
    assert column.one(19_999_999) is False


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(instants, max_size=30), instants), max_size=8))
def test_timers_come_out_when_due(steps: list[tuple[list[int], int]]) -> None:
    timers, plain = Timers(), list[int]()
    for pushed, now in steps:
        timers.push(np.array(pushed, np.int64), np.array(pushed, np.int64))
        plain += pushed
        assert timers.next_due == min(plain, default=NEVER)
        instants, keys = timers.pop(now)
        assert sorted(instants.tolist()) == sorted(keys.tolist()) == sorted(each for each in plain if each <= now)
        plain = [each for each in plain if each > now]
        assert timers.next_due == min(plain, default=NEVER)
        assert len(timers) == len(plain)


@settings(deadline=None)
@given(st.sets(ids), st.lists(st.tuples(ids, st.integers(1, 2_000)), max_size=3))
def test_sets_of_people_survive_as_bytes(people: set[int], runs: list[tuple[int, int]]) -> None:
    for first, length in runs:
        people |= set(range(first, first + length))
    ordered = np.array(sorted(people), np.int64)
    assert unpack_members(pack_members(ordered)).tolist() == ordered.tolist()
    assert unpack_people(pack_people(ordered)).tolist() == ordered.tolist()


def test_members_that_an_earlier_version_wrote_can_be_read() -> None:
    bits = np.zeros(70_000, np.bool_)
    bits[[1, 7, 69_999]] = True
    payload = zlib.compress(np.packbits(bits, bitorder="little").tobytes(), 1)
    assert unpack_members(payload).tolist() == [1, 7, 69_999]
    assert unpack_members(zlib.compress(b"", 1)).tolist() == []


def test_ids_beyond_32_bits_are_members_too() -> None:
    ordered = np.array([1, (1 << 32) - 1, 1 << 32, (1 << 39) + 5], np.int64)
    assert unpack_members(pack_members(ordered)).tolist() == ordered.tolist()


def test_a_column_gives_back_pages_on_which_nobody_differs() -> None:
    column = PersonColumn(np.int64, NEVER)
    people = np.arange(1, 200_000)
    column.set(people, people)
    full = column.nbytes
    column.set(people[people != 150_000], NEVER)
    column.sweep()
    assert column.nbytes < full / 10
    assert column.one(150_000) == 150_000
    assert column.held()[0].tolist() == [150_000]
    column.set(people[:10], 7)
    assert column.get(people[:12]).tolist() == [*[7] * 10, NEVER, NEVER]
