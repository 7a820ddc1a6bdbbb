"""The server process: everything that answers HTTP, the log's writer, and the worker as a child process."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn
import uvloop
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.channels.email.inbound import bounce_listener
from relance.channels.email.notice import read_notice
from relance.channels.sandbox.service import Sandbox
from relance.channels.smtp_listener import SmtpListener
from relance.channels.web_push.vapid import read_public_key
from relance.cli.folder import PUSH_KEY, make_folder, open_clock, read_secret
from relance.cli.logs import set_up_logs
from relance.cli.spawn import Spawned
from relance.cli.stores import open_stores
from relance.cli.supervise import WorkerProcess
from relance.core.configuration import Settings
from relance.events.flows import Flow
from relance.events.model import Event
from relance.events.service import Backlog, LogWriter, apps_in_log
from relance.infra.database import reading
from relance.infra.memory import give_back, use_few_arenas
from relance.infra.pauses import pause_seldom
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.pipeline.lease import settled_offsets
from relance.web.api.session import setup_token
from relance.web.app import create_app
from relance.web.callbacks.returned import ReturnedMail
from relance.web.context import Context
from relance.web.edge import connections_allowed, edge_of
from relance.web.preferences.carrying_out import DeletionTimer
from relance.webhooks.service import Webhooks

log = structlog.get_logger()

GRACE = 8  # seconds granted to running requests
COUNTED = 1_000_000  # events of a partition whose apps are counted before the start: a second's work
APPEND_TIMEOUT = 30.0  # seconds
REST_AFTER = 20.0  # seconds without an accepted event


def count_backlog(backlog: Backlog, state: Engine, log_store: Engine) -> None:
    """Events accepted before this start and not settled still count towards their apps' limits."""
    with reading(log_store) as connection:
        for partition, offset in settled_offsets(state).items():
            backlog.restore(partition, apps_in_log(connection, partition, offset, COUNTED), time.monotonic())


class Server:
    """All parts of a running server, opened in order of dependency and closed in reverse."""

    def __init__(self, settings: Settings, worker: WorkerProcess) -> None:
        self.settings = settings
        folder = make_folder(settings)
        self.clock = open_clock(settings)
        self.secret = read_secret(folder)
        self.worker = worker
        self.state, self.log_store = open_stores(settings)
        Webhooks(self.state, Sealing(self.secret, WEBHOOK_SECRETS), private=settings.webhook_private).seal_all()
        self.sandbox = (
            Sandbox(
                folder / "inbox",
                settings.url,
                settings.sandbox_smtp_port,
                clock=self.clock,
                phone_port=settings.sandbox_phone_port,
            )
            if settings.sandbox
            else None
        )
        self.accounts = Accounts(self.state, secret=self.secret)
        self.operators = Operators(
            self.state,
            self.secret,
            attempts=settings.sign_in_attempts,
            session_hours=settings.session_hours,
            idle_minutes=settings.idle_minutes,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._offset = 0  # of the log, as last written by this process
        self.backlog = Backlog(settings.app_backlog_events)
        self.log = LogWriter(
            self.log_store,
            clock=self.clock,
            partitions=settings.partitions,
            on_commit=self._committed,
            backlog=self.backlog,
        )
        worker.on_settled = self.log.settled
        self.bounces = self._bounce_listener()

    def _bounce_listener(self) -> SmtpListener | None:
        domain = self.settings.bounce_domain
        if not domain:
            return None
        mail = ReturnedMail(self.state, self.secret, self.clock, domain, read_notice, self._append)
        return bounce_listener(self.settings.bounce_host, self.settings.bounce_port, domain, mail.read, mail.take)

    def _append(self, events: Sequence[Event]) -> None:
        """From another thread: write events to the log, and wait until they are on the disk."""
        if self._loop is None:
            raise RuntimeError("the server does not run")
        asyncio.run_coroutine_threadsafe(self.log.append(events, flow=Flow.LINK), self._loop).result(APPEND_TIMEOUT)

    def _committed(self, offset: int) -> None:
        """On the log's thread: notify the worker that there is more to settle."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._notify, offset)

    def _notify(self, offset: int) -> None:
        self._offset = offset
        self.worker.notify("committed", offset=offset)

    def context(self) -> Context:
        return Context(
            settings=self.settings,
            clock=self.clock,
            state=self.state,
            log=self.log,
            worker=self.worker,
            accounts=self.accounts,
            operators=self.operators,
            secret=self.secret,
            sandbox=self.sandbox,
            watchdog=self.worker.watchdog,
            push_key=read_public_key(self.settings.folder / PUSH_KEY),
        )

    async def run(self) -> None:
        """Serve until a signal arrives; then finish running requests, settle nothing new, close every file."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(count_backlog, self.backlog, self.state, self.log_store)
        self.log.start()
        if self.sandbox is not None:
            self.sandbox.start()
            self.worker.smtp_port = self.sandbox.smtp_port
        if self.bounces is not None:
            self.bounces.start()
        await self.worker.start()
        context = self.context()
        config = uvicorn.Config(
            create_app(context),
            host=self.settings.host,
            port=self.settings.port,
            loop="none",
            http=edge_of(connections_allowed()),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            lifespan="off",
            forwarded_allow_ips=self.settings.trusted_proxies,
        )
        http = _Http(config)
        pause_seldom()
        for each in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(each, http.ask_to_stop)
        aside = [asyncio.create_task(each) for each in (self._announce(http), self._rest(), DeletionTimer(context).run())]
        await http.serve()
        for task in aside:
            task.cancel()
        if self.bounces is not None:
            await asyncio.to_thread(self.bounces.stop)
        await self.worker.stop()
        self.log.stop()
        self.accounts.flush_uses()
        if self.sandbox is not None:
            self.sandbox.stop()
        self.state.dispose()
        self.log_store.dispose()

    async def _rest(self) -> None:
        """Release memory once per idle period: when nothing was accepted for a while."""
        seen, rested = 0, -1
        while True:
            await asyncio.sleep(REST_AFTER)
            if seen == self._offset != rested:
                rested = seen
                self.state.dispose()  # idle connections close and drop their page caches
                self.log_store.dispose()
                await asyncio.to_thread(give_back)
            seen = self._offset

    async def _announce(self, http: _Http) -> None:
        while not http.started:
            await asyncio.sleep(0.01)
        await self.worker.ready()
        log.info("ready", url=self.settings.url, data=str(self.settings.folder))
        if await asyncio.to_thread(self.operators.setup_needed):
            log.info("first_sign_in", open=f"{self.settings.url}/setup?token={setup_token(self.secret)}")


class _Http(uvicorn.Server):
    """uvicorn without signal handling: it would raise the signals again after its end."""

    def ask_to_stop(self) -> None:
        self.should_exit = True

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to do: ``Server.run`` has handlers of its own."""
        yield


def run(settings: Settings, spawned: Spawned) -> None:
    """Serve until a signal arrives; ``spawned`` is the first worker."""
    set_up_logs(settings.log_level, settings.log_format, settings.folder)
    use_few_arenas()
    server = Server(settings, WorkerProcess(settings, spawned))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.run())
