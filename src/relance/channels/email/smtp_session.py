"""One SMTP connection that is signed in, over which one mail after another goes.

Connecting, TLS and signing in are ``aiosmtplib``'s. What follows is ours, since the library waits for each reply before it
sends the next command: where the server takes several at once (PIPELINING, RFC 2920), a mail costs two round trips here
instead of four.
"""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple, cast

from aiosmtplib import SMTP, SMTPServerDisconnected
from typing_extensions import override

START_INPUT = 354
LINE_LIMIT = 8_192  # bytes of a reply's line; RFC 5321 allows 512
REPLY_LIMIT = 4 * LINE_LIMIT  # characters
LINES_LIMIT = 2_000  # lines of a reply
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_GOODBYE = 2.0  # seconds


class SmtpReply(NamedTuple):
    """What the server says to a command; the lines of ``message`` without their codes."""

    code: int
    message: str

    @property
    def is_ok(self) -> bool:
        return 200 <= self.code < 300


class SmtpSession(asyncio.Protocol):
    """Used on one event loop, by one mail at a time. ``timeout``: seconds for the replies to what is sent at once."""

    def __init__(self, transport: asyncio.Transport, extensions: frozenset[str], timeout: float) -> None:
        self.extensions = extensions
        self._transport = transport
        self._timeout = timeout
        self._rest = b""
        self._lines: list[str] = []  # of a reply that is not whole yet
        self._replies: list[SmtpReply] = []
        self._wanted = 0
        self._waiter: asyncio.Future[None] | None = None
        self._failure: str | None = None

    @classmethod
    def of(cls, client: SMTP, timeout: float) -> SmtpSession:
        """Take over the connection of a client that is signed in; the client is not used any more."""
        transport = client.transport
        if transport is None or transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        extensions = frozenset(each.lower() for each in client.esmtp_extensions)
        session = cls(cast("asyncio.Transport", transport), extensions, timeout)
        transport.set_protocol(session)
        return session

    @property
    def is_open(self) -> bool:
        """Whether it can be used, as far as is known."""
        return self._failure is None and not self._transport.is_closing()

    async def commands(self, *lines: str) -> list[SmtpReply]:
        """The replies to some commands, sent at once; fewer where the server refuses one and closes.

        Raises ``SMTPServerDisconnected``, ``TimeoutError``.
        """
        if any(_CONTROL.search(line) for line in lines):
            raise ValueError("a command must not contain control characters")
        return await self._exchange("".join(f"{line}\r\n" for line in lines).encode(), len(lines))

    async def content(self, data: bytes) -> SmtpReply:
        """The reply to the content of a mail, after ``DATA`` was taken. Raises the same."""
        return (await self._exchange(transparent(data), 1))[0]

    def close(self) -> None:
        """At once; what is under way is in doubt."""
        self._transport.close()

    async def quit(self) -> None:
        """Say goodbye."""
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.commands("QUIT")
        except (OSError, TimeoutError):
            pass
        finally:
            self.close()

    async def _exchange(self, data: bytes, count: int) -> list[SmtpReply]:
        if not self.is_open:
            raise SMTPServerDisconnected(self._failure or "Connection lost")
        self._replies, self._wanted = [], count
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        try:
            async with asyncio.timeout(self._timeout):
                await self._waiter
        except BaseException:
            self._failure = self._failure or "Connection given up"  # a reply that comes later would be taken for another's
            raise
        finally:
            self._waiter, self._wanted = None, 0
        return self._replies

    # -- what the connection tells ---------------------------------------------------------------------------------

    @override
    def data_received(self, data: bytes) -> None:
        self._rest += data
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            if not self._take(line):
                return
        if len(self._rest) > LINE_LIMIT:
            self._break("Response too long")

    def _take(self, line: bytes) -> bool:
        if self._waiter is None or self._waiter.done():  # nobody asked: the server is about to close
            self._break(line[:LINE_LIMIT].decode(errors="replace").strip())
            return False
        if not line[:3].isdigit() or line[3:4] not in (b"-", b" ", b"", b"\r"):
            self._break(f"Malformed SMTP reply: {line[:200].decode(errors='replace').strip()}")
            return False
        if len(line) > LINE_LIMIT:
            self._break("Response too long")
            return False
        self._lines.append(line[4:].strip(b" \t\r").decode("utf-8", "replace"))
        if sum(map(len, self._lines)) > REPLY_LIMIT or len(self._lines) > LINES_LIMIT:
            self._break("Response too long")
            return False
        if line[3:4] != b"-":
            self._replies.append(SmtpReply(int(line[:3]), "\n".join(self._lines)))
            self._lines.clear()
            if len(self._replies) == self._wanted:
                self._waiter.set_result(None)
        return True

    @override
    def eof_received(self) -> bool:
        self._break("Unexpected EOF received")
        return False

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._break("Connection lost")

    def _break(self, why: str) -> None:
        self._failure = self._failure or why
        if self._waiter is not None and not self._waiter.done():
            if self._replies and self._replies[-1].code >= 400:  # it has said why
                self._waiter.set_result(None)
            else:
                self._waiter.set_exception(SMTPServerDisconnected(self._failure))
        self._transport.close()


def transparent(data: bytes) -> bytes:
    """A mail's content as it stands behind ``DATA`` (RFC 5321, 4.5.2), its end included; every line ends in CR LF."""
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        data = _LINE_END.sub(b"\r\n", data)
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if data.startswith(b"."):
        data = b"." + data
    return data.replace(b"\r\n.", b"\r\n..") + b".\r\n"
