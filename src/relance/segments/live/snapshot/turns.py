"""Whose turn it is with live state: the tick's, or that of whoever takes a copy of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """A lock that is fair between two threads: who waits goes before who had the last turn."""

    def __init__(self) -> None:
        self._next = threading.Lock()
        self._present = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and have it while the block runs. Not to be taken twice by one thread."""
        with self._next:
            self._present.acquire()
        try:
            yield
        finally:
            self._present.release()
