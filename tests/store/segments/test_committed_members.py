"""Who is in a segment, read from what ticks committed: at any time the same as replaying everything from the beginning."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from relance.infra.database import reading, writing
from relance.segments import store
from relance.segments.live.commit.packing import PackedChange, pack_changes, pack_members, pack_people
from relance.segments.live.commit.reading import CommittedMembers

APP = 1
SEGMENTS = (1, 2, 3)
PEOPLE = range(1, 13)


class Ticks:
    """Commits as the change log does: changes of each tick, and now and then everything that changed, whole."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine = engine
        self.chance = random.Random(seed)
        self.members: dict[tuple[int, int], set[int]] = {}  # partition and segment
        self.tick = 0

    def run(self) -> None:
        self.tick += self.chance.randint(1, 3)
        for partition in (0, 1):
            if self.chance.random() < 0.7:
                with writing(self.engine) as connection:
                    payload = pack_changes([self._change(partition, each) for each in SEGMENTS if self.chance.random() < 0.6])
                    store.insert_changes(connection, partition, self.tick, 0, payload)
                    if self.chance.random() < 0.3:
                        self._compact(connection, partition)

    def _change(self, partition: int, segment: int) -> PackedChange:
        if self.chance.random() < 0.1:
            self.members[partition, segment] = set()
            return PackedChange(APP, segment, "", b"", b"")
        own = [person for person in PEOPLE if person % 2 == partition]
        touched = self.chance.sample(own, self.chance.randint(0, len(own)))
        entered = {person for person in touched if self.chance.random() < 0.5}
        mine = self.members.setdefault((partition, segment), set())
        mine.difference_update(touched)
        mine.update(entered)
        left = pack_people(np.array(sorted(set(touched) - entered), np.int64))
        return PackedChange(APP, segment, "digest", pack_people(np.array(sorted(entered), np.int64)), left)

    def _compact(self, connection: object, partition: int) -> None:
        for segment in SEGMENTS:
            members = np.array(sorted(self.members.get((partition, segment), ())), np.int64)
            row = store.SnapshotRow(APP, segment, "digest", pack_members(members))
            store.write_snapshots(connection, partition, self.tick, 0, [row])  # type: ignore[arg-type]
        store.forget_changes(connection, partition, self.tick)  # type: ignore[arg-type]

    def expected(self) -> dict[int, frozenset[int]]:
        found = {
            person: frozenset(each for each in SEGMENTS for p in (0, 1) if person in self.members.get((p, each), ()))
            for person in PEOPLE
        }
        return {person: segments for person, segments in found.items() if segments}


@pytest.mark.parametrize("seed", range(6))
def test_a_reader_that_looks_now_and_then_knows_what_is_so(state: Engine, seed: int) -> None:
    ticks, members = Ticks(state, seed), CommittedMembers(2)
    for _ in range(40):
        for _ in range(ticks.chance.randint(1, 4)):
            ticks.run()
        with reading(state) as connection:
            assert members.segments_of(connection, APP, SEGMENTS, PEOPLE) == ticks.expected()


def test_segments_that_are_named_later_are_read_from_their_beginning(state: Engine) -> None:
    ticks, members = Ticks(state, 7), CommittedMembers(2)
    for _ in range(30):
        ticks.run()
    for named in ((1,), (1, 3), SEGMENTS):
        with reading(state) as connection:
            found = members.segments_of(connection, APP, named, PEOPLE)
        expected = {person: inside & frozenset(named) for person, inside in ticks.expected().items() if inside & frozenset(named)}
        assert found == expected


def test_nobody_is_in_no_segment_or_in_one_of_another_app(state: Engine) -> None:
    ticks, members = Ticks(state, 3), CommittedMembers(2)
    for _ in range(10):
        ticks.run()
    with reading(state) as connection:
        assert members.segments_of(connection, APP, (), PEOPLE) == {}
        assert members.segments_of(connection, 2, SEGMENTS, PEOPLE) == {}
