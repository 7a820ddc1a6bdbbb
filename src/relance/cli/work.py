"""The worker's entry point: ``python -m relance.cli.work <fd>``. The server starts it and talks to it over that socket."""

from __future__ import annotations

import sys
from pkgutil import resolve_name

from relance.cli.quiet_structlog import load_structlog

WORKER = "relance.cli.worker_process:work"

if __name__ == "__main__":
    load_structlog()
    resolve_name(WORKER)(int(sys.argv[1]))
