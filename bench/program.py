"""The program at rest and at its start, and what a long history costs a tick."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.flow import Rig, running
from bench.row import Row
from bench.settle import START
from bench.settle import Rig as Parts
from relance.core.time import DAY, HOUR
from relance.demo.client import TrackingClient
from relance.demo.purchases import read_purchases
from relance.events.model import Batch, Event, Kind

READY_BAR, MEMORY_BAR, CPU_BAR, HISTORY_BAR = 3.0, 250.0, 1.0, 1.1
QUIET = 300  # seconds
MILLIONS = 2_000_000
TICKS, TICK_EVENTS = 200, 500
WARM_TICKS = 440  # of 18 s: longer than the journey waits


def ready_row() -> Row:
    """Seconds from the command to a server that answers and a worker that has taken its partition, on an empty folder."""
    with running() as rig:
        rig.program.stop()
        before = psutil.Process().children(recursive=True)
        rig.program.start()
        seconds, cpu = rig.program.started_in, rig.cpu()
    return Row(
        name="start to ready",
        value=round(seconds, 2),
        unit="s",
        bar=f"<= {READY_BAR:g}",
        ratio=round(seconds / READY_BAR, 2),
        cpu_seconds=round(cpu, 2),
        ok=seconds <= READY_BAR,
        note=f"importing is nearly all of it; {len(before)} processes of a stopped program were left",
    )


def idle_row(quiet: int = QUIET) -> Row:
    """Resident memory and CPU of server and worker after the CDNOW load and some quiet minutes."""
    with bare(), running() as rig:
        _load(rig)
        time.sleep(quiet)
        cpu, began = rig.cpu(), time.monotonic()
        time.sleep(60)
        share = (rig.cpu() - cpu) / (time.monotonic() - began) * 100
        memory, total = _resident(rig), _together(rig)
    return Row(
        name="resident after the CDNOW load and five quiet minutes",
        value=round(total),
        unit="MB",
        bar=f"<= {MEMORY_BAR:g} and <= {CPU_BAR:g} % CPU",
        ratio=round(total / MEMORY_BAR, 2),
        cpu_seconds=round(share * 0.6, 2),
        ok=total <= MEMORY_BAR and share <= CPU_BAR,
        note=(
            f"pages that both have mapped are counted once; with those twice: server {memory[0]:.0f} MB, worker"
            f" {sum(memory[1:]):.0f} MB; {share:.2f} % CPU; limited by the libraries: DuckDB 40 MB, SQLAlchemy, aiohttp, numpy"
        ),
    )


def _load(rig: Rig) -> None:
    device = TrackingClient(rig.write_key, rig.program.url, lambda: time.time_ns() // 1_000_000, upload_interval=0.5)
    for each in read_purchases(datetime.now(UTC).date()):
        user = f"cdnow-{each.customer}"
        device.track("Order Completed", {"total": each.total}, user_id=user, message_id=each.message_id, timestamp=each.moment)
    device.flush()
    rig.wait_until_settled()
    device.close()


@contextmanager
def bare() -> Iterator[None]:
    """Programs started inside see only what an installed one would."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent / "bare"), before or ""])
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def _family(rig: Rig) -> list[psutil.Process]:
    assert rig.program.process is not None
    return [psutil.Process(rig.program.process.pid), *rig.program.workers()]


def _resident(rig: Rig) -> list[float]:
    """MB of each process as the system tells it: libraries that both have mapped are in both figures."""
    return [each.memory_info().rss / 1e6 for each in _family(rig)]


def _together(rig: Rig) -> float:
    """MB that the processes hold together: their own pages, and of each file they share the larger part."""
    own, shared = 0, dict[str, int]()
    for process in _family(rig):
        for each in process.memory_maps():
            private = each.private_clean + each.private_dirty
            own += private
            shared[each.path] = max(shared.get(each.path, 0), each.rss - private)
    return (own + sum(shared.values())) / 1e6


def history_row() -> Row:
    """The median tick over 2 M and over 4 M events of history, the same people active in both."""
    with tempfile.TemporaryDirectory() as folder:
        rig = Parts(Path(folder))
        rig.introduce(20_000)
        cpu = time.process_time()
        _fill(rig, 0)
        _median_tick(rig, WARM_TICKS)  # until waits end as fast as they begin: runs under way must not grow meanwhile
        few = _median_tick(rig)
        _fill(rig, 1)
        many = _median_tick(rig)
        cpu = time.process_time() - cpu
        rig.close()
    ratio = many / few
    return Row(
        name="the median tick over 4 M events of history, beside 2 M",
        value=round(ratio, 3),
        unit="ratio",
        bar=f"<= {HISTORY_BAR}",
        ratio=round(ratio, 3),
        cpu_seconds=round(cpu, 1),
        ok=ratio <= HISTORY_BAR,
        note=f"medians of {TICKS} ticks of {TICK_EVENTS} events: {few:.1f} and {many:.1f} times a loop of 20,000 additions",
    )


def _fill(rig: Parts, half: int) -> None:
    """Put two million old events of other people straight into history, under positions below the cursor's."""
    size, long_ago = 20_000, START - 90 * DAY
    for start in range(0, MILLIONS, size):
        events = [
            Event(rig.app, Kind.TRACK, "Old", f"old-{half}-{start + each}", "", "", long_ago, long_ago, b'{"n":1}')
            for each in range(size)
        ]
        persons = [1_000_000 + each for each in range(size)]
        rig.parts.history.append(1, Batch(events, persons, [True] * size, half * MILLIONS + start + 1))


def _median_tick(rig: Parts, ticks: int = TICKS) -> float:
    """Median CPU of a tick, in turns of a fixed loop timed around it."""
    spent = []
    for _ in range(ticks):
        rig.clock.advance(rig.clock.now() + HOUR // TICKS)
        rig.write(TICK_EVENTS, 20_000)
        before = _pace()
        began = time.process_time()
        rig.tick.run()
        seconds = time.process_time() - began
        spent.append(seconds / (before + _pace()))
    return 2 * statistics.median(spent)


def _pace() -> float:
    """CPU-seconds of a fixed loop: a neighbour on the same core makes all work dearer by the same part."""
    began = time.thread_time()
    total = 0
    for number in range(20_000):
        total += number * number % 7
    return time.thread_time() - began
