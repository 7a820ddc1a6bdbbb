"""Serves Vite's output in ``static/``: one page for every address of the dashboard, and the files it loads.

Addresses are listed rather than caught, so that unknown ones get the API's error shape.
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

# Scripts come from this server only, none is inline. Inline styles are allowed: the UI kit puts its colours into a <style>
# element, the journey canvas and the charts position things by style attributes. Images of pushes and e-mails come from anywhere.
# Frames are previews of e-mails, which are sandboxed.
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
    """The dashboard's single page, which chooses its view by the address."""
    try:
        page = await sync_to_thread((STATIC / "index.html").read_bytes)
    except FileNotFoundError:
        return Response(NOT_BUILT.encode(), status_code=503, media_type=MediaType.TEXT)
    return Response(page, media_type=MediaType.HTML, headers=PAGE_HEADERS)


@get("/assets/{name:str}", include_in_schema=False, opt={"open": True})
async def get_asset(name: FromPath[str]) -> Response[bytes]:
    """A script, style sheet or font, cached by the browser indefinitely. Raises ``NotFoundError``."""
    return await sync_to_thread(_file, STATIC / "assets", name, FOREVER)


@get("/shop/{name:str}", include_in_schema=False, opt={"open": True})
async def get_picture(name: FromPath[str]) -> Response[bytes]:
    """An image of the demo's shop, used in its messages. Raises ``NotFoundError``."""
    return await sync_to_thread(_file, STATIC / "shop", name, SHORT)


@get(["/favicon.svg", "/scheme.js"], include_in_schema=False, opt={"open": True})
async def get_root_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Files with fixed names. Raises ``NotFoundError`` if the dashboard has not been built."""
    return await sync_to_thread(_file, STATIC, request.url.path.removeprefix("/"), SHORT)


def _file(folder: Path, name: str, headers: dict[str, str]) -> Response[bytes]:
    file = folder / name
    if len(name) > NAME_LIMIT or "\0" in name or file.parent != folder or name.startswith(".") or not file.is_file():
        raise NotFoundError(ErrorText("page_not_found", "The dashboard has no such file."))
    kind = guess_type(name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), media_type=kind, headers=headers)


handlers: list[ControllerRouterHandler] = [show_page, get_asset, get_picture, get_root_file]
