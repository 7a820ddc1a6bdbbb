"""Backfills on their thread, beside ticks: shown while they go on, tried again after a failure, gone when nobody wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from relance.core.time import MINUTE
from relance.events.past import History
from relance.pipeline.settle_partitions import PartitionRound
from relance.segments.errors import SegmentBuildingError
from relance.segments.live import engine
from relance.segments.live.fill import fillers
from relance.worker import backfilling
from relance.worker.backfilling import Backfilling
from relance.worker.latency import Latencies
from relance.worker.membership import MembershipReader
from relance.worker.segment_calls import SegmentCalls
from relance.worker.ticking import TickThread
from tests.service.pipeline.rig import START, Rig, counted

pytestmark = pytest.mark.both_databases

_LONG = 120.0  # seconds


@pytest.fixture(autouse=True)
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "AT_ONCE", -1)
    monkeypatch.setattr(fillers, "SLICE", 2)
    monkeypatch.setattr(backfilling, "_RETRY_FIRST", 0.01)


class Held:
    """History whose columns are read beside the ticks only when the test lets them, and that can be broken."""

    def __init__(self, history: History) -> None:
        self._read = history.arrays
        self._ticks = threading.current_thread()
        self.is_held = True
        self.is_broken = False
        self.failures = 0

    def arrays(self, select: sa.Select[Any]) -> Any:
        until(lambda: self.is_broken or not self.is_held or threading.current_thread() is self._ticks)
        if self.is_broken:
            self.failures += 1
            raise OSError("the disk is gone")
        return self._read(select)


@pytest.fixture
def held(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Held:
    found = Held(rig.parts.history)
    monkeypatch.setattr(rig.parts.history, "arrays", found.arrays)
    return found


@pytest.fixture
def filling(rig: Rig, held: Held) -> Iterator[Backfilling]:
    found = Backfilling([rig.parts], lambda: None)
    found.start()
    yield found
    held.is_held = False
    found.stop()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONG
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def viewed(rig: Rig, user: str, at: int) -> None:
    rig.write(rig.track(user, "Product Viewed", at))
    rig.settle(at)


def make(rig: Rig, filling: Backfilling, value: int = 2) -> int:
    number = rig.segments.create(rig.app, f"At least {value}", counted("Product Viewed", ">=", value, "1d"), START).id
    rig.tick.definitions_changed()
    rig.settle()
    filling.look()
    return number


def calls(rig: Rig) -> SegmentCalls:
    ticking = TickThread(PartitionRound([rig.tick]), Latencies(), lambda _settled: None, lambda: None)
    return SegmentCalls(rig.parts, MembershipReader([rig.parts.live]), ticking)


def test_ticks_go_on_and_progress_is_shown_until_it_joins(rig: Rig, held: Held, filling: Backfilling) -> None:
    for minute in range(8):
        viewed(rig, f"u{minute % 3}", minute * MINUTE)
    number = make(rig, filling)
    until(lambda: rig.parts.live.building(rig.app)[0].began_at is not None)
    (reported,) = calls(rig).freshness(rig.app)["building"]
    assert (reported["segment"], reported["is_new"], reported["stage"]) == (number, True, "reading")
    with pytest.raises(SegmentBuildingError):
        calls(rig).members(rig.app, number)
    viewed(rig, "u9", 10 * MINUTE)
    viewed(rig, "u9", 11 * MINUTE)
    assert rig.tick.cursor.settled_at == START + 11 * MINUTE
    held.is_held = False
    until(lambda: rig.parts.live.has_filled)
    rig.settle(12 * MINUTE)
    assert rig.parts.live.building(rig.app) == []
    assert calls(rig).members(rig.app, number)["persons"] == [1, 2, 3, 4]
    assert rig.history("segment_entered") == []


def test_a_history_that_fails_is_tried_again_and_told_of(rig: Rig, held: Held, filling: Backfilling) -> None:
    for minute in range(4):
        viewed(rig, "ada", minute * MINUTE)
    held.is_broken = True
    number = make(rig, filling)
    until(lambda: held.failures >= 2)
    (reported,) = rig.parts.live.building(rig.app)
    assert (reported.segment, reported.error) == (number, "the disk is gone")
    assert reported.tries >= 1
    viewed(rig, "bob", 5 * MINUTE)
    assert rig.history("Product Viewed")[-1] == (2, 5 * MINUTE)
    held.is_held = held.is_broken = False
    until(lambda: rig.parts.live.has_filled)
    rig.settle(6 * MINUTE)
    assert rig.parts.live.members(rig.app, number) == [1]


def test_a_failed_tick_in_the_middle_leaves_nothing_half_built(rig: Rig, held: Held, filling: Backfilling) -> None:
    for minute in range(4):
        viewed(rig, "ada", minute * MINUTE)
    number = make(rig, filling)
    present = rig.parts.live.backfill()
    rig.parts.drop()
    rig.tick.load()
    held.is_held = False
    until(lambda: present is not None and present.cancelled)
    rig.settle(5 * MINUTE)
    assert rig.parts.live.members(rig.app, number) == [1]


def test_a_preview_of_live_conditions_reads_no_history(rig: Rig, held: Held, filling: Backfilling) -> None:
    for minute in range(4):
        viewed(rig, f"u{minute % 3}", minute * MINUTE)
    held.is_held = False
    for value in (1, 2):
        make(rig, filling, value)
        until(lambda: rig.parts.live.has_filled)
        rig.settle()
    once, twice = (counted("Product Viewed", ">=", value, "1d") for value in (1, 2))
    rule = {"all": [once, {"not": twice}]}
    held.is_broken = True
    found = calls(rig).preview(rig.app, rule)
    assert (found["count"], found["sample"], found["at"]) == (2, [2, 3], START + 3 * MINUTE)
    with pytest.raises(OSError, match="gone"):
        calls(rig).preview(rig.app, counted("Product Viewed", ">=", 3, "1d"))
