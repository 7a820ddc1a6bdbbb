"""Twelve slow questions of one app leave threads to another app's, and to all that is quick."""

from __future__ import annotations

import asyncio
from collections import Counter
from threading import Event
from typing import Any

from relance.worker.answering import AT_ONCE_PER_APP, THREADS, Answering


class Slow:
    """App 1's questions are answered when the test says so."""

    def __init__(self, *slow: str) -> None:
        self.slow = slow
        self.gate = Event()
        self.begun: Counter[int] = Counter()

    def __call__(self, name: str, arguments: dict[str, Any]) -> str:
        self.begun[arguments["app"]] += 1
        if arguments["app"] == 1 and name in self.slow:
            self.gate.wait(60)
        return name


async def test_one_app_holds_no_other() -> None:
    slow, answering = Slow("preview"), Answering()
    asked = [asyncio.create_task(answering.run(slow, "preview", {"app": 1})) for _ in range(12)]
    while slow.begun[1] < AT_ONCE_PER_APP:
        await asyncio.sleep(0.01)
    assert await asyncio.wait_for(answering.run(slow, "preview", {"app": 2}), 60) == "preview"
    assert await asyncio.wait_for(answering.run(slow, "timeline", {"app": 1}), 60) == "timeline"
    assert slow.begun[1] == AT_ONCE_PER_APP + 1
    assert AT_ONCE_PER_APP < THREADS
    assert slow.begun[2] == 1
    slow.gate.set()
    assert await asyncio.gather(*asked) == ["preview"] * 12


async def test_lists_of_one_app_hold_neither_its_questions_nor_another_apps_lists() -> None:
    slow, answering = Slow("event_names"), Answering()
    asked = [asyncio.create_task(answering.run(slow, "event_names", {"app": 1})) for _ in range(12)]
    assert await asyncio.wait_for(answering.run(slow, "preview", {"app": 1}), 60) == "preview"
    assert await asyncio.wait_for(answering.run(slow, "event_names", {"app": 2}), 60) == "event_names"
    assert slow.begun[1] <= AT_ONCE_PER_APP + 1
    slow.gate.set()
    assert await asyncio.gather(*asked) == ["event_names"] * 12
