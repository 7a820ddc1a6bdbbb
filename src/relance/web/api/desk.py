"""Checks templates on save: on a few threads of their own, one text per app at a time.

Parsing a template takes up to some tenths of a second. On the shared threads, one app's templates would delay everybody's
sign-ins and clicks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from relance.core.error_text import ErrorText
from relance.core.turns import Turns

THREADS = 2
WAITING = 15  # waiting texts of one app; more are refused

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Runs slow work, in turns by app. Used on one event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="templates")
        self._turns = Turns(1, WAITING, ErrorText("saves_at_once", "Too many messages of this app are being saved at once."))

    async def run(self, turn_of: int, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """The result of ``work``, in this app's turn. Raises ``AppBusyError`` if too many of its texts are waiting."""
        async with self._turns.turn(turn_of):
            running = asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **named))
            return await _kept(running)


async def _kept(running: asyncio.Future[T]) -> T:
    """A client that hangs up keeps its slot until the thread is free."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
