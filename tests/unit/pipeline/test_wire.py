"""The talk between server and worker over a real socket pair."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError
from relance.pipeline.errors import WorkerGoneError
from relance.worker.wire import Wire


async def answer(name: str, arguments: dict[str, Any]) -> Any:
    if name == "missing":
        raise NotFoundError(ErrorText.local("There is no such thing."), thing=7)
    if name == "broken":
        raise ZeroDivisionError
    if name == "slow":
        await asyncio.sleep(30)
    return {name: arguments}


@asynccontextmanager
async def wires() -> AsyncIterator[tuple[Wire, asyncio.Task[None]]]:
    ours, theirs = socket.socketpair()
    asking, answering = Wire(ours, answer), Wire(theirs, answer)
    await asking.open()
    await answering.open()
    far = asyncio.create_task(answering.serve())
    near = asyncio.create_task(asking.serve())
    yield asking, far
    for task in (far, near):
        task.cancel()
    await asyncio.gather(far, near, return_exceptions=True)


async def test_calls_are_answered_each_with_its_own() -> None:
    async with wires() as (wire, _):
        answers = await asyncio.gather(*(wire.call("echo", number=number) for number in range(50)))
    assert answers == [{"echo": {"number": number}} for number in range(50)]


async def test_an_error_comes_back_as_what_it_was() -> None:
    async with wires() as (wire, _):
        with pytest.raises(NotFoundError) as raised:
            await wire.call("missing")
    assert (raised.value.message, raised.value.data) == ("There is no such thing.", {"thing": 7})


async def test_a_fault_is_told_without_its_inside() -> None:
    async with wires() as (wire, _):
        with pytest.raises(Exception, match="Something went wrong in the worker"):
            await wire.call("broken")


async def test_whoever_waits_is_told_when_the_other_side_is_gone() -> None:
    async with wires() as (wire, far):
        waiting = asyncio.create_task(wire.call("slow"))
        await asyncio.sleep(0.05)
        far.cancel()
        with pytest.raises(WorkerGoneError):
            await waiting
        with pytest.raises(WorkerGoneError):
            await wire.call("echo")


async def test_who_asks_over_a_socket_that_broke_is_told_before_the_reader_finds_out() -> None:
    ours, theirs = socket.socketpair()
    wire = Wire(ours, answer)
    await wire.open()
    theirs.close()
    for _ in range(3):
        wire.notify("echo")
        await asyncio.sleep(0.01)
    with pytest.raises(WorkerGoneError):
        await asyncio.wait_for(wire.call("echo"), 60)
