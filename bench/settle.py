"""Log to settled: dedupe, identity, history, people, 20 live conditions, a journey, commit, with 200,000 known people."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

import msgspec
from sqlalchemy.engine import Engine

from bench.row import Row
from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.core.encoding import to_json
from relance.core.time import HOUR
from relance.events.model import Event, Kind
from relance.events.service import LogWriter
from relance.infra.clock import StoryClock
from relance.infra.pauses import pause_seldom
from relance.journeys.service import Journeys
from relance.messaging.service import Messages
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.tick import Tick
from relance.segments.service import Segments

PEOPLE = 200_000
NAMES = ("Product Viewed", "Product Added", "Order Completed", "Search", "Page Viewed", "Wishlist Added")
START = 1_790_000_000_000
BAR = 25_000


class Rig:
    """A worker's parts without its processes, on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        pause_seldom()  # as the worker does
        self.settings = Settings(data=str(folder), clock="story")
        self.clock = StoryClock(folder / "clock", START)
        self.state, self.log = open_stores(self.settings)
        self.app = Accounts(self.state).create_app("Bench", START).app.id
        self.define(self.state, self.app)
        self.writer = LogWriter(self.log, clock=self.clock)
        self.chance = random.Random(7)
        self.number = 0
        self.settled = 0  # events, with those that the program derives
        self.lease = Lease(self.state, folder, 0, 3_600)
        self.parts = PartitionContext.open(self.settings, self.clock, self.state, self.log, 0)
        self.tick = Tick(self.parts, self.lease, self.lease.take())

    def define(self, state: Engine, app: int) -> None:
        """Make the segments and journeys that are settled for."""
        make_definitions(state, app)

    def introduce(self, people: int) -> None:
        """Make everybody known, and settle it."""
        for start in range(0, people, 10_000):
            self.writer.append_now([self._identify(number) for number in range(start, min(people, start + 10_000))])
        self.settle()

    def _identify(self, number: int) -> Event:
        traits = to_json({"email": f"p{number}@example.com", "plan": "pro" if number % 10 == 0 else "free"}).encode()
        return Event(self.app, Kind.IDENTIFY, "", f"i{number}", f"user{number}", f"anon{number}", START, START, traits, b"{}")

    def write(self, events: int, people: int = PEOPLE) -> None:
        """Put events of random people into the log; five in a hundred start a run."""
        made: list[Event] = []
        now = self.clock.now()
        for _ in range(events):
            self.number += 1
            person = (
                int(self.chance.paretovariate(1.2) * 37) % people if self.chance.random() < 0.5 else self.chance.randrange(people)
            )
            draw = self.chance.random()
            name = "Product Added" if draw < 0.05 else NAMES[int(draw * 97) % len(NAMES)]
            if name == "Product Added" and draw >= 0.05:
                name = "Product Viewed"
            body = b'{"sku":"sku-%d","price":%d,"cart_id":"c%d","category":"home"}' % (person % 997, person % 90, self.number)
            self.made(made, name, person, now, body)
        for start in range(0, events, 2_000):
            self.writer.append_now(made[start : start + 2_000])

    def made(self, into: list[Event], name: str, person: int, now: int, body: bytes) -> None:
        into.append(
            Event(
                self.app,
                Kind.TRACK,
                name,
                f"m{self.number}",
                f"user{person}",
                f"anon{person}",
                now - self.number % 900,
                now,
                body,
                b'{"library":{"name":"bench"}}',
            )
        )

    def settle(self) -> dict[str, float]:
        """Run ticks until nothing is left; returns seconds by stage."""
        stages: dict[str, float] = {}
        while True:
            settled = self.tick.run()
            self.settled += settled.events
            for stage, seconds in settled.stages.items():
                stages[stage] = stages.get(stage, 0.0) + seconds
            if not self.tick.waiting():
                return stages

    def close(self) -> None:
        self.parts.history.close()
        self.lease.release()
        self.state.dispose()
        self.log.dispose()


def make_definitions(state: Engine, app: int) -> None:
    """Twenty conditions in ten segments, and a journey that five events in a hundred start."""
    segments = Segments(state)
    for number in range(10):
        first = {
            "kind": "behaviour",
            "event": NAMES[number % 6],
            "aggregate": "count",
            "compare": ">=",
            "value": number % 3 + 1,
            "window": {"last": f"{number + 1}h"},
        }
        second = {**first, "event": NAMES[(number + 2) % 6], "compare": "=", "value": 0, "window": {"last": f"{number + 1}d"}}
        if number % 4 == 0:
            first["where"] = [{"property": "price", "is": ">", "value": 50}]
        segments.create(app, f"Segment {number}", {"any": [first, {"all": [second, first]}]}, START)
    push = Messages(state).create(app, "Push", "web_push", {"title": "Hello", "body": "{{ event.sku }}"}, START)
    journeys = Journeys(state)
    graph = {
        "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
        "exits": [{"event": "Order Completed", "match": "cart_id"}],
        "nodes": [
            {
                "id": "w",
                "kind": "wait_for",
                "event": "Order Completed",
                "match": "cart_id",
                "up_to": "2h",
                "then": "x",
                "else": "p",
            },
            {"id": "p", "kind": "message", "message": push.id, "next": "x"},
            {"id": "x", "kind": "exit"},
        ],
        "start": "w",
    }
    made = journeys.create(app, "Cart", graph, START)
    journeys.publish(app, made.id, START)


def settle_row(events: int = 100_000, people: int = PEOPLE) -> Row:
    """One measurement, with the share of each stage in its note."""
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        rig.introduce(people)
        rig.clock.advance(START + HOUR)
        rig.write(20_000, people)
        rig.settle()
        rig.write(events, people)
        before = rig.settled
        cpu, began = time.process_time(), time.perf_counter()
        stages = rig.settle()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - began
        derived = rig.settled - before - events
        rig.close()
    total = sum(stages.values())
    shares = {name: f"{seconds / total:.0%}" for name, seconds in sorted(stages.items(), key=lambda each: -each[1])}
    rate = events / cpu
    return Row(
        name="log to settled",
        value=round(rate),
        unit="events per CPU-second",
        bar=f">= {BAR}",
        ratio=round(rate / BAR, 2),
        cpu_seconds=round(cpu, 2),
        ok=rate >= BAR,
        note=f"and {derived / events:.2f} derived events for each; {events / wall:.0f}/s by the clock; {shares}",
    )


if __name__ == "__main__":
    print(msgspec.json.format(msgspec.json.encode(settle_row(50_000)), indent=1).decode())
