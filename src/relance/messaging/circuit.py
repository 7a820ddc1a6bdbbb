"""A circuit breaker for each destination: one that is down is left alone, and tried now and then until it answers. Pure.

What waits for it stays in its queue: an attempt that is bound to fail would tell nothing of the message.
"""

from __future__ import annotations

from relance.core.time import MINUTE, SECOND

TRIPS_AT = 5  # failures in a row
FIRST_PAUSE, LONGEST_PAUSE = 30 * SECOND, 5 * MINUTE


class Circuit:
    """Of one destination, from its first failure until it answers.

    Closed, it sets no limit. Open, it lets nothing out until ``next_try`` (ms), then one; if that fails, it waits twice as long.
    """

    __slots__ = ("failures", "next_try", "opened_at", "pause", "said")

    def __init__(self) -> None:
        self.failures = 0
        self.opened_at: int | None = None  # None: closed
        self.next_try = 0
        self.pause = FIRST_PAUSE
        self.said = ""

    def most(self, now: int) -> int | None:
        """How many may be on their way there at once; None: it sets no limit."""
        if self.opened_at is None:
            return None
        return 1 if now >= self.next_try else 0

    def failed(self, said: str, now: int) -> None:
        """The other side was down for one. What had left before it was found out makes the pause no longer."""
        self.failures += 1
        if self.opened_at is not None:
            if now >= self.next_try:
                self.pause = min(2 * self.pause, LONGEST_PAUSE)
                self.next_try, self.said = now + self.pause, said
        elif self.failures >= TRIPS_AT:
            self.opened_at, self.next_try, self.said = now, now + self.pause, said
