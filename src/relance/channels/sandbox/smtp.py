"""The sandbox's SMTP listener, on an event loop and a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from relance.core.errors import ConflictError

SIZE_LIMIT = 10_000_000  # bytes of one e-mail

Take = Callable[[str, bytes], None]  # (recipient, the e-mail as it came)


class _Handler:
    """What aiosmtpd calls for each e-mail."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        data = content if isinstance(content, bytes) else (content or "").encode("utf-8", "surrogateescape")
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            self._take(recipient, data)
        return "250 2.0.0 in the sandbox"


class Listener:
    """Listens on ``host:port`` between ``start`` and ``stop``; port 0 takes a free one, told by ``port`` afterwards."""

    def __init__(self, host: str, port: int, take: Take) -> None:
        self.host = host
        self.port = port
        self._handler = _Handler(take)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._failure: OSError | None = None

    def start(self) -> None:
        """Listen. Raises ``ConflictError`` where the port is taken."""
        self._started.clear()
        self._failure = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="sandbox-smtp", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            self._thread = None
            raise ConflictError(f"The sandbox cannot listen on {self.host}:{self.port}: {self._failure}.", port=self.port)

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = self._loop = self._stopping = None

    async def _serve(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            server = await loop.create_server(self._session, self.host, self.port)
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        server.close()

    def _session(self) -> Any:
        return SMTP(
            self._handler, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="sandbox.localhost", ident="Relance sandbox"
        )
