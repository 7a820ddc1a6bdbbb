"""The sandbox behind a real HTTP server, with no other part of the program."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from relance.channels.sandbox.service import Sandbox
from relance.core.configuration import Settings
from relance.web.errors import EXCEPTION_HANDLERS
from relance.web.sandbox import handlers as sandbox_handlers


class StillClock:
    """A clock that stands where it is put."""

    def __init__(self, instant: int = 1_000) -> None:
        self.instant = instant

    def now(self) -> int:
        return self.instant


@dataclass
class Server:
    """A running server: its address and the sandbox behind it."""

    url: str
    sandbox: Sandbox
    clock: StillClock


def make_app(handlers: Sequence[ControllerRouterHandler], **context: Any) -> Litestar:
    """A server of these handlers only, over a context with only these parts."""
    return Litestar(handlers, state=State({"context": SimpleNamespace(**context)}), exception_handlers=EXCEPTION_HANDLERS)


@contextmanager
def running(app: Litestar, listening: socket.socket) -> Iterator[None]:
    """Serve ``app`` on a socket that already listens."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def serve_sandbox(folder: Path) -> Iterator[Server]:
    """The sandbox on a free port: push by HTTP, e-mail by SMTP."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    port = listening.getsockname()[1]
    clock = StillClock()
    sandbox = Sandbox(folder, f"http://127.0.0.1:{port}", 0, clock=clock)
    settings = Settings(port=port)
    sandbox.start()
    try:
        with running(make_app(sandbox_handlers, settings=settings, clock=clock, sandbox=sandbox, state=None), listening):
            yield Server(f"http://127.0.0.1:{port}", sandbox, clock)
    finally:
        sandbox.stop()
