"""Committed changes come to the members that plain sets come to."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relance.segments.live.commit.change_log import replay
from relance.segments.live.commit.packing import PackedChange, pack_people

People = set[int]
PEOPLE = st.sets(st.integers(1, 40) | st.integers(4_090, 4_100), max_size=12)
# (digest, entered, left); an archived segment has none of the three
CHANGES = st.lists(st.tuples(st.sampled_from(["a", "b"]), PEOPLE, PEOPLE) | st.just(("", set[int](), set[int]())), max_size=12)


def written(digest: str, entered: People, left: People) -> PackedChange:
    packed = (pack_people(np.array(sorted(people), np.int64)) for people in (entered, left))
    return PackedChange(1, 2, digest, *packed)


def members(changes: list[tuple[str, People, People]]) -> list[int]:
    present: People = set()
    for digest, entered, left in changes:
        present = (present - left) | entered if digest else set()
    return sorted(present)


@given(CHANGES)
def test_a_replay_comes_to_the_members_that_sets_come_to(changes: list[tuple[str, People, People]]) -> None:
    found = replay([written(*change) for change in changes])
    assert found.dtype == np.int64
    assert found.tolist() == members(changes)


@given(CHANGES, st.data())
def test_a_change_applied_twice_is_as_one(changes: list[tuple[str, People, People]], data: st.DataObject) -> None:
    """As a snapshot may hold already what changes beside it say again."""
    since = data.draw(st.integers(0, len(changes)))
    once, twice = ([written(*change) for change in each] for each in (changes, changes + changes[since:]))
    assert replay(twice).tolist() == replay(once).tolist()
