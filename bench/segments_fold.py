"""What live segments cost a tick: CPU per event with 200,000 people and 20 conditions, by kind of stream; and with 1,000,000
people and 100 conditions of many kinds, all that a tick writes for them included, beside DuckDB asked the same as SQL.

Run: ``python -m bench.segments_fold [--profile]``. ``--large`` runs the large ones alone.
Rows go to ``bench/results/segments_fold.json``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from bench.row import Row, calibrate, write
from bench.segments_rival import Rival
from relance.events.model import Batch, Event
from relance.events.service import NO_COLUMNS
from relance.events.store import OUTBOX, put_outbox
from relance.infra.database import STATE
from relance.pipeline.change_events import membership_events
from relance.segments import store
from relance.segments.live.engine import Live
from relance.segments.rule.tree import parse_rule

APP = 1
PEOPLE = 200_000
EVENTS = 10_000
TICK_MS = 400  # 25,000 events a second
START = 1_750_000_000_000
NAMES = ["Product Viewed", "Product Added", "Order Completed", "Session Started", "Message Opened", "Searched", "Page"]
WEIGHTS = [40, 10, 5, 10, 5, 10, 20]
EVENTS_OF_A_SHOP = [*NAMES, *(f"Step {number}" for number in range(len(NAMES), 20))]
CLOSING = 200_000
WARM = 200  # parts of the month before, of 10,000 events each
MONTH = 30 * 86_400_000


class NoPast:
    """A history in which nothing happened."""

    columns = NO_COLUMNS

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return [(None,)] if "max" in select.selected_columns.keys()[0] else []

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        return [np.empty(0, np.int64) for _ in select.selected_columns]


def behaviour(event: str, compare: str, value: int, last: str | None, *where: dict[str, Any]) -> dict[str, Any]:
    window = {"last": last} if last else None
    return {"kind": "behaviour", "event": event, "compare": compare, "value": value, "window": window, "where": list(where)}


def twenty_rules(*, predicates: bool) -> list[Any]:
    """20 distinct conditions in 20 segments, four of which join two."""
    where = ({"property": "price", "is": ">", "value": 50},) if predicates else ()
    leaves = [
        behaviour(NAMES[number % 6], compare, value, last, *(where if number % 5 == 0 else ()))
        for number, (compare, value, last) in enumerate(
            (compare, value, last)
            for compare, value in ((">=", 1), (">=", 3), ("=", 2), ("<=", 5))
            for last in ("1h", "1d", "7d", "30d", None)
        )
    ]
    return [{"all": [leaf, {"not": leaves[(place + 7) % 20]}]} if place % 5 == 0 else leaf for place, leaf in enumerate(leaves)]


def open_live(rules: list[Any]) -> Live:
    engine = sa.create_engine("sqlite://")
    live = Live(0, lambda *_: [])
    with engine.begin() as connection:
        STATE.create_all(connection, store.TABLES)
        for place, rule in enumerate(rules):
            store.insert_segment(connection, APP, f"s{place}", parse_rule(rule), START, "bench")
        live.load(connection, NoPast(), START - 2 * MONTH)
    return live


def hundred_rules() -> list[Any]:
    """100 conditions on 20 events: counts, a quarter of them with a predicate, sums, days, values and keyed sequences."""
    where = {"property": "price", "is": ">", "value": 50}
    lasts = ("1h", "6h", "1d", "7d", "30d")
    rules: list[Any] = []
    for number in range(60):
        tests = (where,) if number % 4 == 0 else ()
        rules.append(behaviour(EVENTS_OF_A_SHOP[number % 20], ">=", number % 5 + 1, lasts[number % 5 - number // 20], *tests))
    for number in range(30):
        condition = behaviour(EVENTS_OF_A_SHOP[number % 20], ">=", number % 4 + 2, lasts[number % 5])
        if number % 2:
            rules.append({**condition, "aggregate": "sum", "property": "price", "value": 40 * (number % 5 + 1)})
        elif number % 6:
            rules.append({**condition, "aggregate": "days"})
        else:
            rules.append({**condition, "aggregate": "distinct", "property": "cart_id"})
    for number in range(10):
        steps = {"first": {"event": EVENTS_OF_A_SHOP[number]}, "then": {"event": EVENTS_OF_A_SHOP[number + 10]}}
        absent = number % 2 == 0
        rules.append({"kind": "sequence", **steps, "within": "1h", "absent": absent, "on": "cart_id", "window": {"last": "1d"}})
    return rules


class Load(NamedTuple):
    """Who does what in a bench."""

    people: int
    names: Sequence[str]
    weights: Sequence[int]
    warm: int  # parts of the month before, of 10,000 events each


SMALL = Load(PEOPLE, NAMES, WEIGHTS, WARM)
LARGE = Load(1_000_000, EVENTS_OF_A_SHOP, [1] * 20, 25)


def _past(chance: random.Random, load: Load) -> Iterator[tuple[Batch, int]]:
    span = MONTH // load.warm
    for part in range(load.warm):
        yield tick_batch(chance, part, START - MONTH + (part + 1) * span, span, load=load)


def warm(live: Live, chance: random.Random, load: Load) -> None:
    """A month of events, so that what follows meets people who have a past."""
    for batch, now in _past(chance, load):
        live.fold(batch, {}, now)
        live.expire(now)


def tick_batch(
    chance: random.Random, tick: int, now: int, span: int = TICK_MS, late_share: float = 0.05, load: Load = SMALL
) -> tuple[Batch, int]:
    events, persons = [], []
    names = chance.choices(load.names, load.weights, k=EVENTS)
    for index in range(EVENTS):
        person = int(load.people * chance.random() ** 2) + 1  # some are far more active than others
        occurred_at = now - span + (index + 1) * span // EVENTS
        if chance.random() < late_share:
            occurred_at -= chance.randrange(30_000)
        body = b'{"price":%d,"cart_id":"c%d"}' % (chance.randrange(100), chance.randrange(5))
        events.append(Event(APP, "track", names[index], f"{tick}-{index}", "", "", occurred_at, now, body))
        persons.append(person)
    return Batch(events, persons, [False] * EVENTS, tick * EVENTS + 1), now


class Desk:
    """A database on disk to commit ticks to, as the worker does: who entered and left as events, and the membership."""

    def __init__(self, folder: Path) -> None:
        self.engine = sa.create_engine(f"sqlite:///{folder / 'state.db'}")
        with self.engine.begin() as connection:
            tables = [store.MEMBERSHIP_CHANGES, store.MEMBERSHIP_SNAPSHOTS, store.SEGMENT_UPTAKES, OUTBOX]
            STATE.create_all(connection, tables)
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")

    def settle(self, live: Live, batch: Batch | None, tick: int, now: int) -> int:
        """One tick; returns how many changes it made."""
        with self.engine.begin() as connection:
            moved = [] if batch is None else [live.fold(batch, {}, now)]
            moved = [each for each in (*moved, live.expire(now)) if each]
            put_outbox(connection, 0, [membership_events(each) for each in moved], now)
            live.flush(connection, tick, now)
        return sum(map(len, moved))


def fold_row(name: str, rules: list[Any], profiler: cProfile.Profile | None, ticks: int = 60, load: Load = SMALL) -> Row:
    """The median tick without a commit."""
    live, chance = open_live(rules), random.Random(7)
    warm(live, chance, load)
    spent: list[float] = []
    calibrations: list[float] = []
    changes = 0
    for tick in range(1, ticks + 1):
        batch, now = tick_batch(chance, tick, START + tick * TICK_MS, load=load)
        if profiler is not None and tick > ticks // 3:
            profiler.enable()
        calibrations.append(calibrate())
        began = time.thread_time()
        changes += len(live.fold(batch, {}, now)) + len(live.expire(now))
        spent.append(time.thread_time() - began)
        if profiler is not None:
            profiler.disable()
    steady = sorted(spent[ticks // 3 :])
    median = steady[len(steady) // 2] * 1000
    note = f"worst {steady[-1] * 1000:.1f} ms, {changes / ticks:.0f} changes a tick, {EVENTS / median * 1000:,.0f} events/s"
    quiet = sorted(ms * 1000 / pace * min(calibrations) for ms, pace in zip(spent, calibrations, strict=True))[ticks // 2]
    note += f"; {quiet:.1f} ms at the pace of the best calibration seen ({min(calibrations):.4f} s)"
    return Row(name=name, value=round(median, 2), unit="ms CPU per 10,000 events", bar="<= 25", ok=median <= 25, note=note)


def committed_rows(ticks: int = 300, load: Load = LARGE) -> list[Row]:
    """Whole ticks on 100 conditions: events a second, the 99th percentile, the rival, and what a person costs in memory."""
    live, chance = open_live(hundred_rules()), random.Random(7)
    warm(live, chance, load)
    rival = Rival(hundred_rules(), [batch for batch, _ in _past(random.Random(7), load)])
    spent: list[float] = []
    passed: list[Batch] = []  # that the rival does not hold yet
    changes = 0
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for tick in range(1, ticks + 1):
            batch, now = tick_batch(chance, tick, START + tick * TICK_MS, load=load)
            began = time.thread_time()
            changes += desk.settle(live, batch, tick, now)
            spent.append(time.thread_time() - began)
            passed.append(batch)
            if tick in (ticks // 4, ticks // 2, ticks * 3 // 4):  # the median tick is in the middle
                rival.catch_up(passed[:-1])
                rival.settle(batch, now)
                passed.clear()
    spent.sort()
    median, p99 = spent[ticks // 2], spent[-(-ticks * 99 // 100) - 1]
    asked = f"DuckDB, {Rival.ASKED} of 100 conditions asked, times {100 // Rival.ASKED}"
    note = f"{changes / ticks:.0f} changes a tick, {changes / sum(spent):,.0f} changes/s, of one core's time"
    name = "whole ticks, 100 conditions, 1,000,000 people: "
    rows = [
        Row(name=name + "folded, committed, told", value=round(EVENTS / median), unit="events/s", bar=">= 400,000",
            ok=EVENTS / median >= 400_000, note=note),
        Row(name=name + "99th percentile", value=round(p99 * 1000, 1), unit="ms", bar="<= 60", ok=p99 <= 0.06,
            note=f"of {ticks} ticks; the worst {spent[-1] * 1000:.1f} ms"),
        Row(name=name + "beside SQL", value=round(median * 1000, 1), unit="ms a tick", bar="<= rival / 15", rival=asked,
            rival_value=round(rival.median * 1000, 1), ratio=round(rival.median / median, 1), ok=rival.median >= 15 * median),
    ]  # fmt: skip
    return rows + _memory_rows(live, START + ticks * TICK_MS)


def _memory_rows(live: Live, now: int) -> list[Row]:
    """Bytes a person while windows are open, and when all are closed."""
    (shard,) = live._shards.values()
    known = len(shard.known.where_true())
    active = np.unique(np.concatenate([source.people() for source in shard.sources.values()])).size
    while_open = live.nbytes / active
    live.expire(now + 2 * MONTH)
    for sweep in shard.sweeps():
        sweep()
    closed = live.nbytes / known
    return [
        Row(name="memory, a person with an open window", value=round(while_open), unit="bytes", bar="<= 1000",
            ok=while_open <= 1000, note=f"{active:,} of {known:,} people; the pages of the others are in it"),
        Row(name="memory, a person when all windows are closed", value=round(closed), unit="bytes", bar="<= 64", ok=closed <= 64),
    ]  # fmt: skip


def history_row() -> Row:
    """Ten times as many events, nine tenths of them older than every window, by the same people."""
    medians = []
    for older in (0, 9 * SMALL.warm):
        live, chance = open_live(twenty_rules(predicates=False)), random.Random(7)
        for part in range(older):
            now = START - 3 * MONTH + (part + 1) * MONTH // older
            live.fold(tick_batch(chance, part, now, MONTH // older)[0], {}, now)
            live.expire(now)
        warm(live, chance, SMALL)
        spent = []
        for tick in range(1, 31):
            batch, now = tick_batch(chance, tick, START + tick * TICK_MS)
            began = time.thread_time()
            live.fold(batch, {}, now)
            live.expire(now)
            spent.append(time.thread_time() - began)
        medians.append(sorted(spent)[15])
    ratio = medians[1] / medians[0]
    note = f"{medians[0] * 1000:.1f} ms and {medians[1] * 1000:.1f} ms CPU a tick, 20 conditions, 200,000 people"
    return Row(name="ten times the history", value=round(ratio, 2), unit="x the cost", bar="<= 1.1", ok=ratio <= 1.1, note=note)


def closing_rows() -> list[Row]:
    """All windows close in the same second; everybody's leaving is told and committed."""
    live = open_live([behaviour(NAMES[0], ">=", 1, "1h")])
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for first in range(0, CLOSING, EVENTS):
            instants = [START + 1 + (first + place) % 1000 for place in range(EVENTS)]
            events = [Event(APP, "track", NAMES[0], "", "", "", instant, START + 1000) for instant in instants]
            batch = Batch(events, list(range(first + 1, first + EVENTS + 1)), [False] * EVENTS, first)
            desk.settle(live, batch, first // EVENTS, START + 1000)
        began, clock = time.thread_time(), time.perf_counter()
        gone = desk.settle(live, None, CLOSING, START + 1000 + 3_600_000)
        spent, waited = time.thread_time() - began, time.perf_counter() - clock
    assert gone == CLOSING
    rate = gone / spent
    return [
        Row(
            name="200,000 windows closing in one second",
            value=round(spent, 2),
            unit="s CPU, committed",
            bar="<= 2",
            ok=spent <= 2,
            note=f"{waited:.2f} s by the clock",
        ),
        Row(
            name="membership changes, committed and told",
            value=round(rate),
            unit="changes/s",
            bar=">= 150,000",
            ok=rate >= 150_000,
        ),
    ]


def _all_rows(profiler: cProfile.Profile | None) -> list[Row]:
    return [
        fold_row("fold, 20 conditions, 200,000 people", twenty_rules(predicates=False), profiler),
        fold_row("fold, 20 conditions, 4 of them on properties", twenty_rules(predicates=True), None),
        *closing_rows(),
        history_row(),
    ]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--profile", action="store_true")
    arguments.add_argument("--large", action="store_true", help="only the large one")
    given = arguments.parse_args()
    profiler = cProfile.Profile() if given.profile else None
    large = "fold, 100 conditions of many kinds, 1,000,000 people"
    rows = [] if given.large else _all_rows(profiler)
    rows += [fold_row(large, hundred_rules(), profiler if given.large else None, 30, LARGE), *committed_rows()]
    for row in rows:
        row.calibration = round(calibrate(), 5)
        print(f"{row.name}: {row.value} {row.unit} (bar {row.bar}; {row.note})")
    write("segments_fold", rows)
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
