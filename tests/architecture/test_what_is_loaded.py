"""What each process of the program loads: libraries that it does without would only take memory, and time at each start."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORKERS_ALONE = ("duckdb", "duckdb_engine", "llvmlite", "numba", "relance.pipeline.tick_transaction", "relance.segments.live")
LISTING = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"


def loaded_by(module: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", LISTING, module], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(("module", "without"), [("relance.cli.server", WORKERS_ALONE)])
def test_a_process_loads_nothing_that_it_does_without(module: str, without: tuple[str, ...]) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert sorted(loaded.intersection(without)) == []
