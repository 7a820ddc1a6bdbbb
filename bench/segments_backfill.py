"""How long a new segment takes to be live over a long history while events keep coming, and how late these are meanwhile; and
how long the count of a rule takes whose conditions are live already.

Run: ``python -m bench.segments_backfill [--people N] [--events N] [--history FILE]``; ``make bench-segments`` runs it with
1,000,000 people and 50,000,000 events over 90 days. A file that is given is written to. Rows go to
``bench/results/segments_backfill.json``.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.row import Row, calibrate, write
from bench.segments_preview import APP, NOW, RULES, fill
from relance.events.model import Batch, Event
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.infra.pauses import pause_seldom
from relance.segments import store
from relance.segments.live.fill.backfill import Backfill
from relance.segments.membership import Live
from relance.segments.rule.tree import parse_rule

RATE = 5_000  # events a second
PAUSE = 0.1  # seconds between ticks
BAR, LATE_BAR, COUNT_BAR = 30.0, 2.0, 10.0
COUNTS = 200
NAMES = ["Product Viewed", "Product Added", "Order Completed", "Search", *(f"Event {number}" for number in range(12)), "Event 15"]
KINDS = ("count", "predicate", "sum", "distinct", "days", "sequence", "lifecycle")
MEMORY_MB = 512


class Shop:
    """An app with live segments: ticks settle what came, as many events a second as real time lets come."""

    def __init__(self, history: History, state: Engine, people: int, position: int) -> None:
        self.history = history
        self.state = state
        self.people = people
        self.position = position
        self.chance = random.Random(7)
        self.now = NOW
        self.ticks = 0
        self.lags: list[float] = []
        self.ids: dict[str, int] = {}  # kind → segment
        self.live = Live(0, lambda *_: iter(()))
        with reading(state) as connection:
            self.live.load(connection, history, self.now)
        self._began = time.monotonic()
        self._came = 0

    def start_stream(self) -> None:
        self._began, self._came, self.lags = time.monotonic(), 0, []

    def tick(self) -> None:
        """Settle what has come; how late the oldest and each of the others is counts once it is committed."""
        elapsed = time.monotonic() - self._began
        due = int(elapsed * RATE)
        came = [self._began + number / RATE for number in range(self._came, due)]
        self.now = max(self.now, NOW + int(elapsed * 1000))
        events: list[Event] = []
        persons: list[int] = []
        for name in self.chance.choices(NAMES, k=due - self._came):
            body = b'{"price":%d,"cart_id":"c%d","category":"k%d"}' % tuple(map(self.chance.randrange, (100, 5, 7)))
            events.append(Event(APP, "track", name, f"n{self.position + len(events)}", "", "", self.now, self.now, body))
            persons.append(1 + int(self.people * self.chance.random() ** 2))
        self._came = due
        batch = Batch(events, persons, [False] * len(events), self.position + 1)
        self.ticks += 1
        with writing(self.state) as connection:
            if self.live.has_filled:
                self.live.reload(connection, self.history, self.now)
            self.history.append(0, batch)
            self.live.fold(batch, {}, self.now)
            self.live.expire(self.now)
            self.live.flush(connection, self.ticks, self.now)
        self.position += len(events)
        done = time.monotonic()
        self.lags += [done - each for each in came]

    def define(self, name: str, rule: dict[str, Any]) -> int:
        with writing(self.state) as connection:
            made = store.insert_segment(connection, APP, name, parse_rule(rule), self.now, "bench")
            self.live.reload(connection, self.history, self.now)
        return made.id


def drive(shop: Shop, backfill: Backfill) -> None:
    """Fill until a tick has taken it over, as the program does: one that fell behind meanwhile goes on."""
    while not backfill.cancelled:
        for _ in () if backfill.filled else backfill.steps(shop.history, lambda _asked: iter(())):
            pass
        time.sleep(0.001)


def backfill_row(shop: Shop, kind: str) -> Row:
    calibration = calibrate()
    shop.start_stream()
    began, cpu = time.monotonic(), time.process_time()
    segment = shop.ids[kind] = shop.define(f"new: {kind}", RULES[kind])
    defined = time.monotonic() - began
    backfill = shop.live.backfill()
    assert backfill is not None
    filling = threading.Thread(target=drive, args=(shop, backfill))
    filling.start()
    while shop.live.building(APP):
        shop.tick()
        time.sleep(PAUSE)
    seconds, spent = time.monotonic() - began, time.process_time() - cpu
    filling.join()
    late = statistics.quantiles(shop.lags, n=100)[98]
    return Row(
        name=f"backfill: {kind}",
        value=round(seconds, 1),
        unit="s",
        bar=f"<= {BAR:g}, membership p99 <= {LATE_BAR:g} s",
        ok=seconds <= BAR and late <= LATE_BAR,
        cpu_seconds=round(spent, 1),
        calibration=round(calibration, 5),
        note=f"{shop.live.size(APP, segment):,} people; membership p99 {late:.2f} s, worst {max(shop.lags):.2f} s; "
        f"defining it took {defined:.2f} s; {len(shop.lags):,} events came",
    )


def count_row(shop: Shop, kinds: list[str]) -> Row:
    """How many fulfil a tree of conditions that are all live."""
    calibration = calibrate()
    first, *others = (RULES[kind] for kind in kinds)
    rule = parse_rule({"all": [first, {"not": {"all": [*others, {"not": first}]}}, {"any": [first, *others]}]})
    found, taken, cpu = None, [], time.thread_time()
    for _ in range(COUNTS):
        began = time.perf_counter()
        found = shop.live.preview(APP, rule, shop.now)
        taken.append((time.perf_counter() - began) * 1000)
    cpu = (time.thread_time() - cpu) / COUNTS
    median = statistics.median(taken)
    assert found is not None
    assert found.count == len(shop.live.members(APP, shop.ids[kinds[0]]))
    return Row(
        name=f"count of a tree of {len(kinds)} conditions that are live",
        value=round(median, 2),
        unit="ms",
        bar=f"<= {COUNT_BAR:g}",
        ok=median <= COUNT_BAR,
        cpu_seconds=round(cpu, 4),
        calibration=round(calibration, 5),
        note=f"{found.count:,} people; worst {max(taken):.1f} ms of {COUNTS}; of a processor {cpu * 1000:.1f} ms",
    )


def rows_of(path: Path, people: int, events: int, kinds: list[str]) -> Iterator[Row]:
    history = History(path, memory_mb=MEMORY_MB)
    with tempfile.TemporaryDirectory() as folder:
        state = sa.create_engine(f"sqlite:///{folder}/state.db")
        STATE.create_all(state, store.TABLES)
        with writing(state) as connection:
            store.insert_segment(connection, APP, "old", parse_rule(RULES["count"] | {"event": "Event 15"}), NOW, "bench")
        shop = Shop(history, state, people, events)
        for kind in kinds:
            yield backfill_row(shop, kind)
        yield count_row(shop, kinds)
        state.dispose()
    history.close()


def main() -> None:
    """Fill, measure, write ``bench/results/segments_backfill.json``."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--events", type=int, default=50_000_000)
    arguments.add_argument("--history", type=Path)
    arguments.add_argument("--kinds", nargs="*", default=list(KINDS))
    given = arguments.parse_args()
    pause_seldom()  # as the worker does
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = given.history or Path(folder) / "history.duckdb"
        if given.history is None:
            fill(path, given.people, given.events)
        for row in rows_of(path, given.people, given.events, given.kinds):
            rows.append(row)
            print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:g} {row.unit}; {row.note}", flush=True)
    write("segments_backfill", rows)


if __name__ == "__main__":
    main()
