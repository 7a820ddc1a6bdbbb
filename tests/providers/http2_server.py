"""A server of HTTP/2 over TLS that answers as a test says, and misbehaves where it says so."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from typing_extensions import override


@dataclass
class Request:
    """One request, whole. ``connection`` counts the server's connections from 1."""

    connection: int
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Reply:
    """An answer. ``leave``: GOAWAY follows it, and the connection takes nothing more."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    leave: bool = False


class Misbehaviour(Enum):
    """What is done instead of answering."""

    RESET = "reset"  # the connection breaks
    STREAM_RESET = "stream reset"  # this request alone is broken off
    SILENCE = "silence"
    GARBAGE = "garbage"  # bytes that are no HTTP/2
    LEAVE = "leave"  # GOAWAY, this request not acted upon
    HALF = "half"  # headers, and the body never ends


FRAME = 16_384  # bytes
Answering = Callable[[Request], Awaitable[Reply | Misbehaviour]]


class Http2Server:
    """``origin`` is its address; ``requests`` all that came, oldest first."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[Request] = []
        self.connections = 0
        self.origin = ""
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    async def start(self, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, ssl=context)
        self.origin = f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in list(self._open):
            each.abort()

    async def answer(self, request: Request) -> Reply | Misbehaviour:
        self.requests.append(request)
        return await self.answering(request)

    def opened(self, connection: _Connection) -> int:
        self._open.add(connection)
        self.connections += 1
        return self.connections

    def lost(self, connection: _Connection) -> None:
        self._open.discard(connection)


@contextmanager
def serving(answering: Answering, context: ssl.SSLContext) -> Iterator[Http2Server]:
    """A running server with a thread of its own, for tests that start whole programs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = Http2Server(answering)
    asyncio.run_coroutine_threadsafe(server.start(context), loop).result(30)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


class _Connection(asyncio.Protocol):
    def __init__(self, server: Http2Server) -> None:
        self._server = server
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._transport: asyncio.Transport | None = None
        self._requests: dict[int, Request] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._number = self._server.opened(self)
        self._h2.initiate_connection()
        self._flush()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._server.lost(self)
        for task in self._tasks:
            task.cancel()

    @override
    def data_received(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            self._take(event)
        self._flush()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            headers = {str(name): str(value) for name, value in event.headers}
            self._requests[event.stream_id] = Request(self._number, headers[":path"], headers)
        elif isinstance(event, DataReceived):
            self._requests[event.stream_id].body += event.data
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            task = asyncio.ensure_future(self._answer(event.stream_id, self._requests.pop(event.stream_id)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif isinstance(event, StreamReset):
            self._requests.pop(event.stream_id, None)

    async def _answer(self, stream: int, request: Request) -> None:
        reply = await self._server.answer(request)
        if isinstance(reply, Reply):
            self._h2.send_headers(stream, [(":status", str(reply.status)), *reply.headers.items()], end_stream=not reply.body)
            for start in range(0, len(reply.body), FRAME):
                self._h2.send_data(stream, reply.body[start : start + FRAME], end_stream=start + FRAME >= len(reply.body))
            if reply.leave:
                self._h2.close_connection(last_stream_id=stream)
        elif reply is Misbehaviour.RESET:
            self.abort()
        elif reply is Misbehaviour.STREAM_RESET:
            self._h2.reset_stream(stream, 2)
        elif reply is Misbehaviour.GARBAGE and self._transport is not None:
            self._transport.write(b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x")  # a frame of data on the stream that carries none
        elif reply is Misbehaviour.LEAVE:
            self._h2.close_connection(last_stream_id=max(stream - 2, 0))
        elif reply is Misbehaviour.HALF:
            self._h2.send_headers(stream, [(":status", "200")])
        self._flush()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
