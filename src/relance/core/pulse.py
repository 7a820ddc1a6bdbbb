"""Whether the ticks of this process go on: each step says so, and whoever watches can tell since when none did."""

from __future__ import annotations

import time


class Pulse:
    """Told by one thread, read by any."""

    def __init__(self) -> None:
        self._beat_at: float | None = None  # None: nothing that is watched goes on
        self.stage = ""
        self.partition = 0
        self.log_offset = 0

    def begin(self, partition: int, log_offset: int) -> None:
        """A tick at this place of the log begins to work on its events."""
        self.partition, self.log_offset = partition, log_offset
        self.beat("start")

    def beat(self, stage: str = "") -> None:
        """A step is done; ``stage`` names what it belonged to."""
        if stage:
            self.stage = stage
        self._beat_at = time.monotonic()

    def go_on(self) -> None:
        """The same from inside a long step, where it is not known whether a tick or somebody else goes through it."""
        if self._beat_at is not None:
            self._beat_at = time.monotonic()

    def rest(self) -> None:
        """Nothing goes on, or something that may take its time: waiting for a database, reading history at a start."""
        self._beat_at = None

    @property
    def is_going(self) -> bool:
        """Whether something that is watched goes on."""
        return self._beat_at is not None

    @property
    def still(self) -> float:
        """Seconds since the last step; 0 while nothing goes on."""
        beat_at = self._beat_at
        return 0.0 if beat_at is None else time.monotonic() - beat_at


PULSE = Pulse()  # of this process, which has one thread that ticks
