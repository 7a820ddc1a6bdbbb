"""Whether the worker makes progress, according to its pulse; and where it stalled if not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

CAREFUL_SHARE = 4  # a tick that searches for a stalling event gets a quarter of the time


class Watchdog:
    """Receives each pulse and gives a verdict. Uses real time."""

    def __init__(self, patience: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``patience``: seconds without progress; 0 = never."""
        self._patience = patience
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._doubted = False
        self._pulse: dict[str, Any] = {}
        self._stall: dict[str, Any] | None = None
        self.restarts = 0  # workers that stalled
        self.reason = ""  # the last one's stall
        self.not_started = ""  # why the last start failed; empty after a successful one

    def heard(self, pulse: dict[str, Any]) -> None:
        """The worker sent its pulse; an empty one when it has just started."""
        self._heard_at, self._doubted = self._monotonic(), False
        self._pulse = pulse

    def verdict(self, *, is_ready: bool) -> str:
        """Why the worker must be killed, in a sentence; empty while it makes progress. A starting worker may be silent."""
        if not self._patience:
            return ""
        patience = self._patience / CAREFUL_SHARE if self._pulse.get("careful") else self._patience
        silent, still = self._monotonic() - self._heard_at, self._pulse.get("still", 0.0)
        if silent > self._patience and is_ready:
            if not self._doubted:  # this process may have slept itself: process pending messages first
                self._doubted = True
                return ""
            return self._condemned(f"The worker has said nothing for {silent:.0f} s.")
        if still > patience:
            stage = self._pulse.get("stage", "")
            return self._condemned(f"The tick has made no progress for {still:.0f} s (after the stage {stage!r}).")
        return ""

    def take_stall(self) -> dict[str, Any] | None:
        """Where the previous worker stalled, for the next one. Returned once."""
        stall, self._stall = self._stall, None
        return stall

    def report(self) -> dict[str, Any]:
        """For ``/health``."""
        return {"stalls": self.restarts, **({"last_stall": self.reason} if self.reason else {})}

    def _condemned(self, reason: str) -> str:
        self.restarts += 1
        self.reason = reason
        if "log_offset" in self._pulse:
            place = {name: self._pulse[name] for name in ("partition", "log_offset", "stage")}
            self._stall = {**place, "reason": reason}
        self.heard({})  # the next worker is not judged by this one's pulse
        return reason
