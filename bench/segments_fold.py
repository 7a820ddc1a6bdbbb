"""What live segments cost a tick: CPU per event with 200,000 people and 20 conditions, by kind of stream.

Run: ``python bench/segments_fold.py [--profile]``. Rows go to ``bench/results/segments_fold.json``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import time
from typing import Any

import sqlalchemy as sa

from bench.row import Row, calibrate, write
from relance.events.model import Batch, Event
from relance.infra.database import STATE
from relance.segments import store
from relance.segments.live.engine import Live
from relance.segments.rule import parse_rule

APP = 1
PEOPLE = 200_000
EVENTS = 10_000
TICK_MS = 400  # 25,000 events a second
START = 1_750_000_000_000
NAMES = ["Product Viewed", "Product Added", "Order Completed", "Session Started", "Message Opened", "Searched", "Page"]
WEIGHTS = [40, 10, 5, 10, 5, 10, 20]
CLOSING = 200_000
WARM = 200  # parts of the month before, of 10,000 events each
MONTH = 30 * 86_400_000


class NoPast:
    """A history in which nothing happened."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return [(None,)] if "max" in select.selected_columns.keys()[0] else []


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
    live = Live(0, lambda _connection, _app_id: [])
    with engine.begin() as connection:
        STATE.create_all(
            connection, [store.SEGMENTS, store.SEGMENT_VERSIONS, store.MEMBERSHIP_CHANGES, store.MEMBERSHIP_SNAPSHOTS]
        )
        for place, rule in enumerate(rules):
            store.insert_segment(connection, APP, f"s{place}", parse_rule(rule), START, "bench")
        live.load(connection, NoPast(), START - 2 * MONTH)
    return live


def warm(live: Live, chance: random.Random) -> None:
    """A month of events, so that what follows meets people who have a past."""
    for part in range(WARM):
        batch, now = tick_batch(chance, part, START - MONTH + (part + 1) * MONTH // WARM, MONTH // WARM)
        live.fold(batch, {}, now)
        live.expire(now)


def tick_batch(chance: random.Random, tick: int, now: int, span: int = TICK_MS, late_share: float = 0.05) -> tuple[Batch, int]:
    events, persons = [], []
    for index in range(EVENTS):
        person = int(PEOPLE * chance.random() ** 2) + 1  # some are far more active than others
        occurred_at = now - span + (index + 1) * span // EVENTS
        if chance.random() < late_share:
            occurred_at -= chance.randrange(30_000)
        body = b'{"price":%d,"cart_id":"c"}' % chance.randrange(100)
        name = chance.choices(NAMES, WEIGHTS)[0]
        events.append(Event(APP, "track", name, f"{tick}-{index}", "", "", occurred_at, now, body))
        persons.append(person)
    return Batch(events, persons, [False] * EVENTS, tick * EVENTS + 1), now


def fold_row(name: str, rules: list[Any], profiler: cProfile.Profile | None, ticks: int = 60) -> Row:
    live, chance = open_live(rules), random.Random(7)
    warm(live, chance)
    spent: list[float] = []
    calibrations: list[float] = []
    changes = 0
    for tick in range(1, ticks + 1):
        batch, now = tick_batch(chance, tick, START + tick * TICK_MS)
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
    note = f"worst {steady[-1] * 1000:.1f} ms, {changes / ticks:.0f} changes a tick, {live.nbytes / PEOPLE:.0f} B a person"
    quiet = sorted(ms * 1000 / pace * min(calibrations) for ms, pace in zip(spent, calibrations, strict=True))[ticks // 2]
    note += f"; {quiet:.1f} ms at the pace of the best calibration seen ({min(calibrations):.4f} s)"
    return Row(name=name, value=round(median, 2), unit="ms CPU per 10,000 events", bar="<= 25", ok=median <= 25, note=note)


def closing_row() -> Row:
    """All windows close in the same second."""
    live = open_live([behaviour(NAMES[0], ">=", 1, "1h")])
    for first in range(0, CLOSING, EVENTS):
        events = [Event(APP, "track", NAMES[0], "", "", "", START + 1 + (first + i) % 1000, START + 1000) for i in range(EVENTS)]
        live.fold(Batch(events, list(range(first + 1, first + EVENTS + 1)), [False] * EVENTS, first), {}, START + 1000)
    began = time.thread_time()
    gone = len(live.expire(START + 1000 + 3_600_000))
    spent = time.thread_time() - began
    assert gone == CLOSING
    return Row(name="200,000 windows closing in one second", value=round(spent, 2), unit="s CPU", bar="<= 2", ok=spent <= 2)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--profile", action="store_true")
    given = arguments.parse_args()
    profiler = cProfile.Profile() if given.profile else None
    rows = [
        fold_row("fold, 20 conditions, 200,000 people", twenty_rules(predicates=False), profiler),
        fold_row("fold, 20 conditions, 4 of them on properties", twenty_rules(predicates=True), None),
        closing_row(),
    ]
    for row in rows:
        row.calibration = round(calibrate(), 5)
        print(f"{row.name}: {row.value} {row.unit} (bar {row.bar}; {row.note})")
    write("segments_fold", rows)
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
