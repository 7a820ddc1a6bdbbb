"""Short links ``/l/{code}``: each leads to the signed link that it stands for, where all is decided."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.params import FromPath

from relance.links.signing import sign
from relance.messaging.short_links.service import find
from relance.web.context import Context
from relance.web.tracking.pages import HEADERS, Text, language_of, page

_NOT_KEPT = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@route("/l/{code:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def followed(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """Nothing changes by following it: the signed link counts, asks or redirects, as one in an e-mail does."""
    context: Context = request.app.state.context
    link = await sync_to_thread(find, context.state, code.rstrip(".,;:!?"))
    if link is None:
        body = page(Text.BROKEN, language_of(request.headers.get("accept-language", "")), "", "")
        return Response(body, status_code=404, media_type=MediaType.HTML, headers=HEADERS)
    token = sign(context.secret, link.delivery_id, link.kind, link.target)
    target = f"{context.settings.url}/t/{link.kind.value}/{token}"
    return Response(b"", status_code=302, headers={**_NOT_KEPT, "Location": target}, media_type=MediaType.TEXT)
