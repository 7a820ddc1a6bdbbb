"""What the worker's threads have in common: each sleeps until there is something to do, does it, and ends when told to."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable


class WorkerThread(ABC):
    """A thread of the worker. What it shares with other threads is read and changed under ``_changed``."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it after its present step, and wait for that."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @abstractmethod
    def _main(self) -> None:
        """What it does. To be left once ``_stopping``."""

    def _sleep_until(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Sleep until that holds, as whoever brings it about tells by ``_changed``, or the time is over. False: it is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or ready(), seconds)
            return not self._stopping

    def _pause(self, seconds: float) -> None:
        """Sleep so long, or until it is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)
