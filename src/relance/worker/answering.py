"""The threads on which the worker answers calls; slow calls run on threads of their own, a few at once per app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from relance.core.turns import Turns
from relance.worker.questions import FILES, LISTS, QUESTIONS

IN_TURN = QUESTIONS | FILES
AT_ONCE_PER_APP = 2
THREADS = 4

Answer = Callable[[str, dict[str, Any]], Any]


class Answering:
    """Used on one event loop. The server limits how many of one app wait; a call it has given up on keeps its slot until it
    ends.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="questions")
        self._turns = Turns(AT_ONCE_PER_APP, None)
        self._lists = Turns(AT_ONCE_PER_APP, None)

    async def run(self, answer: Answer, name: str, arguments: dict[str, Any]) -> Any:
        """The result of ``answer`` from a thread. Raises what it raises."""
        if name in LISTS:
            async with self._lists.turn(arguments["app"]):
                return await asyncio.to_thread(answer, name, arguments)
        if name not in IN_TURN:
            return await asyncio.to_thread(answer, name, arguments)
        async with self._turns.turn(arguments["app"]):
            return await asyncio.get_running_loop().run_in_executor(self._threads, answer, name, arguments)
