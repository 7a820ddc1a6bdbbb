"""One app's texts wait for each other, not for another app's, and no more of them than there is room for."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from relance.core.errors import AppBusyError
from relance.web.api.desk import WAITING, Desk


async def test_one_app_takes_one_thread() -> None:
    desk, held = Desk(), Event()
    first = asyncio.create_task(desk.run(1, held.wait))
    second = asyncio.create_task(desk.run(1, lambda: "second"))
    assert await desk.run(2, lambda: "other") == "other"
    assert not second.done()
    held.set()
    assert await first
    assert await second == "second"


async def test_more_than_there_is_room_for_are_refused() -> None:
    desk, held = Desk(), Event()
    waiting = [asyncio.create_task(desk.run(1, held.wait)) for _ in range(WAITING + 1)]
    await asyncio.sleep(0)
    with pytest.raises(AppBusyError):
        await desk.run(1, lambda: None)
    held.set()
    assert all(await asyncio.gather(*waiting))
    assert await desk.run(1, lambda: "again") == "again"


async def test_whoever_hangs_up_keeps_the_turn_until_the_thread_is_free() -> None:
    desk, began, held, order = Desk(), Event(), Event(), list[str]()

    def work() -> None:
        began.set()
        held.wait()
        order.append("first")

    first = asyncio.create_task(desk.run(1, work))
    assert await asyncio.to_thread(began.wait, 60)
    first.cancel()
    second = asyncio.create_task(desk.run(1, lambda: order.append("second")))
    await asyncio.sleep(0.05)
    held.set()
    await second
    assert order == ["first", "second"]
