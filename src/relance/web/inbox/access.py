"""Who may look into the inbox."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from yarl import URL

from relance.channels.inbox.service import Inbox
from relance.core.errors import NotFoundError, UnauthorizedError
from relance.web.api.authentication import session_of
from relance.web.context import Context

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def context_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Context:
    """The parts behind the handlers."""
    context: Context = connection.app.state.context
    return context


def inbox_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Inbox:
    """The inbox. Raises ``NotFoundError`` where the settings leave it out."""
    inbox = context_of(connection).inbox
    if inbox is None:
        raise NotFoundError("The built-in inbox is switched off.")
    return inbox


async def may_read(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard: an operator who is signed in, or a program on this machine. Raises ``UnauthorizedError``."""
    if is_local(connection):
        return
    request: Request[Any, Any, Any] = Request(connection.scope)
    if await session_of(request, context_of(connection).operators) is None:
        raise UnauthorizedError("Sign in to look into the inbox.")


def is_local(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a program on this machine calls a server that is nobody else's.

    Three things must hold: the server's own address is this machine's, the caller is on it, and the request was not
    passed on by a proxy. The Host header must name this machine too, so that no page of another site can call by a
    name it made to point here.
    """
    context = context_of(connection)
    if not _is_loopback(URL(context.settings.url).host) or connection.client is None:
        return False
    if any(name in connection.headers for name in _FORWARDED):
        return False
    try:
        named = URL(f"http://{connection.headers.get('host', '')}").host
    except ValueError:
        return False
    return _is_loopback(connection.client.host) and _is_loopback(named)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False
