"""What goes wrong in the worker reaches the caller with a code, and with an id that stands in the log."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from relance.infra.errors import StoreUnavailableError
from relance.pipeline.errors import WorkerFailedError
from relance.worker.wire import Wire


async def ask(error: Exception) -> Any:
    ours, theirs = socket.socketpair()
    for each in (ours, theirs):
        each.setblocking(False)

    async def fail(_name: str, _arguments: dict[str, Any]) -> Any:
        raise error

    near, far = Wire(ours, fail), Wire(theirs, fail)
    await near.open()
    await far.open()
    serving = [asyncio.create_task(wire.serve()) for wire in (near, far)]
    try:
        return await near.call("anything")
    finally:
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def test_an_error_nobody_foresaw_has_a_code_and_an_id_that_the_log_has_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkerFailedError) as caught:
        await ask(KeyError("bug"))
    assert caught.value.code == "internal"
    assert caught.value.data["id"].startswith("err_")
    reported = capsys.readouterr()
    assert caught.value.data["id"] in reported.out + reported.err


async def test_a_database_that_does_not_answer_is_no_fault_of_ours() -> None:
    with pytest.raises(StoreUnavailableError):
        await ask(OperationalError("SELECT 1", {}, Exception("gone")))
