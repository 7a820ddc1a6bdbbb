"""Authentication, and access to apps: one middleware in front of every route of the API.

An API key (``Authorization: Bearer``) belongs to one app. An operator's session (cookie) opens every app, and needs its
``X-CSRF-Token`` for anything unsafe. Handlers marked ``open`` serve unknown callers.
"""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from relance.accounts.model import Key, KeyKind, Session
from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.core.error_text import ErrorText
from relance.core.errors import ForbiddenError, InvalidError, NotFoundError, UnauthorizedError
from relance.infra.clock import RealClock
from relance.web.api.bodies import check_body, check_query, without_mark
from relance.web.api.errors import BodyTooLargeError, CsrfError
from relance.web.api.queries import check_parameters
from relance.web.api.services import services_of
from relance.web.security import COOKIE

CSRF_HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

LARGEST_OPEN_BODY = 20_000  # bytes
SMALL_BODY = 20_000  # bytes that are checked in a millisecond or two

# Marks for ``opt`` of a handler.
OPEN = {"open": True}
OPERATOR = {"operator": True}
RAW = {"raw": True}  # the body is not JSON: the handler reads it


class Caller(msgspec.Struct, frozen=True):
    """The caller. ``app_id`` is the app of an API key; ``None`` for an operator, who has access to all."""

    actor: str
    app_id: int | None = None
    session: Session | None = None


class Authenticate(ASGIMiddleware):
    """Puts a ``Caller`` into ``scope["auth"]``, or refuses. Checks the parts of a request that every route shares."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        handler = scope["route_handler"]
        is_raw = isinstance(handler, HTTPRouteHandler) and bool(handler.opt.get("raw"))
        if not is_raw:
            receive = without_mark(receive)
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        is_open = isinstance(handler, HTTPRouteHandler) and bool(handler.opt.get("open"))
        check_query(scope["query_string"])
        if not is_open:
            services = services_of(request.app)
            caller = await identify(request, services.accounts, services.operators)
            scope["auth"] = caller
            await _admit(caller, scope, services.accounts)
        if isinstance(handler, HTTPRouteHandler):
            check_parameters(handler, scope["query_string"])
        if is_open and request.method not in SAFE:
            _check_form(request)
        if request.method not in SAFE and not is_raw:
            await _check(await request.body(), is_open=is_open)
        await next_app(scope, receive, send)


def _check_form(request: Request[Any, Any, Any]) -> None:
    """Raises ``InvalidError`` for a body that a form on another site can send: no page should be able to sign its visitor in."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidError(ErrorText("json_only", "Send the body as application/json."), path="content-type")


async def _check(body: bytes, *, is_open: bool) -> None:
    """Unknown callers may send little; a large body is checked on a thread, while the loop serves others."""
    if is_open and len(body) > LARGEST_OPEN_BODY:
        raise BodyTooLargeError(
            ErrorText(
                "open_body_bytes",
                "Request must be at most {most:,} bytes before you sign in (got {got:,}).",
                most=LARGEST_OPEN_BODY,
                got=len(body),
            ),
            limit=LARGEST_OPEN_BODY,
        )
    if len(body) > SMALL_BODY:
        await sync_to_thread(check_body, body)
    else:
        check_body(body)


async def identify(request: Request[Any, Any, Any], accounts: Accounts, operators: Operators) -> Caller:
    """The caller of a request. Raises ``UnauthorizedError`` or ``CsrfError``."""
    given = request.headers.get("authorization")
    if given is not None:
        scheme, _, text = given.partition(" ")
        key = await _live_key(accounts, text.strip()) if scheme.lower() == "bearer" else None
        if key is None or key.kind is not KeyKind.API:
            raise UnauthorizedError(ErrorText("api_key_unknown", "This API key is unknown or revoked."))
        return Caller(f"key:{key.id}", app_id=key.app_id)
    session = await session_of(request, operators)
    if session is None:
        raise UnauthorizedError(ErrorText("sign_in_first", "Sign in, or send an API key as a bearer token."))
    if request.method not in SAFE:
        token = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(token.encode(), session.csrf.encode()):
            raise CsrfError(ErrorText("csrf_token", "The X-CSRF-Token header is missing or not this session's."))
    return Caller(f"operator:{session.operator.id}", session=session)


async def _live_key(accounts: Accounts, text: str) -> Key | None:
    return accounts.live_key(text) if accounts.remembers_key(text) else await sync_to_thread(accounts.live_key, text)


async def session_of(request: Request[Any, Any, Any], operators: Operators) -> Session | None:
    """The live session of the request's cookie."""
    token = request.cookies.get(COOKIE)
    return None if not token else await sync_to_thread(operators.session, token, RealClock().now())


async def _admit(caller: Caller, scope: Scope, accounts: Accounts) -> None:
    parameters: dict[str, Any] = dict(scope["path_params"])
    for name, value in parameters.items():
        if isinstance(value, int) and not 0 < value < 2**63:
            raise NotFoundError(ErrorText("thing_not_found", "There is no such {thing}.", thing=name))
    app_id = parameters.get("app")
    if caller.app_id is None:
        if app_id is not None:
            await sync_to_thread(accounts.app, app_id)
        return
    if app_id is not None and app_id != caller.app_id:
        raise ForbiddenError(ErrorText("api_key_of_other_app", "This API key belongs to another app."))
    if scope["route_handler"].opt.get("operator"):
        raise ForbiddenError(ErrorText("operators_only", "Only an operator who is signed in may do this."))
