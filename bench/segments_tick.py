"""The whole tick on the load of 100 mixed conditions: dedupe, identity, history, people, live segments, commit, derived events.

Run: ``python -m bench.segments_tick [people]``. The row goes to ``bench/results/segments_tick.json``.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy.engine import Engine
from typing_extensions import override

from bench.row import Row, calibrate, write
from bench.segments_fold import EVENTS_OF_A_SHOP, hundred_rules
from bench.settle import START, Rig
from relance.events.model import Event
from relance.segments.service import Segments

PEOPLE = 1_000_000
EVENTS = 10_000  # of a tick
TICK_MS = 400
WARM, TICKS = 5, 20
BAR = 50_000


class Mixed(Rig):
    """A rig with a hundred segments and no journey."""

    @override
    def define(self, state: Engine, app: int) -> None:
        segments = Segments(state)
        for number, rule in enumerate(hundred_rules()):
            segments.create(app, f"Segment {number}", rule, START)

    def happen(self, people: int) -> None:
        """Put one tick's events into the log, and move the clock."""
        now = self.clock.now() + TICK_MS
        self.clock.advance(now)
        made: list[Event] = []
        for name in self.chance.choices(EVENTS_OF_A_SHOP, k=EVENTS):
            self.number += 1
            person = int(people * self.chance.random() ** 2)  # some are far more active than others
            body = b'{"price":%d,"cart_id":"c%d"}' % (self.chance.randrange(100), self.chance.randrange(5))
            self.made(made, name, person, now, body)
        for start in range(0, EVENTS, 2_000):
            self.writer.append_now(made[start : start + 2_000])


def tick_row(people: int = PEOPLE) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        rig = Mixed(Path(folder))
        rig.chance = random.Random(7)
        rig.introduce(people)
        spent: list[float] = []
        stages: dict[str, float] = {}
        before = 0
        for tick in range(WARM + TICKS):
            rig.happen(people)
            if tick == WARM:
                stages, before = {}, rig.settled
            began = time.process_time()
            for stage, seconds in rig.settle().items():
                stages[stage] = stages.get(stage, 0.0) + seconds
            spent.append(time.process_time() - began)
        derived = (rig.settled - before) / (TICKS * EVENTS) - 1
        rig.close()
    rate = EVENTS / median(spent[WARM:])
    shares = ", ".join(f"{stage} {seconds / TICKS / EVENTS * 1e6:.1f}" for stage, seconds in sorted(stages.items()))
    return Row(
        name=f"the whole tick, 100 mixed conditions, {people:,} people",
        value=round(rate),
        unit="events per CPU-second",
        bar=f">= {BAR:,}",
        ok=rate >= BAR,
        note=f"{derived:.2f} derived events settled with each; µs an event by stage: {shares}",
    )


def main() -> None:
    row = tick_row(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
    row.calibration = round(calibrate(), 5)
    print(f"{row.name}: {row.value} {row.unit} (bar {row.bar}; {row.note}; calibration {row.calibration})")
    write("segments_tick", [row])


if __name__ == "__main__":
    main()
