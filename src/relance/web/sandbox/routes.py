"""The sandbox's routes. Its store is a SQLite file of its own, read in threads."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, get, post, put, route
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
from relance.web.sandbox.answers import (
    ArrivalItem,
    MailItem,
    MailPage,
    PushItem,
    TextItem,
    WebhookItem,
    arrival_item,
    mail_item,
    mail_page,
    push_item,
    text_item,
    webhook_item,
)

WEB = "web"  # a phone that is its browser's
HOOK_LIMIT = 262_144  # bytes of a webhook
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
    """A phone to subscribe. ``server_key``: only this application server may post to it. ``system``: ``web`` for a push
    subscription of a browser, ``ios`` or ``android`` for a device token, ``number`` for a number that takes texts (``number``, or
    any)."""

    name: str
    server_key: str = ""
    system: str = WEB
    number: str = ""


class WrittenAnswer(msgspec.Struct):
    """What a person writes back to a text."""

    text: str


class NewHook(msgspec.Struct):
    """An address that takes webhooks. ``secret`` (``whsec_…``): what they should be signed with. ``status`` and ``answer`` are
    what they are answered with."""

    name: str
    secret: str = ""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 200
    answer: Annotated[str, msgspec.Meta(max_length=65_536)] = ""


T = TypeVar("T")


async def read_json(request: AnyRequest, kind: type[T]) -> T:
    """The body as a struct. Raises ``InvalidError``."""
    # Other sites' pages can send text/plain freely, application/json only after a preflight that nobody answers.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidError(ErrorText("json_only", "Send the body as application/json."), path="content-type")
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, msgspec.json.decode(body))
        raise InvalidError(text, path=f"body{place}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(unreadable(error), path="body") from error


@post(["/sandbox/phones", "/inbox/phones"], guards=[may_read], include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def add_phone(request: AnyRequest) -> dict[str, Any]:
    """Subscribe a phone: the counterpart of a browser's ``PushManager.subscribe``, or of an app that asks for its token."""
    phone = await read_json(request, NewPhone)
    sandbox = sandbox_of(request)
    if phone.system == WEB:
        return await sync_to_thread(sandbox.new_subscription, phone.name, phone.server_key)
    device = await sync_to_thread(sandbox.new_device, phone.name, phone.system, phone.number)
    return {"service": device.service, "number" if phone.system == "number" else "token": device.address}


@get("/sandbox/api/providers", guards=[may_read], include_in_schema=False)
async def list_providers(request: AnyRequest) -> list[dict[str, Any]]:
    """The accounts by which an app reaches the phones here: each is what is posted to its ``/providers``."""
    return await sync_to_thread(sandbox_of(request).providers)


@post("/sandbox/api/texts/{text_id:int}/answer", guards=[may_read], include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def answer_text(request: AnyRequest, text_id: Id) -> None:
    """Write back to a text, as a person with the phone in their hand."""
    answer = await read_json(request, WrittenAnswer)
    await sync_to_thread(sandbox_of(request).answer_text, text_id, answer.text)


@get("/sandbox/api/phones/{phone:str}/texts", guards=[may_read], include_in_schema=False)
async def list_texts(request: AnyRequest, phone: FromPath[str], cursor: Cursor = None, limit: Limit = 50) -> Page[TextItem]:
    """The texts to and from a phone, newest first."""
    found = await sync_to_thread(sandbox_of(request).texts, phone, read_cursor(cursor, int) or 0, limit + 1)
    return page([text_item(text) for text in found], limit, lambda text: text.id)


@post("/sandbox/hooks", guards=[may_read], include_in_schema=False, request_max_body_size=HOOK_LIMIT)
async def add_hook(request: AnyRequest) -> dict[str, str]:
    """An address that takes webhooks."""
    hook = await read_json(request, NewHook)
    return {"url": await sync_to_thread(sandbox_of(request).new_hook, hook.name, hook.secret, hook.status, hook.answer)}


@put("/sandbox/api/hooks/{token:str}", guards=[may_read], include_in_schema=False, request_max_body_size=HOOK_LIMIT)
async def change_hook(request: AnyRequest, token: FromPath[str]) -> None:
    """Have a hook check and answer otherwise: what signs webhooks is often known after their address."""
    hook = await read_json(request, NewHook)
    await sync_to_thread(sandbox_of(request).change_hook, token, hook.name, hook.secret, hook.status, hook.answer)


@route(
    "/sandbox/hooks/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE],
    include_in_schema=False,
    request_max_body_size=HOOK_LIMIT,
)
async def receive_webhook(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Where webhooks come, open to everyone who knows the address."""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.scope["query_string"].decode("latin-1")
    hook = await sync_to_thread(sandbox_of(request).receive_webhook, token, request.method, query, headers, body)
    if hook is None:
        return Response(b"There is no such hook.", status_code=404, media_type=MediaType.TEXT)
    kind = MediaType.JSON if hook.answer[:1] in ("{", "[") else MediaType.TEXT
    return Response(hook.answer.encode(), status_code=hook.status, media_type=kind)


@get("/sandbox/api/webhooks", guards=[may_read], include_in_schema=False)
async def list_webhooks(request: AnyRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[WebhookItem]:
    """Webhooks that came, newest first."""
    found = await sync_to_thread(sandbox_of(request).webhooks, read_cursor(cursor, int) or 0, limit + 1)
    return page([webhook_item(webhook) for webhook in found], limit, lambda webhook: webhook.id)


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
async def list_arrivals(request: AnyRequest, after: After = 0, limit: Limit = 50) -> list[ArrivalItem]:
    """Whatever came after the one with id ``after``, in order of arrival."""
    found: list[Arrival] = await sync_to_thread(sandbox_of(request).messages_since, after, limit)
    return [arrival_item(arrival) for arrival in found]


handlers: list[ControllerRouterHandler] = [
    receive_push,
    add_phone,
    list_providers,
    answer_text,
    list_texts,
    add_hook,
    change_hook,
    receive_webhook,
    list_webhooks,
    list_phones,
    list_pushes,
    list_mail,
    open_mail,
    show_mail,
    show_raw_mail,
    list_arrivals,
]
