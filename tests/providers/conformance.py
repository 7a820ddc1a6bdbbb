"""What every transport of a provider must survive: a server that answers well, badly, late or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LATE = 0.4  # seconds that a slow server takes
PAUSE = 0.1  # seconds between two pieces of an answer
SILENT_FOR = 30.0


@dataclass
class Situation:
    """One way in which a server behaves after it has read a request. ``cut``: only so many bytes of the answer leave.
    ``pause_at``: the rest comes a little later."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    cut: int | None = None
    pause_at: int | None = None

    def raw(self) -> bytes:
        """The whole answer."""
        headers = {"Content-Type": "application/json", "Content-Length": str(len(self.body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Said\r\n{lines}\r\n".encode() + self.body


RESET = Situation(cut=0)
HALF_AN_ANSWER = Situation(body=b"x" * 5_000, cut=200)
SILENCE = Situation(delay=SILENT_FOR)


@dataclass
class HttpSink:
    """A server that behaves as the test says, and what it was sent: request line, headers and body of each request."""

    situation: Situation
    port: int = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode().strip().split("\r\n")
                headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.requests.append((line, headers, body))
                await asyncio.sleep(self.situation.delay)
                raw = self.situation.raw()
                if self.situation.pause_at is not None:
                    writer.write(raw[: self.situation.pause_at])
                    await writer.drain()
                    await asyncio.sleep(PAUSE)
                    raw = raw[self.situation.pause_at :]
                writer.write(raw if self.situation.cut is None else raw[: self.situation.cut])
                await writer.drain()
                if self.situation.cut is not None:
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.transport.abort()


@asynccontextmanager
async def http_sink(situation: Situation) -> AsyncIterator[HttpSink]:
    """A running sink on a free port of this machine."""
    sink = HttpSink(situation)
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(sink.serve(reader, writer))
        tasks.add(task)
        await asyncio.wait({task})

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
