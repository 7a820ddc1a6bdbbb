"""Who waits for whom while much is being sent: ``python -m bench.fairness``.

A message by call while many people of another app are written to as fast as it goes; and two providers beside a third that
answers nothing. Everything but the network: a dispatcher, a SQLite file or a PostgreSQL server, and a transport that answers at
once.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from bench.delivery import PEOPLE, START, fill_people, open_log, stores
from bench.row import Row, calibrate, write
from relance.accounts.model import App, AppSettings
from relance.channels.model import SendResult, SendState
from relance.channels.registry import Channel
from relance.channels.transport import LaneRoom, SendAddress
from relance.infra.database import writing
from relance.infra.pauses import pause_seldom
from relance.journeys.service import held_runs
from relance.messaging import service as messaging
from relance.messaging.service import Dispatcher, Messages, Preparation

CALLER, CROWD, SILENT = 1, 2, 3  # apps
CALLS = 200
EVERY = 0.05  # seconds
LASTS = 10.0  # seconds of sending beside one that is silent, or not
EMAIL = Channel("email")
P99_BAR, MORE_BAR, LOSS_BAR = 150.0, 1.5, 5.0


class Loopback:
    """Takes everything at once, but for the app that never gets an answer; notes when it was given what."""

    room = LaneRoom(64, waiting=192)

    def __init__(self, silent: int = 0) -> None:
        self.given: dict[str, float] = {}
        self.by_app: Counter[int] = Counter()
        self._silent = silent

    async def send(self, rendered: Any, destination: SendAddress, _now: int, begin: Any) -> SendResult:
        await begin()
        if destination.app_id == self._silent:
            await asyncio.sleep(3_600)
        self.by_app[destination.app_id] += 1
        if destination.app_id == CALLER:
            self.given[rendered.subject] = time.monotonic()
        return SendResult(SendState.SENT)

    def paused(self) -> list[dict[str, Any]]:
        return []


class Own:
    """Each app has a provider of its own."""

    def look(self, connection: Any) -> None: ...

    def active(self, *_: Any) -> None: ...

    def has_own(self, *_: Any) -> bool:
        return True

    def pace(self, *_: Any) -> int:
        return 0

    def least_pace(self, *_: Any) -> int:
        return 0

    def versions(self, *_: Any) -> frozenset[tuple[int, int]]:
        return frozenset()


class Clock:
    def now(self) -> int:
        return START


def dispatcher(engine: Engine, transport: Loopback, own: Own | None = None) -> Dispatcher:
    def app_of(number: int) -> App:
        return App(number, "Shop", "shop", AppSettings(timezone="Europe/Paris"), 0, 1)

    preparation = Preparation(app_of, held_runs, [EMAIL], "https://r.example", b"s" * 32, "shop@example.com", providers=own)
    return Dispatcher(engine, open_log(engine), Clock(), {EMAIL: transport}, preparation, lambda: None)


def message_of(engine: Engine, app: int) -> Any:
    content = {"subject": "{{ event.number | default: 'News' }}", "text": "Hi"}
    return Messages(engine).create(
        app, "Code", "email", content, START, message_class="transactional" if app == CALLER else "marketing"
    )


def enqueue(engine: Engine, app: int, crowd: int) -> None:
    message = message_of(engine, app)
    with writing(engine) as connection:
        messaging.enqueue(connection, message, BitMap64(range(1, crowd + 1)), START)


def clear(engine: Engine) -> None:
    """Nothing of an earlier run waits."""
    with writing(engine) as connection:
        for table in ("queued", "send_queues", "audiences", "deliveries"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


async def sent_beside(engine: Engine, *, silent: int) -> int:
    """How many messages of two apps leave while a third one's provider answers, or is silent."""
    clear(engine)
    transport = Loopback(silent)
    sender = dispatcher(engine, transport, Own())
    for app in (CALLER, CROWD, SILENT):
        enqueue(engine, app, PEOPLE)
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(LASTS)
    sent = transport.by_app[CALLER] + transport.by_app[CROWD]
    running.cancel()
    return sent


async def call_latencies(engine: Engine, *, crowd: int) -> list[float]:
    """Milliseconds from a call to its provider, ``crowd`` people being written to meanwhile."""
    transport = Loopback()
    sender = dispatcher(engine, transport)
    code = message_of(engine, CALLER)
    if crowd:
        enqueue(engine, CROWD, crowd)
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(1)
    called: dict[str, float] = {}

    def call(number: int) -> None:
        body = b'{"number": "%d"}' % number
        Messages(engine).send(CALLER, code.id, number % PEOPLE + 1, START, event_body=body)

    for number in range(CALLS):
        called[str(number)] = time.monotonic()
        await asyncio.to_thread(call, number)
        sender.wake()
        await asyncio.sleep(EVERY)
    while len(transport.given) < CALLS:
        await asyncio.sleep(0.05)
    sender.stop()
    await running
    return sorted(1_000 * (transport.given[each] - called[each]) for each in called)


def rows_of(name: str, engine: Engine) -> Iterator[Row]:
    for app in (CALLER, CROWD, SILENT):
        fill_people(engine, app)
    calibration = calibrate()
    alone = asyncio.run(call_latencies(engine, crowd=0))
    beside = asyncio.run(call_latencies(engine, crowd=PEOPLE))
    p99, p99_alone = beside[int(len(beside) * 0.99) - 1], alone[int(len(alone) * 0.99) - 1]
    yield Row(
        name=f"call to provider beside a crowd, p99, {name}",
        value=round(p99, 1),
        unit="ms",
        bar=f"<= {P99_BAR:.0f}, and <= {MORE_BAR} x or + 30 ms of the same alone",
        ratio=round(p99 / p99_alone, 2),
        cpu_seconds=0.0,
        calibration=round(calibration, 5),
        ok=p99 <= P99_BAR and (p99 <= MORE_BAR * p99_alone or p99 <= p99_alone + 30),
        note=f"alone p99 {p99_alone:.1f}, median {statistics.median(alone):.1f}; beside, median {statistics.median(beside):.1f}",
    )
    order = (0, SILENT, SILENT, 0)  # whatever else the machine does falls on both
    runs = [(silent, asyncio.run(sent_beside(engine, silent=silent))) for silent in order]
    both, beside_silent = (sum(sent for each, sent in runs if each == silent) for silent in (0, SILENT))
    loss = 100 * (1 - beside_silent / both)
    yield Row(
        name=f"sent by two providers beside a silent third, {name}",
        value=round(loss, 1),
        unit="% fewer than beside one that answers",
        bar=f"<= {LOSS_BAR:.0f}",
        ratio=round(beside_silent / both, 3),
        cpu_seconds=0.0,
        calibration=round(calibration, 5),
        ok=loss <= LOSS_BAR,
        note=f"{both:,} and {beside_silent:,} in {2 * LASTS:.0f} s",
    )


def main() -> None:
    pause_seldom()  # as the worker does
    with stores() as opened:
        rows = [row for name, engine in opened for row in rows_of(name, engine)]
    for row in rows:
        print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:,} {row.unit} (bar {row.bar}); {row.note}")
    print(write("fairness", rows))


if __name__ == "__main__":
    main()
