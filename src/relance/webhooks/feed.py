"""Sends settled changes to webhooks: reads history up to the committed position, and remembers each webhook's progress.

A message's bounds are written down before it is sent, so that a repeat after a crash is the same message under the same id:
delivery is at least once, and receivers can recognise repeats. A slow or failing webhook delays nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult
from relance.channels.webhook_sender import WebhookSender
from relance.core.ids import random_token
from relance.events.model import Kind
from relance.events.past import History
from relance.events.service import EVENTS
from relance.infra.database import reading, writing
from relance.segments.errors import SegmentNotFoundError
from relance.segments.model import CHANGES
from relance.segments.service import Segments
from relance.users.service import Directory
from relance.webhooks import store
from relance.webhooks.message import After, Chosen, after_answer, choose, message_id, read_event, write_message, write_test
from relance.webhooks.model import Webhook, WebhookCursor, WebhookEvent, WebhookState

PAUSE = 0.2  # minimum seconds between two rounds: many changes share one message
READ = 5_000  # events of history read for one message
LONGEST_REST = 3_600.0
__all__ = ["Feed", "WebhookSender"]

log = structlog.get_logger()


class _MovedError(Exception):
    """The webhook's place is no longer the one that was read."""


class Feed:
    """One per active partition, on the worker's event loop. ``committed`` returns the position up to which history is settled."""

    def __init__(
        self, engine: Engine, history: History, sender: WebhookSender, partition: int, committed: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._history = history
        self._sender = sender
        self._partition = partition
        self._committed = committed
        self._segments = Segments(engine)
        self._people = Directory(engine)
        self._webhooks: dict[int, Webhook] = {}
        self._places: dict[int, WebhookCursor] = {}
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._changed = True
        self._stopping = False

    # -- running -------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send what has settled until ``stop``; then waits for what is in flight."""
        while not self._stopping:
            self._woken.clear()
            try:
                await self.look()
            except Exception:
                log.exception("webhooks_failed")
            await self._rest()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def wake(self) -> None:
        """Something may have settled. Call it on the loop."""
        if self._webhooks:
            self._woken.set()

    async def changed(self) -> None:
        """Webhooks were created or changed: from the return on, they receive what settles."""
        self._webhooks, self._places = await asyncio.to_thread(self._read)
        self._woken.set()

    def stop(self) -> None:
        """End ``run``."""
        self._stopping = True
        self._woken.set()

    async def _rest(self) -> None:
        await asyncio.sleep(0 if self._stopping else PAUSE)
        waits = [place.next_at / 1000 - time.time() for number, place in self._places.items() if number not in self._busy]
        due = [wait for wait in waits if wait > 0]
        try:
            await asyncio.wait_for(self._woken.wait(), min([*due, LONGEST_REST]))
        except TimeoutError:
            return

    async def look(self) -> None:
        """Start every idle webhook that has something to send."""
        if self._changed:
            self._changed = False
            self._webhooks, self._places = await asyncio.to_thread(self._read)
        end = self._committed()
        now = _real_now()
        for number, webhook in self._webhooks.items():
            place = self._places[number]
            if number not in self._busy and place.next_at <= now and (place.until or place.position < end):
                self._busy[number] = asyncio.create_task(self._deliver(webhook, place, end))

    async def settle(self) -> None:
        """Send everything that is due now, and wait for it."""
        await self.look()
        while self._busy:
            await asyncio.gather(*self._busy.values())
            await self.look()

    def _read(self) -> tuple[dict[int, Webhook], dict[int, WebhookCursor]]:
        mine = store.WEBHOOK_PLACES.c.partition == self._partition
        with writing(self._engine) as connection:
            found = store.select_webhooks(connection, store.WEBHOOKS.c.state == WebhookState.ACTIVE.value)
            for webhook in found:
                store.start_place(connection, WebhookCursor(webhook.id, self._partition, self._committed()))
            places = {place.webhook_id: place for place in store.select_places(connection, mine)}
        return {webhook.id: webhook for webhook in found}, {webhook.id: places[webhook.id] for webhook in found}

    # -- one webhook ---------------------------------------------------------------------------------------------------

    async def _deliver(self, webhook: Webhook, place: WebhookCursor, end: int) -> None:
        try:
            begun, body = await asyncio.to_thread(self._begin, webhook, place, end)
            if body:
                answer = await self._sender.send(webhook.url, webhook.secret, message_id(begun, begun.until), body)
                begun = await asyncio.to_thread(self._end, webhook, after_answer(begun, answer, _real_now()), begun)
            if webhook.id in self._places:
                self._places[webhook.id] = begun
        except _MovedError:
            self._changed = True
        except Exception:
            log.exception("webhook_failed", webhook=webhook.id)
            self._changed = True
            await asyncio.sleep(1)
        finally:
            del self._busy[webhook.id]
            self._woken.set()

    def _begin(self, webhook: Webhook, place: WebhookCursor, end: int) -> tuple[WebhookCursor, bytes]:
        """Write down which message is being sent, and build it. No body if nothing concerns this webhook."""
        read, upto = self._between(webhook, place.position, place.until or end)
        chosen = choose(read, webhook.segments, upto)
        if not chosen.changes:
            after = WebhookCursor(
                place.webhook_id, place.partition, chosen.until, answered_at=place.answered_at, detail=place.detail
            )
            return self._move(place, after), b""
        begun = msgspec.structs.replace(place, until=chosen.until)
        if begun != place:
            begun = self._move(place, begun)
        return begun, self._write(webhook, chosen)

    def _between(self, webhook: Webhook, after: int, until: int) -> tuple[list[WebhookEvent], int]:
        """The first changes in (after, until], and the position up to which these are complete."""
        table = EVENTS.c
        names = ("position", "message_id", "event", "person_id", "occurred_at", "late", "properties")
        query = sa.select(*(table[name] for name in names)).where(
            table.app_id == webhook.app_id,
            table.event.in_(CHANGES),
            table.kind == Kind.DERIVED.value,
            table.partition == self._partition,
            table.position > after,
            table.position <= until,
        )
        rows = self._history.run(query.order_by(table.position).limit(READ))
        found = [read_event(*row) for row in rows]
        return found, found[-1].position if len(found) == READ else until

    def _write(self, webhook: Webhook, chosen: Chosen) -> bytes:
        names = {number: self._name_of(webhook.app_id, number) for number in {each.segment_id for each in chosen.changes}}
        persons = self._people.named_today(webhook.app_id, {each.person_id for each in chosen.changes})
        formers = self._user_ids(webhook.app_id, [person for person, (today, _) in persons.items() if today != person])
        return write_message(webhook.app_id, chosen.changes, names, persons, formers)

    def _user_ids(self, app_id: int, formers: Collection[int]) -> dict[int, str]:
        """The user ids of persons since merged into others, where they had one. The loser no longer has it, but history keeps the
        events as they came. The first one counts: later ones may belong to people merged into them.
        """
        if not formers:
            return {}
        table = EVENTS.c
        theirs = (table.app_id == app_id, table.person_id.in_(list(formers)), table.user_id != "")
        first = sa.func.min(table.position).label("first")
        query = sa.select(table.person_id, table.user_id, first).where(*theirs).group_by(table.person_id, table.user_id)
        rows = sorted(self._history.run(query), key=lambda row: row[2], reverse=True)
        return {person: user_id for person, user_id, _ in rows}

    def _name_of(self, app_id: int, segment_id: int) -> str:
        try:
            return self._segments.get(app_id, segment_id).name
        except SegmentNotFoundError:
            return ""

    def _move(self, before: WebhookCursor, after: WebhookCursor) -> WebhookCursor:
        """Raises ``_MovedError`` if an operator skipped, or another worker took the partition: nothing of ours may continue."""
        with writing(self._engine) as connection:
            if not store.move_place(connection, before, after):
                raise _MovedError(before.webhook_id)
        return after

    def _end(self, webhook: Webhook, after: After, begun: WebhookCursor) -> WebhookCursor:
        self._move(begun, after.place)
        if after.stopped:
            with writing(self._engine) as connection:
                store.stop_webhook(connection, webhook.id)
            self._changed = True
        if after.place.attempts:
            log.warning("webhook_not_taken", webhook=webhook.id, detail=after.place.detail, stopped=after.stopped)
        return after.place

    # -- for operators -------------------------------------------------------------------------------------------------

    async def test(self, app_id: int, number: int, now: int) -> SendResult:
        """Send a message that changes nothing, once."""
        webhook = await asyncio.to_thread(self._found, app_id, number)
        return await self._sender.send(webhook.url, webhook.secret, random_token("msg_test", 12), write_test(now))

    def _found(self, app_id: int, number: int) -> Webhook:
        with reading(self._engine) as connection:
            return store.found_webhook(connection, app_id, number)


def _real_now() -> int:
    return time.time_ns() // 1_000_000
