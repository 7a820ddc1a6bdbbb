"""The worker process: what ``relance.cli.work`` runs, at the other end of the server's socket."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

import msgspec
import uvloop

from relance.cli.channels import Channels, open_preparation
from relance.cli.folder import open_clock, read_secret
from relance.cli.logs import set_up_logs
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.infra.memory import use_few_arenas
from relance.infra.pauses import pause_seldom
from relance.pipeline.errors import WorkerGoneError
from relance.worker.wire import Wire
from relance.worker.worker import Worker

PULSE_EVERY = 1.0  # seconds
NICENESS = 10  # if the processor is overloaded, answers take precedence over ticks


class Process:
    """The worker's side of the socket: the first call delivers the settings, all others go to the worker."""

    def __init__(self, end: socket.socket) -> None:
        self._wire = Wire(end, self._handle)
        self._worker: Worker | None = None
        self._channels: Channels | None = None
        self._over = asyncio.Event()
        self._pulse: asyncio.Task[None] | None = None

    async def run(self) -> None:
        await self._wire.open()
        serving = asyncio.create_task(self._wire.serve())
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait({serving, over}, return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        over.cancel()
        if self._pulse is not None:
            self._pulse.cancel()
        if self._worker is not None:
            await self._worker.stop()
        if self._channels is not None:
            await self._channels.close()

    async def _handle(self, name: str, arguments: dict[str, Any]) -> Any:
        if name == "start":
            return await self._start(**arguments)
        if name == "stop":
            return self._over.set()
        if self._worker is None:
            raise WorkerGoneError(ErrorText("worker_starting", "The worker is starting."))
        return await self._worker.handle(name, arguments)

    async def _start(self, settings: dict[str, Any], smtp_port: int, stalled: dict[str, Any] | None = None) -> None:
        given = msgspec.convert(settings, Settings)
        set_up_logs(given.log_level, given.log_format, given.folder)
        stores = await asyncio.to_thread(open_stores, given)
        secret = read_secret(given.folder)
        self._channels = channels = Channels(given, stores[0], secret, smtp_port)
        preparation = open_preparation(given, stores[0], secret, channels)
        worker = Worker(
            given,
            open_clock(given),
            stores,
            channels.transports,
            preparation,
            channels.webhooks,
            channels.providers,
            self._over.set,
            lambda offsets: self._wire.notify("ticked", offsets=offsets),
        )
        self._pulse = asyncio.create_task(self._beat(worker))  # the first tick, too, may stall
        await worker.start(stalled)
        self._worker = worker

    async def _beat(self, worker: Worker) -> None:
        """Send a pulse every second: its absence is a signal, too."""
        while True:
            self._wire.notify("pulse", **worker.pulse())
            await asyncio.sleep(PULSE_EVERY)


def work(fd: int) -> None:
    """Run until the other end of the socket is gone."""
    os.nice(NICENESS)
    use_few_arenas()
    pause_seldom()
    end = socket.socket(fileno=fd)
    end.setblocking(False)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(end))
        sys.stdout.flush()
        # Threads (waiting for the partition, a library's own) must not delay the exit of a process whose server is gone.
        os._exit(0)


async def _main(end: socket.socket) -> None:
    await Process(end).run()
