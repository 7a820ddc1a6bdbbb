"""The frame of the web application: security headers, one error shape, the OpenAPI document, and a separate path for ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.enums import MediaType, ScopeType
from litestar.middleware import ASGIMiddleware, DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, ControllerRouterHandler, Message, Receive, Scope, Send
from typing_extensions import override

from relance import __version__
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.web.context import Context
from relance.web.errors import EXCEPTION_HANDLERS
from relance.web.health import health
from relance.web.ingest import Ingest, describe
from relance.web.ingest.server import PREFIX
from relance.web.security import COMPONENTS
from relance.web.turns import WorkerInTurns

SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self'; "
        b"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
HEADERS = [*SECURITY_HEADERS, (b"cache-control", b"no-store")]
LARGEST_BODY = 1_000_000  # bytes; ingest has limits of its own
# The outermost layer, unlike the framework's own place for it, which is the innermost: layers in between see plain answers, and
# stored answers suit any later caller.
_COMPRESSION = CompressionConfig(backend="gzip", minimum_size=1_000, gzip_compress_level=5)


class Application(Litestar):
    """The framework's application with the ingest routes in front, which are too busy for its routing."""

    ingest: Ingest

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        if scope["type"] == ScopeType.HTTP and scope["path"].startswith(PREFIX):
            await self.ingest(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class CheckPath(ASGIMiddleware):
    """Refuses a path with a NUL character, whatever its route: PostgreSQL cannot store one, nor be asked for it."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if "\x00" in scope["path"]:
            raise InvalidError(ErrorText("parameter_nul", "A parameter contains a NUL character."), path="")
        await next_app(scope, receive, send)


class Document(JsonRenderPlugin):
    """``/api/openapi.json``, including the ingest routes."""

    @override
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, describe(openapi_schema))


async def secure(message: Message, _scope: Scope) -> None:
    """Adds the security headers to every answer, including errors; a handler's own headers win.

    Answers without a validity are stored neither by proxies nor in a browser's disk cache.
    """
    if message["type"] == "http.response.start":
        given = [*message["headers"]]
        names = {name.lower() for name, _ in given}
        message["headers"] = given + [header for header in HEADERS if header[0] not in names]


def build(context: Context, handlers: Sequence[ControllerRouterHandler] = ()) -> Application:
    """The application of one server, with ingest, health and the given handlers."""
    return attach(frame(handlers), context)


def attach(app: Application, context: Context) -> Application:
    """Put a server behind an application, replacing a previous one."""
    app.state = State()
    app.state.context = replace(context, worker=WorkerInTurns(context.worker))
    app.ingest = Ingest(context)
    return app


def frame(handlers: Sequence[ControllerRouterHandler] = ()) -> Application:
    """The same without a server: enough to describe it."""
    return Application(
        [health, *handlers],
        state=State(),
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[secure],
        middleware=[DefineMiddleware(CompressionMiddleware, config=_COMPRESSION), CheckPath()],
        openapi_config=OpenAPIConfig(
            title="Relance",
            version=__version__,
            description="Customer engagement: events in, the right message out.",
            path="/api",
            use_handler_docstrings=True,
            components=COMPONENTS,
            render_plugins=[Document(path="/openapi.json", media_type=MediaType.JSON)],
        ),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,  # the command line sets up logging
        debug=False,
    )
