"""What is on the wire, written down before it can arrive: many at once share one wait for the disk.

The marks are in the log's store, so that no tick, which may hold the state store for a second, holds up a mail server. A mark
of an attempt that has ended means nothing; it goes, together with many, when others are written. Where both stores are one
database, which dispatchers of several machines may share, a mark is written only while the delivery is still held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.engine import Engine

from relance.infra.database import reading, writing
from relance.messaging import claim_store

MOST_OVER = 256  # marks that are not needed any more, until they are removed


class NotHeldError(Exception):
    """The lease has ended before the message was begun: it is somebody else's now."""


class Marks:
    """Used on one event loop, by one dispatcher. ``shared``: deliveries and marks are in one database."""

    def __init__(self, engine: Engine, owner: str, *, shared: bool) -> None:
        self._engine = engine
        self._owner = owner
        self._shared = shared
        self._waiting: list[tuple[str, int, asyncio.Future[None]]] = []
        self._over: set[str] = set()
        self._writer: asyncio.Task[None] | None = None

    async def put(self, delivery_id: str, attempt: int) -> None:
        """Return once it is on the disk that this attempt is being handed over. Raises ``NotHeldError``, or what the database
        raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery_id, attempt, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        await done

    def over(self, delivery_ids: Iterable[str]) -> None:
        """What became of these is written: their marks are not needed any more."""
        self._over.update(delivery_ids)

    def clear(self) -> None:
        """Remove all: what became of each is written, and nobody else sends. A crash leaves those that were over."""
        with writing(self._engine) as connection:
            claim_store.clear_marks(connection)

    async def tidy(self) -> None:
        """Remove what is not needed any more: for when nothing is on its way."""
        if self._over and not self._waiting and (self._writer is None or self._writer.done()):
            over, self._over = self._over, set()
            await asyncio.to_thread(self._commit, {}, over)

    def of(self, rows: Iterable[Mapping[str, Any]]) -> set[str]:
        """Which of these deliveries may have been handed over in their present attempt."""
        attempts = {row["id"]: row["attempts"] for row in rows}
        with reading(self._engine) as connection:
            marked = claim_store.marks_of(connection, attempts)
        return {delivery_id for delivery_id, attempt in marked.items() if attempt == attempts[delivery_id]}

    async def _write_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            self._over -= {each[0] for each in group}
            over: set[str] = set()
            if len(self._over) >= MOST_OVER:
                over, self._over = self._over, over
            failure: Exception | None = None
            held: set[str] = set()
            try:
                held = await asyncio.to_thread(self._commit, {delivery_id: attempt for delivery_id, attempt, _ in group}, over)
            except Exception as error:
                failure = error
                self._over |= over
            for delivery_id, _, done in group:
                if done.done():
                    continue  # whoever waited has given up
                if failure is not None:
                    done.set_exception(failure)
                elif delivery_id in held:
                    done.set_result(None)
                else:
                    done.set_exception(NotHeldError())

    def _commit(self, marks: Mapping[str, int], over: Iterable[str]) -> set[str]:
        with writing(self._engine) as connection:
            held = claim_store.still_held(connection, marks, self._owner) if self._shared else set(marks)
            claim_store.remove_marks(connection, over)
            claim_store.put_marks(connection, {each: attempt for each, attempt in marks.items() if each in held})
        return held
