"""Carries out the deletions whose term is over: a record in the log asks the tick to delete.

Nothing is lost or done twice, whenever the program ends: a request that was taken stays so until the tick has ended it, its
record has an id of its own, and a person who is gone already is nobody's to delete.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from relance.core.encoding import to_json
from relance.core.errors import RelanceError
from relance.core.ids import stable_id
from relance.core.time import SECOND
from relance.events.flows import Flow
from relance.events.model import Event, Kind
from relance.infra.clock import StoryClock
from relance.users.deletion_requests.model import DeletionRequest
from relance.users.deletion_requests.service import DeletionRequests
from relance.web.context import Context

LOOK_EVERY = 60.0  # seconds

logger = logging.getLogger(__name__)


class DeletionTimer:
    """Of one server. ``run`` goes on until it is cancelled; a story calls ``carry_out`` itself where its clock stands."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._requests = DeletionRequests(context.state)
        self._asked: set[str] = set()  # whose record this process has written: it settles sooner or later

    async def run(self) -> None:
        while True:
            if not (isinstance(self._context.clock, StoryClock) and self._context.clock.stands):
                await self._try()
            await asyncio.sleep(await self._pause())

    async def _try(self) -> None:
        try:
            await self.carry_out()
        except (RelanceError, SQLAlchemyError) as error:  # a full disk, a database that is away: they wait
            logger.warning("deletions that are due wait: %s", error)

    async def _pause(self) -> float:
        try:
            due = await asyncio.to_thread(self._requests.next_due)
        except SQLAlchemyError:
            return LOOK_EVERY
        now = self._context.clock.now()
        return LOOK_EVERY if due is None or due <= now else min(LOOK_EVERY, (due - now) / SECOND)

    async def carry_out(self) -> int:
        """Ask for those that are due; returns how many."""
        now = self._context.clock.now()
        due = await asyncio.to_thread(self._requests.take_due, now)
        fresh = [each for each in due if each.id not in self._asked]
        if fresh:
            await self._context.log.append([record_of(each, now) for each in fresh], flow=Flow.LINK)
        self._asked = {each.id for each in due}
        return len(fresh)

    def next_due(self) -> int | None:
        """When the term of the first one is over that was not asked for yet."""
        due = self._requests.next_due()
        return due if due is None or due > self._context.clock.now() else None


def record_of(request: DeletionRequest, now: int) -> Event:
    """What the log says of it. Pure."""
    return Event(
        app_id=request.app_id,
        kind=Kind.DELETE.value,
        name=Kind.DELETE.value,
        message_id=stable_id("deletion request", request.id),
        occurred_at=now,
        received_at=now,
        body=to_json({"person": request.person_id, "request": request.id}).encode(),
        person_id=request.person_id,
    )
