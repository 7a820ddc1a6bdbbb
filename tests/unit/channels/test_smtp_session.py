"""What goes over an SMTP connection, whatever is in a mail and however the replies come."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtplib import SMTPServerDisconnected
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.email.smtp_session import SmtpReply, SmtpSession, transparent


@asynccontextmanager
async def session(timeout: float = 5.0) -> AsyncIterator[tuple[SmtpSession, socket.socket]]:
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    found = SmtpSession(transport, frozenset(("pipelining",)), timeout)
    transport.set_protocol(found)
    theirs.setblocking(False)
    try:
        yield found, theirs
    finally:
        found.close()
        theirs.close()
        await asyncio.sleep(0)


def lines_of(content: bytes) -> list[bytes]:
    """What a server reads until the dot that ends a mail (RFC 5321, 4.5.2); it must be at the very end."""
    *lines, end, rest = content.split(b"\r\n")
    assert (end, rest) == (b".", b"")
    assert b"." not in lines
    return [line[1:] if line.startswith(b".") else line for line in lines]


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"\r", b"\n", b"\r\n", b"\x00", b" "]), max_size=12).map(b"".join))
def test_whatever_is_in_a_mail_it_ends_where_it_ends(data: bytes) -> None:
    sent = transparent(data)
    assert sent.count(b"\n") == sent.count(b"\r\n") == sent.count(b"\r")
    assert lines_of(sent) == data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")


@pytest.mark.parametrize("size", [*range(1, 12), 40])
async def test_replies_are_read_however_they_are_cut(size: int) -> None:
    async with session() as (found, theirs):
        asked = asyncio.create_task(found.commands("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"))
        await asyncio.sleep(0)
        told = b"250-first\r\n250 second\r\n550 5.1.1 no\r\n354\r\n"
        for at in range(0, len(told), size):
            await asyncio.get_running_loop().sock_sendall(theirs, told[at : at + size])
            await asyncio.sleep(0.001)
        assert await asked == [SmtpReply(250, "first\nsecond"), SmtpReply(550, "5.1.1 no"), SmtpReply(354, "")]
        assert found.is_open


async def test_what_nobody_asked_for_ends_the_connection() -> None:
    async with session() as (found, theirs):
        await asyncio.get_running_loop().sock_sendall(theirs, b"421 4.4.2 idle for too long\r\n")
        async with asyncio.timeout(5):
            while found.is_open:
                await asyncio.sleep(0)
        with pytest.raises(SMTPServerDisconnected, match="idle for too long"):
            await found.commands("NOOP")


async def test_a_refusal_before_the_connection_closes_is_told() -> None:
    async with session() as (found, theirs):
        asked = asyncio.create_task(found.commands("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"))
        await asyncio.sleep(0)
        await asyncio.get_running_loop().sock_sendall(theirs, b"421 4.3.2 closing\r\n")
        theirs.close()
        assert await asked == [SmtpReply(421, "4.3.2 closing")]
        assert not found.is_open


async def test_a_reply_that_comes_too_late_is_no_other_commands() -> None:
    async with session(timeout=0.01) as (found, theirs):
        with pytest.raises(TimeoutError):
            await found.commands("NOOP")
        await asyncio.get_running_loop().sock_sendall(theirs, b"250 late\r\n")
        assert not found.is_open


@pytest.mark.parametrize("told", [b"250-" + b"x" * 100_000, b"250-x\r\n" * 10_000, b"\r\n", b"25\r\n", b"2500 ok\r\n"])
async def test_what_is_no_reply_is_not_read_for_ever(told: bytes) -> None:
    async with session() as (found, theirs):
        asked = asyncio.create_task(found.commands("NOOP"))
        await asyncio.sleep(0)
        sending = asyncio.create_task(asyncio.get_running_loop().sock_sendall(theirs, told))
        with pytest.raises(SMTPServerDisconnected):
            await asked
        sending.cancel()
        await asyncio.wait({sending})


async def test_a_command_of_two_lines_is_refused() -> None:
    async with session() as (found, _):
        with pytest.raises(ValueError, match="control characters"):
            await found.commands("RCPT TO:<a@example.com>\r\nRSET")
