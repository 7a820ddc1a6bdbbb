"""The edge over real sockets: heads too large or without end, bodies that never come, more connections than there may be."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn

from relance.web import edge

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
AT_LAST = 60  # seconds after which something never comes: a busy machine may take many of them
HELD: list[asyncio.Event] = []  # requests for /held that have come; each is answered when its event is set


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the size of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(1.5)
    if scope["path"] == "/held":
        HELD.append(asyncio.Event())
        await HELD[-1].wait()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(str(size)))]})
    await send({"type": "http.response.body", "body": str(size).encode()})


@asynccontextmanager
async def serving(connections: int = 100) -> AsyncIterator[Callable[[], Awaitable[Streams]]]:
    config = uvicorn.Config(application, port=0, http=edge.edge_of(connections), log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield lambda: asyncio.open_connection("127.0.0.1", port)
    finally:
        server.should_exit = server.force_exit = True
        with suppress(Exception):
            await task


async def answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Status and body up to the end of the connection, or one answer of known length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return int(head.split(b" ")[1]), (await reader.readexactly(length)).decode()


async def test_ordinary_requests_pass_also_several_on_one_connection() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        for size in (0, 5, 300_000):
            writer.write(b"POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size)
            assert await answer(reader) == (200, str(size))
        writer.write(b"POST /x HTTP/1.1\r\nhost: a\r\nx-large: " + b"y" * 60_000 + b"\r\ncontent-length: 3\r\n\r\nabc")
        assert await answer(reader) == (200, "3")
        writer.close()


@pytest.mark.parametrize("where", ["a header", "many headers", "the address", "whole"])
async def test_a_head_that_grows_for_ever_is_cut_off(where: str) -> None:
    async with serving() as connect:
        reader, writer = await connect()
        pieces = {
            "a header": (b"GET / HTTP/1.1\r\nhost: a\r\nx: ", b"y" * 10_000),
            "many headers": (b"GET / HTTP/1.1\r\nhost: a\r\n", b"x: y\r\n" * 2_000),
            "the address": (b"GET /", b"y" * 10_000),
            "whole": (b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", b""),
        }[where]
        writer.write(pieces[0])
        sent = 0
        with suppress(ConnectionError):
            while not reader.at_eof() and sent < 1_000_000 and not reader._buffer:  # type: ignore[attr-defined]
                writer.write(pieces[1])
                await writer.drain()
                await asyncio.sleep(0.005)
                sent += len(pieces[1])
        status, body = await answer(reader)
        result = json.loads(body)
        assert (status, result["error"]["code"]) == (431, "head_too_large")
        assert (result["code"], result["message"]) == (result["error"]["code"], result["error"]["message"])
        assert sent < 500_000
        writer.close()


HALF_A_HEAD = b"GET / HTTP/1.1\r\nhost: a\r\nx-"
HALF_A_BODY = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc"


@pytest.mark.parametrize("said", [b"", HALF_A_HEAD, HALF_A_BODY])
async def test_what_never_comes_to_its_end_is_cut_off_in_time(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.5)
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(said)
        drip = b"y" if said == HALF_A_HEAD else b""
        began, left = time.monotonic(), b""
        while time.monotonic() - began < AT_LAST:  # it goes on dripping
            writer.write(drip)
            try:
                async with asyncio.timeout(0.05):
                    left = await reader.readuntil(b"}}") if said != HALF_A_BODY else await reader.read()
                break
            except (TimeoutError, asyncio.IncompleteReadError):
                continue
            except ConnectionError:
                break
        assert time.monotonic() - began < AT_LAST
        assert said == HALF_A_BODY or b" 408 " in left
        writer.close()


async def test_a_request_that_takes_long_to_answer_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "HEAD_SECONDS", 1.0)  # a busy machine may need some of it between connecting and asking
    monkeypatch.setattr(edge, "BODY_SECONDS", 1.0)
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
        assert await answer(reader) == (200, "0")
        writer.close()


async def test_whoever_waits_without_a_request_makes_room_for_those_who_have_one() -> None:
    async with serving(20) as connect:
        idle = [await connect() for _ in range(60)]
        for _, writer in idle:
            writer.write(b"GET / HTTP/1.1\r\nhost: a\r\nx-")  # and never ends
        await asyncio.sleep(0.2)
        for _ in range(30):
            reader, writer = await connect()
            writer.write(b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n")
            async with asyncio.timeout(AT_LAST):
                assert await answer(reader) == (200, "0")
            writer.close()
        for _, writer in idle:
            writer.close()


async def test_where_all_have_requests_a_new_one_is_told_to_come_again() -> None:
    async with serving(4) as connect:
        HELD.clear()
        busy = [await connect() for _ in range(4)]
        for _, writer in busy:
            writer.write(b"GET /held HTTP/1.1\r\nhost: a\r\n\r\n")
        async with asyncio.timeout(AT_LAST):
            while len(HELD) < len(busy):
                await asyncio.sleep(0.01)
        reader, writer = await connect()
        writer.write(b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n")
        assert (await answer(reader))[0] == 503
        for held in HELD:
            held.set()
        for each, _ in busy:
            assert await answer(each) == (200, "0")
        for _, writer in busy:
            writer.close()
