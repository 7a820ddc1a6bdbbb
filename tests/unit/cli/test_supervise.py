"""A worker that does not answer is not waited for without end, and a client is told in words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from relance.cli import supervise
from relance.core.configuration import Settings
from relance.pipeline.errors import WorkerTimeoutError
from relance.web.errors import problem_of


class Silent:
    """A wire to a worker that never answers."""

    async def call(self, _name: str, **_arguments: Any) -> Any:
        await asyncio.Event().wait()


async def test_a_call_ends_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "_USUALLY", 0.01)
    worker = supervise.WorkerProcess(Settings(data=str(tmp_path)))
    worker._ready.set()
    worker._wire = cast("Any", Silent())
    with pytest.raises(WorkerTimeoutError) as caught:
        await asyncio.wait_for(worker.call("settled", offset=1), 60)
    assert caught.value.data["call"] == "settled"
    assert problem_of(caught.value).status == 504
