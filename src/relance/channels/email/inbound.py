"""Takes the mail that comes back: an SMTP listener that relays nothing, on an event loop and a thread of its own.

It takes mail to signed return addresses only, one recipient a mail, and bounds size, commands, time and connections. It answers
after what the mail tells is on the disk; if that fails, with a 4xx, so that the other server tries again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

from relance.channels.smtp_listener import SmtpListener
from relance.links.return_address import ReturnToken

SIZE_LIMIT = 1_000_000  # bytes of one mail
MOST_CONNECTIONS = 50
MOST_OF_ONE = 5  # connections from one address
COMMAND_TIMEOUT = 60  # seconds of silence
SESSION_TIMEOUT = 300  # seconds in all
MOST_COMMANDS = 20  # of each kind in a session

Read = Callable[[str], ReturnToken | None]
"""What a return address says; None if it is none of ours, or too old."""
Take = Callable[[ReturnToken, bytes], None]
"""Called on a thread, with the mail as it came."""

log = structlog.get_logger()


class _Handler:
    """What aiosmtpd calls for each command."""

    def __init__(self, read: Read, take: Take) -> None:
        self._read = read
        self._take = take

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if self._read(address) is None:
            return "550 5.1.1 No such return address; nothing is relayed here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        token = self._read(envelope.rcpt_tos[0])
        content = envelope.content
        data = content if isinstance(content, bytes) else (content or "").encode("utf-8", "surrogateescape")
        if token is None:
            return "550 5.1.1 No such return address"
        try:
            await asyncio.to_thread(self._take, token, data)
        except Exception:
            log.exception("returned_mail_failed", delivery=token.delivery_id)
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Taken"


class _Protocol(SMTP):
    """One connection, among as many as may be open."""

    def __init__(self, handler: _Handler, open_by: Counter[str], hostname: str) -> None:
        super().__init__(
            handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP",
            timeout=COMMAND_TIMEOUT,
            command_call_limit=MOST_COMMANDS,
        )
        self._open_by = open_by
        self._peer = ""
        self._end: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: Any) -> None:
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        if self._open_by.total() >= MOST_CONNECTIONS or self._open_by[peer] >= MOST_OF_ONE:
            transport.write(b"421 4.7.0 Too many connections\r\n")
            transport.close()
            return
        self._peer = peer
        self._open_by[peer] += 1
        self._end = asyncio.get_running_loop().call_later(SESSION_TIMEOUT, transport.abort)
        super().connection_made(transport)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        if self._end is None:  # turned away
            return
        self._end.cancel()
        self._open_by[self._peer] -= 1
        if not self._open_by[self._peer]:
            del self._open_by[self._peer]
        super().connection_lost(error)


def bounce_listener(host: str, port: int, hostname: str, read: Read, take: Take) -> SmtpListener:
    """A listener for what comes back."""
    handler, open_by = _Handler(read, take), Counter[str]()
    return SmtpListener("The listener for bounces", host, port, lambda: _Protocol(handler, open_by, hostname))
