"""The ingest path behind a real HTTP server: real log, accounts and database, no worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from sqlalchemy.engine import Engine

from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.core.configuration import Settings
from relance.core.time import from_iso
from relance.events.model import Event, Rejection
from relance.events.service import LogWriter, list_rejected, read_log
from relance.infra.clock import Clock, RealClock
from relance.infra.database import reading
from relance.web.application import Application, build
from relance.web.context import Context

NOON = from_iso("2026-03-01T12:00:00Z")


class StillClock:
    """A clock that stands where it is put."""

    def __init__(self, instant: int = NOON) -> None:
        self.instant = instant

    def now(self) -> int:
        return self.instant


class StubWorker:
    """A worker that answers ``health``, or is gone."""

    answer: dict[str, Any] | None = None

    async def call(self, name: str, **arguments: Any) -> Any:
        if self.answer is None:
            raise ConnectionError(f"The worker is gone: {name} {arguments}")
        return self.answer


@dataclass
class Place:
    """A running server with one app, and what arrived there."""

    url: str
    client: httpx.Client
    log: Engine
    writer: LogWriter
    accounts: Accounts
    worker: StubWorker
    app_id: int
    key: str
    key_id: int
    application: Application
    browser_key: str = ""
    identity_secret: str = ""

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """POST as a Segment client would: JSON, the write key as the user name of Basic authentication."""
        content = {"content": body} if isinstance(body, bytes | str) else {"json": body}
        return self.client.post(path, **{"auth": (self.key, ""), **content, **more})

    def batch(self, *messages: Any, **more: Any) -> httpx.Response:
        return self.post("/v1/batch", {"batch": list(messages)}, **more)

    def events(self) -> list[Event]:
        """Everything in the log, in order."""
        with reading(self.log) as connection:
            return [event for row in read_log(connection, 0, 0, 1_000_000) for event in row.events]

    def rejected(self) -> list[Rejection]:
        """Everything set aside, oldest first."""
        with reading(self.log) as connection:
            return list_rejected(connection, self.app_id, limit=10_000)[::-1]


@contextmanager
def running(state: Engine, log_engine: Engine, clock: Clock | None = None, **settings: Any) -> Iterator[Place]:
    """Serve ingest on a free port."""
    accounts = Accounts(state)
    made = accounts.create_app("Shop", RealClock().now())
    worker = StubWorker()
    clock = clock or StillClock()
    writer = LogWriter(log_engine, clock=clock)
    writer.start()
    context = Context(
        settings=Settings(**settings),
        clock=clock,
        state=state,
        log=writer,
        worker=worker,
        secret=bytes(32),
        sandbox=None,
        accounts=accounts,
        operators=Operators(state, bytes(32)),
    )
    application = build(context)
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Place(
                url,
                client,
                log_engine,
                writer,
                accounts,
                worker,
                made.app.id,
                made.write_key.text,
                made.write_key.key.id,
                application,
                made.browser_key.text,
                made.identity_secret.text,
            )
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        writer.stop()
