"""The log: nothing acknowledged is lost, nothing is out of order, and a failure hurts only those it must."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from relance.events import log as log_module
from relance.events import store
from relance.events.errors import BusyError, LogUnavailableError, UnwritableEventError
from relance.events.log import LogWriter
from relance.events.model import Rejection
from relance.events.service import list_rejected, read_log, trim_log, trim_rejected
from relance.infra.database import reading, writing
from tests.store.events.builders import make_event


class FixedClock:
    def now(self) -> int:
        return 1_000


def read_all(engine: Engine, partition: int = 0) -> list[str]:
    """The message ids of a partition's log, in order."""
    with reading(engine) as connection:
        return [event.message_id for batch in read_log(connection, partition, 0, 10**9) for event in batch.events]


@contextmanager
def started(engine: Engine, **options: Any) -> Iterator[LogWriter]:
    writer = LogWriter(engine, clock=FixedClock(), **options)
    writer.start()
    yield writer
    writer.stop()


class Failing:
    """Makes the writer's inserts fail while ``broken`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broken = True
        self._insert = store.insert_group
        monkeypatch.setattr(store, "insert_group", self)

    def __call__(self, connection: Connection, *arguments: Any) -> int:
        if self.broken:
            connection.execute(sa.text("SELECT no_such_column FROM log"))
        return self._insert(connection, *arguments)


async def test_concurrent_requests_are_all_kept_in_their_order(log_engine: Engine) -> None:
    seen: list[int] = []
    with started(log_engine, on_commit=seen.append) as writer:

        async def send(first: int) -> int:
            return await writer.append([make_event(first), make_event(first + 1)])

        offsets = await asyncio.gather(*(send(2 * number) for number in range(300)))
    assert read_all(log_engine) == [f"m{number}" for number in range(600)]
    assert offsets == sorted(offsets)
    assert seen == sorted(set(offsets))
    assert len(seen) < 300, "requests share commits"


async def test_an_event_comes_back_as_it_was(log_engine: Engine) -> None:
    event = make_event(1, body='{"t":"NUL \\u0000, é, 雪"}'.encode())
    event.context = b'{"x":"\x00"}'
    event.name = "with \x00 inside"
    with started(log_engine) as writer:
        offset = await writer.append([event])
    with reading(log_engine) as connection:
        (batch,) = read_log(connection, 0, 0, 10)
    assert batch.events == [event]
    assert (batch.offset, batch.received_at) == (offset, 1_000)
    assert batch.written_at > 1_700_000_000_000


async def test_a_failed_commit_fails_its_requests_and_the_next_one_is_kept(
    log_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(monkeypatch)
    with started(log_engine) as writer:
        outcomes = await asyncio.gather(*(writer.append([make_event(n)]) for n in range(20)), return_exceptions=True)
        assert all(isinstance(outcome, LogUnavailableError) for outcome in outcomes)
        failing.broken = False
        await writer.append([make_event(99)])
        assert writer.waiting_bytes == 0
    assert read_all(log_engine) == ["m99"]


async def test_the_writer_connects_again_after_the_server_dropped_it(log_engine: Engine) -> None:
    if log_engine.dialect.name != "postgresql":
        pytest.skip("only a server drops connections")
    with started(log_engine) as writer:
        await writer.append([make_event(1)])
        with log_engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
        with pytest.raises(LogUnavailableError):
            await writer.append([make_event(2)])
        await writer.append([make_event(3)])
    assert read_all(log_engine) == ["m1", "m3"]


async def test_an_event_that_cannot_be_encoded_fails_alone(log_engine: Engine) -> None:
    with started(log_engine) as writer:
        outcomes = await asyncio.gather(
            writer.append([make_event(1)]),
            writer.append([make_event(2, name="half \ud83d")]),
            writer.append([make_event(3)]),
            return_exceptions=True,
        )
    assert isinstance(outcomes[1], UnwritableEventError)
    assert read_all(log_engine) == ["m1", "m3"]


async def test_too_much_waiting_is_refused_and_later_accepted(log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "WAITING_BYTES", 20_000)
    with started(log_engine) as writer:
        outcomes = await asyncio.gather(*(writer.append([make_event(n, app_id=n)]) for n in range(20)), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, BusyError)]
        assert 0 < len(refused) < 20
        await writer.append([make_event(50)])
    assert len(read_all(log_engine)) == 20 - len(refused) + 1


async def test_stopping_writes_what_waits_and_refuses_what_comes_later(log_engine: Engine) -> None:
    writer = LogWriter(log_engine, clock=FixedClock())
    with pytest.raises(LogUnavailableError):
        await writer.append([make_event(0)])
    writer.start()
    waiting = [asyncio.ensure_future(writer.append([make_event(n)])) for n in range(10)]
    await asyncio.sleep(0)
    writer.stop()
    await asyncio.gather(*waiting)
    assert len(read_all(log_engine)) == 10
    with pytest.raises(LogUnavailableError):
        await writer.append([make_event(0)])


async def test_a_request_that_went_away_is_still_kept_and_harms_nobody(log_engine: Engine) -> None:
    with started(log_engine) as writer:
        gone = asyncio.ensure_future(writer.append([make_event(1)]))
        other = asyncio.ensure_future(writer.append([make_event(2)]))
        await asyncio.sleep(0)
        gone.cancel()
        await other
        assert writer.waiting_bytes == 0
    assert read_all(log_engine) == ["m1", "m2"]


async def test_a_failing_listener_does_not_stop_the_log(log_engine: Engine) -> None:
    def listener(_offset: int) -> None:
        raise RuntimeError("listener")

    with started(log_engine, on_commit=listener) as writer:
        await writer.append([make_event(1)])
        await writer.append([make_event(2)])
    assert len(read_all(log_engine)) == 2


async def test_rejections_are_set_aside_with_the_same_commit(log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = [Rejection(1, 10, "invalid", "batch.0\x00", "no \ud800 good", b"\x00\xff", f"r{n}") for n in range(3)]
    with started(log_engine) as writer:
        await writer.append([make_event(1)], bad)
        await writer.append([], [Rejection(2, 20, "too_large")])
        failing = Failing(monkeypatch)
        with pytest.raises(LogUnavailableError):
            await writer.append([make_event(2)], bad)
        failing.broken = False
    with reading(log_engine) as connection:
        first = list_rejected(connection, 1, limit=2)
        rest = list_rejected(connection, 1, after=first[-1].id, limit=2)
        assert [one.message_id for one in first + rest] == ["r2", "r1", "r0"]
        assert first[0].payload == b"\x00\xff"
        assert first[0].path == "batch.0\ufffd"
        assert [one.reason for one in list_rejected(connection, 2)] == ["too_large"]
    with writing(log_engine) as connection:
        assert trim_rejected(connection, before=20) == 3
        assert trim_rejected(connection, before=0, keep=0) == 1


def test_reading_stops_at_whole_rows(log_engine: Engine) -> None:
    writer = LogWriter(log_engine, clock=FixedClock())
    offsets = [writer.append_now([make_event(10 * row + n) for n in range(10)]) for row in range(5)]
    with reading(log_engine) as connection:
        assert [batch.offset for batch in read_log(connection, 0, 0, 25)] == offsets[:2]
        assert [batch.offset for batch in read_log(connection, 0, 0, 1)] == offsets[:1]
        assert [batch.offset for batch in read_log(connection, 0, offsets[2], 100)] == offsets[3:]
        assert read_log(connection, 0, offsets[-1], 100) == []
        assert read_log(connection, 1, 0, 100) == []
        assert store.log_end(connection, 0) == offsets[-1]


def test_offsets_never_come_again_after_a_trim(log_engine: Engine) -> None:
    writer = LogWriter(log_engine, clock=FixedClock())
    offset = writer.append_now([make_event(1)])
    with writing(log_engine) as connection:
        assert trim_log(connection, 0, offset, before=1_000) == 0, "not old enough"
        assert trim_log(connection, 0, offset - 1, before=2_000) == 0, "not settled"
        assert trim_log(connection, 0, offset, before=2_000) == 1
    assert writer.append_now([make_event(2)]) > offset


def test_an_offset_is_never_visible_before_the_one_below_it(log_engine: Engine) -> None:
    """Two writers: the second waits for the first, so that a reader's cursor cannot pass an uncommitted row."""
    if log_engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    holding, release = Signal(), Signal()
    slow = LogWriter(log_engine, clock=FixedClock())
    quick = LogWriter(log_engine, clock=FixedClock())

    async def race() -> tuple[int, int]:
        def hold() -> int:
            with writing(log_engine) as connection:
                store.lock_partition(connection, 0)
                offset = store.insert_group(connection, 0, 1, 1, 1, store.encode_events([make_event(1)]))
                holding.set()
                release.wait(60)
                return offset

        first = asyncio.get_running_loop().run_in_executor(None, hold)
        await asyncio.to_thread(holding.wait, 60)
        second = asyncio.get_running_loop().run_in_executor(None, quick.append_now, [make_event(2)])
        await asyncio.sleep(0.2)
        assert not second.done()
        assert read_all(log_engine) == []
        release.set()
        return await first, await second

    below, above = asyncio.run(race())
    assert below < above
    assert slow.append_now([make_event(3)]) > above
