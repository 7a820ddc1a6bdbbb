"""Calls waiting for a tick: a future on the loop each, and no thread, so that one app's waiting calls delay nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Waits:
    """Used on one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``look`` returns true or the time is up. False: it did not."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = holds
        try:
            if holds():  # checked after registering, so that a tick ending in between is not missed
                return True
            async with asyncio.timeout(seconds):
                await future
            return True
        except TimeoutError:
            return holds()
        finally:
            del self._waiting[future]

    def look(self) -> None:
        """Something may have changed: check all waiting calls."""
        for future, holds in self._waiting.items():
            if not future.done() and holds():
                future.set_result(None)
