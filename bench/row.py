"""One measured bar: a value, what it is held against, and what the machine was doing meanwhile."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

RESULTS = Path(__file__).parent / "results"
_LOOPS = 400_000
_TOO_SLOW = 1.3
_best_calibration = float("inf")


class Row(msgspec.Struct, kw_only=True):
    """A line of the results. ``ok`` says whether the bar is met; ``ratio`` is value over rival, or value over bar."""

    name: str
    value: float
    unit: str
    bar: str
    rival: str | None = None
    rival_value: float | None = None
    ratio: float | None = None
    cpu_seconds: float = 0.0
    calibration: float = 0.0
    ok: bool = False
    note: str = ""


def calibrate() -> float:
    """Seconds that a fixed loop takes right now: how much of a core there is at the moment."""
    began = time.perf_counter()
    total = 0
    for number in range(_LOOPS):
        total += number * number % 7
    return time.perf_counter() - began


def measured(run: Callable[[], Row], *, tries: int = 3, better: Callable[[float, float], bool] = float.__gt__) -> Row:
    """The best of ``tries``; a try that began on a slow machine (1.3 × the best calibration) is run again, twice at most."""
    global _best_calibration
    best: Row | None = None
    extra = 2
    while tries > 0:
        calibration = calibrate()
        _best_calibration = min(_best_calibration, calibration)
        if calibration > _TOO_SLOW * _best_calibration and extra:
            extra -= 1
            time.sleep(2)
            continue
        row = run()
        row.calibration = round(calibration, 5)
        if best is None or better(float(row.value), float(best.value)):
            best = row
        tries -= 1
    assert best is not None
    return best


def write(name: str, rows: list[Row]) -> Path:
    """Write ``bench/results/<name>.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    body: dict[str, Any] = {"machine": machine(), "rows": [msgspec.to_builtins(row) for row in rows]}
    path.write_text(json.dumps(body, indent=2) + "\n")
    return path


def machine() -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?")
    return {"python": platform.python_version(), "system": platform.platform(), "cpu": cpu, "measured": time.strftime("%Y-%m-%d")}
