"""SIGKILL at the worst instant after 1.2 million events (ten minutes of 2,000 a second): how long until segments are live again;
and what snapshots cost meanwhile. The program, over HTTP, with its default settings.

Run: ``python -m bench.segments_restart [--events N] [--port N]``. Rows go to ``bench/results/segments_restart.json``.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.program import bare
from bench.row import Row, calibrate, write
from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.segments.service import Segments
from tests.process import Program

EVENTS = 1_200_000
PEOPLE = 200_000
SIZE = 1_000  # events a request
RATE = 2_000  # events a second
WORST = 95_000  # events since the last snapshot: a start has to read them again
AHEAD = 40_000  # most events that are sent before they have settled
RESTART_BAR, TICK_BAR = 10.0, 60.0
NAMES = ("Product Viewed", "Product Added", "Order Completed", "Searched", "Page", "Message Opened", "Cart Emptied", "Shared")
WEIGHTS = (30, 10, 5, 15, 25, 5, 5, 5)
LASTS = ("1h", "6h", "1d", "7d", "30d")


def rules() -> Iterator[dict[str, Any]]:
    """Forty segments of all kinds that keep state: counts, sums, days, sequences, calendar, lifecycle, rhythm, traits."""
    for number in range(20):
        event, last = NAMES[number % len(NAMES)], LASTS[number % 5]
        where = [{"property": "price", "is": ">", "value": 50}] if number % 4 == 0 else []
        window = {"last": last} if number % 7 else None
        yield {"kind": "behaviour", "event": event, "value": number % 4 + 1, "window": window, "where": where}
    for number in range(10):
        condition = {"kind": "behaviour", "event": NAMES[number % 4], "window": {"last": LASTS[number % 5]}}
        if number % 2:
            yield {**condition, "aggregate": "sum", "property": "price", "value": 40 * (number + 1)}
        else:
            yield {**condition, "aggregate": "days", "value": number % 3 + 1}
    for number in range(3):
        steps = {"first": {"event": NAMES[number]}, "then": {"event": NAMES[number + 1]}}
        yield {"kind": "sequence", **steps, "within": "1h", "absent": number == 0, "on": "cart_id", "window": {"last": "1d"}}
    yield {"kind": "behaviour", "event": "Order Completed", "window": {"calendar": "this_month", "zone": "Europe/Paris"}}
    yield {"kind": "lifecycle", "stage": "stopped", "event": "Order Completed", "where": [], "window": {"last": "7d"}}
    yield {"kind": "rhythm", "times": 3}
    for number in range(4):
        yield {"kind": "trait", "name": "plan", "is": "=", "value": f"plan-{number}"}


class Rig:
    """A running program with forty segments, and a sender that keeps a little ahead of it."""

    def __init__(self, folder: Path, port: int | None) -> None:
        self.program = Program(folder)
        self.program.port = port or self.program.port
        self.program.url = f"http://127.0.0.1:{self.program.port}"
        settings = Settings(data=str(folder / "data"))
        settings.folder.mkdir(parents=True)
        state, log = open_stores(settings)
        now = time.time_ns() // 1_000_000
        made = Accounts(state).create_app("Bench", now)
        self.app, self.key = made.app.id, made.write_key.text
        self.segments = [Segments(state).create(self.app, f"s{number}", rule, now).id for number, rule in enumerate(rules())]
        state.dispose()
        log.dispose()
        self.chance = random.Random(7)
        self.sent = 0

    def send(self) -> None:
        """One request."""
        self.sent += SIZE
        now = datetime.now(UTC).isoformat()
        batch = [self._event(self.sent + place, now) for place in range(SIZE)]
        self.program.call("POST", "/v1/batch", {"batch": batch, "sentAt": now}, f"basic:{self.key}")

    def _event(self, number: int, now: str) -> dict[str, Any]:
        person = int(PEOPLE * self.chance.random() ** 2)  # some are far more active than others
        condition = {"messageId": f"m-{number}", "userId": f"u-{person}", "timestamp": now}
        if self.chance.random() < 0.03:
            return {"type": "identify", **condition, "traits": {"plan": f"plan-{self.chance.randrange(6)}"}}
        name = self.chance.choices(NAMES, WEIGHTS)[0]
        properties = {"price": self.chance.randrange(100), "cart_id": f"c-{self.chance.randrange(5)}"}
        return {"type": "track", **condition, "event": name, "properties": properties}

    def health(self) -> dict[str, Any]:
        with suppress(OSError, urllib.error.URLError, TimeoutError):
            found: dict[str, Any] = self.program.get("/health")
            return found
        return {}

    def send_until(self, events: int) -> None:
        """Send as fast as it settles."""
        while self.sent < events:
            self.send()
            if self.sent % (AHEAD // 4) == 0:
                while self.health().get("behind", 0) * SIZE > AHEAD:
                    time.sleep(0.02)

    def behind(self) -> int:
        """How much was settled since the last snapshot."""
        return int((self.health().get("snapshot") or {}).get("behind", 0))

    def send_until_worst(self) -> int:
        """Let snapshots come after what was sent faster than the rate; then go on at the rate until nearly as much was settled
        since the last one as ever is. Returns how much.
        """
        while self.behind() >= WORST:
            time.sleep(0.1)
        began, first = time.monotonic(), self.sent
        while (behind := self.behind()) < WORST:
            self.send()
            time.sleep(max(0.0, began + (self.sent - first) / RATE - time.monotonic()))
        return behind

    def live_again(self) -> float:
        """SIGKILL to all of it; seconds until it answers with live segments and has settled what it had taken."""
        began = time.monotonic()
        self.program.kill()
        self.program.launch()
        while self.health().get("behind") != 0:
            time.sleep(0.02)
        return time.monotonic() - began


def restart_rows(events: int, port: int | None) -> list[Row]:
    with bare(), tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), port)
        rig.program.start()
        try:
            began = time.monotonic()
            rig.send_until(events)
            behind = rig.send_until_worst()
            loading = time.monotonic() - began
            stats = rig.program.workers()[0].cpu_times()
            health = rig.health()
            seconds = rig.live_again()
            restored = next(line for line in reversed(rig.program.log().splitlines()) if "live_state_restored" in line)
            figures = written(rig.program.log())
        finally:
            rig.program.stop()
    condition = (
        f"{rig.sent:,} events of {PEOPLE:,} people, 40 segments; {behind:,} events read again; {restored.split('app=')[-1]}"
    )
    share = figures["cpu"] / (stats.user + stats.system) * 100
    size = health["snapshot"]["bytes"] / 1e6
    return [
        Row(
            name="live again after SIGKILL at the worst instant",
            value=round(seconds, 2),
            unit="s",
            bar=f"<= {RESTART_BAR:g}",
            ok=seconds <= RESTART_BAR,
            note=condition,
        ),
        Row(
            name="a snapshot",
            value=round(size, 1),
            unit="MB",
            bar="",
            ok=True,
            cpu_seconds=round(figures["cpu"] / max(1, figures["count"]), 2),
            note=f"{figures['count']:.0f} taken in {loading:.0f} s, {figures['bytes'] / 1e6:.0f} MB written in all,"
            f" {share:.1f} % of the worker's CPU",
        ),
    ]


def written(log: str) -> dict[str, float]:
    """What the program's log tells of its snapshots."""
    lines = [dict(re.findall(r"(\w+)=([\d.]+)", line)) for line in log.splitlines() if "snapshot_written" in line]
    return {"count": len(lines), **{name: sum(float(each[name]) for each in lines) for name in ("bytes", "cpu", "seconds")}}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--events", type=int, default=EVENTS)
    arguments.add_argument("--port", type=int, default=None)
    given = arguments.parse_args()
    rows = restart_rows(given.events, given.port)
    for row in rows:
        row.calibration = round(calibrate(), 5)
        print(f"{row.name}: {row.value} {row.unit} (bar {row.bar}; {row.note})")
    write("segments_restart", rows)


if __name__ == "__main__":
    main()
