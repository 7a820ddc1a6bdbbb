"""The link ``/t/d/{token}`` of the mail that asks to confirm a deletion. Public: whoever has it reads the address.

It works once: what it confirmed it can take back until the term is over, and after that it does nothing.
"""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, post, route
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from relance.accounts.errors import RateLimitedError
from relance.accounts.model import App
from relance.accounts.service import Accounts
from relance.links.errors import LinkInvalidError
from relance.links.signing import LinkKind, read
from relance.messaging.service import Deliveries
from relance.users.deletion_requests.model import DeletionRequest
from relance.users.deletion_requests.service import BY_LINK, DeletionRequests
from relance.users.errors import PersonNotFoundError
from relance.users.service import Directory
from relance.web.context import Context
from relance.web.limits import RateLimit
from relance.web.preferences.deletion_page import DeletionPage, deletion_page
from relance.web.preferences.form import read_form
from relance.web.preferences.page import HEADERS, message_page
from relance.web.preferences.standing import masked
from relance.web.tracking.pages import Text, language_of, page

BODY_LIMIT = 1_000  # bytes
MOST_CHANGES, CHANGES_PER_SECOND = 10, 1 / 60  # by one link

AnyRequest = Request[Any, Any, Any]

_changes = RateLimit(CHANGES_PER_SECOND, most=MOST_CHANGES)


@route("/t/d/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def show_deletion(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """What has become of the request, with a button. Viewing it changes nothing: scanners follow every link of an e-mail."""
    found = await sync_to_thread(_find, request, token)
    return await sync_to_thread(_shown, request, found)


@post("/t/d/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def decide_deletion(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Confirm it, or cancel what was confirmed."""
    found = await sync_to_thread(_find, request, token)
    if found is None:
        return await sync_to_thread(_shown, request, None)
    try:
        action = read_form(await request.body()).one("action")
        _changes.take(found.id)
    except ValueError:
        return await sync_to_thread(_shown, request, found)
    except RateLimitedError:
        return _answer(message_page("", _language(request, ""), "busy"), 429)
    return await sync_to_thread(_shown, request, await sync_to_thread(_decide, request, found, action))


def _decide(request: AnyRequest, found: DeletionRequest, action: str) -> DeletionRequest | None:
    context = _context(request)
    requests, now = DeletionRequests(context.state), context.clock.now()
    if action == "cancel":
        return requests.cancel(found.id, BY_LINK, now)
    if action == "confirm":
        days = Accounts(context.state).app(found.app_id).settings.deletion_days
        return requests.confirm(found.id, max(1, days), now)
    return found


def _find(request: AnyRequest, token: str) -> DeletionRequest | None:
    context = _context(request)
    try:
        link = read(context.secret, token)
    except LinkInvalidError:
        return None
    return DeletionRequests(context.state).find(link.delivery_id) if link.kind is LinkKind.DELETION else None


def _shown(request: AnyRequest, found: DeletionRequest | None) -> Response[bytes]:
    context = _context(request)
    if found is None:
        return _answer(page(Text.BROKEN, language_of(request.headers.get("accept-language", ""))), 404)
    app = Accounts(context.state).app(found.app_id)
    zone, reads = _person(context, app, found)
    delivery = Deliveries(context.state).locate(found.id)
    address = masked(delivery.channel, delivery.address) if delivery is not None and delivery.address else ""
    shown = DeletionPage(app.name, address, _language(request, reads), max(1, app.settings.deletion_days), zone)
    return _answer(deletion_page(shown, found, context.clock.now()), 200)


def _person(context: Context, app: App, found: DeletionRequest) -> tuple[str, str]:
    """Their time zone and language; the app's zone once they are deleted."""
    try:
        person = Directory(context.state).get(app.id, found.person_id)
    except PersonNotFoundError:
        return app.settings.timezone, ""
    return person.timezone or app.settings.timezone, person.language or ""


def _language(request: AnyRequest, reads: str) -> str:
    asked, theirs = request.query_params.get("lang", ""), reads.lower().partition("-")[0]
    if asked in ("en", "fr"):
        return asked
    return theirs if theirs in ("en", "fr") else language_of(request.headers.get("accept-language", ""))


def _context(request: AnyRequest) -> Context:
    context: Context = request.app.state.context
    return context


def _answer(body: bytes, status: int) -> Response[bytes]:
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


handlers: list[ControllerRouterHandler] = [show_deletion, decide_deletion]
