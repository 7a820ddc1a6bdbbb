"""The sandbox's server of HTTP/2 over TLS, which here answers as a test says, and misbehaves where it says so."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from typing_extensions import override

from relance.channels.sandbox.http_server import Connection, Http2, HttpServer, Reply
from relance.channels.sandbox.http_server import ReceivedRequest as Request

__all__ = ["Answering", "Http2Server", "Misbehaviour", "Reply", "Request", "serving"]


class Misbehaviour(Enum):
    """What is done instead of answering."""

    RESET = "reset"  # the connection breaks
    STREAM_RESET = "stream reset"  # this request alone is broken off
    SILENCE = "silence"
    GARBAGE = "garbage"  # bytes that are no HTTP/2
    LEAVE = "leave"  # GOAWAY, this request not acted upon
    HALF = "half"  # headers, and the body never ends


Answering = Callable[[Request], Awaitable[Reply | Misbehaviour]]


class Http2Server(HttpServer):
    """``requests`` are all that came, oldest first."""

    def __init__(self, answering: Answering) -> None:
        super().__init__(answering)
        self.requests: list[Request] = []

    @override
    def connection(self) -> Connection:
        return _Misbehaving(self)

    @override
    async def answer(self, request: Request) -> Any:
        self.requests.append(request)
        return await self.answering(request)


class _Misbehaving(Connection):
    @override
    def act(self, speaks: Http2, stream: int, deed: Any) -> None:
        if deed is Misbehaviour.RESET:
            self.abort()
        elif deed is Misbehaviour.STREAM_RESET:
            speaks.h2.reset_stream(stream, 2)
        elif deed is Misbehaviour.GARBAGE:
            self.write(b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x")  # a frame of data on the stream that carries none
        elif deed is Misbehaviour.LEAVE:
            speaks.h2.close_connection(last_stream_id=max(stream - 2, 0))
        elif deed is Misbehaviour.HALF:
            speaks.h2.send_headers(stream, [(":status", "200")])


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
