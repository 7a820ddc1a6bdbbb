"""One SMTP host of several: its connections that are used again, and whether it is left alone for a while."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

import aiosmtplib
from aiosmtplib import SMTP

from relance.channels.email.reply import DETAIL
from relance.channels.email.smtp_session import SmtpSession
from relance.channels.network import open_public
from relance.core.hosts import HostAddress

IDLE = 30.0  # seconds after which a connection is not trusted any more; servers close theirs after some minutes
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0  # seconds for which a host that is down is left alone
CONNECT = 7.0  # seconds until the next host is tried; three of them fit into the time that a message has


class SmtpAccess(NamedTuple):
    """How hosts are reached. ``public_only``: somebody else named them, and they must lead to the open internet."""

    user: str = ""
    password: str = ""
    security: str = "starttls"
    public_only: bool = False
    timeout: float = 60.0


class MailHost:
    """Used on one event loop."""

    def __init__(self, address: HostAddress, access: SmtpAccess) -> None:
        self.address = address
        self._access = access
        self._idle: list[tuple[SmtpSession, float]] = []  # the connections nobody uses, and since when (monotonic)
        self._pause = 0.0  # 0: it is well, as far as is known
        self._not_before = 0.0  # monotonic

    @property
    def idle(self) -> int:
        """How many connections nobody uses."""
        return len(self._idle)

    def may_try(self) -> bool:
        """Whether a message may go there. One that is down gets one message, when its pause is over."""
        if not self._pause:
            return True
        if time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + self._pause
        return True

    def is_up(self) -> None:
        """It does what it should."""
        self._pause = 0.0

    def is_down(self) -> None:
        """It did not answer, or wants nothing now."""
        self._pause = min(self._pause * 2, LONGEST_PAUSE) if self._pause else FIRST_PAUSE
        self._not_before = time.monotonic() + self._pause

    def take(self) -> SmtpSession | None:
        """A connection that was used before."""
        while self._idle:
            session, since = self._idle.pop()
            if session.is_open and time.monotonic() - since < IDLE:
                return session
            session.close()
        return None

    def give_back(self, session: SmtpSession | None) -> None:
        """It can be used again."""
        if session is not None and session.is_open:
            self._idle.append((session, time.monotonic()))

    async def connect(self, longest: float | None) -> SmtpSession:
        """A new connection, signed in. Raises ``SMTPException``, ``OSError``, ``TimeoutError``, the last after ``longest``."""
        async with asyncio.timeout(longest):
            return await self._connected()

    async def _connected(self) -> SmtpSession:
        (host, port), access = self.address, self._access
        socket = await open_public(host, port, access.timeout) if access.public_only else None
        client = SMTP(
            hostname=host,
            port=None if socket is not None else port,
            sock=socket,
            username=access.user or None,
            password=access.password or None,
            use_tls=access.security == "tls",
            start_tls=access.security == "starttls",
            timeout=access.timeout,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            return SmtpSession.of(client, access.timeout)
        except BaseException:
            client.close()
            raise

    async def close(self) -> None:
        """Say goodbye on the idle connections; those in use close with their sends."""
        idle, self._idle = self._idle, []
        for session, _ in idle:
            await session.quit()


def said(error: Exception) -> str:
    """What a failure says to the operator."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"[:DETAIL]
    return (str(error) or type(error).__name__)[:DETAIL]
