"""On which threads the worker answers: what may take long, few at once of each app, on threads of its own."""

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
    """Used on one event loop. How many of one app may wait is the server's to say; who was given up on keeps the place."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="questions")
        self._turns = Turns(AT_ONCE_PER_APP, None)
        self._lists = Turns(AT_ONCE_PER_APP, None)

    async def run(self, answer: Answer, name: str, arguments: dict[str, Any]) -> Any:
        """What ``answer`` says, from a thread. Raises what it raises."""
        if name in LISTS:
            async with self._lists.turn(arguments["app"]):
                return await asyncio.to_thread(answer, name, arguments)
        if name not in IN_TURN:
            return await asyncio.to_thread(answer, name, arguments)
        async with self._turns.turn(arguments["app"]):
            return await asyncio.get_running_loop().run_in_executor(self._threads, answer, name, arguments)
