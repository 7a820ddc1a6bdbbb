"""Calls that wait for a tick: a future on the loop each, and no thread, so that many of one app's keep no other call waiting."""

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
        """Wait until that holds, as found by ``look``, or the time is over. False: it does not hold."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = holds
        try:
            if holds():  # looked at after it is known who waits: a tick that ends in between is not missed
                return True
            async with asyncio.timeout(seconds):
                await future
            return True
        except TimeoutError:
            return holds()
        finally:
            del self._waiting[future]

    def look(self) -> None:
        """Something may have changed."""
        for future, holds in self._waiting.items():
            if not future.done() and holds():
                future.set_result(None)
