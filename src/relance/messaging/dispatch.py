"""Takes deliveries that are due, sends them, and writes down what became of each.

A delivery is claimed by compare-and-set with a lease in real time, decided and rendered at that moment, sent with
others in flight, and its result recorded together with whichever others have come back meanwhile. A crash between the
sending and the recording leaves it ``sending``; when the lease has ended

- an **e-mail** becomes ``unknown``: nobody can take it back, and whether it left cannot be known, so it is counted and
  never silently sent again;
- a **web push** is sent again under the same ``Topic`` and the same tag: the push service keeps one of the two, and the
  device shows one of the two, so that the repeat cannot be seen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog
from sqlalchemy.engine import Connection, Engine

from relance.channels.model import Channel, SendResult, SendState
from relance.core.ids import random_token
from relance.core.time import SECOND
from relance.events.model import Event
from relance.events.service import parted, put_outbox
from relance.infra.clock import Clock
from relance.infra.database import reading, writing
from relance.messaging import store
from relance.messaging.outcome import Outcome, Prepared, events_of, outcome_of_abandoned, outcome_of_result, outcome_of_skip
from relance.messaging.preparing import Preparation
from relance.messaging.render import Rendered
from relance.users.model import Subscription

LEASE = 45 * SECOND  # real time
SEND_TIMEOUT = 35.0  # seconds; ends before the lease does
IN_FLIGHT = 256
LONGEST_REST = 30.0  # seconds between looks for abandoned deliveries
REPEATABLE = frozenset((Channel.WEB_PUSH.value,))

log = structlog.get_logger()


class Transport(Protocol):
    """What carries finished messages of one channel. It bounds its own connections and does not raise."""

    async def send(self, rendered: Rendered, subscription: Subscription, now: int) -> SendResult: ...


class Pace:
    """At most so many sends a second, evenly; 0 = no limit. Real time."""

    def __init__(self, per_second: int) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._free_at = 0.0

    async def turn(self) -> None:
        if not self._gap:
            return
        now = time.monotonic()
        mine = max(now, self._free_at)
        self._free_at = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)


class Dispatcher:
    """One per process, on its event loop. ``wake_tick`` is called after results were written to the outbox."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        channels: Mapping[Channel, Transport],
        preparation: Preparation,
        wake_tick: Callable[[], None],
        *,
        sends_per_second: int = 0,
        partitions: int = 1,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._channels = channels
        self._preparation = preparation
        self._wake_tick = wake_tick
        self._pace = Pace(sends_per_second)
        self._limit = min(IN_FLIGHT, sends_per_second) if sends_per_second else IN_FLIGHT
        self._partitions = partitions
        self._owner = random_token("dispatcher", 9)
        self._flights: set[asyncio.Task[Outcome]] = set()
        self._landed: list[Outcome] = []
        self._woken = asyncio.Event()
        self._stopping = False
        self._looked_at = 0.0  # when abandoned deliveries were last looked for

    # -- running ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send what becomes due until ``stop``; what is in flight then is waited for."""
        while not self._stopping:
            self._woken.clear()
            try:
                if time.monotonic() - self._looked_at >= LONGEST_REST:
                    await self.recover()
                launched = await self._launch(self._clock.now())
                await self._land()
            except Exception:
                log.exception("dispatch_failed")
                await asyncio.sleep(1)
                continue
            if not launched:
                await self._rest()
        while self._flights or self._landed:
            await self._some_landed()
            await self._land()

    def wake(self) -> None:
        """There may be something to send. Call it on the loop (``loop.call_soon_threadsafe`` from elsewhere)."""
        self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    async def run_due(self, now: int) -> int:
        """Send all that is due at ``now`` and wait until it has been recorded; returns how many were handled."""
        handled = 0
        while True:
            launched = await self._launch(now)
            await self._some_landed()
            handled += await self._land()
            if not launched and not self._flights:
                return handled

    async def recover(self, *, alone: bool = False) -> int:
        """Settle deliveries whose dispatcher is gone; returns how many. ``alone``: no other dispatcher can be alive."""
        self._looked_at = time.monotonic()
        return await asyncio.to_thread(self._recover, self._clock.now(), alone)

    async def _rest(self) -> None:
        """Until woken, until something lands, or until the next delivery is due."""
        seconds = await asyncio.to_thread(self._seconds_to_next)
        waiter = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait({waiter, *self._flights}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()

    def _seconds_to_next(self) -> float:
        with reading(self._engine) as connection:
            due = store.next_due(connection)
        if due is None:
            return LONGEST_REST
        return min(LONGEST_REST, max(0.001, (due - self._clock.now()) / SECOND))

    # -- one delivery's way ----------------------------------------------------------------------------------------

    async def _launch(self, now: int) -> int:
        """Claim what is due, as far as there is room, and send it off; returns how many were claimed."""
        room = self._limit - len(self._flights)
        if room <= self._limit // 4:  # claim in good pieces, not one by one
            return 0
        prepared = await asyncio.to_thread(self._take, now, room)
        for each in prepared:
            if each.rendered is None or each.subscription is None:
                self._landed.append(outcome_of_skip(each, now))
            else:
                self._flights.add(asyncio.create_task(self._send(each, each.rendered, each.subscription, now)))
        return len(prepared)

    def _take(self, now: int, room: int) -> list[Prepared]:
        with writing(self._engine) as connection:
            rows = store.claim(connection, now, self._owner, _real_now() + LEASE, room)
        if not rows:
            return []
        try:
            with reading(self._engine) as connection:
                return self._preparation.prepare(connection, rows, now)
        except BaseException:
            # Nothing has been handed over, so that these are not in doubt: they wait for the next try.
            with writing(self._engine) as connection:
                store.release(connection, [row["id"] for row in rows], self._owner)
            raise

    async def _send(self, prepared: Prepared, rendered: Rendered, subscription: Subscription, now: int) -> Outcome:
        await self._pace.turn()
        channel = prepared.row["channel"]
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                result = await self._channels[Channel(channel)].send(rendered, subscription, now)
        except TimeoutError:
            result = SendResult(SendState.RETRY, "No answer in time.", uncertain=True)
        except Exception as error:
            log.exception("transport_failed", channel=channel)
            result = SendResult(SendState.RETRY, f"{type(error).__name__}: {error}"[:300], uncertain=True)
        return outcome_of_result(prepared.row, result, now, repeatable=channel in REPEATABLE)

    async def _some_landed(self) -> None:
        if self._flights and not self._landed:
            await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)

    async def _land(self) -> int:
        """Record what has come back, all in one transaction."""
        done = {task for task in self._flights if task.done()}
        self._flights -= done
        self._landed.extend(task.result() for task in done)
        if not self._landed:
            return 0
        outcomes = sorted(self._landed, key=lambda each: (each.row["due_at"], each.row["id"]))
        await asyncio.to_thread(self._record, outcomes)
        self._landed.clear()
        return len(outcomes)

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        with writing(self._engine) as connection:
            held = store.still_held(connection, (each.row["id"] for each in outcomes), self._owner)
            mine = [each for each in outcomes if each.row["id"] in held]
            self._write(connection, mine)
        if mine:
            self._wake_tick()

    def _recover(self, now: int, alone: bool) -> int:
        with writing(self._engine) as connection:
            rows = store.abandoned(connection, None if alone else _real_now(), self._owner)
            outcomes = [outcome_of_abandoned(row, now, repeatable=row["channel"] in REPEATABLE) for row in rows]
            self._write(connection, outcomes)
        if outcomes:
            log.warning("deliveries_recovered", count=len(outcomes))
            self._wake_tick()
        return len(outcomes)

    def _write(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        store.write_results(connection, [each.values() for each in outcomes])
        events: list[Event] = [event for each in outcomes for event in events_of(each)]
        for partition, some in parted(events, self._partitions):
            put_outbox(connection, partition, some, max(event.occurred_at for event in some))


def _real_now() -> int:
    return time.time_ns() // 1_000_000
