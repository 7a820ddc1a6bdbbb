"""Every check, in the order that fails soonest; what each is for stands beside it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from setup import BIN, ROOT, node_environment

WORKERS = str(os.cpu_count() or 1)
SEED = os.environ.get("RELANCE_SEED") or str(secrets.randbelow(1 << 32))  # of the order of tests; a run that failed gives its own
PYTEST = ["pytest", "-q", "-n", WORKERS, "--dist", "loadgroup"]
IN_ANY_ORDER = [*PYTEST, f"--randomly-seed={SEED}"]
IN_ORDER = [*PYTEST, "-p", "no:randomly"]  # what was not tried in any order yet: stores, faults, pages, stories
STORIES = ["tests/acceptance/test_demo.py", "tests/browser/test_demo.py"]  # each has the machine for itself
BRANCHES = ROOT / ".coverage.json"

CHECKS = [
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("dashboard", ["npm", "--prefix", "dashboard", "run", "--silent", "check"]),
    ("audit", ["python", "scripts/audit.py"]),
    ("types", ["mypy"]),
    ("units", [*IN_ANY_ORDER, "--cov", "--cov-report", f"json:{BRANCHES.name}", "tests/unit"]),
    ("coverage", ["python", "scripts/branches.py", BRANCHES.name]),
    ("http", [*IN_ANY_ORDER, "tests/http"]),
    ("tests", [*IN_ORDER, *(f"--ignore={each}" for each in ("tests/unit", "tests/http", *STORIES)), "tests"]),
    ("stories", ["pytest", "-q", "-p", "no:randomly", *STORIES]),
]


def command(program: str, *arguments: str) -> list[str | Path]:
    """Python's programs are those of the checkout's own environment."""
    return [BIN / program if (BIN / program).exists() else program, *arguments]


def main() -> int:
    failed = []
    env = node_environment()
    for name, (program, *arguments) in CHECKS:
        started = time.monotonic()
        print(f"── {name}: {program} {' '.join(arguments)}", flush=True)
        code = subprocess.run(command(program, *arguments), cwd=ROOT, env=env, check=False).returncode
        print(f"── {name}: {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
