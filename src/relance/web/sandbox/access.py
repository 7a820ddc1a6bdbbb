"""Access control of the sandbox."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from yarl import URL

from relance.channels.sandbox.service import Sandbox
from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError, UnauthorizedError
from relance.web.api.authentication import session_of
from relance.web.context import Context

# What proxies add: each adds some of these, and nginx uses HTTP/1.0 to its upstream unless configured otherwise.
_FORWARDED = frozenset(
    ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "x-original-host")
)
_FORWARDED_BEGIN = ("x-forwarded-", "x-original-", "x-envoy-", "cf-", "fastly-", "x-amzn-", "x-azure-")


def context_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Context:
    """The parts behind the handlers."""
    context: Context = connection.app.state.context
    return context


def sandbox_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Sandbox:
    """The sandbox. Raises ``NotFoundError`` if it is disabled."""
    sandbox = context_of(connection).sandbox
    if sandbox is None:
        raise NotFoundError(ErrorText("sandbox_off", "The built-in sandbox is switched off."))
    return sandbox


async def may_read(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard: a signed-in operator, or a program on this machine. Raises ``UnauthorizedError``."""
    if is_local(connection):
        return
    request: Request[Any, Any, Any] = Request(connection.scope)
    if await session_of(request, context_of(connection).operators) is None:
        raise UnauthorizedError(ErrorText("sandbox_sign_in", "Sign in to look into the sandbox."))


def is_local(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a program on this machine calls a server that is not public.

    All of these must hold: the server's own address is this machine's, the caller is on it, and no proxy forwarded the request.
    The Host header must name this machine, too, so that no other site's page can call through a host name that it points here.
    """
    context = context_of(connection)
    if not _is_loopback(URL(context.settings.url).host) or connection.client is None:
        return False
    if connection.scope.get("http_version") == "1.0" or any(map(_is_of_proxy, connection.headers)):
        return False
    return _is_loopback(connection.client.host) and all(map(_is_loopback, _hosts_named(connection)))


def _is_of_proxy(name: str) -> bool:
    name = name.lower()
    return name in _FORWARDED or name.startswith(_FORWARDED_BEGIN)


def _hosts_named(connection: ASGIConnection[Any, Any, Any, Any]) -> list[str | None]:
    """The host names that the caller, and the page it comes from, use for this server."""
    headers = connection.headers
    given = [f"http://{headers.get('host', '')}", *(headers[name] for name in ("origin", "referer") if name in headers)]
    try:
        return [URL(each).host for each in given]
    except ValueError:
        return [None]


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False
