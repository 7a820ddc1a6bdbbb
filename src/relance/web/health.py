"""``GET /health``: whether events are taken and settled, for load balancers and monitors."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get

from relance.core.errors import RelanceError
from relance.web.context import Context

PATIENCE_SECONDS = 2.0


@get("/health", operation_id="health", summary="Is everything settled", tags=["Operations"], opt={"open": True})
async def health(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """How far settling is behind. 503 where the worker does not answer: events are still taken, but nothing is done with them."""
    context: Context = request.app.state.context
    taking = {"waiting_bytes": context.log.waiting_bytes}
    try:
        settling: dict[str, Any] = await asyncio.wait_for(context.worker.call("health"), PATIENCE_SECONDS)
    except (TimeoutError, ConnectionError, RelanceError) as error:
        reason = str(error) or "The worker does not answer."
        return Response({"status": "worker_gone", "detail": reason, **taking}, status_code=503)
    return Response({"status": "ok", **taking, **settling})
