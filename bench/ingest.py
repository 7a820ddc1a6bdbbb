"""Ingest: events per CPU-second of the server process, every event checked and durable before its answer, beside a rival.

``python -m bench.ingest`` prints the rows. Each measure is the best of three, in turn with the rival, so that both meet the same
neighbours on the machine; a row whose calibration is slow is run again by the one who writes the results.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.postgres import free_port

ROOT = Path(__file__).parent.parent
RUNS = 3
CLIENTS = 64
REQUESTS = {1: 16_000, 100: 1_920}
BARS = {1: 4_000, 100: 60_000}
RATIOS = {1: 2.0, 100: 1.1}
OPEN_RATE, OPEN_SECONDS, OPEN_SIZE, OPEN_BAR_MS = 20_000, 10, 20, 100.0


@dataclass
class Server:
    """A process that takes batches."""

    process: psutil.Process
    port: int
    key: str

    def cpu(self) -> float:
        """CPU-seconds of the process with all its threads so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def running(module: str) -> Iterator[Server]:
    """Start ``python -m module FOLDER PORT`` and wait until it listens."""
    folder = Path(tempfile.mkdtemp(prefix="relance-bench-"))
    port = free_port()
    child = subprocess.Popen([sys.executable, "-m", module, str(folder), str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        key = child.stdout.readline().strip()
        process = psutil.Process(child.pid)
        while not any(one.laddr.port == port for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN):
            assert child.poll() is None, "the server did not start"
            time.sleep(0.05)
        yield Server(process, port, key)
    finally:
        child.terminate()
        child.wait(30)
        shutil.rmtree(folder)


def load(server: Server, *arguments: object) -> dict[str, Any]:
    """Run the load process to its end."""
    command = [sys.executable, "-m", "bench.load", str(server.port), server.key, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def throughput(server: Server, size: int) -> tuple[float, float]:
    """(events per CPU-second of the server, CPU-seconds used) at batches of ``size``."""
    load(server, "closed", CLIENTS, REQUESTS[size] // 8, size)  # warm
    before = server.cpu()
    result = load(server, "closed", CLIENTS, REQUESTS[size], size)
    used = server.cpu() - before
    return result["events"] / used, used


def calibrate() -> float:
    """Seconds of a fixed piece of work; the smaller, the less the machine was disturbed."""
    began = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number * number % 7
    assert total
    return time.perf_counter() - began


def closed_rows() -> Iterator[dict[str, Any]]:
    """Throughput at batches of 1 and of 100, beside the rival."""
    with running("bench.ingest_server") as ours, running("bench.rivals.fastapi_ingest") as rival:
        for size in (1, 100):
            calibration = calibrate()
            measured = [(throughput(ours, size), throughput(rival, size)) for _ in range(RUNS)]
            value, used = max(mine for mine, _ in measured)
            theirs = max(other for _, other in measured)[0]
            yield {
                "name": f"ingest, batches of {size}, durable before the answer",
                "value": round(value),
                "unit": "events per CPU-second",
                "bar": BARS[size],
                "rival": "FastAPI + pydantic, one commit a request",
                "rival_value": round(theirs),
                "ratio": round(value / theirs, 2),
                "cpu_seconds": round(used, 2),
                "calibration": round(calibration, 3),
                "ok": value >= BARS[size] and value / theirs >= RATIOS[size],
            }


def open_row(server: Server) -> dict[str, Any]:
    """Latency at a steady 20,000 events/s, counted from when each request was due. ``server`` may be the whole program."""
    calibration = calibrate()
    before = server.cpu()
    best = min(
        (load(server, "open", 256, OPEN_RATE, OPEN_SECONDS, OPEN_SIZE) for _ in range(RUNS)), key=lambda one: float(one["p99_ms"])
    )
    return {
        "name": f"ingest, open loop at {OPEN_RATE} events/s, p99",
        "value": round(best["p99_ms"], 1),
        "unit": "ms",
        "bar": OPEN_BAR_MS,
        "rival": None,
        "rival_value": None,
        "ratio": None,
        "cpu_seconds": round((server.cpu() - before) / RUNS, 2),
        "calibration": round(calibration, 3),
        "ok": best["p99_ms"] <= OPEN_BAR_MS,
    }


def rows() -> list[dict[str, Any]]:
    """All rows of this benchmark."""
    closed = list(closed_rows())
    with running("bench.ingest_server") as server:
        return [*closed, open_row(server)]


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
