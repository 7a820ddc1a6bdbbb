"""Takes deliveries that are due, sends them, and writes down what became of each.

A delivery is claimed by compare-and-set with a lease in real time, decided and rendered at that moment, and sent with others
in flight as soon as its channel has a place for it (``lanes``). Before it can arrive it is marked as on the wire (``marks``).
Its result is recorded together with whichever others have come back meanwhile. After a crash, or when the lease has ended,

- a message whose repeat would be seen (an e-mail) and that was not on the wire waits again, as if nobody had taken it; one that
  was becomes ``unknown``: nobody can take it back, and whether it left cannot be known, so it is counted and never silently sent
  again;
- one of a kind that is repeatable (a push under one topic) is sent again: the repeat cannot be seen. It needs no mark.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, NamedTuple

import structlog
from sqlalchemy.engine import Connection, Engine

from relance.channels.model import SendResult, SendState
from relance.channels.registry import KINDS, Channel
from relance.channels.transport import CompletingTransport, SendAddress, Transport
from relance.core.ids import random_token
from relance.core.progress import Progress
from relance.core.time import SECOND
from relance.events.model import Event
from relance.events.service import parted, put_outbox
from relance.infra.clock import Clock
from relance.infra.database import reading, writing
from relance.messaging import claim_store
from relance.messaging.audiences.service import Rendered, enter, note_rendered, with_outcomes, without_faults
from relance.messaging.claiming import MOST_HELD, Claiming
from relance.messaging.lanes import Pace, ProviderKey
from relance.messaging.last_of_dispatch import note_last
from relance.messaging.marks import Marks, NotHeldError
from relance.messaging.model import SkipReason
from relance.messaging.outcome import (
    NOT_BEGUN,
    DeliveryOutcome,
    Prepared,
    events_of,
    outcome_of_abandoned,
    outcome_of_result,
    outcome_of_skip,
)
from relance.messaging.preparing import Preparation
from relance.messaging.queue import service as queue
from relance.messaging.queue.model import QueueHead
from relance.messaging.queue.turns import ALL_RANKS, URGENT, passes, urgent_first
from relance.messaging.short_links import service as short_links
from relance.users.model import Subscription

LEASE = 45 * SECOND  # real time
SEND_TIMEOUT = 32.0  # seconds in a place
PLACE_TIMEOUT = 8.0  # seconds for a place to become free: what was decided must not be told much later; both end before the lease
MARGIN = 3 * SECOND  # real time: nothing is begun so shortly before the lease ends
SLOW = 8.0  # seconds: a destination that takes longer gets few places
LONGEST_REST = 30.0  # seconds between looks for abandoned deliveries
LONGEST_BLOCKED = 0.5  # the same, where some of it goes to a provider that is down
SHORTEST_REST = 0.05  # seconds until what is due, and could not be claimed, is looked for again
SHORT_ROUND = 48  # deliveries claimed at once while somebody waits now and then, whom each round makes wait
CALM = 5.0  # seconds without anybody who waits, until rounds are as long as there is room for
_PATIENCE = 1_000  # looks at what is due in a row after which no further delivery was settled
_PAUSED = SkipReason.JOURNEY_PAUSED.value
OWNER = "sender"  # begins the name of whoever marks what is on the wire; who had claimed without marks has another

log = structlog.get_logger()


class Landed(NamedTuple):
    """What came back: an outcome, or None where it was never begun. ``answered`` as ``ProviderLane.over`` takes it."""

    row: dict[str, Any]
    outcome: DeliveryOutcome | None
    answered: bool | None = None
    result: SendResult | None = None


class Dispatcher:
    """One per process, on its event loop. ``wake_tick`` is called after results were written to the outbox, ``sent`` with the
    delivery of each message as soon as it was taken."""

    def __init__(
        self,
        engine: Engine,
        log_engine: Engine,
        clock: Clock,
        channels: Mapping[Channel, Transport],
        preparation: Preparation,
        wake_tick: Callable[[], None],
        *,
        sent: Callable[[str], None] | None = None,
        sends_per_second: int = 0,
        partitions: int = 1,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._channels = channels
        self._completing = {name.value: each for name, each in channels.items() if isinstance(each, CompletingTransport)}
        self._preparation = preparation
        self._claiming = Claiming(engine, channels, preparation, owner := random_token(OWNER, 9), LEASE, partitions)
        self._wake_tick = wake_tick
        self._sent = sent
        self._pace = Pace(sends_per_second)
        self._limit = sends_per_second  # as many as may leave in a second wait for their turn at most
        self._unpaced = 0  # of those in flight, how many wait for it
        self._partitions = partitions
        self._owner = owner
        self._marks = Marks(log_engine, self._owner, shared=log_engine.url == engine.url)
        self._rendered: Mapping[int, Rendered] = {}  # for audiences, as far as it is not written down
        self._flights: set[asyncio.Task[Landed]] = set()
        self._landed: list[Landed] = []
        self._woken = asyncio.Event()
        self._is_called = False  # woken since somebody who waits was last looked for
        self._called_at = -CALM  # when somebody was last found
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
                launched = await self._launch(now := self._clock.now())
                await self._launch_called(now, ALL_RANKS)
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
        await self._marks.tidy()

    def wake(self) -> None:
        """There may be something to send. Call it on the loop (``loop.call_soon_threadsafe`` from elsewhere)."""
        self._is_called = True
        self._woken.set()

    def down(self) -> list[dict[str, Any]]:
        """Which destinations are down, with ``service``, ``since``, ``next_try`` (ms) and ``detail``."""
        return self._claiming.down()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    async def run_due(self, now: int) -> int:
        """Send all that is due at ``now`` and wait until it has been recorded; returns how many were handled."""
        handled = 0
        settled: set[str] = set()
        progress = Progress("Sending what is due", _PATIENCE)
        while True:
            progress.turn(len(settled))
            launched = await self._launch(now)
            await self._some_landed()
            landed = await self._land()
            handled += len(landed)
            settled.update(landed)
            if not launched and not self._flights:
                return handled

    async def recover(self, *, alone: bool = False) -> int:
        """Settle deliveries whose dispatcher is gone; returns how many. ``alone``: no other dispatcher can be alive."""
        self._looked_at = time.monotonic()
        return await asyncio.to_thread(self._recover, self._clock.now(), alone)

    async def _rest(self) -> None:
        """Until woken, until something lands, or until the next delivery is due."""
        await self._marks.tidy()
        seconds = await asyncio.to_thread(self._seconds_to_next)
        waiter = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait({waiter, *self._flights}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()

    def _seconds_to_next(self) -> float:
        with reading(self._engine) as connection:
            due = queue.next_due(connection)
        if due is None:
            return LONGEST_REST
        seconds = (due - self._clock.now()) / SECOND
        if seconds <= 0 and self._flights:  # it could not be claimed: there is room for it when something has landed
            return LONGEST_REST
        if seconds <= 0 and (next_try := self._claiming.next_try()) is not None:  # or its provider is down
            return min(LONGEST_BLOCKED, max(SHORTEST_REST, (next_try - self._clock.now()) / SECOND))
        return min(LONGEST_REST, max(SHORTEST_REST if seconds <= 0 else 0.001, seconds))

    # -- one delivery's way ----------------------------------------------------------------------------------------

    async def _launch(self, now: int) -> bool:
        """Claim what is due, as far as there is room, and send it off; returns whether there was anything to do."""
        has_worked, heads = await asyncio.to_thread(lambda: (enter(self._engine), self._claiming.heads(now)))
        for upto in passes(heads):
            for some in urgent_first(heads):  # somebody waits for these: they leave before much else is decided
                for key, queues in self._claiming.by_provider(some, upto).items():
                    has_worked |= await self._launch_at(key, queues, now)
                    has_worked |= await self._launch_called(now, upto)
        return has_worked

    async def _launch_called(self, now: int, upto: Mapping[int, int]) -> bool:
        """The same for what somebody waits for, if there may be any since it was last looked for."""
        if not self._is_called:
            return False
        self._is_called = False
        has_worked, heads = False, await asyncio.to_thread(self._claiming.heads, now, URGENT)
        for key, queues in self._claiming.by_provider(heads, upto).items():
            has_worked |= await self._launch_at(key, queues, now)
        return has_worked

    async def _launch_at(self, key: ProviderKey, queues: Sequence[QueueHead], now: int) -> bool:
        most = MOST_HELD - len(self._flights)
        if self._limit:
            most = min(most, self._limit - self._unpaced)
        if queues[0].key.lane == URGENT:
            self._called_at = time.monotonic()
        elif time.monotonic() - self._called_at < CALM:
            most = min(most, SHORT_ROUND)
        if most <= 0 or not self._claiming.has_room(now, key, queues):
            return False
        prepared, has_worked = await asyncio.to_thread(self._take, now, key, queues, most)
        for each in prepared:
            if each.rendered is None or each.subscription is None:
                self._landed.append(Landed(each.row, outcome_of_skip(each, now)))
            else:
                self._unpaced += 1
                self._flights.add(asyncio.create_task(self._send(each, each.subscription, now)))
        return has_worked

    def _take(self, now: int, key: ProviderKey, queues: Sequence[QueueHead], most: int) -> tuple[list[Prepared], bool]:
        taken = self._claiming.take(now, key, queues, most)
        try:
            prepared = [self._preparation.prepare(each, now) for each in taken.decided]
            links = KINDS[key.channel].short_links if key.channel in KINDS else None
            if links is not None:
                short_links.keep(self._engine, [link for each in prepared for link in links(each.rendered)])
            return prepared, taken.has_worked
        except BaseException:
            # Nothing has been handed over, so that these are not in doubt: they wait for the next try.
            self._release([each.row for each in taken.decided])
            raise

    def _release(self, rows: Sequence[dict[str, Any]]) -> None:
        with writing(self._engine) as connection:
            held = claim_store.still_held(connection, [row["id"] for row in rows], self._owner)
            claim_store.release(connection, [row for row in rows if row["id"] in held])
        self._claiming.let_go(rows)

    async def _send(self, prepared: Prepared, subscription: Subscription, now: int) -> Landed:
        row = prepared.row
        try:
            await self._pace.turn()
        finally:
            self._unpaced -= 1
        await self._claiming.pace(row).turn()
        async with self._completed(prepared) as rendered:
            if isinstance(rendered, SendResult):
                return Landed(row, outcome_of_result(row, rendered, now, repeatable=_is_repeatable(row["channel"])))
            return await self._carry(row, rendered, subscription, now)

    def _completed(self, prepared: Prepared) -> AbstractAsyncContextManager[Any]:
        """The message with what it needs from elsewhere: nothing that is waited for there keeps a place."""
        transport = self._completing.get(prepared.row["channel"])
        return (
            nullcontext(prepared.rendered) if transport is None else transport.complete(prepared.rendered, prepared.row["app_id"])
        )

    async def _carry(self, row: dict[str, Any], rendered: Any, subscription: Subscription, now: int) -> Landed:
        channel, lane = row["channel"], row["queue_lane"]
        places, repeatable = self._claiming.lane(row["provider_key"]).places, _is_repeatable(channel)
        try:
            async with asyncio.timeout(PLACE_TIMEOUT):
                await places.enter(lane)
        except TimeoutError:
            return Landed(row, None)
        began, is_begun = time.monotonic(), False

        async def begin() -> None:
            nonlocal is_begun
            _check_lease(row)
            if not repeatable:
                await self._marks.put(row["id"], row["attempts"])
                _check_lease(row)
            is_begun = True

        try:
            if self._stopping:
                return Landed(row, None)
            async with asyncio.timeout(SEND_TIMEOUT):
                destination = SendAddress(subscription.address, subscription.secret, row["app_id"], subscription.updated_at)
                result = await self._channels[Channel(channel)].send(rendered, destination, now, begin)
        except NotHeldError:
            return Landed(row, None)
        except TimeoutError:
            result = SendResult(SendState.RETRY, "No answer in time.", uncertain=is_begun, is_outage=True)
        except Exception as error:
            log.exception("transport_failed", channel=channel)
            result = SendResult(SendState.RETRY, f"{type(error).__name__}: {error}"[:300], uncertain=is_begun)
        finally:
            places.leave(lane)
        if self._sent is not None and result.state is SendState.SENT:
            self._sent(row["id"])
        outcome = outcome_of_result(row, result, now, repeatable=repeatable)
        return Landed(row, outcome, answered=time.monotonic() - began < SLOW, result=result)

    async def _some_landed(self) -> None:
        if self._flights and not self._landed:
            await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)

    async def _land(self) -> list[str]:
        """Record what has come back, all in one transaction; returns the deliveries that were settled."""
        done = {task for task in self._flights if task.done()}
        self._flights -= done
        self._landed.extend(task.result() for task in done)
        if not self._landed:
            return []
        undone = [each for each in self._landed if each.outcome is None]
        if undone:
            await asyncio.to_thread(self._release, [each.row for each in undone])
            self._landed = [each for each in self._landed if each.outcome is not None]
        outcomes = [each.outcome for each in self._landed if each.outcome is not None]
        outcomes.sort(key=lambda each: (each.row["due_at"], each.row["id"]))
        if outcomes:
            await asyncio.to_thread(self._record, outcomes)
        self._marks.over(each.row["id"] for each in self._landed)
        now = self._clock.now()
        for each in self._landed:
            self._claiming.over(each.row, answered=each.answered, result=each.result, now=now)
        self._landed.clear()
        return [each.row["id"] for each in outcomes]

    def _record(self, outcomes: Sequence[DeliveryOutcome]) -> None:
        with writing(self._engine) as connection:
            self._let_resumed_go(connection, outcomes)
            held = claim_store.still_held(connection, [each.row["id"] for each in outcomes], self._owner)
            mine = [each for each in outcomes if each.row["id"] in held]
            self._write(connection, mine)
            rendered = with_outcomes(self._rendered, mine)
            note_rendered(connection, rendered, self._preparation.most_render_errors, self._clock.now())
        self._rendered = without_faults(rendered)
        if mine:
            self._wake_tick()

    def _let_resumed_go(self, connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> None:
        """A journey may have gone on since it was found paused: nobody would look at what is put back for it now."""
        waiting = [each for each in outcomes if each.reason == _PAUSED]
        if waiting:
            paused = self._preparation.held_runs(connection, {each.row["run_id"] for each in waiting}, lock=True).paused
            for each in waiting:
                if each.row["run_id"] not in paused:
                    each.reason, each.due_at = "", each.now

    def _recover(self, now: int, alone: bool) -> int:
        with writing(self._engine) as connection:
            queue.remove_empty(connection)
            rows = claim_store.abandoned(connection, None if alone else _real_now(), self._owner)
            marked = self._marks.of(rows) if rows else set()
            outcomes = [
                outcome_of_abandoned(
                    row,
                    now,
                    repeatable=_is_repeatable(row["channel"]),
                    begun=row["id"] in marked or not row["lease_owner"].startswith(OWNER),
                )
                for row in rows
            ]
            claim_store.uncount(connection, [each.row["id"] for each in outcomes if each.detail == NOT_BEGUN])
            self._write(connection, outcomes)
        if alone:
            self._marks.clear()
        if outcomes:
            log.warning("deliveries_recovered", count=len(outcomes), in_doubt=len(marked))
            self._wake_tick()
        return len(outcomes)

    def _write(self, connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> None:
        claim_store.uncount(connection, [each.row["id"] for each in outcomes if each.is_untried])
        claim_store.write_results(connection, outcomes)
        note_last(connection, outcomes)
        events: list[Event] = [event for each in outcomes for event in events_of(each)]
        for partition, some in parted(events, self._partitions):
            put_outbox(connection, partition, some, max(event.occurred_at for event in some))


def _is_repeatable(channel: str) -> bool:
    return channel in KINDS and KINDS[channel].is_repeatable


def _check_lease(row: Mapping[str, Any]) -> None:
    """Whoever finds a lease ended takes the delivery for unbegun if it is not marked: nothing may be begun after that."""
    if _real_now() + MARGIN > row["lease_until"]:
        raise NotHeldError


def _real_now() -> int:
    return time.time_ns() // 1_000_000
