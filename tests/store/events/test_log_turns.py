"""One app's load in the log: bounded, in turns with other apps', refused in words, and counted rightly whatever happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.partitions import of_name
from relance.events import admission, gathering, store
from relance.events.backlog import Backlog
from relance.events.errors import BacklogFullError, LogUnavailableError, UnwritableEventError
from relance.events.flows import Flow
from relance.events.log import LogWriter
from relance.events.model import Event
from relance.events.service import apps_in_log, log_end, read_log
from relance.infra.database import reading
from tests.store.events.builders import make_event
from tests.store.events.test_log import Failing, FixedClock

FLOOD, QUIET = 1, 2


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for room waits until the test makes some, however busy the machine."""
    monkeypatch.setattr(gathering, "PATIENCE", 120.0)


def events_of(app: int, count: int, first: int = 0) -> list[Event]:
    return [make_event(first + number, app_id=app, user_id=f"u{first + number}") for number in range(count)]


@contextmanager
def bounded(engine: Engine, most: int, partitions: int = 1) -> Iterator[tuple[LogWriter, Backlog]]:
    backlog = Backlog(most)
    writer = LogWriter(engine, clock=FixedClock(), partitions=partitions, backlog=backlog)
    writer.start()
    yield writer, backlog
    writer.stop()


def written(engine: Engine, partition: int = 0) -> list[tuple[int, str]]:
    with reading(engine) as connection:
        batches = read_log(connection, partition, 0, 10**9)
    return [(event.app_id, event.message_id) for batch in batches for event in batch.events]


def ends(engine: Engine, partitions: int = 1) -> list[int]:
    with reading(engine) as connection:
        return [log_end(connection, partition) for partition in range(partitions)]


async def until_written(engine: Engine, count: int) -> None:
    async with asyncio.timeout(60):
        while len(written(engine)) < count:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("partitions", [1, 4])
async def test_an_app_at_its_bound_waits_for_room_and_another_app_does_not(log_engine: Engine, partitions: int) -> None:
    with bounded(log_engine, 100, partitions) as (writer, backlog):
        await writer.append(events_of(FLOOD, 100), flow=Flow.LIVE)
        waiting = [asyncio.ensure_future(writer.append(events_of(FLOOD, 40, 100 + 40 * n), flow=Flow.LIVE)) for n in range(5)]
        await writer.append(events_of(QUIET, 1), flow=Flow.LIVE)
        await writer.append(events_of(FLOOD, 1, 900), flow=Flow.LINK)
        assert not any(each.done() for each in waiting)
        assert backlog.every() == {FLOOD: 101, QUIET: 1}
        (held,) = writer.backlogged()
        assert held == {"app": FLOOD, "unsettled": 101, "requests_waiting": 5, "refused": 0}
        writer.settled(ends(log_engine, partitions))
        await asyncio.gather(*waiting[:3])
        assert not waiting[3].done(), "120 are above the bound again"
        writer.settled(ends(log_engine, partitions))
        await asyncio.gather(*waiting)
        writer.settled(ends(log_engine, partitions))
        await writer.append(events_of(QUIET, 1, 1))
        assert backlog.every() == {QUIET: 1}
    found = Counter(app for partition in range(partitions) for app, _ in written(log_engine, partition))
    assert found == {FLOOD: 301, QUIET: 2}


async def test_requests_that_wait_together_are_written_in_turns(log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "GROUP_EVENTS", 10)
    writer = LogWriter(log_engine, clock=FixedClock())
    monkeypatch.setattr(writer, "_thread", object())  # all are there before the first is written
    sent = [asyncio.ensure_future(writer.append(events_of(FLOOD, 1, number))) for number in range(2_000)]
    sent.append(asyncio.ensure_future(writer.append(events_of(QUIET, 1))))
    await asyncio.sleep(0)
    monkeypatch.setattr(writer, "_thread", None)
    writer.start()
    await asyncio.gather(*sent)
    writer.stop()
    found = written(log_engine)
    assert found.index((QUIET, "m0")) == gathering.TURN_EVENTS
    assert [key for app, key in found if app == FLOOD] == [f"m{number}" for number in range(2_000)]


async def test_whoever_waits_too_long_is_refused_in_words_and_nothing_of_it_is_kept(
    log_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "PATIENCE", 0.1)
    with bounded(log_engine, 10) as (writer, backlog):
        await writer.append(events_of(FLOOD, 1_234), flow=Flow.LIVE)
        with pytest.raises(BacklogFullError, match=r"1,234 events .* 10 may be \(app_backlog_events\)") as refused:
            await writer.append(events_of(FLOOD, 1, 5_000), flow=Flow.LIVE)
        assert refused.value.data == {"retry_after": admission.RETRY_SECONDS}
        (held,) = writer.backlogged()
        assert (held["refused"], held["requests_waiting"]) == (1, 0)
        assert writer.waiting_bytes == 0
        writer.settled(ends(log_engine))
        await writer.append(events_of(FLOOD, 1, 6_000), flow=Flow.LIVE)
        assert backlog.every() == {FLOOD: 1}
        assert [each["refused"] for each in writer.backlogged()] == [1], "it is still told of a while later"
    assert (FLOOD, "m5000") not in written(log_engine)


