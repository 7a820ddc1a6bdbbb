"""Whether this process's ticks are making progress: every step beats, so that a watcher can see for how long none did."""

from __future__ import annotations

import time


class Pulse:
    """Written by one thread, read by any."""

    def __init__(self) -> None:
        self._beat_at: float | None = None  # None: nothing that is watched is running
        self.stage = ""
        self.partition = 0
        self.log_offset = 0

    def begin(self, partition: int, log_offset: int) -> None:
        """A tick at this position of the log starts on its events."""
        self.partition, self.log_offset = partition, log_offset
        self.beat("start")

    def beat(self, stage: str = "") -> None:
        """A step is done; ``stage`` names the stage it belonged to."""
        if stage:
            self.stage = stage
        self._beat_at = time.monotonic()

    def go_on(self) -> None:
        """A beat from inside a long step that may run outside a tick as well."""
        if self._beat_at is not None:
            self._beat_at = time.monotonic()

    def rest(self) -> None:
        """Nothing is running, or something that may take its time: waiting for a database, reading history at start-up."""
        self._beat_at = None

    @property
    def is_going(self) -> bool:
        """Whether anything watched is running."""
        return self._beat_at is not None

    @property
    def still(self) -> float:
        """Seconds since the last beat; 0 while nothing is running."""
        beat_at = self._beat_at
        return 0.0 if beat_at is None else time.monotonic() - beat_at


PULSE = Pulse()  # one per process, which has a single ticking thread
