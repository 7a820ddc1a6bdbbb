"""Hand e-mails to an SMTP server over a few connections that are used again and again; where a host is down, to another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from aiosmtplib import SMTPException, SMTPNotSupported, SMTPServerDisconnected

from relance.channels.email import mail_transaction as transaction
from relance.channels.email.mail_host import CONNECT, MailHost, SmtpAccess, said
from relance.channels.email.mail_transaction import RefusedError
from relance.channels.email.mime import SmtpEnvelope, build
from relance.channels.email.model import Email
from relance.channels.email.reply import DETAIL, read_reply
from relance.channels.email.smtp_session import SmtpSession
from relance.channels.model import SendResult, SendState
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.hosts import HostAddress

CONNECTIONS = 8
TIMEOUT = 60.0  # seconds; RFC 5321, 4.5.3.2 would wait longer, a queue that retries need not
CLOSING = 421  # the host takes nothing now, whoever the message is for

Begin = Callable[[], Awaitable[None]]
Security = Literal["starttls", "tls", "none"]


async def _unmarked() -> None:
    """Nobody wants to know."""


class Mailer:
    """Sends by one SMTP server. Used on one event loop; ``close`` it before the loop ends. ``public_only``: the host is named by
    somebody else, and must lead to the open internet.

    ``others`` are further hosts with the same account: tried in order where those before do not answer, do not let us sign in or
    are closing. What a host refuses is refused, and nothing is tried elsewhere once the message itself has begun.
    """

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
        others: Sequence[HostAddress] = (),
    ) -> None:
        if security not in ("starttls", "tls", "none"):
            raise InvalidError(ErrorText.local("SMTP security is starttls, tls or none."), path="smtp_security")
        access = SmtpAccess(user, password, security, public_only, timeout)
        self.hosts = [MailHost(each, access) for each in (HostAddress(host, port), *others)]
        self.connections = connections
        self._places = asyncio.Semaphore(connections)

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
        failure = SendResult(SendState.RETRY, is_outage=True)
        # Where all are down, all are tried: there is nothing better to do.
        for host in [each for each in self.hosts if each.may_try()] or self.hosts:
            try:
                session = await self._addressed(host, envelope)
            except _SettledError as error:
                return error.result
            except _HostDownError as error:
                host.is_down()
                named = f"{host.address.host}: " if len(self.hosts) > 1 else ""
                failure = SendResult(SendState.RETRY, f"{named}{error.said}"[:DETAIL], is_outage=True)
            else:
                host.is_up()
                return await self._hand_over(host, session, envelope, begin)
        return failure

    async def _addressed(self, host: MailHost, envelope: SmtpEnvelope) -> SmtpSession:
        """A connection whose server waits for this mail's content. Raises ``_SettledError``, ``_HostDownError``."""
        session = host.take()
        used_before = session is not None
        try:
            if session is None:
                session = await self._connect(host)
            try:
                await transaction.address(session, envelope)
            except (SMTPServerDisconnected, TimeoutError):
                if not used_before:
                    raise
                # The server closed a connection that lay idle. Nothing was handed over yet, so a new one may try.
                session.close()
                session = await self._connect(host)
                await transaction.address(session, envelope)
        except SMTPNotSupported as error:
            host.give_back(session)
            raise _SettledError(SendResult(SendState.FAILED, error.message)) from None
        except RefusedError as error:
            await _left(host, session)
            result = read_reply(error.code, error.message, to_recipient=error.to_recipient)
            if error.code == CLOSING:
                raise _HostDownError(result.detail) from None
            raise _SettledError(result) from None
        except (SMTPException, OSError, TimeoutError) as error:
            # No connection, no TLS, no sign-in: none of it is this message's fault.
            if session is not None:
                session.close()
            raise _HostDownError(said(error)) from None
        except BaseException:  # cancelled in mid-conversation: this connection cannot be used again
            if session is not None:
                session.close()
            raise
        return session

    async def _connect(self, host: MailHost) -> SmtpSession:
        return await host.connect(CONNECT if len(self.hosts) > 1 else None)

    async def _hand_over(self, host: MailHost, session: SmtpSession, envelope: SmtpEnvelope, begin: Begin) -> SendResult:
        """The message itself: from here on it goes by this host or not at all."""
        try:
            await begin()
        except BaseException:
            session.close()
            raise
        try:
            answer = await transaction.hand_over(session, envelope)
        except RefusedError as error:
            if error.code == CLOSING:
                host.is_down()
            await _left(host, session)
            return read_reply(error.code, error.message)
        except (SMTPServerDisconnected, TimeoutError, OSError) as error:
            session.close()
            return SendResult(SendState.RETRY, f"no answer to the data: {said(error)}", uncertain=True, is_outage=True)
        except BaseException:
            session.close()
            raise
        host.give_back(session)
        return SendResult(SendState.SENT, answer[:DETAIL])

    async def close(self) -> None:
        """Say goodbye on the idle connections; those in use close with their sends."""
        for host in self.hosts:
            await host.close()


async def _left(host: MailHost, session: SmtpSession | None) -> None:
    if session is not None and await transaction.reset(session):
        host.give_back(session)


class _HostDownError(Exception):
    """The host takes nothing now; nothing of the message was handed over."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class _SettledError(Exception):
    """The host answered for this message: no other host is asked."""

    def __init__(self, result: SendResult) -> None:
        super().__init__(result.detail)
        self.result = result
