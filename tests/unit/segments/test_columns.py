"""The parts of live state hold what a dictionary would hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.segments.live.packing import pack_members, pack_people, unpack_members, unpack_people
from relance.segments.live.paged import Paged
from relance.segments.live.rings import NEVER, NONE, Rings
from relance.segments.live.timers import Timers

ids = st.integers(1, 20_000)


@settings(deadline=None)
@given(st.lists(st.tuples(ids, st.booleans()), max_size=40))
def test_a_column_remembers_each_persons_value(writes: list[tuple[int, bool]]) -> None:
    column, plain = Paged(np.bool_, False), {}
    for person, value in writes:
        column.set(np.array([person]), value)
        plain[person] = value
    asked = np.array(sorted(plain) or [1])
    assert column.get(asked).tolist() == [plain.get(person, False) for person in asked.tolist()]
    assert column.where_true() == sorted(person for person, value in plain.items() if value)
    assert column.where_true(5_000, 3) == sorted(person for person, value in plain.items() if value and person > 5_000)[:3]
    assert column.one(19_999_999) is False


batches = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 300)), max_size=60)


@settings(deadline=None)
@given(depth=st.integers(1, 40), ticks=st.lists(batches, max_size=5), horizon=st.integers(0, 100))
def test_rings_keep_the_newest_instants(depth: int, ticks: list[list[tuple[int, int]]], horizon: int) -> None:
    rings, plain = Rings(depth), {person: list[int]() for person in range(1, 7)}
    for batch in ticks:
        batch = sorted(batch, key=lambda each: each[0])
        rings.add(np.array([p for p, _ in batch], np.int64), np.array([t for _, t in batch], np.int64), horizon)
        for person, instant in batch:
            plain[person].append(instant)
    for person, instants in plain.items():
        kept = sorted(each for each in instants if each > horizon)[-depth:]
        one = np.array([person])
        assert rings.all_of(person).tolist() == kept
        for rank in range(1, depth + 1):
            expected = kept[-rank] if rank <= len(kept) else NONE
            assert rings.view(one).nth(rank).tolist() == [expected]
            assert rings.nth_each(one, np.array([rank])).tolist() == [expected]
    assert set(rings.people().tolist()) >= {person for person, instants in plain.items() if any(t > horizon for t in instants)}
    rings.sweep(200)
    assert set(rings.people().tolist()) == {p for p, instants in plain.items() if max(instants, default=0) > max(200, horizon)}
    rings.remove(1)
    assert rings.all_of(1).tolist() == []


def test_a_rank_below_one_is_always_reached() -> None:
    assert Rings(3).nth_each(np.array([1, 2]), np.array([0, 1])).tolist() == [NEVER, NONE]


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(0, 20_000_000), max_size=30), st.integers(0, 20_000_000)), max_size=8))
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
@given(st.sets(ids))
def test_sets_of_people_survive_as_bytes(people: set[int]) -> None:
    ordered = np.array(sorted(people), np.int64)
    assert unpack_members(pack_members(ordered)).tolist() == ordered.tolist()
    assert unpack_people(pack_people(ordered)).tolist() == ordered.tolist()
