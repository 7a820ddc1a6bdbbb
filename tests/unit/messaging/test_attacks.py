"""Whatever somebody writes into a template costs little, in time and in memory, where it is saved and where it is rendered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.messaging.attacks import ATTACKS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SECONDS = 5.0  # of CPU, for each of checking and rendering: a tenth where all is well, and minutes in the first version
MEGABYTES = 60


@pytest.fixture(scope="module")
def costs() -> dict[str, list[float]]:
    """What each took in a process of its own, which no other test's threads share."""
    command = [sys.executable, "-m", "tests.unit.messaging.attacks"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    return {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_template_costs_much(costs: dict[str, list[float]], name: str) -> None:
    checked, filled_twice, grown = costs[name]
    assert checked < SECONDS
    assert filled_twice < 2 * SECONDS
    assert grown < MEGABYTES
