"""A lock around live state, shared by the tick and the thread that copies it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """A lock that is fair between two threads: the waiting one goes next."""

    def __init__(self) -> None:
        self._next = threading.Lock()
        self._present = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock while the block runs. Not reentrant."""
        with self._next:
            self._present.acquire()
        try:
            yield
        finally:
            self._present.release()
