"""``Idempotency-Key`` on every POST: a repeated request gets the first answer and is not executed again.

Answers of successful requests are stored for a day. A failed request releases its key: nothing was done, or what was done has an
id derived from the key, so that repeating it changes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.ids import random_token, stable_id
from relance.infra.clock import RealClock
from relance.web.api.authentication import Caller
from relance.web.api.services import services_of

HEADER = "idempotency-key"
REPLAYED = (b"idempotency-replayed", b"true")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Idempotency(ASGIMiddleware):
    """Inside ``Authenticate``: a key is scoped to one app, or to one operator if there is none."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        key = request.headers.get(HEADER)
        if request.method != "POST" or key is None or "auth" not in scope:
            await next_app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            raise InvalidError(
                ErrorText(
                    "idempotency_key_form",
                    "Idempotency key must be 1–{most} visible ASCII characters (got {got:,}).",
                    most=255,
                    got=len(key),
                ),
                path="Idempotency-Key",
            )
        caller: Caller = scope["auth"]
        parameters: dict[str, Any] = dict(scope["path_params"])
        app_id: int = parameters.get("app", caller.app_id or 0)
        scoped = key if app_id else f"{caller.actor} {key}"
        asked = b"\n".join([scope["raw_path"], scope["query_string"], await request.body()])
        answers = services_of(request.app).answers
        claim = await sync_to_thread(answers.claim, app_id, scoped, asked, RealClock().now())
        if not claim.fresh:
            await _replay(send, claim.status, claim.answer)
            return
        recorder = _Recorder()
        try:
            await next_app(scope, receive, recorder)
        except BaseException:
            await sync_to_thread(answers.release, app_id, scoped)
            raise
        if recorder.status < 400:
            await sync_to_thread(answers.keep, app_id, scoped, recorder.status, recorder.body)
        else:
            await sync_to_thread(answers.release, app_id, scoped)
        for message in recorder.messages:
            await send(message)


class _Recorder:
    """Holds an answer back until it is stored: a caller who has seen an answer can always get it again."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 500
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message["body"]
        self.messages.append(message)


async def _replay(send: Send, status: int, answer: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode()), REPLAYED]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer, "more_body": False})


def message_id_for(request: Request[Any, Any, Any], app_id: int, part: str = "") -> str:
    """The id of a log record caused by a request: derived from its idempotency key, so that the log refuses a second one."""
    key = request.headers.get(HEADER)
    return random_token("api") if key is None else "api_" + stable_id("api", app_id, request.method, request.url.path, key, part)
