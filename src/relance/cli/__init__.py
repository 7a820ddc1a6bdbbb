"""The composition root: the only place that wires things together."""

from __future__ import annotations

import importlib
import sys

# Where structlog finds rich it loads it, for coloured tracebacks: 3 MB in each process, and ours are plain (see ``logs``).
if sys.modules.keys().isdisjoint(("rich", "structlog")):
    sys.modules["rich"] = None  # type: ignore[assignment]  # the import system's way to say: not there
    importlib.import_module("structlog")
    del sys.modules["rich"]
