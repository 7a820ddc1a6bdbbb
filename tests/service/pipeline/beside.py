"""Several partitions at work, and what goes on beside their ticks: backfills, snapshots and ends of processes, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from relance.infra.database import reading, writing
from relance.pipeline.partition_context import PartitionContext
from relance.segments.live import engine
from relance.segments.live.fill import backfill, fillers
from relance.segments.live.snapshot import chunks, lines
from relance.segments.live.snapshot import store as snapshot_store
from relance.segments.membership import Backfill, Snapshotter
from relance.users.model import AliasKind
from tests.service.pipeline.rig import START
from tests.service.pipeline.streams import Act, Edit, Found, Player, acts, rules


class Create(NamedTuple):
    """A new segment."""

    rule: Any


class Run(NamedTuple):
    """One partition settles what it has; the others do not."""

    partition: int


class Fill(NamedTuple):
    """The backfill of a partition goes on, if it has one."""

    partition: int
    steps: int


class Snap(NamedTuple):
    """A partition's live state is written; of some parts only, if ``leaving`` is not 0."""

    partition: int
    leaving: int


class Look(NamedTuple):
    """All comes to rest and is looked at."""


class Restart(NamedTuple):
    """The process ends between two ticks, and another begins."""


numbers = st.integers(0, 3)


def stories(of: st.SearchStrategy[Any] = rules) -> st.SearchStrategy[list[Any]]:
    fills = st.builds(Fill, numbers, st.integers(1, 8))
    defined = st.one_of(st.builds(Create, of), st.builds(Edit, of))
    snaps = st.builds(Snap, numbers, st.integers(0, 2))
    runs = st.builds(Run, numbers)
    kinds = [*[acts] * 9, *[runs] * 6, *[fills] * 4, *[snaps] * 2, defined, st.sampled_from([Restart(), Restart(), Look()])]
    return st.lists(st.one_of(*kinds), min_size=20, max_size=45)


def take_small_steps(patch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough to be filled at once, and everything takes many steps."""
    patch.setattr(engine, "AT_ONCE", -1)
    for name, size in (("SLICE", 3), ("TEXT_SLICE", 2)):
        patch.setattr(fillers, name, size)
    for name, size in (("PEOPLE", 4), ("FEW", 1), ("NEAR", 2)):
        patch.setattr(backfill, name, size)
    patch.setattr(chunks, "CHUNK_BYTES", 96)
    patch.setattr(lines, "PEOPLE_A_CHUNK", 2)


class Beside(Player):
    """Plays stories in which ticks, backfills and snapshots of each partition come in any order."""

    def __init__(self, rig: Any, chosen: Sequence[Any]) -> None:
        self.driven: dict[Backfill, Iterator[None]] = {}
        super().__init__(rig, chosen)
        self._open()

    def _open(self) -> None:
        self.driven = {}
        self.snapshotters = [self._snapshotter(number) for number in range(len(self.rig.ticks))]

    def _snapshotter(self, number: int) -> Snapshotter:
        parts = self.rig.every[number]
        state, tick = self.rig.state, self.rig.ticks[number]
        return Snapshotter(parts.live, parts.snapshots, state, lambda: tick.cursor.position, lambda _: True, lambda: START)

    def play(self, step: Any) -> None:
        if isinstance(step, Create):
            self.segments.append(self.rig.segments.create(self.rig.app, f"n{len(self.segments)}", step.rule, START + self.at).id)
            self.rig.definitions_changed()
        elif isinstance(step, Edit):
            self.edit(step)
        elif isinstance(step, Run):
            self.rig.ticks[step.partition].run()
        elif isinstance(step, Fill):
            self.fill(step.partition, step.steps)
        elif isinstance(step, Snap):
            self.snap(step)
        elif isinstance(step, Restart):
            self.restart()
        elif isinstance(step, Look):
            self.finish()
            self.check()
        else:
            self.happen(step)

    def happen(self, act: Act) -> None:
        record = self.record(act)
        self.rig.clock.advance(START + self.at)
        if record is not None:
            self.rig.write(record)

    def fill(self, partition: int, steps: int) -> None:
        parts = self.rig.every[partition]
        present = parts.live.backfill()
        if present is None:
            return
        if present not in self.driven:
            present.began_at = START
            self.driven[present] = present.steps(parts.history, partial(profiles, parts, self.rig.app))
        for _ in range(steps):
            if next(self.driven[present], self) is self:
                del self.driven[present]
                return

    def snap(self, step: Snap) -> None:
        snapshotter, live = self.snapshotters[step.partition], self.rig.every[step.partition].live
        if step.leaving == 0:
            snapshotter.snapshot()
            return
        for place, part in enumerate(live.part_names()):
            if place % 3 != step.leaving:
                snapshotter.write(part)
        snapshotter.commit()

    def restart(self) -> None:
        self.rig.stop()
        self.rig.start()
        self._open()

    def find_user(self, user: str) -> int:
        """A person by user id; 0 for nobody."""
        found = self.rig.people.find(self.rig.app, AliasKind.USER_ID.value, user)
        return found.id if found else 0

    def find_device(self, device: str) -> int:
        found = self.rig.people.find(self.rig.app, AliasKind.ANONYMOUS_ID.value, device)
        return found.id if found else 0

    def finish(self) -> None:
        """Let everything settle, and become live."""
        self.rig.settle(self.at)
        while self.going():
            for number in range(len(self.rig.ticks)):
                self.fill(number, 1_000)
            for tick in self.rig.ticks:
                tick.run()
            self.rig.settle(self.at)

    def going(self) -> bool:
        return any(each.live.backfill() is not None or each.live.has_filled for each in self.rig.every)

    def pass_time(self, gap: int) -> None:
        self.at += gap
        self.rig.settle(self.at)

    def check(self) -> None:
        """Everybody is where the definition says and where history does; nobody is where nobody of that id lives."""
        found = Found(self)
        assert found.members == found.defined() == found.queried()

    def without_snapshots(self) -> None:
        """Nothing is written of live state: the next start builds it from history."""
        with writing(self.rig.state) as connection:
            for table in (snapshot_store.LIVE_CHUNKS, snapshot_store.LIVE_PARTS, snapshot_store.LIVE_FORGOTTEN):
                connection.execute(table.delete())


def profiles(parts: PartitionContext, app: int, asked: frozenset[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with reading(parts.state) as connection:
        yield from parts.read_profiles(connection, app, asked)


def play(player: Beside, story: Sequence[Any], after: int) -> None:
    """A story to its end; what is then live, restored from snapshots and built from history are the same."""
    for step in story:
        player.play(step)
    player.finish()
    player.check()
    for number in range(len(player.rig.ticks)):
        assert player.snapshotters[number].snapshot()
    player.restart()
    player.finish()
    player.check()
    player.pass_time(after)
    player.check()
    player.without_snapshots()
    player.restart()
    player.finish()
    player.check()
