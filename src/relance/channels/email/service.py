"""Hand e-mails to an SMTP server over a few connections that are used again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPResponseException, SMTPServerDisconnected

from relance.channels.email.mime import SmtpEnvelope, build
from relance.channels.email.model import Email
from relance.channels.email.reply import DETAIL, read_reply
from relance.channels.model import SendResult, SendState
from relance.channels.network import open_public
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

CONNECTIONS = 8
TIMEOUT = 60.0  # seconds; RFC 5321, 4.5.3.2 would wait longer, a queue that retries need not
IDLE = 30.0  # seconds after which a connection is not trusted any more; servers close theirs after some minutes

Begin = Callable[[], Awaitable[None]]
Security = Literal["starttls", "tls", "none"]


async def _unmarked() -> None:
    """Nobody wants to know."""


class Mailer:
    """Sends by one SMTP server. Used on one event loop; ``close`` it before the loop ends. ``public_only``: the host is named by
    somebody else, and must lead to the open internet."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        security: Security | str = "starttls",
        connections: int = CONNECTIONS,
        public_only: bool = False,
        timeout: float = TIMEOUT,
    ) -> None:
        if security not in ("starttls", "tls", "none"):
            raise InvalidError(ErrorText.local("SMTP security is starttls, tls or none."), path="smtp_security")
        self._host, self._port = host, port
        self._user, self._password = user, password
        self._security = security
        self._public_only = public_only
        self._timeout = timeout
        self.connections = connections
        self._places = asyncio.Semaphore(connections)
        self._idle: list[tuple[SMTP, float]] = []  # the connections nobody uses, and since when (monotonic)

    async def send(self, email: Email, now: int, begin: Begin = _unmarked) -> SendResult:
        """Send one e-mail dated ``now`` (ms); never raises for what the other side does.

        ``begin`` is awaited when the server has taken the addresses, before the message itself; what it raises is passed on.
        """
        async with self._places:  # the mail is built within: with its files it may be large
            try:
                envelope = build(email, now)
            except InvalidError as error:
                return SendResult(SendState.FAILED, error.message)
            return await self._send(envelope, begin)

    async def _send(self, envelope: SmtpEnvelope, begin: Begin) -> SendResult:
        client, used_before = self._take()
        try:
            if client is None:
                client = await self._connect()
            conversation = Conversation(client, envelope)
            try:
                await conversation.address()
            except (SMTPServerDisconnected, TimeoutError):
                if not used_before:
                    raise
                # The server closed a connection that lay idle. Nothing was handed over yet, so a new one may try.
                client.close()
                client = await self._connect()
                conversation = Conversation(client, envelope)
                await conversation.address()
            return await self._hand_over(client, conversation, begin)
        except SMTPNotSupported as error:
            self._give_back(client)
            return SendResult(SendState.FAILED, error.message)
        except RefusedError as error:
            await self._reset(client)
            return read_reply(error.code, error.message, to_recipient=error.to_recipient)
        except (SMTPException, OSError, TimeoutError) as error:
            # No connection, no TLS, no sign-in: none of it is this message's fault.
            if client is not None:
                client.close()
            return SendResult(SendState.RETRY, _said(error))
        except BaseException:  # cancelled in mid-conversation: this connection cannot be used again
            if client is not None:
                client.close()
            raise

    async def _hand_over(self, client: SMTP, conversation: Conversation, begin: Begin) -> SendResult:
        await begin()
        try:
            said = await conversation.data()
        except (SMTPServerDisconnected, TimeoutError, OSError) as error:
            client.close()
            return SendResult(SendState.RETRY, f"no answer to the data: {_said(error)}", uncertain=True)
        self._give_back(client)
        return SendResult(SendState.SENT, said[:DETAIL])

    def _take(self) -> tuple[SMTP | None, bool]:
        while self._idle:
            client, since = self._idle.pop()
            if client.is_connected and time.monotonic() - since < IDLE:
                return client, True
            client.close()
        return None, False

    def _give_back(self, client: SMTP | None) -> None:
        if client is not None:
            self._idle.append((client, time.monotonic()))

    async def _reset(self, client: SMTP | None) -> None:
        if client is None:
            return
        try:
            await client.rset()
        except (SMTPException, OSError, TimeoutError):
            client.close()
        else:
            self._give_back(client)

    async def _connect(self) -> SMTP:
        socket = await open_public(self._host, self._port, self._timeout) if self._public_only else None
        client = SMTP(
            hostname=self._host,
            port=None if socket is not None else self._port,
            sock=socket,
            username=self._user or None,
            password=self._password or None,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            timeout=self._timeout,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client

    async def close(self) -> None:
        """Say goodbye on the idle connections; those in use close with their sends."""
        idle, self._idle = self._idle, []
        for client, _ in idle:
            try:
                await client.quit(timeout=2)
            except (SMTPException, OSError, TimeoutError):
                client.close()


class RefusedError(Exception):
    """The server answered MAIL, RCPT or DATA with a 4xx or 5xx reply."""

    def __init__(self, code: int, message: str, *, to_recipient: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.to_recipient = to_recipient


class Conversation:
    """One message on one connection, in the two halves between which the outcome becomes unknowable."""

    def __init__(self, client: SMTP, envelope: SmtpEnvelope) -> None:
        self._client = client
        self._envelope = envelope

    async def address(self) -> None:
        """MAIL and RCPT. Raises ``RefusedError``, ``SMTPNotSupported`` or what a broken connection raises."""
        envelope, encoding = self._envelope, "ascii"
        options: list[str] = []
        if envelope.is_international:
            if not self._client.supports_extension("smtputf8"):
                raise SMTPNotSupported("The SMTP server takes no address beyond ASCII (SMTPUTF8).")
            options, encoding = ["SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        try:
            await self._client.mail(envelope.sender.mailbox, options=options, encoding=encoding)
        except SMTPResponseException as error:
            raise RefusedError(error.code, error.message) from error
        try:
            await self._client.rcpt(envelope.recipient.mailbox, encoding=encoding)
        except SMTPResponseException as error:
            raise RefusedError(error.code, error.message, to_recipient=True) from error

    async def data(self) -> str:
        """DATA and the message; what the server said. Raises ``RefusedError`` or what a broken connection raises."""
        try:
            return (await self._client.data(self._envelope.data)).message
        except SMTPResponseException as error:
            raise RefusedError(error.code, error.message) from error


def _said(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"[:DETAIL]
    return (str(error) or type(error).__name__)[:DETAIL]
