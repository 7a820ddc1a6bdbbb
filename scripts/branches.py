"""Whether unit tests take the pure modules' branches: what coverage.py measured, against the least that is enough."""

from __future__ import annotations

import json
import sys
from pathlib import Path

LEAST = 0.95  # of the branches of all pure modules together


def main() -> int:
    files = json.loads(Path(sys.argv[1]).read_text())["files"]
    taken = {path: (found["summary"]["covered_branches"], found["summary"]["num_branches"]) for path, found in files.items()}
    for path, (covered, branches) in sorted(taken.items()):
        if covered < branches:
            missing = ", ".join(f"{start}→{end if end > 0 else 'end'}" for start, end in files[path]["missing_branches"])
            print(f"{path}: {covered} of {branches} branches; not taken: {missing}")
    covered, branches = (sum(each) for each in zip(*taken.values(), strict=True))
    print(f"{covered} of {branches} branches of {len(taken)} pure modules: {covered / branches:.1%} (at least {LEAST:.0%})")
    return int(covered < LEAST * branches)


if __name__ == "__main__":
    sys.exit(main())
