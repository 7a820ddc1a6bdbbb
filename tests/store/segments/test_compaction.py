"""Committed members are written whole a few segments a tick: wherever that stops, what was committed is where one starts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.events.model import Batch, Event
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.segments import store
from relance.segments.live.commit import change_log as change_log
from relance.segments.live.commit import compaction
from relance.segments.live.commit.compaction import Compaction
from relance.segments.live.engine import Live
from relance.segments.model import SegmentState
from relance.segments.service import Segments

APP = 1
START = 1_700_000_000_000
NAMES = ["A", "B", "C", "D", "E"]
FLUSHES = 3


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_log, "SNAPSHOT_AFTER_ROWS", 2)
    monkeypatch.setattr(compaction, "FLUSHES", FLUSHES)


class Shop:
    """Five segments, and what happens to them tick by tick."""

    def __init__(self, state: Engine) -> None:
        self.state, self.tick, self.now = state, 0, START
        self.history = History(":memory:")
        self.segments = Segments(state)
        self.ids = [self.segments.create(APP, name, self.rule(name), START).id for name in NAMES]
        self.live = self.opened()
        self.flush()

    @staticmethod
    def rule(name: str, count: int = 1) -> dict[str, Any]:
        return {"kind": "behaviour", "event": name, "value": count, "window": {"last": "1h"}}

    def opened(self) -> Live:
        live = Live(0, lambda *_: [])
        with reading(self.state) as connection:
            live.load(connection, self.history, self.now)
        return live

    def flush(self) -> None:
        self.tick += 1
        with writing(self.state) as connection:
            self.live.flush(connection, self.tick, self.now)

    def buy(self, name: str, people: set[int]) -> None:
        batch = self.bought(name, people)
        self.history.append(0, batch)
        self.live.fold(batch, {}, self.now)

    def bought(self, name: str, people: set[int]) -> Batch:
        events = [Event(APP, "track", name, f"{self.tick}-{each}", "", "", self.now, self.now) for each in people]
        return Batch(events, sorted(people), [False] * len(people), 1_000 * self.tick)

    def edit(self, place: int) -> None:
        """Give it its other rule; one that is archived is made anew."""
        segment = self.segments.get(APP, self.ids[place])
        if segment.state is SegmentState.ACTIVE:
            rule = self.rule(NAMES[place], 1 + segment.version % 2)
            self.segments.update(APP, segment.id, segment.version, self.now, rule=rule)
        else:
            self.ids[place] = self.segments.create(APP, NAMES[place], self.rule(NAMES[place]), self.now).id
        self.reload()

    def archive(self, place: int) -> None:
        segment = self.segments.get(APP, self.ids[place])
        if segment.state is SegmentState.ACTIVE:
            self.segments.archive(APP, segment.id, segment.version, self.now)
        self.reload()

    def reload(self) -> None:
        with writing(self.state) as connection:
            self.live.reload(connection, self.history, self.now)

    def lose_a_commit(self, name: str, people: set[int]) -> None:
        """A tick is folded and flushed, and its transaction fails."""
        with self.state.connect() as connection:
            self.live.fold(self.bought(name, people), {}, self.now)
            self.live.expire(self.now)
            self.live.flush(connection, self.tick + 1, self.now)
            connection.rollback()
        self.live = self.opened()

    def check(self) -> None:
        """Whoever starts now finds who is in, and no change that nobody told."""
        again = self.opened()
        assert [again.members(APP, each) for each in self.ids] == [self.live.members(APP, each) for each in self.ids]
        assert not again.expire(self.now)

    def rows(self, table: sa.Table) -> int:
        with reading(self.state) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    engine = sa.create_engine("sqlite://")
    yield engine
    engine.dispose()


places, some = st.sampled_from(range(len(NAMES))), st.sets(st.integers(1, 12), min_size=1, max_size=4)
steps = st.one_of(
    st.tuples(st.just("buy"), places, some),
    st.tuples(st.just("buy"), places, some),
    st.tuples(st.just("edit"), places),
    st.tuples(st.just("archive"), places),
    st.tuples(st.just("lose"), places, some),
    st.tuples(st.just("wait"), st.sampled_from([1, 600_000, 3_600_000])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=st.lists(steps, min_size=6, max_size=20))
def test_what_is_committed_is_the_truth_wherever_it_stops(memory: Engine, story: list[Any]) -> None:
    with memory.begin() as connection:
        STATE.drop_all(connection, store.TABLES)
        STATE.create_all(connection, store.TABLES)
    shop = Shop(memory)
    for kind, *reported in story:
        shop.now += 1
        match kind:
            case "buy":
                shop.buy(NAMES[reported[0]], reported[1])
            case "edit":
                shop.edit(reported[0])
            case "archive":
                shop.archive(reported[0])
            case "lose":
                shop.lose_a_commit(NAMES[reported[0]], reported[1])
            case "wait":
                shop.now += reported[0]
        shop.live.expire(shop.now)
        shop.flush()
        shop.check()
    shop.history.close()


def test_no_tick_writes_them_all_and_then_the_old_changes_go(state: Engine) -> None:
    shop = Shop(state)
    written = []
    for _ in range(4 + 2 * FLUSHES):
        shop.now += 1
        for name in NAMES:
            shop.buy(name, {shop.tick + 1})
        before = snapshots(shop)
        shop.live.expire(shop.now)
        shop.flush()
        shop.check()
        written.append(len(snapshots(shop) - before))
    assert max(written) == 2  # of five, in three parts
    assert shop.rows(store.MEMBERSHIP_SNAPSHOTS) == len(NAMES)
    assert shop.rows(store.MEMBERSHIP_CHANGES) <= 2 * FLUSHES
    shop.history.close()


def snapshots(shop: Shop) -> set[tuple[int, int]]:
    with reading(shop.state) as connection:
        return {(each.segment_id, tick) for each, tick, _ in store.select_snapshots(connection, 0)}


@pytest.mark.parametrize(("keys", "sweeps"), [(0, 0), (1, 0), (100, 7), (3, 300)])
def test_a_round_does_everything_once_in_so_many_parts(keys: int, sweeps: int) -> None:
    done: list[int] = []
    round_ = Compaction(5, {(1, number) for number in range(keys)}, [partial(done.append, at) for at in range(sweeps)])
    written: list[tuple[int, int]] = []
    parts = 0
    while not round_.is_done:
        share = round_.take()
        written += share.keys
        for sweep in share.sweeps:
            sweep()
        parts += 1
    assert sorted(written) == [(1, number) for number in range(keys)]
    assert sorted(done) == list(range(sweeps))
    assert parts <= FLUSHES
