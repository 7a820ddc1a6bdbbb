"""The worker as handlers see it: one app's heavy reads of history do not delay another app.

An app's previews, reports and similar calls share two slots, its files another two, and its lists of events two more. Others wait
in line, and beyond that are refused (``busy_app``).
"""

from __future__ import annotations

from typing import Any

from relance.core.error_text import ErrorText
from relance.core.turns import Turns
from relance.web.context import WorkerClient
from relance.worker.questions import FILES, LISTS, QUESTIONS

AT_ONCE, WAITING = 2, 8  # per app


class WorkerInTurns:
    """The same worker, called in turns by app."""

    def __init__(self, worker: WorkerClient) -> None:
        self._worker = worker
        questions = Turns(
            AT_ONCE,
            WAITING,
            ErrorText("reports_at_once", "Too many previews, reports and questions of this app are being answered at once."),
        )
        files = Turns(AT_ONCE, WAITING, ErrorText("exports_at_once", "Too many exports of this app are being made at once."))
        lists = Turns(
            AT_ONCE, WAITING, ErrorText("event_lists_at_once", "Too many lists of events of this app are being read at once.")
        )
        self._turns = dict.fromkeys(QUESTIONS, questions) | dict.fromkeys(FILES, files) | dict.fromkeys(LISTS, lists)

    async def call(self, name: str, **arguments: Any) -> Any:
        """Raises ``AppBusyError`` besides what the worker raises."""
        turns = self._turns.get(name)
        if turns is None:
            return await self._worker.call(name, **arguments)
        has_begun = bool(arguments.get("cursor"))  # a later page of a file whose beginning has been sent
        async with turns.turn(arguments["app"], patient=has_begun):
            return await self._worker.call(name, **arguments)
