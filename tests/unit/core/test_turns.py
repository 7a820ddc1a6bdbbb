"""Of one app so many at once and so many in wait; of another as many besides."""

from __future__ import annotations

import asyncio

import pytest

from relance.core.errors import AppBusyError
from relance.core.turns import Turns


class Yard:
    """Work that goes on until it is let go, in turns by app."""

    def __init__(self, at_once: int, waiting: int | None) -> None:
        self.turns = Turns(at_once, waiting)
        self.gate = asyncio.Event()
        self.at_work: list[int] = []

    async def work(self, app: int, *, patient: bool = False) -> str:
        try:
            async with self.turns.turn(app, patient=patient):
                self.at_work.append(app)
                await self.gate.wait()
        except AppBusyError:
            return "refused"
        return "done"

    def start(self, app: int, count: int) -> list[asyncio.Task[str]]:
        return [asyncio.create_task(self.work(app)) for _ in range(count)]


@pytest.mark.parametrize(
    ("at_once", "waiting", "asked", "at_work", "refused"),
    [
        (2, 8, 1, 1, 0),
        (2, 8, 2, 2, 0),
        (2, 8, 3, 2, 0),
        (2, 8, 10, 2, 0),
        (2, 8, 12, 2, 2),
        (1, 0, 3, 1, 2),
        (3, None, 50, 3, 0),
    ],
)
async def test_how_many_of_one_app(at_once: int, waiting: int | None, asked: int, at_work: int, refused: int) -> None:
    yard = Yard(at_once, waiting)
    first, second = yard.start(1, asked), yard.start(2, 1)
    await asyncio.sleep(0.01)
    assert (yard.at_work.count(1), yard.at_work.count(2)) == (at_work, 1)
    yard.gate.set()
    assert (await asyncio.gather(*first)).count("refused") == refused
    assert await second[0] == "done"


async def test_a_place_is_given_to_whoever_waits_and_given_back_by_whoever_leaves() -> None:
    yard = Yard(1, 1)
    running, waiting = yard.start(1, 2)
    await asyncio.sleep(0.01)
    assert await yard.work(1) == "refused"
    running.cancel()
    await asyncio.sleep(0.01)
    assert yard.at_work == [1, 1]
    another = asyncio.create_task(yard.work(1))
    await asyncio.sleep(0.01)
    another.cancel()  # while it waits
    yard.gate.set()
    assert await waiting == "done"
    assert await yard.work(1) == "done"


async def test_what_has_begun_waits_behind_however_many() -> None:
    yard = Yard(1, 1)
    yard.start(1, 2)
    await asyncio.sleep(0.01)
    patient = asyncio.create_task(yard.work(1, patient=True))
    await asyncio.sleep(0.01)
    assert await yard.work(1) == "refused"
    yard.gate.set()
    assert await patient == "done"


async def test_work_that_fails_gives_its_place_back() -> None:
    turns = Turns(1, 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with turns.turn(1):
                raise ZeroDivisionError
    async with turns.turn(1):
        pass
