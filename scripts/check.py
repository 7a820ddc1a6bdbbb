"""Every check, in the order that fails soonest; what each is for stands beside it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from setup import BIN, ROOT, node_environment

# Each plays a whole demo and walks through it in order: one after the other, and with the machine to themselves.
STORIES = ["tests/acceptance/test_demo.py", "tests/browser/test_demo.py"]

CHECKS = [
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("dashboard", ["npm", "--prefix", "dashboard", "run", "--silent", "check"]),
    ("audit", ["python", "scripts/audit.py"]),
    ("types", ["mypy"]),
    ("tests", ["pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:randomly", *(f"--ignore={each}" for each in STORIES)]),
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
