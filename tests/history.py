"""Histories for tests, ready to be filled: a copy of a file that has its tables takes less than making them again."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from relance.events.history import History

NAME = "history.duckdb"


def lay_history(folder: Path) -> Path:
    """Put an empty history where the program looks for it in a data folder, unless one is there; returns where."""
    path = folder / NAME
    if not path.exists():
        shutil.copyfile(_made(), path)
    return path


@functools.cache
def _made() -> Path:
    """A file as the program makes it, kept for as long as the process lives."""
    folder = Path(tempfile.mkdtemp(prefix="relance-history-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    History(folder / NAME).close()
    return folder / NAME
