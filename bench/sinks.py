"""What stands in for others in benchmarks, in a process of its own: ``python -m bench.sinks smtp|push [certificate]``."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvloop
from typing_extensions import override

ANSWERS = {b"DATA": b"354 go\r\n", b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n", b"QUIT": b"221 bye\r\n"}


class SmtpSink(asyncio.Protocol):
    """Takes every mail, and looks for nothing in it but its end."""

    def __init__(self) -> None:
        self._rest = b""
        self._in_data = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self._transport.write(b"220 sink\r\n")

    @override
    def data_received(self, data: bytes) -> None:
        self._rest += data
        while self._rest:
            end = self._rest.find(b"\r\n.\r\n" if self._in_data else b"\r\n")
            if end < 0:
                return
            if self._in_data:
                self._rest, self._in_data = self._rest[end + 5 :], False
                self._transport.write(b"250 taken\r\n")
                continue
            verb, self._rest = self._rest[:4].upper(), self._rest[end + 2 :]
            self._in_data = verb == b"DATA"
            self._transport.write(ANSWERS.get(verb, b"250 ok\r\n"))


class PushSink(asyncio.Protocol):
    """Answers 201 to every post."""

    def __init__(self) -> None:
        self._rest = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    @override
    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end].lower()
            size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self._rest) < end + 4 + size:
                return
            self._rest = self._rest[end + 4 + size :]
            self._transport.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /m/1\r\n\r\n")


async def serve(kind: str, certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    protocol = SmtpSink if kind == "smtp" else PushSink
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def running(kind: str, certificate: str = "") -> Iterator[int]:
    """The port of a sink, in a process of its own."""
    command = [sys.executable, "-m", "bench.sinks", kind, *([certificate] if certificate else [])]
    sink = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout is not None
        yield int(sink.stdout.readline())
    finally:
        sink.kill()
        sink.wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
