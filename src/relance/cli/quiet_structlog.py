"""structlog without rich, in the two processes of a server: if rich is installed, structlog loads it for coloured tracebacks.

That costs 3 MB in each process, and our tracebacks are plain (see ``logs``).
"""

from __future__ import annotations

import importlib
import sys


def load_structlog() -> None:
    """Import structlog as if rich were not installed. rich itself can still be imported afterwards."""
    if sys.modules.keys().isdisjoint(("rich", "structlog")):
        sys.modules["rich"] = None  # type: ignore[assignment]  # the import system's way to say: not there
        importlib.import_module("structlog")
        del sys.modules["rich"]
