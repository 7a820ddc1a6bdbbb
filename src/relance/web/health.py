"""``GET /health``: whether events are taken and settled, for load balancers and monitors."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread

from relance.core.errors import RelanceError
from relance.infra.room import full_sentence, says_full
from relance.web.context import Context

PATIENCE_SECONDS = 2.0


@get("/health", operation_id="health", summary="Is everything settled", tags=["Operations"], opt={"open": True})
async def health(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """How far settling is behind. 503 if the worker does not answer (`worker_gone`: events are still accepted, but not settled),
    and if nothing is accepted (`not_taking`; `full` says whether the disk is).
    """
    context: Context = request.app.state.context
    watched = {} if context.watchdog is None else context.watchdog.report()
    taking = {"waiting_bytes": context.log.waiting_bytes, "backlogged": context.log.backlogged(), **watched}
    failure = await sync_to_thread(context.log.refuses)
    if failure is not None:
        full = says_full(failure)
        detail = (
            str(full_sentence(context.settings.folder, failure))
            if full
            else "The event log cannot be written; the server's log tells why."
        )
        return Response({"status": "not_taking", "full": full, "detail": detail, **taking}, status_code=503)
    try:
        settling: dict[str, Any] = await asyncio.wait_for(context.worker.call("health"), PATIENCE_SECONDS)
    except (TimeoutError, ConnectionError, RelanceError) as error:
        not_started = "" if context.watchdog is None else context.watchdog.not_started
        reason = str(error) or f"The worker does not answer. {not_started}".strip()
        return Response({"status": "worker_gone", "detail": reason, **taking}, status_code=503)
    return Response({"status": "ok", **taking, **settling})