async def test_an_import_leaves_room_for_the_same_apps_live_events(log_engine: Engine) -> None:
    with bounded(log_engine, 90) as (writer, _):
        await writer.append(events_of(FLOOD, 70), flow=Flow.IMPORT)
        history = asyncio.ensure_future(writer.append(events_of(FLOOD, 10, 100), flow=Flow.IMPORT))
        await writer.append(events_of(FLOOD, 1, 200), flow=Flow.LIVE)
        assert not history.done()
        writer.settled(ends(log_engine))
        await history


async def test_as_many_requests_of_an_app_wait_as_may_and_the_next_is_refused_at_once(
    log_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "APP_REQUESTS", 3)
    with bounded(log_engine, 10) as (writer, _):
        await writer.append(events_of(FLOOD, 10))
        waiting = [asyncio.ensure_future(writer.append(events_of(FLOOD, 1, 10 + number))) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(BacklogFullError, match="3 requests of this app"):
            writer.check_room(FLOOD)
        with pytest.raises(BacklogFullError):
            await writer.append(events_of(FLOOD, 1, 20))
        writer.check_room(QUIET)
        await writer.append(events_of(FLOOD, 1, 30), flow=Flow.LINK)
        writer.settled(ends(log_engine))
        await asyncio.gather(*waiting)
        writer.check_room(FLOOD)


async def test_one_app_may_hold_half_of_the_memory_that_may_wait(log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with bounded(log_engine, 10) as (writer, _):
        monkeypatch.setattr(writer._admission, "_most", 20_000)
        await writer.append(events_of(FLOOD, 10))
        waiting = [asyncio.ensure_future(writer.append(events_of(FLOOD, 1, 10 + number))) for number in range(20)]
        done, _ = await asyncio.wait(waiting, timeout=0.2)
        assert done
        assert all(isinstance(each.exception(), BacklogFullError) for each in done)
        assert 5_000 < writer.waiting_bytes <= 10_000
        await writer.append(events_of(QUIET, 1))
        writer.settled(ends(log_engine))
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_could_not_be_written_takes_no_room(log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with bounded(log_engine, 10) as (writer, backlog):
        failing = Failing(monkeypatch)
        with pytest.raises(LogUnavailableError):
            await writer.append(events_of(FLOOD, 50))
        failing.broken = False
        assert backlog.every() == {}
        outcomes = await asyncio.gather(
            writer.append(events_of(FLOOD, 1)),
            writer.append([make_event(2, app_id=FLOOD, name="half \ud83d")]),
            writer.append(events_of(FLOOD, 1, 3)),
            return_exceptions=True,
        )
        assert [type(each) for each in outcomes if isinstance(each, Exception)] == [UnwritableEventError]
        assert backlog.every() == {FLOOD: 2}


async def test_a_stop_writes_those_who_wait_for_room(log_engine: Engine) -> None:
    with bounded(log_engine, 10) as (writer, _):
        await writer.append(events_of(FLOOD, 10))
        waiting = [asyncio.ensure_future(writer.append(events_of(FLOOD, 10, 10 + 10 * number))) for number in range(3)]
        await asyncio.sleep(0.05)
        assert not any(each.done() for each in waiting)
    await asyncio.gather(*waiting)
    assert len(written(log_engine)) == 40


@pytest.mark.parametrize("partitions", [1, 4])
async def test_what_the_log_holds_of_each_app_is_known_after_a_start(log_engine: Engine, partitions: int) -> None:
    with bounded(log_engine, 1_000, partitions) as (writer, backlog):
        for number in range(6):
            await writer.append(events_of(1 + number % 3, 30 + number, 100 * number))
        known = backlog.every()
        with reading(log_engine) as connection:
            every = [apps_in_log(connection, partition, 0, 10**6) for partition in range(partitions)]
            assert store.apps_in_log(connection, 0, 0, 1) == every[0][:1], "it stops where it has enough"
    middle = sorted(offset for rows in every for offset, _ in rows)[3 * partitions - 1]
    again = Backlog(1_000)
    for partition, rows in enumerate(every):
        again.restore(partition, rows, 0.0)
    assert again.every() == known
    left: Counter[int] = Counter()
    for partition, rows in enumerate(every):
        with reading(log_engine) as connection:
            assert apps_in_log(connection, partition, middle, 10**6) == [row for row in rows if row[0] > middle]
        for offset, counts in rows:
            if offset > middle:
                left.update(counts)
    again.settle([middle] * partitions, 1.0)
    assert again.every() == dict(left)


def test_the_events_of_these_tests_are_in_all_partitions() -> None:
    assert {of_name(FLOOD, f"u{number}", 4) for number in range(100)} == {0, 1, 2, 3}


async def test_a_flood_without_a_bound_is_told_of_nowhere(log_engine: Engine) -> None:
    writer = LogWriter(log_engine, clock=FixedClock())
    writer.start()
    await writer.append(events_of(FLOOD, 50_000))
    found: Any = writer.backlogged()
    writer.stop()
    assert found == []
