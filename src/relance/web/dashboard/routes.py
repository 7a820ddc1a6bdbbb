"""Serves what Vite built into ``static/``: one page for every address of the dashboard, and the files it loads.

The addresses are listed, not caught, so that an unknown one elsewhere is answered by the API's one error shape.
"""

from __future__ import annotations

from relance.core.error_text import ErrorText

from mimetypes import guess_type
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from relance.core.errors import NotFoundError

STATIC = Path(__file__).parent / "static"
NAME_LIMIT = 200

# Scripts come from this server only, none is inline. Styles may stand in elements: the kit writes its colours into a
# <style> element, the journey canvas and the charts place things by style attributes. Pictures of pushes and e-mails
# come from anywhere. Frames are previews of e-mails, which run nothing (sandbox).
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: http: https:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # an asset's name changes with its content
SHORT = {"Cache-Control": "public, max-age=300"}

NOT_BUILT = (
    "The dashboard has not been built. In a checkout, run this once (it needs Node 20.19 or newer):\n\n"
    "    cd dashboard && npm ci && npm run build\n\nThe API works without it.\n"
)

PAGES = ["/", "/setup", "/sign-in", "/password", "/sandbox", "/inbox", "/apps", "/apps/{rest:path}"]


@get(PAGES, include_in_schema=False, opt={"open": True})
async def show_page() -> Response[bytes]:
    """The dashboard's one page; which of its views is shown, the page decides by its address."""
    try:
        page = await sync_to_thread((STATIC / "index.html").read_bytes)
    except FileNotFoundError:
        return Response(NOT_BUILT.encode(), status_code=503, media_type=MediaType.TEXT)
    return Response(page, media_type=MediaType.HTML, headers=PAGE_HEADERS)


@get("/assets/{name:str}", include_in_schema=False, opt={"open": True})
async def get_asset(name: FromPath[str]) -> Response[bytes]:
    """A script, style sheet or typeface, kept by the browser for ever. Raises ``NotFoundError``."""
    return await sync_to_thread(_file, STATIC / "assets", name, FOREVER)


@get("/shop/{name:str}", include_in_schema=False, opt={"open": True})
async def get_picture(name: FromPath[str]) -> Response[bytes]:
    """A picture of the demo's shop, which its messages show. Raises ``NotFoundError``."""
    return await sync_to_thread(_file, STATIC / "shop", name, SHORT)


@get(["/favicon.svg", "/scheme.js"], include_in_schema=False, opt={"open": True})
async def get_root_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The files whose names never change. Raises ``NotFoundError`` where the dashboard has not been built."""
    return await sync_to_thread(_file, STATIC, request.url.path.removeprefix("/"), SHORT)


def _file(folder: Path, name: str, headers: dict[str, str]) -> Response[bytes]:
    file = folder / name
    if len(name) > NAME_LIMIT or "\0" in name or file.parent != folder or name.startswith(".") or not file.is_file():
        raise NotFoundError(ErrorText("page_not_found", "The dashboard has no such file."))
    kind = guess_type(name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), media_type=kind, headers=headers)


handlers: list[ControllerRouterHandler] = [show_page, get_asset, get_picture, get_root_file]
