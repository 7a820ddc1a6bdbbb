"""Rate limits per caller, in real time, never the program's clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from relance.accounts.errors import RateLimitedError
from relance.core.error_text import ErrorText

MOST_CALLERS = 10_000  # bounds the memory a flood of made-up callers can take


class RateLimit:
    """A token bucket per caller: ``per_second`` tokens are added each second, up to ``most``, or two seconds' worth."""

    def __init__(self, per_second: float, monotonic: Callable[[], float] = time.monotonic, *, most: float | None = None) -> None:
        self._per_second = per_second
        self._most = 2.0 * per_second if most is None else most
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}  # caller → (tokens, when counted)

    def take(self, caller: str) -> None:
        """Use one token. Raises ``RateLimitedError`` with the time to wait; a rate of 0 means no limit."""
        if not self._per_second:
            return
        instant = self._monotonic()
        tokens, counted = self._buckets.get(caller, (self._most, instant))
        tokens = min(self._most, tokens + (instant - counted) * self._per_second)
        if tokens < 1.0:
            self._buckets[caller] = (tokens, instant)
            raise RateLimitedError(
                ErrorText("requests_limited", "More than {most} requests a second: wait a moment.", most=self._per_second),
                retry_after=math.ceil((1.0 - tokens) / self._per_second),
            )
        if len(self._buckets) >= MOST_CALLERS:
            self._buckets.clear()
        self._buckets[caller] = (tokens - 1.0, instant)
