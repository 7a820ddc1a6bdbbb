"""The sandbox's SMTP listener."""

from __future__ import annotations

from collections.abc import Callable

from aiosmtpd.smtp import SMTP, Envelope, Session

from relance.channels.smtp_listener import SmtpListener

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


def sandbox_listener(host: str, port: int, take: Take) -> SmtpListener:
    """A listener that hands each e-mail to ``take``, once for each recipient."""
    handler = _Handler(take)
    return SmtpListener("The sandbox", host, port, lambda: _session(handler))


def _session(handler: _Handler) -> SMTP:
    return SMTP(handler, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="sandbox.localhost", ident="Relance sandbox")
