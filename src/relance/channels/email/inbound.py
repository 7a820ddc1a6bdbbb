"""Takes the mail that comes back: an SMTP listener that relays nothing, on an event loop and a thread of its own.

It takes mail to signed return addresses only, one recipient a mail, and bounds size, commands, time and connections. It answers
after what the mail tells is on the disk; if that fails, with a 4xx, so that the other server tries again.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError
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


class BounceListener:
    """Listens on ``host:port`` between ``start`` and ``stop``; port 0 takes a free one, told by ``port`` afterwards."""

    def __init__(self, host: str, port: int, hostname: str, read: Read, take: Take) -> None:
        self.host = host
        self.port = port
        self._hostname = hostname
        self._handler = _Handler(read, take)
        self._open_by: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._failure: OSError | None = None

    def start(self) -> None:
        """Listen. Raises ``ConflictError`` where the port is taken or not allowed."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="bounce-smtp", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            self._thread = None
            raise ConflictError(
                ErrorText.local(f"Bounces cannot be listened for on {self.host}:{self.port}: {self._failure}."), port=self.port
            )

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            server = await self._loop.create_server(self._session, self.host, self.port)
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        server.close()

    def _session(self) -> Any:
        return _Protocol(self._handler, self._open_by, self._hostname)
