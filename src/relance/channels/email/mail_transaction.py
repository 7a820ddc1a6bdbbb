"""One mail on one connection (RFC 5321, 3.3), in the two halves between which its outcome becomes unknowable."""

from __future__ import annotations

from aiosmtplib import SMTPNotSupported, SMTPServerDisconnected

from relance.channels.email.mime import SmtpEnvelope
from relance.channels.email.smtp_session import START_INPUT, SmtpReply, SmtpSession


class RefusedError(Exception):
    """The server answered MAIL, RCPT, DATA or the content with a 4xx or 5xx reply."""

    def __init__(self, reply: SmtpReply, *, to_recipient: bool = False) -> None:
        super().__init__(*reply)
        self.code = reply.code
        self.message = reply.message
        self.to_recipient = to_recipient


async def address(session: SmtpSession, envelope: SmtpEnvelope) -> None:
    """MAIL, RCPT and DATA: when it returns, the server waits for the content, and has got nothing of it.

    Raises ``RefusedError``, ``SMTPNotSupported`` or what a broken connection raises.
    """
    options = ""
    if envelope.is_international:
        if "smtputf8" not in session.extensions:
            raise SMTPNotSupported("The SMTP server takes no address beyond ASCII (SMTPUTF8).")
        options = " SMTPUTF8 BODY=8BITMIME"
    lines = (f"MAIL FROM:<{envelope.sender.mailbox}>{options}", f"RCPT TO:<{envelope.recipient.mailbox}>", "DATA")
    if "pipelining" in session.extensions:
        replies = await session.commands(*lines)
        if replies[-1].code == START_INPUT and not (replies[0].is_ok and replies[1].is_ok):
            await _leave_unsaid(session)
    else:
        replies = []
        for line in lines:
            replies += await session.commands(line)
            if not replies[-1].is_ok:
                break
    for number, reply in enumerate(replies):
        is_taken = reply.code == START_INPUT if number == len(lines) - 1 else reply.is_ok
        if not is_taken:
            raise RefusedError(reply, to_recipient=number == 1)
    if len(replies) < len(lines):
        raise SMTPServerDisconnected("Connection lost")


async def _leave_unsaid(session: SmtpSession) -> None:
    """The server waits for a mail that is for nobody: it gets an empty one. Whatever comes of it, the refusal stands."""
    try:
        await session.content(b"")
    except (OSError, TimeoutError):
        session.close()


async def hand_over(session: SmtpSession, envelope: SmtpEnvelope) -> str:
    """The content, after ``address``; what the server said. Raises ``RefusedError`` or what a broken connection raises."""
    reply = await session.content(envelope.data)
    if not reply.is_ok:
        raise RefusedError(reply)
    return reply.message


async def reset(session: SmtpSession) -> bool:
    """Leave a mail that was refused; whether the connection can be used again."""
    try:
        await session.commands("RSET")
    except (OSError, TimeoutError):
        session.close()
    return session.is_open
