"""The tracking links ``/t/{kind}/{token}``. Public: a token is its own proof."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64decode
from typing import Any

from litestar import MediaType, Request, Response, post, route
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from relance.accounts.service import Accounts
from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError
from relance.core.urls import web_address
from relance.events.flows import Flow
from relance.events.model import Event, Name
from relance.links.errors import LinkInvalidError
from relance.links.signing import Link, LinkKind, read
from relance.messaging.model import Delivery
from relance.messaging.service import Deliveries
from relance.users.model import GENERAL
from relance.users.service import Directory
from relance.web.context import Context
from relance.web.tracking.confirming import ConfirmationRequest, confirmed, read_asked
from relance.web.tracking.engagement import clicks, counts, engagement, past_delivery, unsubscribed
from relance.web.tracking.pages import AGREES_MARK, HEADERS, PAGE_MARK, Text, agreement, language_of, page

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
BODY_LIMIT = 10_000  # bytes
NOT_KEPT = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
PATIENCE = 3.0  # seconds that a reader waits at most for the engagement to be recorded
MOST_PENDING = 1_000  # engagements being recorded at once, before further ones are dropped
RECEIPTS = {"delivered": Name.MESSAGE_DELIVERED, "clicked": Name.MESSAGE_CLICKED, "dismissed": Name.MESSAGE_DISMISSED}

AnyRequest = Request[Any, Any, Any]

logger = logging.getLogger(__name__)
_pending: set[asyncio.Task[None]] = set()


@route("/t/o/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def opened(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """The one-pixel image that records the opening of an e-mail. Raises ``LinkInvalidError``."""
    link = _read(request, token, LinkKind.OPEN)
    await _note(request, link, Name.MESSAGE_OPENED)
    return Response(PIXEL, media_type="image/gif", headers=NOT_KEPT, status_code=200)


@route("/t/c/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def clicked(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Redirect to the link's target, which is inside the signed token and nowhere else."""
    try:
        link = _read(request, token, LinkKind.CLICK)
    except LinkInvalidError:
        return _page(request, Text.BROKEN, 404)
    address = web_address(link.target)
    if address is None:
        return _page(request, Text.BROKEN, 404)
    await _note(request, link, Name.MESSAGE_CLICKED, address.href)
    return Response(b"", status_code=302, headers={**NOT_KEPT, "Location": address.href}, media_type=MediaType.TEXT)


@post("/t/p/{token:str}/{action:str}", status_code=204, include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def receipt(request: AnyRequest, token: FromPath[str], action: FromPath[str]) -> Response[None]:
    """A phone reports the fate of a push; posted by the site's service worker, from the site's origin."""
    link = _read(request, token, LinkKind.PUSH)
    name = RECEIPTS.get(action)
    if name is None:
        raise NotFoundError(ErrorText("push_happenings", "A push can only be delivered, clicked or dismissed."))
    delivery = await _delivery(request, link)
    if delivery is None:
        raise NotFoundError(ErrorText("delivery_unknown", "There is no such delivery."))
    await _append(request, [engagement(name, delivery, _context(request).clock.now())])
    return Response(None, status_code=204, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})


