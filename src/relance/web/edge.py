"""Limits per connection, before anything is known of its caller, and on the number of connections.

uvicorn's parser has no limits: headers can grow for ever, or never end, and an idle connection keeps a descriptor. Here headers
have a maximum size and time, bodies have a maximum time, and at the maximum of connections the one that has been idle longest is
closed for a new one.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar, cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 65_536  # of the request line and all headers
HEAD_SECONDS = 10.0  # for the headers, from the connection's start or the request's first byte
BODY_SECONDS = 120.0  # for a body: the largest one at 70 kbit/s
SPARE_DESCRIPTORS = 200  # for the stores, the worker, the sandbox
FEWEST_CONNECTIONS, MOST_CONNECTIONS = 64, 20_000

_REFUSALS = {
    408: (b"408 Request Timeout", b"request_timeout", b"The request did not come to its end in time."),
    431: (b"431 Request Header Fields Too Large", b"head_too_large", b"The request line and headers have more than 65536 bytes."),
    503: (b"503 Service Unavailable", b"busy", b"There are as many connections as the server takes: try again in a moment."),
}


def connections_allowed() -> int:
    """Raise the limit of descriptors as far as the system allows; returns how many connections that leaves room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, soft - SPARE_DESCRIPTORS))


def edge_of(connections: int) -> type[asyncio.Protocol]:
    """The protocol of a server with this many connections at once."""
    return type("Edge", (EdgeProtocol,), {"most": connections})


class EdgeProtocol(HttpToolsProtocol):
    """One connection."""

    most: ClassVar[int] = MOST_CONNECTIONS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head: int | None = 0  # bytes of the incoming headers; None: they are complete, and the request is being handled
        self._deadline: asyncio.TimerHandle | None = None
        self._since = 0.0
        self._is_refused = False

    @property
    def is_idle(self) -> bool:
        """Whether no request of this connection is complete and unanswered."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn claims that there always is one
        return cycle is None or cycle.response_complete

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()
        self._allow(HEAD_SECONDS)
        if len(self.connections) > self.most and not self._make_room():
            self._refuse(503)

    def _make_room(self) -> bool:
        """Close the connection that has been idle longest; False if none but this one is idle."""
        others = (cast("EdgeProtocol", each) for each in self.connections if each is not self)
        longest = min((each for each in others if each.is_idle), key=lambda each: each._since, default=None)
        if longest is None:
            return False
        self.connections.discard(longest)
        longest.transport.close()
        return True

    @override
    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > HEAD_BYTES:
            self._refuse(431)

    @override
    def send_400_response(self, msg: str) -> None:
        if not self._is_refused:
            super().send_400_response(msg)

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._allow(HEAD_SECONDS)

    @override
    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        self._head = None
        if size > HEAD_BYTES:
            self._refuse(431)
            return
        self._allow(BODY_SECONDS)
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._allow(None)
        self._head = 0
        self._since = self.loop.time()
        if not self._is_refused:
            super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._allow(None)
        super().connection_lost(exc)

    def _allow(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._refuse, 408)

    def _refuse(self, status: int) -> None:
        """Answer with the reason, unless an answer has started, and close."""
        self._allow(None)
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        if self.is_idle:
            line, code, message = _REFUSALS[status]
            # Also at the top level, like all errors of /v1: the address may not be known yet.
            body = b'{"code":"%s","message":"%s","error":{"code":"%s","message":"%s","data":{}}}' % (code, message, code, message)
            head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(head % (line, len(body)) + body)
        self.transport.close()
