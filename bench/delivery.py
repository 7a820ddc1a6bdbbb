"""What sending costs before anything leaves: ``python -m bench.delivery``.

A million people of an audience let into its queue; and deliveries made for such people, claimed, decided with five caps and
their slots reserved, in batches of 1,000. SQLite in a file and a PostgreSQL server of its own; CPU-seconds are those of this
process.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from bench.row import Row, calibrate, write
from relance.accounts.model import App, AppSettings
from relance.channels.model import SendResult
from relance.channels.registry import Channel
from relance.channels.transport import LaneRoom
from relance.events.model import Event, Kind
from relance.infra.database import LOG, STATE, open_engine, reading, writing
from relance.infra.pauses import pause_seldom
from relance.journeys.service import held_runs
from relance.messaging import service as messaging
from relance.messaging.audiences.service import enter
from relance.messaging.claiming import Claiming
from relance.messaging.service import Messages, Preparation
from relance.restraint.service import Caps
from relance.users.service import People
from tests.conftest import declare_tables
from tests.postgres import Server

PEOPLE = 40_000
AUDIENCE = 1_000_000
BATCH = 1_000  # deliveries claimed at once
APP = 1
START = 1_790_000_000_000
DAY = 86_400_000
WRITTEN_BAR, DECIDED_BARS = 50_000, {"SQLite": 10_000, "PostgreSQL": 8_000}
CAPS: tuple[dict[str, Any], ...] = (
    {"name": "Three a week", "most": 3, "rolling": "7d", "kept": {"journey": 1}},
    {"name": "One a day", "most": 1, "calendar": "day", "channels": ["email"]},
    {"name": "Ten a month", "most": 10, "rolling": "30d"},
    {"name": "Offers", "most": 5, "calendar": "week", "topics": ["offers"]},
    {"name": "A gap", "gap": "1h"},
)


def open_log(engine: Engine) -> Engine:
    """The log's store beside a state store: a file of its own on SQLite, the same server on PostgreSQL."""
    log_engine = open_engine(engine.url.render_as_string(hide_password=False).replace("state.db", "log.db"))
    LOG.create_all(log_engine)
    return log_engine


@contextmanager
def stores() -> Iterator[Iterator[tuple[str, Engine]]]:
    """Each database, empty, with its tables."""
    folder, server = Path(tempfile.mkdtemp(prefix="relance-bench-")), Server(durable=True)

    def opened() -> Iterator[tuple[str, Engine]]:
        declare_tables()
        for name, url in (("SQLite", f"sqlite:///{folder}/state.db"), ("PostgreSQL", server.create("bench"))):
            engine = open_engine(url)
            STATE.create_all(engine)
            yield name, engine
            engine.dispose()

    try:
        yield opened()
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


def fill_people(engine: Engine, app: int = APP, count: int = PEOPLE) -> None:
    """Everybody has an e-mail address and agrees to be written to."""
    for first in range(0, count, 10_000):
        events = []
        for person in range(first, min(first + 10_000, count)):
            traits = {
                "email": f"p{person}@example.com",
                "first_name": "Ada",
                "timezone": "Europe/Paris",
                "consent": {"email": True},
            }
            events.append(
                Event(app, Kind.IDENTIFY, "", f"i{person}", f"u{person}", "", START, START, msgspec.json.encode(traits))
            )
        people = People()
        with writing(engine) as connection:
            people.begin(connection, START)
            people.fold(events, people.resolve(events).persons, [False] * len(events))
            people.flush()


def let_enter(engine: Engine) -> int:
    """People of an audience into its queue, a piece at a time, each in a transaction of its own."""
    while enter(engine, room=1 << 40):
        pass
    with reading(engine) as connection:
        return messaging.unfinished(connection, START)


def decide_all(claiming: Claiming) -> int:
    """Claim, decide and reserve until nothing is left."""
    decided = 0
    while heads := claiming.heads(START + DAY):
        for key, queues in claiming.by_provider(heads, {}).items():
            taken = claiming.take(START + DAY, key, queues, BATCH).decided
            claiming.let_go([each.row for each in taken])
            decided += len(taken)
    return decided


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """(how many, CPU-seconds of this process, wall seconds)."""
    began, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, time.process_time() - cpu, time.perf_counter() - began


def row_of(name: str, bar: int, work: Callable[[], int]) -> Row:
    calibration = calibrate()
    done, cpu, wall = timed(work)
    return Row(
        name=name,
        value=round(done / wall),
        unit="rows per second",
        bar=f">= {bar}",
        ratio=round(done / wall / bar, 2),
        cpu_seconds=round(cpu, 3),
        calibration=round(calibration, 5),
        ok=done / wall >= bar,
        note=f"{done:,} rows; {done / cpu:,.0f} per CPU-second of this process",
    )


def rows_of(name: str, engine: Engine) -> Iterator[Row]:
    fill_people(engine)
    message = Messages(engine).create(APP, "Offer", "email", {"subject": "Hi", "text": "Hi"}, START, topic="offers")
    with writing(engine) as connection:
        messaging.enqueue(connection, message, BitMap64(range(1, AUDIENCE + 1)), START)
    yield row_of(f"people of an audience into its queue, {name}", WRITTEN_BAR, lambda: let_enter(engine))
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM queued")
        messaging.enqueue(connection, message, BitMap64(range(1, PEOPLE + 1)), START)
    let_enter(engine)
    for each in CAPS:
        Caps(engine).create(APP, cap_of(each), START)
    app = App(APP, "Shop", "shop", AppSettings(timezone="Europe/Paris"), 0, 1)
    email = Channel("email")
    preparation = Preparation(lambda _: app, held_runs, [email], "https://r.example", b"s" * 32, "shop@example.com")
    claiming = Claiming(engine, {email: Sink()}, preparation, "bench", DAY, 1)
    yield row_of(f"claimed, decided with 5 caps, reserved, {name}", DECIDED_BARS[name], lambda: decide_all(claiming))


class Sink:
    """Nothing is sent here: what is claimed is let go."""

    room = LaneRoom(BATCH, waiting=BATCH)

    async def send(self, *_: Any) -> SendResult:
        raise NotImplementedError

    def paused(self) -> list[dict[str, Any]]:
        return []


def cap_of(given: dict[str, Any]) -> dict[str, Any]:
    none: dict[str, Any] = dict.fromkeys(("most", "rolling", "calendar", "gap"))
    some = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return {**none, "channels": (), "classes": (), "topics": (), "kept": {}, "tiers": (), **some}


def main() -> None:
    pause_seldom()  # as the worker does
    with stores() as opened:
        rows = [row for name, engine in opened for row in rows_of(name, engine)]
    for row in rows:
        print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:,} {row.unit} (bar {row.bar}); {row.note}")
    print(write("delivery", rows))


if __name__ == "__main__":
    main()
