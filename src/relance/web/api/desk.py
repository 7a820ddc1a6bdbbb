"""Where templates are read when they are saved: on few threads of their own, one text of an app at a time.

Reading what somebody wrote takes up to some tenths of a second. On the threads that all requests share, one app's texts would
keep everybody's sign-ins and clicks waiting.
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
WAITING = 15  # texts of one app that wait for their turn; more are refused

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Runs what may take long for whoever wrote it, in turns by app. Used on one event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="templates")
        self._turns = Turns(1, WAITING, ErrorText("saves_at_once", "Too many messages of this app are being saved at once."))

    async def run(self, turn_of: int, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What ``work`` answers, in the turn of this app. Raises ``AppBusyError`` where too many of its own wait."""
        async with self._turns.turn(turn_of):
            running = asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **named))
            return await _kept(running)


async def _kept(running: asyncio.Future[T]) -> T:
    """Whoever hangs up does not give their turn away before the thread is free."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
