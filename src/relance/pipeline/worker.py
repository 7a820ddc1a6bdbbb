"""The worker: it takes a partition, ticks on a thread, dispatches on the loop, and answers the server.

``on_over`` is called when its partition was taken by another: it must end then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from sqlalchemy.engine import Engine

from relance.channels.model import Channel, SendResult, SendState
from relance.core.configuration import Settings
from relance.infra.clock import Clock, StoryClock
from relance.infra.database import reading
from relance.messaging import service as messaging
from relance.messaging.render import Push, Rendered
from relance.messaging.service import Dispatcher, Preparation, Transport
from relance.pipeline.calls import Calls
from relance.pipeline.errors import ClockError, NotSettledError, WorkerGoneError
from relance.pipeline.latency import Latencies
from relance.pipeline.lease import Lease
from relance.pipeline.parts import Parts
from relance.pipeline.tick import Settled, Tick
from relance.pipeline.ticking import TickThread
from relance.users.model import Subscription
from relance.webhooks.feed import Feed, WebhookSender

log = structlog.get_logger()

MOST_REMEMBERED = 100_000  # deliveries whose cause is remembered until they are sent


class Timed:
    """A transport that notes how long after its cause a message was handed over."""

    def __init__(self, transport: Transport, sent: Callable[[str], None]) -> None:
        self._transport = transport
        self._sent = sent

    async def send(self, rendered: Rendered, subscription: Subscription, now: int) -> SendResult:
        result = await self._transport.send(rendered, subscription, now)
        if result.state is SendState.SENT:
            self._sent(rendered.topic if isinstance(rendered, Push) else rendered.message_id)
        return result


class Worker:
    """One partition at work."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        stores: tuple[Engine, Engine],
        transports: Mapping[Channel, Transport],
        preparation: Preparation,
        webhooks: WebhookSender,
        on_over: Callable[[], None],
        partition: int = 0,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.state, self.log = stores
        self.partition = partition
        self.latencies = Latencies()
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        self._caused: dict[str, int] = {}
        self._lease: Lease | None = None
        self._parts: Parts | None = None
        self._ticking: TickThread | None = None
        self._calls: Calls | None = None
        self._webhooks = webhooks
        self._feed: Feed | None = None
        self._dispatching: asyncio.Task[None] | None = None
        self._feeding: asyncio.Task[None] | None = None
        self.dispatcher = Dispatcher(
            self.state,
            clock,
            {channel: Timed(transport, self._sent) for channel, transport in transports.items()},
            preparation,
            self._wake_tick,
            sends_per_second=settings.sends_per_second,
            partition=partition,
        )

    async def start(self) -> None:
        """Take the partition, rebuild what is cached, and begin. Returns when the first tick has settled."""
        await asyncio.to_thread(self._take)
        await self.dispatcher.recover(alone=True)
        self.ticking.start()
        await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 60.0)
        self._feeding = asyncio.create_task(self.feed.run())
        if not self._told():
            self._dispatching = asyncio.create_task(self.dispatcher.run())

    def _take(self) -> None:
        self._lease = Lease(self.state, self.settings.folder, self.partition, self.settings.lease_seconds)
        cursor = self._lease.take(lambda: self._stopping)
        self._parts = Parts.open(self.settings, self.clock, self.state, self.log, self.partition)
        tick = Tick(self._parts, self._lease, cursor)
        tick.load()
        self._ticking = TickThread(tick, self.latencies, self._settled, self._lost)
        self._calls = Calls(self._parts, self._ticking)
        self._feed = Feed(self.state, self._parts.history, self._webhooks, self.partition, lambda: tick.cursor.position)

    @property
    def feed(self) -> Feed:
        if self._feed is None:
            raise WorkerGoneError("The worker is starting.")
        return self._feed

    @property
    def ticking(self) -> TickThread:
        if self._ticking is None:
            raise WorkerGoneError("The worker is starting.")
        return self._ticking

    async def stop(self) -> None:
        """End the running tick and what is in flight, then close the files. What was not settled waits in the log."""
        self._stopping = True
        self.dispatcher.stop()
        if self._dispatching is not None:
            await self._dispatching
        if self._ticking is not None:
            await asyncio.to_thread(self._ticking.stop)
        if self._feeding is not None:
            self.feed.stop()
            await self._feeding
        if self._parts is not None:
            self._parts.history.close()
        if self._lease is not None:
            self._lease.release()

    # -- between the tick and the channels ---------------------------------------------------------------------------

    def _settled(self, settled: Settled) -> None:
        """On the tick's thread, after each commit."""
        if settled.events and self._feed is not None:
            self._loop.call_soon_threadsafe(self._feed.wake)
        if settled.intents:
            if len(self._caused) > MOST_REMEMBERED:
                self._caused.clear()
            self._caused.update(settled.caused)
            self._loop.call_soon_threadsafe(self.dispatcher.wake)

    def _lost(self) -> None:
        self._loop.call_soon_threadsafe(self._on_over)

    def _wake_tick(self) -> None:
        if self._ticking is not None:
            self._ticking.wake()

    def _sent(self, delivery_id: str) -> None:
        accepted = self._caused.pop(delivery_id, None)
        if accepted is not None:
            self.latencies.sent.add(time.time_ns() // 1_000_000 - accepted)

    # -- what the server asks ----------------------------------------------------------------------------------------

    async def handle(self, name: str, arguments: dict[str, Any]) -> Any:
        """Answer one call; raises the ``RelanceError`` it ends in."""
        match name:
            case "committed":
                return self._wake_tick()
            case "definitions_changed":
                return await self._definitions_changed()
            case "settled":
                return await self._wait_for(**arguments)
            case "advance":
                return await self._advance(**arguments)
            case "run_free":
                return await self._run_free()
            case "quiet":
                return await self._quiet()
            case "webhooks_changed":
                return await self.feed.changed()
            case "webhook_test":
                return msgspec.to_builtins(await self.feed.test(**arguments, now=self.clock.now()))
        if self._calls is None:
            raise WorkerGoneError("The worker is starting.")
        if name == "stats":
            return {"latency": self.latencies.report(), **await asyncio.to_thread(self._calls.stats)}
        return await asyncio.to_thread(self._calls.answer, name, arguments)

    async def _definitions_changed(self) -> None:
        self.ticking.tick.definitions_changed()
        await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 30.0)
        self.dispatcher.wake()

    async def _wait_for(self, offset: int, timeout: float = 5.0) -> None:
        self.ticking.wake()
        if not await asyncio.to_thread(self.ticking.wait_for_offset, offset, timeout):
            raise NotSettledError("It was accepted and will settle soon.", offset=offset)

    # -- a story's clock ---------------------------------------------------------------------------------------------

    def _told(self) -> bool:
        """Whether a story moves the clock: then nothing is sent but when the story lets it."""
        return isinstance(self.clock, StoryClock) and self.clock.stands

    async def _quiet(self) -> None:
        """Settle and send until nothing is left that is due at this instant."""
        while not await asyncio.to_thread(self._is_quiet):
            await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 60.0)
            if self._told():
                await self.dispatcher.run_due(self.clock.now())

    def _is_quiet(self) -> bool:
        if not self.ticking.resting or self.ticking.tick.waiting():
            return False
        due = self._first_due()
        return due is None or due > self.clock.now()

    async def _advance(self, to: int) -> dict[str, int | None]:
        """Move the story's clock to ``to``, or only to the first instant before it at which something is due."""
        if not isinstance(self.clock, StoryClock):
            raise ClockError("Only a story's clock can be moved; this server runs on real time.")
        await self._quiet()
        due = await asyncio.to_thread(self._first_due)
        self.clock.advance(to if due is None else min(to, due))
        await self._quiet()
        return {"now": self.clock.now(), "next_due": await asyncio.to_thread(self._first_due)}

    async def _run_free(self) -> None:
        """Let the clock go on at real speed, and send as it goes."""
        await self._quiet()
        if isinstance(self.clock, StoryClock) and self.clock.stands:
            self.clock.run_free()
            self._dispatching = asyncio.create_task(self.dispatcher.run())
            self._wake_tick()

    def _first_due(self) -> int | None:
        with reading(self.state) as connection:
            instants = (self.ticking.next_due, messaging.next_due(connection))
        return min((each for each in instants if each is not None), default=None)
