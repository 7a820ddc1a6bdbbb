"""``relance serve`` with its worker in a thread of the same process: the design that was measured and refused (ADR 0002)."""

from __future__ import annotations

import asyncio
import socket

import uvloop
from typing_extensions import override

from relance.cli.server import Server
from relance.cli.supervise import WorkerProcess
from relance.cli.worker_process import Process
from relance.core.configuration import read_settings


class WorkerThread(WorkerProcess):
    """The worker's loop beside the server's, the tick on a thread of this process."""

    @override
    async def _keep(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._beside = asyncio.create_task(Process(theirs).run())
        await self._speak(ours)


def main() -> None:
    settings = read_settings()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Server(settings, WorkerThread(settings)).run())


if __name__ == "__main__":
    main()
