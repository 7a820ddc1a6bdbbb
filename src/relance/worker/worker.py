"""The worker: takes the partitions, ticks on a thread, dispatches on the loop, and answers the server.

``on_over`` is called when another worker took one of its partitions: it must end then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from sqlalchemy.engine import Engine

from relance.channels.registry import Channel
from relance.channels.transport import Transport
from relance.core.configuration import Settings
from relance.core.error_text import ErrorText
from relance.core.progress import Progress
from relance.core.pulse import PULSE
from relance.events.errors import HistoryBrokenError
from relance.infra.clock import Clock, StoryClock
from relance.infra.database import reading
from relance.messaging import service as messaging
from relance.messaging.service import Dispatcher, Preparation
from relance.pipeline.errors import ClockError, NotSettledError, WorkerGoneError
from relance.pipeline.lease import Lease, real_ms
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.settle_partitions import PartitionRound
from relance.pipeline.tick import Tick, TickResult
from relance.providers.transports import ProviderTransports
from relance.segments.membership import Snapshotter
from relance.webhooks.feed import Feed, WebhookSender
from relance.worker.answering import Answering
from relance.worker.backfilling import Backfilling
from relance.worker.calls import Calls
from relance.worker.column_backfill import ColumnThread
from relance.worker.latency import Latencies
from relance.worker.recent_events import RecentEventsThread
from relance.worker.record_trimming import RecordThread
from relance.worker.ticking import TickThread
from relance.worker.waits import Waits

log = structlog.get_logger()

# These read memory only, for microseconds: a thread would cost more than the answer.
AT_ONCE = frozenset({"memberships", "segment_sizes"})
STILL = 10.0  # seconds without a step after which a tick counts as stalled
_PATIENCE = 600  # consecutive checks that find a story's instant unchanged: each waits for a tick
MOST_REMEMBERED = 100_000  # deliveries whose cause is remembered until they are sent


class Worker:
    """All partitions of a process at work."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        stores: tuple[Engine, Engine],
        transports: Mapping[Channel, Transport],
        preparation: Preparation,
        webhooks: WebhookSender,
        providers: ProviderTransports,
        on_over: Callable[[], None],
        on_tick: Callable[[list[int]], None] = lambda _offsets: None,
    ) -> None:
        """``on_tick`` is called on the loop with the partitions' settled log offsets whenever they have moved."""
        self.settings = settings
        self.clock = clock
        self.state, self.log = stores
        self.latencies = Latencies()
        self._on_over = on_over
        self._on_tick = on_tick
        self._offsets: list[int] = []
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        self._caused: dict[str, int] = {}
        self._leases: list[Lease] = []
        self._parts: list[PartitionContext] = []
        self._ticking: TickThread | None = None
        self._columns: ColumnThread | None = None
        self._backfilling: Backfilling | None = None
        self._record: RecordThread | None = None
        self._recent: RecentEventsThread | None = None
        self._snapshotters: list[Snapshotter] = []  # one per partition
        self._calls: Calls | None = None
        self._answering = Answering()
        self._waits = Waits()
        self._webhooks = webhooks
        self._providers = providers
        self._feeds: list[Feed] = []  # one per partition
        self._dispatching: asyncio.Task[None] | None = None
        self._feeding: list[asyncio.Task[None]] = []
        self._transports = transports
        self.dispatcher = Dispatcher(
            self.state,
            self.log,
            clock,
            transports,
            preparation,
            self._wake_tick,
            sent=self._sent,
            sends_per_second=settings.sends_per_second,
            partitions=settings.partitions,
        )

    async def start(self, stalled: Mapping[str, Any] | None = None) -> None:
        """Take the partitions, rebuild the caches, and start. Returns when the first tick has settled.

        ``stalled`` is the last pulse of a worker that was killed because it stalled.
        """
        await asyncio.to_thread(self._take)
        if stalled is not None:
            await asyncio.to_thread(self._note_stall, stalled)
        await self.dispatcher.recover(alone=True)
        self.ticking.start()
        if self._columns is not None:
            self._columns.start()
        if self._backfilling is not None:
            self._backfilling.start()
        if self._record is not None:
            self._record.start()
        if self._recent is not None:
            self._recent.start()
        await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 60.0)
        self._feeding = [asyncio.create_task(feed.run()) for feed in self._feeds]
        if not self._is_story():
            self._dispatching = asyncio.create_task(self.dispatcher.run())

    def _take(self) -> None:
        settings = self.settings
        self._leases += [Lease(self.state, settings.folder, each, settings.lease_seconds) for each in range(settings.partitions)]
        cursors = [lease.take(lambda: self._stopping) for lease in self._leases]
        self._parts = PartitionContext.open_all(self.settings, self.clock, self.state, self.log)
        ticks = PartitionRound([Tick(*each) for each in zip(self._parts, self._leases, cursors, strict=True)], self._ticked)
        ticks.load()
        self._ticking = TickThread(ticks, self.latencies, self._settled, self._lost)
        self._columns = ColumnThread(self._parts[0])
        self._backfilling = Backfilling(self._parts, self._ticking.wake)
        self._record = RecordThread(self._parts[0])
        self._recent = RecentEventsThread(self._parts[0], self._ticking)
        self._snapshotters = [self._snapshotter_of(tick) for tick in ticks.ticks]
        for snapshotter in self._snapshotters:
            snapshotter.start()
        self._calls = Calls(self._parts, self._ticking, self._paused, self.dispatcher.down)
        self._feeds = [self._feed_of(tick) for tick in ticks.ticks]

    def _note_stall(self, stalled: Mapping[str, Any]) -> None:
        for tick in self.ticking.round.ticks:
            if tick.partition == stalled["partition"] and tick.cursor.log_offset == stalled["log_offset"]:
                tick.stood_still(stalled["reason"])

    def pulse(self) -> dict[str, Any]:
        """How long the tick has stalled (seconds), and where."""
        ticks = [] if self._ticking is None else self._ticking.round.ticks
        careful = any(each.suspicion is not None and each.suspicion.is_careful for each in ticks)
        is_failing = self._ticking is None or bool(self._ticking.failing)
        return {
            "still": PULSE.still,
            "stage": PULSE.stage,
            "partition": PULSE.partition,
            "log_offset": PULSE.log_offset,
            "careful": careful,
            "offsets": [tick.cursor.log_offset for tick in ticks],
            "goes_on": PULSE.is_going and PULSE.still < STILL and not is_failing,
        }

    def _snapshotter_of(self, tick: Tick) -> Snapshotter:
        return Snapshotter(
            tick.parts.live,
            tick.parts.snapshots,
            self.state,
            lambda: tick.cursor.position,
            tick.holds,
            real_ms,
            self.settings.snapshot_events,
            of=self.settings.partitions,
        )

    def _feed_of(self, tick: Tick) -> Feed:
        return Feed(self.state, tick.parts.history, self._webhooks, tick.partition, lambda: tick.cursor.position)

    @property
    def feed(self) -> Feed:
        if not self._feeds:
            raise WorkerGoneError(ErrorText("worker_starting", "The worker is starting."))
        return self._feeds[0]

    @property
    def ticking(self) -> TickThread:
        if self._ticking is None:
            raise WorkerGoneError(ErrorText("worker_starting", "The worker is starting."))
        return self._ticking

    async def stop(self) -> None:
        """Finish the running tick and deliveries in flight, then close the files. Unsettled events wait in the log."""
        self._stopping = True
        self.dispatcher.stop()
        if self._dispatching is not None:
            await self._dispatching
        if self._ticking is not None:
            await asyncio.to_thread(self._ticking.stop)
        if self._recent is not None:
            await asyncio.to_thread(self._recent.stop)
        if self._backfilling is not None:
            await asyncio.to_thread(self._backfilling.stop)
        if self._record is not None:
            await asyncio.to_thread(self._record.stop)
        for feed in self._feeds:
            feed.stop()
        await asyncio.gather(*self._feeding)
        if self._columns is not None:
            await asyncio.to_thread(self._columns.stop)
        if self._parts:
            self._parts[0].history.close()
        for snapshotter in self._snapshotters:  # last, because a stop can do without it
            await asyncio.to_thread(snapshotter.stop)
        for lease in self._leases:
            lease.release()

    # -- between the tick and the channels ---------------------------------------------------------------------------

    def _ticked(self) -> None:
        """On the tick's thread, after each partition's commit: requests waiting for room in the log learn of it at once."""
        offsets = self.ticking.round.offsets() if self._ticking is not None else []
        if offsets != self._offsets:
            self._offsets = offsets
            self._loop.call_soon_threadsafe(self._on_tick, offsets)

    def _settled(self, settled: TickResult) -> None:
        """On the tick's thread, after each round."""
        if self._waits:
            self._loop.call_soon_threadsafe(self._waits.look)
        if self._backfilling is not None:
            self._backfilling.look()
        for snapshotter in self._snapshotters:
            snapshotter.noticed()
        if settled.events:
            for feed in self._feeds:
                self._loop.call_soon_threadsafe(feed.wake)
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

    def _paused(self) -> list[dict[str, Any]]:
        """Where sending pauses, of all channels."""
        return [each for transport in self._transports.values() for each in transport.paused()]

    def _sent(self, delivery_id: str) -> None:
        accepted = self._caused.pop(delivery_id, None)
        if accepted is not None:
            self.latencies.sent.add(time.time_ns() // 1_000_000 - accepted)

    # -- calls from the server ----------------------------------------------------------------------------------------

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
                await asyncio.gather(*(feed.changed() for feed in self._feeds))
                return None
            case "webhook_test":
                return msgspec.to_builtins(await self.feed.test(**arguments, now=self.clock.now()))
            case "provider_test":
                return msgspec.to_builtins(await self._providers.test(**arguments))
        if self._calls is None:
            raise WorkerGoneError(ErrorText("worker_starting", "The worker is starting."))
        return await self._answer(self._calls, name, arguments)

    async def _answer(self, calls: Calls, name: str, arguments: dict[str, Any]) -> Any:
        if name in AT_ONCE:
            return calls.answer(name, arguments)
        try:
            if name == "stats":
                return {"latency": self.latencies.report(), **await asyncio.to_thread(calls.stats)}
            return await self._answering.run(calls.answer, name, arguments)
        except HistoryBrokenError as error:  # no read can succeed any more: the next worker reopens the file
            log.error("history_broken", reason=error.message)
            self._on_over()
            raise

    async def _definitions_changed(self) -> None:
        ticking = self.ticking
        ticking.round.definitions_changed()
        ticket = ticking.wake()
        await self._waits.until(lambda: ticking.has_answered(ticket), 30.0)
        self.dispatcher.wake()
        if self._columns is not None:
            self._columns.wake()
        if self._recent is not None:
            self._recent.wake()

    async def _wait_for(self, offset: int, timeout: float = 5.0) -> None:
        ticking = self.ticking
        ticking.wake()
        if not await self._waits.until(lambda: ticking.round.settled_to >= offset, timeout):
            raise NotSettledError(ErrorText("not_settled", "Accepted, but not settled yet: ask again shortly."), offset=offset)

    # -- a story's clock ---------------------------------------------------------------------------------------------

    def _is_story(self) -> bool:
        """Whether a story moves the clock: then messages are sent only when the story allows it."""
        return isinstance(self.clock, StoryClock) and self.clock.stands

    async def _quiet(self) -> None:
        """Settle, fill and send until nothing is due at this instant."""
        sent = 0
        progress = Progress("Coming to rest at an instant", _PATIENCE)
        while not await asyncio.to_thread(self._is_quiet):
            if self._is_filling():
                await asyncio.sleep(0.02)
            else:
                round_ = self.ticking.round
                progress.turn((self.clock.now(), round_.settled_to, self.ticking.settled_events, self.ticking.failures, sent))
            await asyncio.to_thread(self.ticking.wait, self.ticking.wake(), 60.0)
            if self._is_story():
                sent += await self.dispatcher.run_due(self.clock.now())

    def _is_quiet(self) -> bool:
        if not self.ticking.resting or self.ticking.round.waiting() or self._is_filling():
            return False
        due = self._first_due()
        return due is None or due > self.clock.now()

    def _is_filling(self) -> bool:
        """Whether a segment, or what messages name of the past, is being filled: a story waits for it, so that its duration makes
        no difference."""
        return (self._recent is not None and self._recent.is_busy) or any(
            each.live.backfill() is not None or each.live.has_filled for each in self._parts
        )

    async def _advance(self, to: int) -> dict[str, int | None]:
        """Move the story's clock to ``to``, or only to the first earlier instant at which something is due."""
        if not isinstance(self.clock, StoryClock):
            raise ClockError(ErrorText("clock_of_stories", "Only a story's clock can be moved; this server runs on real time."))
        await self._quiet()
        due = await asyncio.to_thread(self._first_due)
        self.clock.advance(to if due is None else min(to, due))
        await self._quiet()
        return {"now": self.clock.now(), "next_due": await asyncio.to_thread(self._first_due)}

    async def _run_free(self) -> None:
        """Let the clock run at real speed, and send as it goes."""
        await self._quiet()
        if isinstance(self.clock, StoryClock) and self.clock.stands:
            self.clock.run_free()
            self._dispatching = asyncio.create_task(self.dispatcher.run())
            self._wake_tick()

    def _first_due(self) -> int | None:
        with reading(self.state) as connection:
            instants = (self.ticking.next_due, messaging.next_due(connection))
        return min((each for each in instants if each is not None), default=None)
