"""An SMTP server of ours, on an event loop and a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from aiosmtpd.smtp import SMTP

from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError


class SmtpListener:
    """Listens on ``host:port`` between ``start`` and ``stop``; port 0 takes a free one, told by ``port`` afterwards.

    ``session`` makes the protocol of a connection; ``name`` is for people, as "The sandbox".
    """

    def __init__(self, name: str, host: str, port: int, session: Callable[[], SMTP]) -> None:
        self.host = host
        self.port = port
        self._name = name
        self._session = session
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._failure: OSError | None = None

    def start(self) -> None:
        """Listen. Raises ``ConflictError`` where the port is taken or not allowed."""
        self._started.clear()
        self._failure = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="smtp-listener", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            self._thread = None
            raise ConflictError(
                ErrorText.local(f"{self._name} cannot listen on {self.host}:{self.port}: {self._failure}."), port=self.port
            )

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
