"""Control of a story's clock over HTTP: only with ``clock = "story"``, and only for programs on this machine."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from relance.core.error_text import ErrorText
from relance.core.errors import ForbiddenError, NotFoundError
from relance.infra.clock import StoryClock
from relance.web.context import Context
from relance.web.preferences.carrying_out import DeletionTimer
from relance.web.sandbox.access import is_local

AnyRequest = Request[Any, Any, Any]


class Destination(msgspec.Struct):
    """Where to move the clock (ms)."""

    to: int


def _context(request: AnyRequest) -> tuple[Context, StoryClock]:
    context: Context = request.app.state.context
    if not isinstance(context.clock, StoryClock):
        raise NotFoundError(ErrorText("clock_is_real", "This server runs on real time."))
    if not is_local(request):
        raise ForbiddenError(ErrorText("clock_from_here", "A story's clock can only be moved from the same machine."))
    return context, context.clock


def _timer(request: AnyRequest, context: Context) -> DeletionTimer:
    """What a server on real time runs beside its requests, here asked whenever the clock moves."""
    found: DeletionTimer | None = request.app.state.get("deletion_timer")
    if found is None:
        found = request.app.state.deletion_timer = DeletionTimer(context)
    return found


@get("/story/clock", include_in_schema=False)
async def read_clock(request: AnyRequest) -> dict[str, int]:
    """The program's instant."""
    _, clock = _context(request)
    return {"now": clock.now()}


@post("/story/advance", include_in_schema=False, status_code=200)
async def advance(request: AnyRequest, data: JSONBody[Destination]) -> dict[str, int | None]:
    """Settle what is due, then move the clock to ``to`` or to the first earlier instant at which something is due."""
    context, _ = _context(request)
    timer = _timer(request, context)
    due = await sync_to_thread(timer.next_due)
    moved: dict[str, int | None] = await context.worker.call("advance", to=data.to if due is None else min(data.to, due))
    if await timer.carry_out():
        await context.worker.call("quiet")
    after = await sync_to_thread(timer.next_due)
    known = [each for each in (moved["next_due"], after) if each is not None]
    return {**moved, "next_due": min(known, default=None)}


@post("/story/quiet", include_in_schema=False, status_code=200)
async def quiet(request: AnyRequest) -> dict[str, int]:
    """Wait until everything due at this instant has settled and been sent."""
    context, clock = _context(request)
    await context.worker.call("quiet")
    return {"now": clock.now()}


@post("/story/run_free", include_in_schema=False, status_code=200)
async def run_free(request: AnyRequest) -> dict[str, int]:
    """Let the clock run at real speed."""
    context, clock = _context(request)
    await context.worker.call("run_free")
    return {"now": clock.now()}


handlers: list[ControllerRouterHandler] = [read_clock, advance, quiet, run_free]
