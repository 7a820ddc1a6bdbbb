"""Every check, in the order that fails soonest; what each is for stands beside it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from setup import BIN, ROOT, node_environment

CORES = os.cpu_count() or 1
SEED = os.environ.get("RELANCE_SEED") or str(secrets.randbelow(1 << 32))  # of the order of tests; a run that failed gives its own
PYTEST = ["pytest", "-q", "--dist", "loadgroup", "-n"]
IN_ANY_ORDER = [*PYTEST, str(CORES), f"--randomly-seed={SEED}"]
# What was not tried in any order yet: stores, faults, pages, stories. Those with a server or a browser wait for it half of
# their time: one worker more than there are cores uses that.
IN_ORDER = [*PYTEST, str(CORES + 1), "-p", "no:randomly"]
STORIES = ["tests/acceptance/test_demo.py", "tests/browser/test_demo.py"]  # each has the machine for itself
BRANCHES = ROOT / ".coverage.json"

Check = tuple[str, list[str]]
AT_ONCE: list[Check] = [  # each takes one core for a while, or waits for the network
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("dashboard", ["npm", "--prefix", "dashboard", "run", "--silent", "check"]),
    ("audit", ["python", "scripts/audit.py"]),
    ("types", ["mypy"]),
]
IN_TURN: list[Check] = [
    ("units", [*IN_ANY_ORDER, "--cov", "--cov-report", f"json:{BRANCHES.name}", "tests/unit"]),
    ("coverage", ["python", "scripts/branches.py", BRANCHES.name]),
    ("http", [*IN_ANY_ORDER, "tests/http"]),
    ("tests", [*IN_ORDER, *(f"--ignore={each}" for each in ("tests/unit", "tests/http", *STORIES)), "tests"]),
    ("stories", ["pytest", "-q", "-p", "no:randomly", *STORIES]),
]


def command(program: str, *arguments: str) -> list[str | Path]:
    """Python's programs are those of the checkout's own environment."""
    return [BIN / program if (BIN / program).exists() else program, *arguments]


def begin(check: Check, **more: Any) -> subprocess.Popen[bytes]:
    program, *arguments = check[1]
    return subprocess.Popen(command(program, *arguments), cwd=ROOT, env=node_environment(), **more)


def heading(check: Check) -> None:
    print(f"── {check[0]}: {' '.join(check[1])}", flush=True)


def tell(check: Check, code: int, started: float) -> None:
    print(f"── {check[0]}: {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.0f} s", flush=True)


def at_once() -> list[str]:
    """Run those that may run beside each other, and show what each says, whole, in their order; the names of the failed."""
    started = time.monotonic()
    failed = []
    for check, process in [(each, begin(each, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)) for each in AT_ONCE]:
        said, _ = process.communicate()
        heading(check)
        sys.stdout.buffer.write(said)
        tell(check, process.returncode, started)
        if process.returncode:
            failed.append(check[0])
    return failed


def main() -> int:
    failed = at_once()
    for check in IN_TURN:
        started = time.monotonic()
        heading(check)
        code = begin(check).wait()
        tell(check, code, started)
        if code:
            failed.append(check[0])
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
