"""Every check, in the order that fails soonest; what each is for stands beside it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from setup import BIN, ROOT, node_environment

# One more than there are processors: some tests wait, for a program that starts or for a window to close.
WORKERS = str((os.cpu_count() or 1) + 1)
SEED = os.environ.get("RELANCE_SEED") or str(secrets.randbelow(1 << 32))  # of the order of tests; a run that failed gives its own
PYTEST = ["pytest", "-q", "-n", WORKERS, "--dist", "loadgroup", f"--randomly-seed={SEED}"]
BRANCHES = ROOT / ".coverage.json"

CHECKS = [
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("dashboard", ["npm", "--prefix", "dashboard", "run", "--silent", "check"]),
    ("audit", ["python", "scripts/audit.py"]),
    ("types", ["mypy"]),
    ("units", [*PYTEST, "--cov", "--cov-report", f"json:{BRANCHES.name}", "tests/unit"]),
    ("coverage", ["python", "scripts/branches.py", BRANCHES.name]),
    ("tests", [*PYTEST, "--ignore=tests/unit", "tests"]),
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
