"""Rows hold what a dictionary of sorted lists would hold, whoever comes, grows, goes, is swept or seated anew."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.segments.live.kernel.event_table import EventTable
from relance.segments.live.kernel.event_table_arrays import USED

PEOPLE = range(1, 12)


class Add(NamedTuple):
    """Some events: (person, instant)."""

    events: list[tuple[int, int]]


class Remove(NamedTuple):
    """Nothing of a person stays."""

    person: int


class Sweep(NamedTuple):
    """The horizon moves on."""

    by: int


class Seat(NamedTuple):
    """Leaves come and go."""

    seats: int


steps = st.one_of(
    st.builds(Add, st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(1, 300)), max_size=40)),
    st.builds(Add, st.lists(st.tuples(st.integers(1, 2), st.integers(1, 300)), min_size=20, max_size=60)),
    st.builds(Remove, st.sampled_from(PEOPLE)),
    st.builds(Sweep, st.integers(0, 60)),
    st.builds(Seat, st.integers(0, 5)),
)


class Model:
    """Rows beside what they are to hold."""

    def __init__(self, parts: int, depth: int) -> None:
        self.rows = EventTable(parts, depth)
        self.parts = parts
        self.plain: dict[int, list[tuple[int, ...]]] = {}
        self.depth = depth
        self.horizon = self.serial = 0

    def step(self, step: Add | Remove | Sweep | Seat) -> None:
        if isinstance(step, Add):
            self._add(sorted(step.events, key=lambda each: each[0]))
        elif isinstance(step, Remove):
            self.rows.remove(step.person)
            self.plain.pop(step.person, None)
        elif isinstance(step, Sweep):
            self.horizon += step.by
            self.rows.sweep(self.horizon)
            self.plain = {person: line for person, line in self.plain.items() if line[-1][0] > self.horizon}
        else:
            kept = int(self.rows.seats.size)
            self.rows.seat([place if place < kept else -1 for place in range(step.seats)], [False] * step.seats)

    def _add(self, events: list[tuple[int, int]]) -> None:
        table = np.array([(at, self.serial + place, self.serial + place) for place, (_, at) in enumerate(events)], np.int64)
        self.serial += len(events)
        people = np.array([person for person, _ in events], np.int64)
        self.rows.add(people, table.reshape(-1, 3).T[: self.parts], self.horizon)
        for (person, at), row in zip(events, table.tolist(), strict=True):
            if at > self.horizon:
                line = self.plain.setdefault(person, [])
                line.append(tuple(row[: self.parts]))
                line.sort(key=lambda each: (each[0], each[-1]))
                if self.depth:
                    del line[: -self.depth]

    def check(self) -> None:
        assert sorted(self.rows.people().tolist()) == sorted(self.plain)
        for person in PEOPLE:
            held = [each for each in map(tuple, self.rows.of(person).T.tolist()) if each[0] > self.horizon]
            assert held == [each for each in self.plain.get(person, []) if each[0] > self.horizon]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(parts=st.integers(1, 3), depth=st.sampled_from([0, 1, 2, 3, 7]), story=st.lists(steps, max_size=20))
def test_rows_hold_what_a_dictionary_would(parts: int, depth: int, story: list[Add | Remove | Sweep | Seat]) -> None:
    model = Model(parts, depth)
    for step in story:
        model.step(step)
        model.check()
    restored = EventTable(parts, depth)
    restored.restore({name: each.copy() for name, each in model.rows.arrays().items()})
    model.rows = restored
    model.check()
    for step in story[:5]:
        model.step(step)
        model.check()


def test_what_nobody_needs_any_more_is_given_back() -> None:
    rows = EventTable(2)
    rows.seat([-1, -1], [False, True])
    people = np.arange(1, 50_001)
    rows.add(people, np.stack([people, people]), 0)
    full = rows.nbytes
    assert full < 50_000 * 110
    rows.sweep(49_000)
    assert rows.people().size == 1_000
    assert rows.nbytes < full / 10
    rows.sweep(50_000)
    assert rows.nbytes < 2_000


def test_a_sweep_that_gives_little_back_copies_nothing_and_one_that_gives_much_leaves_room() -> None:
    rows = EventTable(2)
    people = np.arange(1, 50_001)
    rows.add(people, np.stack([people, people]), 0)
    present = rows.store
    rows.sweep(10_000)
    assert rows.store is present
    rows.sweep(49_000)
    assert rows.store is not present
    assert rows.store.words.size > 4 * rows.store.meta[USED]


@pytest.mark.parametrize("spoil", [1, 2, 5, -1])
def test_rows_that_are_not_whole_are_refused(spoil: int) -> None:
    rows = EventTable(2)
    rows.add(np.array([1, 1, 1, 2]), np.array([[1, 2, 3, 4], [1, 2, 3, 4]]), 0)
    arrays = {name: each.copy() for name, each in rows.arrays().items()}
    arrays["words"] = arrays["words"][:spoil] if spoil < 0 else np.delete(arrays["words"], spoil)
    with pytest.raises(ValueError, match="not whole"):
        EventTable(2).restore(arrays)
