"""The API in process, over a real state store on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.events.service import LogWriter
from relance.infra.clock import RealClock
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.pipeline.errors import NotSettledError
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.settle_partitions import PartitionRound
from relance.pipeline.tick import Tick
from relance.web.api import handlers
from relance.web.api.session import setup_token
from relance.web.application import Application, attach, frame
from relance.web.context import Context
from relance.webhooks.feed import Feed, WebhookSender
from relance.worker.calls import Calls
from relance.worker.latency import Latencies
from relance.worker.ticking import TickThread
from tests.history import lay_history

SECRET = b"s" * 32
PASSWORD = "correct horse battery"
EMAIL = "ada@example.org"


class Scripted:
    """A worker that answers what the test says."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"definitions_changed": None, "settled": None, "webhooks_changed": None}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, name: str, **arguments: Any) -> Any:
        self.calls.append((name, arguments))
        return self.answers[name]


class Inline:
    """The worker's ticks and answers in this process: real log, history, people and live segments, but nothing is sent."""

    def __init__(self, settings: Settings, state: Engine, log: Engine) -> None:
        folder = Path(settings.data)
        self.lease = Lease(state, folder, 0, 15)
        cursor = self.lease.take()
        lay_history(folder)
        self.parts = PartitionContext.open(settings, RealClock(), state, log, 0)
        ticks = PartitionRound([Tick(self.parts, self.lease, cursor)])
        ticks.load()
        self.latencies = Latencies()
        self.ticking = TickThread(ticks, self.latencies, lambda _settled: None, lambda: None)
        self.calls = Calls([self.parts], self.ticking)
        self.feed = Feed(
            state,
            self.parts.history,
            WebhookSender(private=False, open_secret=Sealing(SECRET, WEBHOOK_SECRETS).open),
            0,
            lambda: ticks.first.cursor.position,
        )
        self.ticking.start()

    async def call(self, name: str, **arguments: Any) -> Any:
        match name:
            case "settled":
                self.ticking.wake()
                done = await asyncio.to_thread(self.ticking.wait_for_offset, arguments["offset"], arguments["timeout"])
                if not done:
                    raise NotSettledError(ErrorText.local("Accepted, but not settled yet: ask again shortly."))
                return None
            case "definitions_changed":
                self.ticking.round.definitions_changed()
                return await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 30.0)
            case "webhooks_changed":
                return await self.feed.changed()
            case "webhook_test":
                return msgspec.to_builtins(await self.feed.test(**arguments, now=RealClock().now()))
            case "stats":
                return {"latency": self.latencies.report()}
        return msgspec.msgpack.decode(msgspec.msgpack.encode(await asyncio.to_thread(self.calls.answer, name, arguments)))

    def close(self) -> None:
        self.ticking.stop()
        self.parts.history.close()
        self.lease.release()


class Api:
    """A client that speaks as somebody: an API key, or an operator's session."""

    def __init__(self, client: TestClient[Application], headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """(status, decoded body, or the text of a file) of one request; ``headers`` with ``_`` for ``-``."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else msgspec.json.encode(body)
        answer = self.client.request(
            method, f"/api/v1{path}", content=content, headers={"content-type": "application/json", **self.headers, **extra}
        )
        if answer.content and not answer.headers.get("content-type", "").startswith("application/json"):
            return answer.status_code, answer.text
        return answer.status_code, (answer.json() if answer.content else None)


@pytest.fixture
def worker() -> Scripted:
    return Scripted()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path), sign_in_attempts=3, tick_pause_ms=0, history_memory_mb=64, address_wait_seconds=0)


@pytest.fixture
def log(log_engine: Engine) -> Iterator[LogWriter]:
    writer = LogWriter(log_engine, clock=RealClock())
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def context(state: Engine, accounts: Accounts, log: LogWriter, worker: Scripted, settings: Settings) -> Context:
    return Context(
        settings=settings,
        clock=RealClock(),
        state=state,
        accounts=accounts,
        operators=Operators(state, SECRET, attempts=3),
        log=log,
        worker=worker,
        secret=SECRET,
        sandbox=None,
    )


@pytest.fixture
def inline(settings: Settings, state: Engine, log_engine: Engine) -> Iterator[Inline]:
    worker = Inline(settings, state, log_engine)
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def frames() -> tuple[Application, Application]:
    """Two applications for the tests to put their servers behind, one after the other: making one takes half a second."""
    return frame(handlers), frame(handlers)


@pytest.fixture
def client(context: Context, frames: tuple[Application, Application]) -> Iterator[TestClient[Application]]:
    """The API with a scripted worker."""
    with TestClient(attach(frames[0], context)) as client:
        yield client


@pytest.fixture
def whole(context: Context, frames: tuple[Application, Application], inline: Inline) -> Iterator[TestClient[Application]]:
    """The API with a worker that settles."""
    with TestClient(attach(frames[1], replace(context, worker=inline))) as client:
        yield client


@pytest.fixture
def accounts(state: Engine) -> Accounts:
    return Accounts(state)


@pytest.fixture
def operator(client: TestClient[Application]) -> Api:
    """The first operator, signed in."""
    body = {"token": setup_token(SECRET), "email": EMAIL, "name": "Ada", "password": PASSWORD}
    answer = client.post("/api/v1/setup", json=body)
    assert answer.status_code == 201, answer.text
    return Api(client, {"x-csrf-token": answer.json()["csrf"]})


@pytest.fixture
def shop(accounts: Accounts) -> NewApp:
    return accounts.create_app("Shop", 1_760_000_000_000)


@pytest.fixture
def other(accounts: Accounts) -> NewApp:
    return accounts.create_app("Other", 1_760_000_000_000)


@pytest.fixture
def api(client: TestClient[Application], shop: NewApp) -> Api:
    """The shop's API key, before a scripted worker."""
    return Api(client, {"authorization": f"Bearer {shop.api_key.text}"})


@pytest.fixture
def settled(whole: TestClient[Application], shop: NewApp) -> Api:
    """The shop's API key, before a worker that settles."""
    return Api(whole, {"authorization": f"Bearer {shop.api_key.text}"})


@pytest.fixture
def stranger(whole: TestClient[Application], other: NewApp) -> Api:
    """Another app's API key, on the same server."""
    return Api(whole, {"authorization": f"Bearer {other.api_key.text}"})


@pytest.fixture
def boss(whole: TestClient[Application]) -> Api:
    """The first operator, before a worker that settles."""
    body = {"token": setup_token(SECRET), "email": EMAIL, "name": "Ada", "password": PASSWORD}
    return Api(whole, {"x-csrf-token": whole.post("/api/v1/setup", json=body).json()["csrf"]})
