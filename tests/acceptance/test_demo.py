"""S3, S9, S13, S14, S27, S30, S31 in one: the demo's story from a first start to its report, on the real program."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import free_port

VISITORS = 40

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.in_order]


def play(folder: Path, seed: int) -> tuple[int, dict[str, Any], str]:
    """Run ``relance demo --once`` in a folder of its own: its exit code, its report, what it said."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "relance", "demo", "--once", "--report", str(report), "--visitors", str(VISITORS)]
    command += ["--seed", str(seed), "--data", str(folder / "data"), "--port", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    return done.returncode, json.loads(report.read_text()) if report.exists() else {}, done.stdout + done.stderr


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, dict[str, Any], str]]:
    """The same seed played twice, at the same time, on two folders."""
    folders = [tmp_path_factory.mktemp("demo") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda folder: play(folder, 11), folders))


def test_every_claim_of_the_story_comes_out(twice: list[tuple[int, dict[str, Any], str]]) -> None:
    code, report, said = twice[0]
    assert [claim for claim, true in report["claims"].items() if not true] == [], said
    assert code == 0, said


def test_one_seed_gives_one_report(twice: list[tuple[int, dict[str, Any], str]]) -> None:
    first, second = (dict(report) for _, report, _ in twice)
    for report in (first, second):
        del report["real_time"]
    assert first == second


def test_the_door_is_told_first_and_those_to_look_at_by_name(twice: list[tuple[int, dict[str, Any], str]]) -> None:
    _, _, said = twice[0]
    first = said.strip().splitlines()[0]
    assert first.startswith("Dashboard: http://127.0.0.1:")
    assert first.endswith("demo@example.com / relance-demo")
    assert "a clock of its own" in said
    for name in ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal"):
        line = said.index(f"  {name:5} ")
        assert "/apps/1/people/" in said[line:].splitlines()[1]


def test_the_report_tells_what_it_must(twice: list[tuple[int, dict[str, Any], str]]) -> None:
    _, report, _ = twice[0]
    shop = report["shop"]
    assert {"people", "events", "segments", "journeys", "messages", "not_sent"} <= shop.keys()
    assert all({"size", "entered", "left"} <= each.keys() for each in shop["segments"].values())
    assert {"event_to_segment", "event_to_message"} <= report["real_time"]["latency"].keys()
    assert all(each["p99_ms"] > 0 for each in report["real_time"]["latency"].values())
