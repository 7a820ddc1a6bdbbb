"""The server's side of its worker: starts it, calls it, restarts it if it dies, and stops it gracefully."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import structlog

from relance.cli.spawn import Spawned, spawn
from relance.cli.watchdog import Watchdog
from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.pipeline.errors import WorkerGoneError, WorkerTimeoutError
from relance.worker.wire import Wire

log = structlog.get_logger()

_RESTART_FIRST, _RESTART_MOST = 0.1, 5.0  # seconds
_STOP_GRACE = 10.0
_LOOK_EVERY = 1.0  # seconds between checks of the worker's pulse
_PATIENCE = 20.0  # seconds a call waits for a starting worker


_USUALLY = 60.0  # seconds a call may take
_LONGEST: dict[str, float | None] = {
    "preview": 120.0,
    "report": 120.0,
    "explain": 120.0,
    "members_parquet": 600.0,
    **dict.fromkeys(("advance", "run_free", "quiet"), None),  # a story advances for as long as it takes
}


class OnSettled(Protocol):
    """Receives the settled offset of each partition, and whether a tick is running."""

    def __call__(self, offsets: Sequence[int], *, goes_on: bool) -> None: ...


def _nobody(offsets: Sequence[int], *, goes_on: bool) -> None:
    """Ignores it."""


class WorkerProcess:
    """The worker as a child process. It exits when this end of the socket pair closes."""

    def __init__(self, settings: Settings, spawned: Spawned | None = None) -> None:
        """``spawned`` is the first one."""
        self.settings = settings
        self.smtp_port = 0  # of the sandbox; known once it listens
        self.on_settled: OnSettled = _nobody  # receives the settled offsets of partitions
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: Wire | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False
        self._delay = _RESTART_FIRST  # before the next start; grows while starts fail
        self._ready = asyncio.Event()
        self._spawned = spawned
        self.watchdog = Watchdog(settings.stall_seconds)

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep())

    async def ready(self) -> None:
        """Wait until the worker has taken its partitions and loaded what it needs."""
        await self._ready.wait()

    async def call(self, name: str, **arguments: Any) -> Any:
        """Call the worker, waiting for one that is starting. Raises ``WorkerGoneError`` if none appears."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._ready.wait()
        except TimeoutError:
            raise WorkerGoneError(
                ErrorText.local(f"The worker is not running; it is being started. {self.watchdog.not_started}".strip())
            ) from None
        if self._wire is None:
            raise WorkerGoneError(ErrorText("worker_stopping", "The worker is stopping."))
        try:
            async with asyncio.timeout(_LONGEST.get(name, _USUALLY)):
                return await self._wire.call(name, **arguments)
        except TimeoutError:
            raise WorkerTimeoutError(
                ErrorText("worker_timeout", "The worker did not answer in time: try again later, or ask for less."), call=name
            ) from None

    def notify(self, name: str, **arguments: Any) -> None:
        if self._wire is not None:
            self._wire.notify(name, **arguments)

    async def stop(self) -> None:
        """Ask it to finish its tick and close its files; kill it after a grace period."""
        self._stopping = True
        self.notify("stop")
        process = self._process
        if process is not None:
            try:
                await asyncio.wait_for(asyncio.to_thread(process.wait), timeout=_STOP_GRACE)
            except TimeoutError:
                process.kill()
        if self._keeper is not None:
            self._keeper.cancel()

    async def _keep(self) -> None:
        while not self._stopping:
            self._process, ours = self._spawned or spawn()
            self._spawned = None
            await self._speak(ours)
            code = await asyncio.to_thread(self._process.wait)
            if self._stopping:
                return
            log.error("worker_died", code=code, restart_in=self._delay)
            await asyncio.sleep(self._delay)
            self._delay = min(self._delay * 2, _RESTART_MOST)

    async def _speak(self, end: socket.socket) -> None:
        """Send the settings, then serve the connection until the worker is gone."""
        wire = Wire(end, self._answer)
        await wire.open()
        begun = asyncio.create_task(self._begin(wire))
        watching = asyncio.create_task(self._watch())
        self._wire = wire
        await wire.serve()
        begun.cancel()
        watching.cancel()
        self._ready.clear()
        self._wire = None

    async def _begin(self, wire: Wire) -> None:
        try:
            stalled = self.watchdog.take_stall()
            await wire.call("start", settings=msgspec.to_builtins(self.settings), smtp_port=self.smtp_port, stalled=stalled)
        except RelanceError as error:
            # Its store does not answer, or its partition is not free: useless, so restart it.
            self.watchdog.not_started = error.message
            log.error("worker_did_not_start", reason=error.message)
            if self._process is not None:
                self._process.kill()
            return
        self._delay, self.watchdog.not_started = _RESTART_FIRST, ""
        self.watchdog.heard({})
        self._ready.set()

    async def _watch(self) -> None:
        """Kill a stalled worker; it is restarted."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            reason = "" if self._stopping else self.watchdog.verdict(is_ready=self._ready.is_set())
            if reason and self._process is not None:
                log.error("worker_stalled", reason=reason)
                self._process.kill()
                return

    async def _answer(self, name: str, arguments: dict[str, Any]) -> Any:
        match name:
            case "ticked":
                self.on_settled(arguments["offsets"], goes_on=True)
            case "pulse":
                self.watchdog.heard(arguments)
                self.on_settled(arguments["offsets"], goes_on=arguments["goes_on"])
            case _:
                raise RuntimeError(f"the server answers no calls, not {name}")
