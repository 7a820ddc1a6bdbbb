"""Concurrency limits per app for slow work: a few at once, more wait in line, and beyond that are refused.

One app's requests therefore never delay another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from relance.core.error_text import ErrorText
from relance.core.errors import AppBusyError

RETRY_SECONDS = 2


class Turns:
    """A limit per app. Used on one event loop; keeps no state for idle apps."""

    def __init__(self, at_once: int, waiting: int | None, sentence: str = "Too much is asked for in this app at once.") -> None:
        """``waiting``: how many of one app may wait (None: any number). ``sentence`` is the message of the refusal."""
        self._at_once = at_once
        self._most = None if waiting is None else at_once + waiting
        self._sentence = sentence
        self._places: dict[int, asyncio.Semaphore] = {}
        self._asked: dict[int, int] = {}  # by app: how many are running or waiting

    @asynccontextmanager
    async def turn(self, app: int, *, patient: bool = False) -> AsyncIterator[None]:
        """Wait for a slot of this app, in order of arrival. Raises ``AppBusyError`` if too many of its requests wait already.

        ``patient``: waits however long the line is, for work that has started and can no longer be refused.
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
