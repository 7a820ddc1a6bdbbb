"""What each process of the program loads: libraries that it does without would only take memory, and time at each start."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORKERS_ALONE = ("duckdb", "llvmlite", "numba", "relance.pipeline.tick_transaction", "relance.segments.live")
LISTING = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"
QUIETLY = "from relance.cli.quiet_structlog import load_structlog; load_structlog(); " + LISTING
AT_THE_DOOR = """
import sys
before = set(sys.modules)
from relance.cli.main import main
try:
    main()
finally:
    print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""


def loaded_by(module: str, listing: str = LISTING) -> set[str]:
    done = subprocess.run([sys.executable, "-c", listing, module], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "without"), [("relance.cli.server", WORKERS_ALONE), ("relance.cli.worker_process", ("numba",))]
)
def test_a_process_loads_nothing_that_it_does_without(module: str, without: tuple[str, ...]) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert sorted(loaded.intersection(without)) == []


@pytest.mark.parametrize("module", ["relance.cli.server", "relance.cli.worker_process"])
def test_structlog_brings_rich_into_neither_process_of_a_server(module: str) -> None:
    loaded = loaded_by(module, QUIETLY)
    assert {module, "structlog"} <= loaded
    assert "rich" not in loaded


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], [], ["no-such-command"]], ids=" ".join)
def test_the_commands_door_loads_the_standard_library_alone(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_DOOR, *arguments], capture_output=True, text=True, check=False)
    loaded = done.stderr.splitlines()[-1].split() if done.returncode == 0 else done.stderr.split("\n")[1].split()
    ours = {name for name in loaded if name.partition(".")[0] == "relance"}
    assert ours == {"relance", "relance.cli", "relance.cli.main"}
    assert {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names == {"relance"}
    assert not {"asyncio", "logging", "inspect", "sqlite3"}.intersection(loaded)  # of it, what takes long