@route("/t/u/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def ask_to_unsubscribe(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """A page with a button. Viewing it changes nothing: scanners follow every link of an e-mail."""
    try:
        link = _read(request, token, LinkKind.UNSUBSCRIBE)
    except LinkInvalidError:
        return _page(request, Text.BROKEN, 404)
    delivery = await _delivery_or_past(request, link)
    if delivery is None:
        return _page(request, Text.BROKEN, 404)
    return _page(request, Text.ASK, 200, await _app_name(request, delivery), channel=delivery.channel)


@post("/t/u/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def unsubscribe(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Unsubscribe: the mailbox's own button (RFC 8058) and the page post the same. Durable before the answer.

    The token is the proof and a POST the intention: mailboxes post empty bodies, other types and their own line ends, so that the
    body's content does not matter.
    """
    try:
        link = _read(request, token, LinkKind.UNSUBSCRIBE)
    except LinkInvalidError:
        return _page(request, Text.BROKEN, 404)
    by_page = PAGE_MARK in await request.body()  # refused if it is too large
    delivery = await _delivery_or_past(request, link)
    if delivery is None:
        return _page(request, Text.BROKEN, 404)
    now = _context(request).clock.now()
    events = await sync_to_thread(_unsubscribe, Directory(_context(request).state), delivery, now, by_page)
    if events:
        await _append(request, events)
    return _page(request, Text.DONE, 200, await _app_name(request, delivery), channel=delivery.channel)


@route("/t/k/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def ask_for_confirmation(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """A page with a button to confirm an address. Viewing it changes nothing."""
    try:
        link = _read(request, token, LinkKind.CONFIRM)
    except LinkInvalidError:
        return _page(request, Text.BROKEN, 404)
    asked = await sync_to_thread(read_asked, _context(request), await _delivery(request, link))
    if asked is None or not asked.is_open:
        return _settled(request, asked)
    agrees = agreement(_language(request), asked.app) if asked.topics else ""
    return _page(request, Text.CONFIRM, 200, asked.app, agrees)


@post("/t/k/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def confirm(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Confirm the address: messages may be sent to it from now on. Durable before the answer; repeating it changes nothing."""
    try:
        link = _read(request, token, LinkKind.CONFIRM)
    except LinkInvalidError:
        return _page(request, Text.BROKEN, 404)
    agrees, delivery = AGREES_MARK in await request.body(), await _delivery(request, link)
    asked = await sync_to_thread(read_asked, _context(request), delivery)
    if delivery is None or asked is None or not asked.is_open:
        return _settled(request, asked)
    await _append(request, [confirmed(delivery, asked, _context(request).clock.now(), _language(request), agrees=agrees)])
    return _page(request, Text.CONFIRMED, 200, asked.app)


def _settled(request: AnyRequest, asked: ConfirmationRequest | None) -> Response[bytes]:
    return _page(request, Text.BROKEN, 404) if asked is None else _page(request, Text.CONFIRMED, 200, asked.app)


def _context(request: AnyRequest) -> Context:
    context: Context = request.app.state.context
    return context


def _read(request: AnyRequest, token: str, kind: LinkKind) -> Link:
    link = read(_context(request).secret, token)
    if link.kind is not kind:
        raise LinkInvalidError(ErrorText("link_kind", "This link is of another kind."))
    return link


async def _delivery(request: AnyRequest, link: Link) -> Delivery | None:
    return await sync_to_thread(Deliveries(_context(request).state).locate, link.delivery_id)


async def _delivery_or_past(request: AnyRequest, link: Link) -> Delivery | None:
    """The delivery; of one that is on the record no more, what history tells: a no must be possible for as long as a mail lies
    in a mailbox."""
    found = await _delivery(request, link)
    if found is None:
        told = await _context(request).worker.call("past_delivery", delivery=link.delivery_id)
        return None if told is None else past_delivery(link.delivery_id, **told)
    return found


def _unsubscribe(directory: Directory, delivery: Delivery, now: int, by_page: bool) -> list[Event]:
    """What to write: nothing if the no already holds, or there is nobody left to write to."""
    if not delivery.person_id:
        return []
    app_id, channel, address = delivery.app_id, delivery.channel, delivery.address
    held = directory.general_consent(app_id, delivery.person_id, channel)
    is_refused = held is not None and held.explicit and not held.granted
    if is_refused and (not address or directory.refuses(app_id, channel, address, GENERAL)):
        return []
    events = unsubscribed(delivery, now, since=held.changed_at if held else 0, by_page=by_page)
    # Figures of what is on the record no more do not change.
    return events if delivery.attempts else events[1:]


async def _append(request: AnyRequest, events: list[Event]) -> None:
    await _context(request).log.append(events, flow=Flow.LINK)


async def _note(request: AnyRequest, link: Link, name: Name, url: str = "") -> None:
    """Append an engagement. People get to the link's target quickly in any case, even while nothing can be read or written.

    If recording takes longer it continues in the background, as it does when the client disconnects.
    """
    headers = {key.lower(): value for key, value in request.headers.items()}
    if not counts(request.method, headers):
        return
    if len(_pending) >= MOST_PENDING:
        logger.warning("%s of delivery %s was not noted: %s others wait", name, link.delivery_id, MOST_PENDING)
        return
    pending = asyncio.create_task(_append_engagement(request, link, name, url))
    _pending.add(pending)
    pending.add_done_callback(_pending.discard)
    await asyncio.wait({pending}, timeout=PATIENCE)


async def _append_engagement(request: AnyRequest, link: Link, name: Name, url: str) -> None:
    try:
        delivery = await _delivery(request, link)
        if delivery is not None:
            now = _context(request).clock.now()
            events = clicks(delivery, now, url) if name is Name.MESSAGE_CLICKED else [engagement(name, delivery, now)]
            await _append(request, events)
    except Exception as error:  # whatever is wrong here must not keep anyone from the shop
        logger.warning("%s of delivery %s was not noted: %s", name, link.delivery_id, error)


async def _app_name(request: AnyRequest, delivery: Delivery) -> str:
    return (await sync_to_thread(Accounts(_context(request).state).app, delivery.app_id)).name


def _language(request: AnyRequest) -> str:
    return language_of(request.headers.get("accept-language", ""))


def _page(request: AnyRequest, text: Text, status: int, app: str = "", agrees: str = "", channel: str = "") -> Response[bytes]:
    body = page(text, _language(request), app, agrees, channel)
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


handlers: list[ControllerRouterHandler] = [
    opened,
    clicked,
    receipt,
    ask_to_unsubscribe,
    unsubscribe,
    ask_for_confirmation,
    confirm,
]
