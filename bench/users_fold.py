"""What identity and profiles cost a tick: µs of CPU per event, by stage, with 200,000 known people.

Run: ``python bench/users_fold.py [--url URL] [--profile]``. Each tick holds 10,000 events of about 8,000 people: 90 %
track with a small context, 8 % page with a browser's, 2 % identify, and 2 % people nobody has seen.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import STATE, open_engine, writing
from relance.users.service import People

KNOWN = 200_000
EVENTS = 10_000
QUIET_MS = 20.0  # the calibration loop on an idle machine of the kind the bars were set on
START = 1_750_000_000_000
LIBRARY = msgspec.json.encode({"library": {"name": "analytics-python", "version": "2.4"}})


def browser(chance: random.Random, path: int) -> bytes:
    page = {"path": f"/product/{path}", "url": f"https://shop.example/product/{path}", "title": f"Product {path}"}
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
    zone = chance.choice(["Europe/Paris", "America/New_York", "Asia/Tokyo"])
    return msgspec.json.encode({"page": page, "userAgent": agent, "locale": "fr-FR", "timezone": zone})


def known_people() -> list[Event]:
    events = []
    for person in range(KNOWN):
        traits = {"email": f"person{person}@example.com", "plan": "free", "age": person % 80}
        body = msgspec.json.encode(traits)
        events.append(Event(1, "identify", "", f"i{person}", f"user-{person}", f"anon-{person}", START, START, body, LIBRARY))
    return events


def tick_events(chance: random.Random, tick: int) -> list[Event]:
    now = START + tick * 60_000
    events = []
    for index in range(EVENTS):
        kind = chance.choices(["track", "page", "identify"], [90, 8, 2])[0]
        person = chance.randrange(KNOWN) if chance.random() > 0.02 else KNOWN + tick * EVENTS + index
        user = f"user-{person}" if kind == "identify" or chance.random() < 0.5 else ""
        body, context = b'{"cart_id":"c1","price":12.5}', LIBRARY
        if kind == "page":
            context = browser(chance, chance.randrange(100_000))
        if kind == "identify":
            body = msgspec.json.encode({"email": f"person{person}@example.com", "visits": tick})
        events.append(
            Event(1, kind, "Viewed", f"{tick}-{index}", user, f"anon-{person}", now + index, now + index, body, context)
        )
    return events


def calibrate() -> float:
    """ms for a fixed loop: compare it between runs before comparing anything else."""
    begun = time.thread_time()
    found: dict[str, int] = {}
    for number in range(200_000):
        found[str(number & 1023)] = number
    return (time.thread_time() - begun) * 1000


def run_tick(engine: Engine, people: People, events: list[Event], now: int) -> dict[str, float]:
    late = [False] * len(events)
    marks = []
    with writing(engine) as connection:
        people.begin(connection, now)
        marks.append(time.thread_time())
        resolution = people.resolve(events)
        marks.append(time.thread_time())
        people.fold(events, resolution.persons, late)
        marks.append(time.thread_time())
        people.flush()
        marks.append(time.thread_time())
    return {
        stage: (marks[place + 1] - marks[place]) * 1e6 / len(events) for place, stage in enumerate(("resolve", "fold", "flush"))
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", default="")
    arguments.add_argument("--ticks", type=int, default=12)
    arguments.add_argument("--cache", type=int, default=200_000)
    arguments.add_argument("--pragma", default="")
    arguments.add_argument("--scaled", action="store_true", help="as if the calibration loop took its best time")
    arguments.add_argument("--profile", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(given.url or f"sqlite:///{Path(folder)}/state.db")
        if given.pragma:

            @sa.event.listens_for(engine, "connect")
            def on_connect(raw: Any, _record: Any) -> None:
                raw.execute(f"PRAGMA {given.pragma}")

        STATE.create_all(engine)
        people, chance = People(cache=given.cache), random.Random(7)
        loading = known_people()
        begun = time.thread_time()
        for place in range(0, KNOWN, EVENTS):
            run_tick(engine, people, loading[place : place + EVENTS], START)
        print(f"load {(time.thread_time() - begun) * 1e6 / KNOWN:.1f} µs an identify of a new person")
        del loading
        ticks = [tick_events(chance, tick) for tick in range(1, given.ticks + 1)]
        profiler = cProfile.Profile()
        rows = []
        calibration: list[float] = []
        for place, events in enumerate(ticks):
            if given.profile and place >= given.ticks // 2:
                profiler.enable()
            calibration.append(calibrate())
            row = run_tick(engine, people, events, START)
            around = (calibration[-1] + calibrate()) / 2
            rows.append({stage: value * QUIET_MS / around for stage, value in row.items()} if given.scaled else row)
            profiler.disable()
        rows = rows[given.ticks // 2 :]
        medians = {stage: statistics.median(row[stage] for row in rows) for stage in rows[0]}
        print("calibration ms", [round(value) for value in calibration])
        print({stage: round(value, 2) for stage, value in medians.items()}, "sum", round(sum(medians.values()), 2), "µs/event")
        if given.profile:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(22)
        engine.dispose()


if __name__ == "__main__":
    main()
