"""What every HTTP handler can reach: created once by the command line, kept on ``app.state.context``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.engine import Engine

from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.channels.sandbox.service import Sandbox
from relance.core.configuration import Settings
from relance.events.service import LogWriter
from relance.infra.clock import Clock


class Watch(Protocol):
    """Restarts a stalled worker. ``not_started``: why the last start failed; empty after a successful one."""

    not_started: str

    def report(self) -> dict[str, Any]:
        """How often the worker stalled, and why the last time."""
        ...


class WorkerClient(Protocol):
    """The process that settles the log, as seen from here. ``call`` raises the ``RelanceError`` that the worker raised."""

    async def call(self, name: str, **arguments: Any) -> Any:
        """Call the worker; the answer consists of plain values (dicts, lists, numbers, texts)."""
        ...


@dataclass(frozen=True)
class Context:
    """The parts behind the handlers."""

    settings: Settings
    clock: Clock
    state: Engine
    log: LogWriter
    worker: WorkerClient
    secret: bytes  # signs tracking links and cursors; 32 bytes, kept in the data folder
    sandbox: Sandbox | None
    accounts: Accounts
    operators: Operators
    watchdog: Watch | None = None
    push_key: str = ""  # the VAPID public key, which pages need to subscribe; empty = this server sends no push
