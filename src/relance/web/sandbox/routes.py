"""The sandbox's routes. Its store is a SQLite file of its own, read in threads."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from relance.channels.sandbox.model import Arrival, Phone
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mismatch import mismatch, unreadable
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, Cursor, Limit
from relance.web.sandbox.access import may_read, sandbox_of
from relance.web.sandbox.answers import MailItem, MailPage, PushItem, arrival_item, mail_item, mail_page, push_item

BODY_LIMIT = 16_384  # bytes; a push is at most 4,096, and larger ones get 413 from the sandbox itself

# The e-mail may show images and its own styles, and open links in new windows. It runs no scripts, submits no forms, and has an
# opaque origin, so that it can read nothing of the dashboard around it.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src http: https: data:; "
    "style-src 'unsafe-inline'; font-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
MAIL_HEADERS = {
    "Content-Security-Policy": MAIL_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

AnyRequest = Request[Any, Any, Any]
Id = Annotated[int, PathParameter(description="The id of a push or an e-mail of the sandbox.", ge=1, le=LARGEST_ID)]

After = Annotated[int, QueryParameter(description="Only what came after the one with this id.", ge=0, le=LARGEST_ID)]


@post(["/sandbox/push/{push_id:str}", "/inbox/push/{push_id:str}"], include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def receive_push(request: AnyRequest, push_id: FromPath[str]) -> Response[bytes]:
    """The push endpoint of a phone (RFC 8030)."""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = await sync_to_thread(sandbox_of(request).receive_push, push_id, headers, body)
    given = {"Location": answer.location} if answer.location else {}
    return Response(answer.detail.encode(), status_code=answer.status, headers=given, media_type=MediaType.TEXT)


class NewPhone(msgspec.Struct):
    """A phone to subscribe. ``server_key``: only this application server may post to it."""

    name: str
    server_key: str = ""


@post(["/sandbox/phones", "/inbox/phones"], guards=[may_read], include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def add_phone(request: AnyRequest) -> dict[str, Any]:
    """Subscribe a phone: the counterpart of a browser's ``PushManager.subscribe``."""
    # Other sites' pages can send text/plain freely, application/json only after a preflight that nobody answers.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidError(ErrorText("json_only", "Send the body as application/json."), path="content-type")
    try:
        body = await request.body()
        phone = msgspec.json.decode(body, type=NewPhone)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, msgspec.json.decode(body))
        raise InvalidError(text, path=f"body{place}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(unreadable(error), path="body") from error
    return await sync_to_thread(sandbox_of(request).new_subscription, phone.name, phone.server_key)


@get(["/sandbox/api/phones", "/inbox/api/phones"], guards=[may_read], include_in_schema=False)
async def list_phones(request: AnyRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[Phone]:
    """Phones by name."""
    found = await sync_to_thread(sandbox_of(request).phones, read_cursor(cursor, str) or "", limit + 1)
    return page(found, limit, lambda phone: phone.name)


@get(
    ["/sandbox/api/phones/{phone:str}/pushes", "/inbox/api/phones/{phone:str}/pushes"], guards=[may_read], include_in_schema=False
)
async def list_pushes(request: AnyRequest, phone: FromPath[str], cursor: Cursor = None, limit: Limit = 50) -> Page[PushItem]:
    """The pushes of a phone, newest first."""
    found = await sync_to_thread(sandbox_of(request).pushes, phone, read_cursor(cursor, int) or 0, limit + 1)
    return page([push_item(push) for push in found], limit, lambda push: push.id)


@get(["/sandbox/api/mail", "/inbox/api/mail"], guards=[may_read], include_in_schema=False)
async def list_mail(
    request: AnyRequest, address: FromQuery[str] = "", search: FromQuery[str] = "", cursor: Cursor = None, limit: Limit = 50
) -> Page[MailItem]:
    """E-mails, newest first; optionally of one address, or with a part of the subject or address."""
    found = await sync_to_thread(sandbox_of(request).mails, address, read_cursor(cursor, int) or 0, limit + 1, search=search)
    return page([mail_item(mail) for mail in found], limit, lambda mail: mail.id)


@get(["/sandbox/api/mail/{mail_id:int}", "/inbox/api/mail/{mail_id:int}"], guards=[may_read], include_in_schema=False)
async def open_mail(request: AnyRequest, mail_id: Id) -> MailPage:
    """One e-mail."""
    return mail_page(await sync_to_thread(sandbox_of(request).mail, mail_id))


@get(["/sandbox/api/mail/{mail_id:int}/html", "/inbox/api/mail/{mail_id:int}/html"], guards=[may_read], include_in_schema=False)
async def show_mail(request: AnyRequest, mail_id: Id) -> Response[bytes]:
    """The HTML of an e-mail, for a frame. Loading its images counts as an open, as in any mailbox."""
    mail = await sync_to_thread(sandbox_of(request).mail, mail_id)
    content = f'<!doctype html><meta charset="utf-8"><base target="_blank">{mail.html}'
    return Response(content.encode("utf-8", "replace"), media_type=MediaType.HTML, headers=MAIL_HEADERS)


@get(["/sandbox/api/mail/{mail_id:int}/raw", "/inbox/api/mail/{mail_id:int}/raw"], guards=[may_read], include_in_schema=False)
async def show_raw_mail(request: AnyRequest, mail_id: Id) -> Response[bytes]:
    """The raw e-mail, with its headers."""
    raw = await sync_to_thread(sandbox_of(request).raw_mail, mail_id)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": f'attachment; filename="mail-{mail_id}.eml"'}
    return Response(raw, media_type="message/rfc822", headers=headers)


@get(["/sandbox/api/messages", "/inbox/api/messages"], guards=[may_read], include_in_schema=False)
async def list_arrivals(request: AnyRequest, after: After = 0, limit: Limit = 50) -> list[PushItem | MailItem]:
    """Pushes and e-mails after the one with id ``after``, in order of arrival."""
    found: list[Arrival] = await sync_to_thread(sandbox_of(request).messages_since, after, limit)
    return [arrival_item(arrival) for arrival in found]


handlers: list[ControllerRouterHandler] = [
    receive_push,
    add_phone,
    list_phones,
    list_pushes,
    list_mail,
    open_mail,
    show_mail,
    show_raw_mail,
    list_arrivals,
]
