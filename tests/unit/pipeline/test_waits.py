"""Waiting for a tick takes no thread, and misses none."""

from __future__ import annotations

import asyncio
import threading

from relance.worker.waits import Waits


async def test_a_thousand_calls_wait_without_a_thread_and_another_thread_stays_free() -> None:
    waits, settled, threads = Waits(), [0], threading.active_count()

    async def wait_for(at: int) -> bool:
        return await waits.until(lambda: settled[0] > at, 60.0)

    waiting = [asyncio.create_task(wait_for(number)) for number in range(1_000)]
    await asyncio.sleep(0)
    assert len(waits) == 1_000
    assert threading.active_count() == threads
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "quick"), 60) == "quick"
    settled[0] = 500
    waits.look()
    assert all(await asyncio.gather(*waiting[:500]))
    assert not any(each.done() for each in waiting[500:])
    settled[0] = 1_000
    waits.look()
    assert all(await asyncio.gather(*waiting))
    assert len(waits) == 0


async def test_what_holds_already_or_at_the_end_of_the_time_is_not_missed() -> None:
    waits, settled = Waits(), [False]
    assert await waits.until(lambda: True, 0.0)
    assert not await waits.until(lambda: False, 0.01)
    late = asyncio.create_task(waits.until(lambda: settled[0], 0.05))
    await asyncio.sleep(0)
    settled[0] = True  # and nobody looks
    assert await late


async def test_who_goes_away_is_forgotten() -> None:
    waits = Waits()
    gone = asyncio.create_task(waits.until(lambda: False, 60.0))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert len(waits) == 0
    waits.look()
