"""What live segments cost a tick: CPU per event with 200,000 people and 20 conditions, by kind of stream; and with 1,000,000
people and 100 conditions of many kinds.

Run: ``python bench/segments_fold.py [--profile]``. ``--large`` runs the last of them alone.
Rows go to ``bench/results/segments_fold.json``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from bench.row import Row, calibrate, write
from relance.events.model import Batch, Event
from relance.infra.database import STATE
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
    live = Live(0, lambda *_: [])
    with engine.begin() as connection:
        STATE.create_all(
            connection, [store.SEGMENTS, store.SEGMENT_VERSIONS, store.MEMBERSHIP_CHANGES, store.MEMBERSHIP_SNAPSHOTS]
        )
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
        told = behaviour(EVENTS_OF_A_SHOP[number % 20], ">=", number % 4 + 2, lasts[number % 5])
        if number % 2:
            rules.append({**told, "aggregate": "sum", "property": "price", "value": 40 * (number % 5 + 1)})
        elif number % 6:
            rules.append({**told, "aggregate": "days"})
        else:
            rules.append({**told, "aggregate": "distinct", "property": "cart_id"})
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


def warm(live: Live, chance: random.Random, load: Load) -> None:
    """A month of events, so that what follows meets people who have a past."""
    for part in range(load.warm):
        span = MONTH // load.warm
        batch, now = tick_batch(chance, part, START - MONTH + (part + 1) * span, span, load=load)
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


def fold_row(name: str, rules: list[Any], profiler: cProfile.Profile | None, ticks: int = 60, load: Load = SMALL) -> Row:
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
    note = f"worst {steady[-1] * 1000:.1f} ms, {changes / ticks:.0f} changes a tick, {live.nbytes / load.people:.0f} B a person"
    note += f", {EVENTS / median * 1000:,.0f} events/s"
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


def _all_rows(profiler: cProfile.Profile | None) -> list[Row]:
    return [
        fold_row("fold, 20 conditions, 200,000 people", twenty_rules(predicates=False), profiler),
        fold_row("fold, 20 conditions, 4 of them on properties", twenty_rules(predicates=True), None),
        closing_row(),
    ]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--profile", action="store_true")
    arguments.add_argument("--large", action="store_true", help="only the large one")
    given = arguments.parse_args()
    profiler = cProfile.Profile() if given.profile else None
    large = "fold, 100 conditions of many kinds, 1,000,000 people"
    if given.large:
        rows = [fold_row(large, hundred_rules(), profiler, 30, LARGE)]
    else:
        rows = [*_all_rows(profiler), fold_row(large, hundred_rules(), None, 30, LARGE)]
    for row in rows:
        row.calibration = round(calibrate(), 5)
        print(f"{row.name}: {row.value} {row.unit} (bar {row.bar}; {row.note})")
    write("segments_fold", rows)
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
