"""Turns: of what takes long, each app has a few at once; more wait their turn, and beyond that are refused.

So what one app asks for keeps none of another's waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from relance.core.error_text import ErrorText
from relance.core.errors import AppBusyError

RETRY_SECONDS = 2


class Turns:
    """Room for some of each app at once. Used on one event loop; keeps nothing of an app that asks for nothing."""

    def __init__(self, at_once: int, waiting: int | None, sentence: str = "Too much is asked for in this app at once.") -> None:
        """``waiting``: how many of one app may wait; None: any number. ``sentence`` tells whoever is refused what it was."""
        self._at_once = at_once
        self._most = None if waiting is None else at_once + waiting
        self._sentence = sentence
        self._places: dict[int, asyncio.Semaphore] = {}
        self._asked: dict[int, int] = {}  # by app: how many are at it or wait

    @asynccontextmanager
    async def turn(self, app: int, *, patient: bool = False) -> AsyncIterator[None]:
        """Wait for a place of this app, first come first served. Raises ``AppBusyError`` where too many of its own wait.

        ``patient``: waits behind however many, for what has begun and can be refused no more.
        """
        asked = self._asked.get(app, 0)
        if self._most is not None and asked >= self._most and not patient:
            raise AppBusyError(
                ErrorText("app_too_busy", "{what} Wait a moment, and ask for less at once.", what=self._sentence),
                retry_after=RETRY_SECONDS,
            )
        self._asked[app] = asked + 1
        places = self._places.setdefault(app, asyncio.Semaphore(self._at_once))
        try:
            async with places:
                yield
        finally:
            self._asked[app] -= 1
            if not self._asked[app]:
                del self._asked[app], self._places[app]
