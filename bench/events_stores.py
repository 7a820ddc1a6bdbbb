"""What the stores of ``relance.events`` cost: ``python -m bench.events_stores [log|seen|history]``."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import sqlalchemy as sa

from relance.core.encoding import to_json
from relance.core.time import DAY
from relance.events.model import Batch, Event
from relance.events.past import History, Seen
from relance.events.service import EVENTS, LogWriter, resolved_events
from relance.events.store import SEEN, SeenRow, write_seen
from relance.infra.clock import RealClock
from relance.infra.database import LOG, STATE, open_engine, reading, writing

TICK = 10_000


def make_events(count: int, chance: random.Random) -> list[Event]:
    """Events of a shop, about 450 bytes each."""
    context = to_json(
        {"ip": "203.0.113.9", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "library": {"name": "analytics.js"}}
    ).encode()
    events = []
    for number in range(count):
        body = {"cart_id": f"c{chance.randrange(10**6)}", "value": round(chance.random() * 100, 2), "currency": "EUR"}
        name = chance.choice(("Product Added", "Product Viewed", "Cart Viewed", "Order Completed"))
        key = str(uuid.UUID(int=chance.getrandbits(128)))
        anonymous = str(uuid.UUID(int=chance.getrandbits(128)))
        user = f"u{chance.randrange(200_000)}"
        events.append(Event(1, "track", name, key, user, anonymous, number, number, to_json(body).encode(), context))
    return events


def rss() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


async def _append_many(writer: LogWriter, events: list[Event], size: int, workers: int, each: int) -> None:
    batch = events[:size]

    async def send() -> None:
        for _ in range(each):
            await writer.append(batch)

    await asyncio.gather(*(send() for _ in range(workers)))


def bench_log(folder: Path) -> None:
    events = make_events(100, random.Random(1))
    for size, workers, each in ((1, 256, 300), (1, 32, 500), (1, 1, 500), (100, 64, 100), (100, 16, 200)):
        engine = open_engine(f"sqlite:///{folder}/log{size}-{workers}.db")
        LOG.create_all(engine)
        commits: list[int] = []
        writer = LogWriter(engine, clock=RealClock(), on_commit=commits.append)
        writer.start()
        asyncio.run(_append_many(writer, events, size, 4, 5))
        commits.clear()
        cpu, wall = time.process_time(), time.perf_counter()
        asyncio.run(_append_many(writer, events, size, workers, each))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        writer.stop()
        engine.dispose()
        calls = workers * each
        print(
            f"log: {size:3} events a call, {workers:3} callers: {calls / cpu:9,.0f} calls, "
            f"{calls * size / cpu:9,.0f} events a CPU-second; {calls * size / wall:9,.0f} events a second; "
            f"{calls / len(commits):.1f} calls and {cpu / len(commits) * 1e6:.0f} µs CPU a commit"
        )


def bench_seen(folder: Path) -> None:
    chance = random.Random(2)
    engine = open_engine(f"sqlite:///{folder}/state.db")
    STATE.create_all(engine, tables=[SEEN])
    now = 20_000 * DAY
    before = rss()
    with writing(engine) as connection:
        for tick in range(400):
            blob = chance.randbytes(8 * TICK) + chance.randbytes(4 * TICK)
            write_seen(connection, 0, SeenRow(tick, now - 6 * DAY + tick * 6 * DAY // 400, blob))
    seen = Seen(0)
    cpu = time.process_time()
    with reading(engine) as connection:
        seen.load(connection, now)
    print(f"seen: load {len(seen):,} ids {(time.process_time() - cpu) * 1e3:.0f} ms CPU, {(rss() - before):.0f} MB more")
    costs = []
    for tick in range(400, 440):
        events = make_events(TICK, chance)
        with writing(engine) as connection:
            cpu = time.process_time()
            seen.admit(events, now)
            seen.flush(connection, tick, now)
            costs.append((time.process_time() - cpu) * 1e3)
    costs.sort()
    print(f"seen: admit and flush {TICK:,} new ids with {len(seen):,} kept: median {costs[20]:.1f} ms, max {costs[-1]:.1f} ms")
    engine.dispose()


def bench_history(folder: Path, ticks: int = 100) -> None:
    chance = random.Random(3)
    start = rss()
    history = History(folder / "history.duckdb")
    print(f"history: open {rss() - start:.0f} MB more")
    pool = [make_events(TICK, chance) for _ in range(5)]
    persons = [chance.randrange(1, 200_000) for _ in range(TICK)]
    start, costs, total = rss(), [], time.process_time()
    for tick in range(ticks):
        batch = Batch(pool[tick % 5], persons, [False] * TICK, tick * TICK + 1)
        wall = time.perf_counter()
        history.append(0, batch)
        costs.append((time.perf_counter() - wall) * 1e3)
    total = (time.process_time() - total) / ticks / TICK * 1e6
    costs.sort()
    print(
        f"history: {total:.2f} µs CPU an event; a tick's wall: median {costs[ticks // 2]:.0f}, max {costs[-1]:.0f} ms; "
        f"{rss() - start:.0f} MB more"
    )
    small = []
    for n in range(100):
        wall = time.perf_counter()
        history.append(0, Batch(pool[0][:1], persons[:1], [False], ticks * TICK + 1 + n))
        small.append((time.perf_counter() - wall) * 1e3)
    print(f"history: one event: median {sorted(small)[50]:.2f} ms")
    resolved = resolved_events(EVENTS.c.app_id == 1, EVENTS.c.event == "Order Completed", columns=("person_id",))
    per_person = sa.select(resolved.c.person_id).group_by(resolved.c.person_id).having(sa.func.count() > 3)
    calls: dict[str, Callable[[], object]] = {
        "timeline": lambda: history.timeline(1, [persons[0]]),
        "events": lambda: history.events(1, name="Cart Viewed"),
        "names": lambda: history.names(1),
        "known(100)": lambda: history.known(1, range(100)),
        "rewind of nothing": lambda: history.rewind(0, 10**12),
        "3 orders each": lambda: history.run(per_person),
    }
    for name, call in calls.items():
        wall = time.perf_counter()
        call()
        print(f"history: {name} {(time.perf_counter() - wall) * 1e3:.1f} ms")
    print(f"history: {history.stats()}, {rss() - start:.0f} MB more")
    history.rest()
    print(f"history: {history.stats()}, {rss() - start:.0f} MB more")
    history.close()


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["log", "seen", "history"]
    with tempfile.TemporaryDirectory() as name:
        for each in chosen:
            {"log": bench_log, "seen": bench_seen, "history": bench_history}[each](Path(name))
