"""What an app has accepted and not settled: counted by rows, let go by cursors, the same however it is counted."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.events import backlog as backlog_module
from relance.events.backlog import IMPORTS, STILL, Backlog
from relance.events.flows import Flow

PARTITIONS = 3
Step = tuple[str, int, dict[int, int]]

counts = st.dictionaries(st.integers(1, 4), st.integers(1, 900), min_size=1, max_size=3)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "fail"]), st.integers(0, PARTITIONS - 1), counts),
        st.tuples(st.just("settle"), st.integers(0, PARTITIONS - 1), st.just({})),
    ),
    max_size=60,
)


@given(steps, st.randoms(use_true_random=False))
def test_it_is_what_a_list_of_all_rows_says(todo: list[Step], chance: object) -> None:
    backlog, rows, reached, offset = Backlog(1_000), [], [0] * PARTITIONS, 0
    for what, partition, some in todo:
        if what == "settle":
            reached[partition] = chance.randint(reached[partition], offset)  # type: ignore[attr-defined]
            backlog.settle(reached, 0.0)
        else:
            for app, count in some.items():
                backlog.take(app, count, 0.0)
            if what == "fail":
                for app, count in some.items():
                    backlog.give_back(app, count)
            else:
                offset += 1
                backlog.written(partition, offset, some)
                rows.append((partition, offset, some))
        left: Counter[int] = Counter()
        for home, at, its in rows:
            if at > reached[home]:
                left.update(its)
        assert backlog.every() == dict(left)


@given(st.lists(counts, min_size=1, max_size=40), st.integers(0, 40))
def test_after_a_start_it_is_what_it_was(rows: list[dict[int, int]], settled: int) -> None:
    before, after = Backlog(1_000), Backlog(1_000)
    for offset, some in enumerate(rows, 1):
        for app, count in some.items():
            before.take(app, count, 0.0)
        before.written(0, offset, some)
    before.settle([settled], 1.0)
    after.restore(0, [(offset, some) for offset, some in enumerate(rows, 1) if offset > settled], 1.0)
    assert after.every() == before.every()


def test_many_small_rows_take_little_memory_and_are_let_go_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "PRECISE", 10)
    monkeypatch.setattr(backlog_module, "TOGETHER", 100)
    backlog = Backlog(1_000)
    for offset in range(1, 1_001):
        backlog.take(offset % 2, 1, 0.0)
        backlog.written(0, offset, {offset % 2: 1})
    assert len(backlog._rows[0]) <= 20
    assert backlog.every() == {0: 500, 1: 500}
    backlog.settle([5], 1.0)
    assert backlog.every() == {0: 498, 1: 497}
    backlog.settle([999], 1.0)
    assert sum(backlog.every().values()) <= 100  # what shares an entry goes with the last of it
    backlog.settle([1_000], 1.0)
    assert backlog.every() == {}


def test_an_app_has_room_up_to_the_bound_and_others_have_theirs() -> None:
    backlog = Backlog(900)
    backlog.take(1, 600, 0.0)
    assert backlog.has_room(1, Flow.LIVE, 0.0)
    assert not backlog.has_room(1, Flow.IMPORT, 0.0), f"an import leaves {1 - IMPORTS:.0%} to live events"
    backlog.take(1, 300, 0.0)
    assert not backlog.has_room(1, Flow.LIVE, 0.0)
    assert not backlog.has_room(1, Flow.API, 0.0)
    assert backlog.has_room(1, Flow.LINK, 0.0), "whoever unsubscribes never waits"
    assert backlog.has_room(2, Flow.IMPORT, 0.0)
    backlog.written(0, 1, {1: 900})
    backlog.settle([1], 0.0)
    assert backlog.has_room(1, Flow.IMPORT, 0.0)


def test_without_a_bound_there_is_always_room() -> None:
    backlog = Backlog(0)
    backlog.take(1, 10_000_000, 0.0)
    assert backlog.has_room(1, Flow.IMPORT, 0.0)


def test_the_bound_holds_while_something_settles_or_a_tick_goes_on() -> None:
    backlog = Backlog(10)
    assert not backlog.stands_still(1_000.0), "nothing waits: a long rest is no standstill"
    backlog.take(1, 20, 1_000.0)
    backlog.written(0, 1, {1: 10})
    backlog.written(0, 2, {1: 10})
    assert not backlog.has_room(1, Flow.LIVE, 1_000.0 + STILL)
    assert backlog.has_room(1, Flow.LIVE, 1_001.0 + STILL), "the worker is away: what comes is safest in the log"
    backlog.goes_on(1_002.0)
    assert not backlog.has_room(1, Flow.LIVE, 1_001.0 + STILL)
    backlog.settle([1], 1_010.0)
    assert not backlog.has_room(1, Flow.LIVE, 1_009.0 + STILL)
    backlog.settle([1], 1_019.0)
    assert backlog.has_room(1, Flow.LIVE, 1_011.0 + STILL), "a pulse that tells nothing new is no progress"
