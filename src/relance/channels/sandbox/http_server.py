"""A small server of HTTP/2 and HTTP/1.1 over TLS, for receivers that stand in for providers. Whoever connects is bounded."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httptools
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from typing_extensions import override

FRAME = 16_384  # bytes
BODY_LIMIT = 65_536  # bytes of a request
HEAD_LIMIT = 65_536  # bytes of its headers over HTTP/1.1; HTTP/2 has a limit of its own
CONNECTIONS = 64


@dataclass
class ReceivedRequest:
    """One request, whole. ``connection`` counts the server's connections from 1; header names are in lower case."""

    connection: int
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Reply:
    """An answer. ``leave``: nothing more is taken on the connection."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    leave: bool = False


Answering = Callable[[ReceivedRequest], Awaitable[Any]]
"""Gives a ``Reply``; in tests also what a connection of theirs does instead of answering."""

TOO_LARGE = Reply(413)


class HttpServer:
    """``origin`` is its address once started. Used on one event loop."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.connections = 0
        self.origin = ""
        self._server: asyncio.Server | None = None
        self._open: set[Connection] = set()

    async def start(self, context: ssl.SSLContext, port: int = 0) -> None:
        """Listen on this machine alone. Raises ``OSError`` where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.connection, "127.0.0.1", port, ssl=context)
        self.origin = f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def connection(self) -> Connection:
        """What serves a new connection."""
        return Connection(self)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in list(self._open):
            each.abort()

    async def answer(self, request: ReceivedRequest) -> Any:
        return await self.answering(request)

    def opened(self, connection: Connection) -> int:
        """Its number; 0 where there are too many."""
        if len(self._open) >= CONNECTIONS:
            return 0
        self._open.add(connection)
        self.connections += 1
        return self.connections

    def lost(self, connection: Connection) -> None:
        self._open.discard(connection)


class Connection(asyncio.Protocol):
    """One connection, in whichever protocol was agreed upon."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self.transport: asyncio.Transport | None = None
        self._speaks: Http2 | Http1 | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.number = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("not a stream")
        self.transport = transport
        self.number = self._server.opened(self)
        if not self.number:
            transport.abort()
            return
        agreed = transport.get_extra_info("ssl_object").selected_alpn_protocol()
        self._speaks = Http2(self) if agreed == "h2" else Http1(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._server.lost(self)
        for task in self._tasks:
            task.cancel()

    @override
    def data_received(self, data: bytes) -> None:
        if self._speaks is None:
            return
        try:
            self._speaks.receive(data)
        except (ProtocolError, httptools.HttpParserError, ValueError):
            self.abort()

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def write(self, data: bytes) -> None:
        if data and self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def take(self, request: ReceivedRequest, reply: Callable[[Any], None]) -> None:
        """Have a whole request answered."""

        async def run() -> None:
            reply(TOO_LARGE if len(request.body) > BODY_LIMIT else await self._server.answer(request))

        task = asyncio.ensure_future(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def act(self, speaks: Http2, stream: int, deed: Any) -> None:  # noqa: ARG002 - tests need both
        """Do what is no reply, as tests have it done."""
        raise TypeError(deed)


class Http2:
    """HTTP/2 on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._requests: dict[int, ReceivedRequest] = {}
        self.h2.initiate_connection()
        self.flush()

    def receive(self, data: bytes) -> None:
        for event in self.h2.receive_data(data):
            self._take(event)
        self.flush()

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            headers = {str(name): str(value) for name, value in event.headers}
            self._requests[event.stream_id] = ReceivedRequest(self._connection.number, headers[":path"], headers)
        elif isinstance(event, DataReceived):
            request = self._requests[event.stream_id]
            request.body += event.data[: max(0, BODY_LIMIT + 1 - len(request.body))]
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            stream = event.stream_id
            self._connection.take(self._requests.pop(stream), lambda reply: self._reply(stream, reply))
        elif isinstance(event, StreamReset):
            self._requests.pop(event.stream_id, None)
        elif isinstance(event, ConnectionTerminated):
            self._requests.clear()

    def _reply(self, stream: int, reply: Any) -> None:
        if not isinstance(reply, Reply):
            self._connection.act(self, stream, reply)
        else:
            self.h2.send_headers(stream, [(":status", str(reply.status)), *reply.headers.items()], end_stream=not reply.body)
            for start in range(0, len(reply.body), FRAME):
                self.h2.send_data(stream, reply.body[start : start + FRAME], end_stream=start + FRAME >= len(reply.body))
            if reply.leave:
                self.h2.close_connection(last_stream_id=stream)
        self.flush()

    def flush(self) -> None:
        self._connection.write(self.h2.data_to_send())


class Http1:
    """HTTP/1.1 on one connection: one request after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parser = httptools.HttpRequestParser(self)
        self._head = 0  # bytes since the last whole request
        self.on_message_begin()

    def receive(self, data: bytes) -> None:
        self._head += len(data)
        if self._head > HEAD_LIMIT + BODY_LIMIT:
            raise ValueError("too long")
        self._parser.feed_data(data)

    # What httptools calls

    def on_message_begin(self) -> None:
        self._path, self._headers, self._body = "", dict[str, str](), b""

    def on_url(self, url: bytes) -> None:
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body[: max(0, BODY_LIMIT + 1 - len(self._body))]

    def on_message_complete(self) -> None:
        self._head = 0
        headers = {":method": self._parser.get_method().decode(), **self._headers}
        self._connection.take(ReceivedRequest(self._connection.number, self._path, headers, self._body), self._reply)

    def _reply(self, reply: Reply) -> None:
        headers = {**reply.headers, "content-length": str(len(reply.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        said = HTTPStatus(reply.status).phrase
        self._connection.write(f"HTTP/1.1 {reply.status} {said}\r\n{lines}\r\n".encode() + reply.body)
