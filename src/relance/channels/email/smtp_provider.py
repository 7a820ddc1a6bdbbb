"""An app's own SMTP server as a provider."""

from __future__ import annotations

import time
from typing import Any

from relance.channels.email.model import Email
from relance.channels.email.sender import returning_to
from relance.channels.email.service import Mailer
from relance.channels.email.smtp_account import SmtpSecrets, SmtpSettings
from relance.channels.email.trial import trial_mail
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import Begin, SendAddress
from relance.core.hosts import hosts_of


class SmtpProvider:
    """One mail server, by connections of its own."""

    def __init__(self, settings: SmtpSettings, secrets: SmtpSecrets, context: ProviderContext) -> None:
        self._sender = settings.sender.strip()
        self._returns = settings.bounces == "relance"
        self._mailer = Mailer(
            settings.host,
            settings.port,
            user=settings.user,
            password=secrets.password,
            security=settings.security,
            public_only=not context.private,
            others=hosts_of(settings.other_hosts, settings.port),
        )

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the mail
        if not isinstance(rendered, Email):
            return SendResult(SendState.FAILED, "This is no e-mail.")
        mail = rendered if self._returns else returning_to(rendered, "")
        return await self._mailer.send(mail, now, begin)

    async def test(self, to: str) -> SendResult:
        """Send a fixed mail. Raises ``InvalidError`` at ``to``."""
        return await self._mailer.send(trial_mail(self._sender, to), time.time_ns() // 1_000_000)

    async def close(self) -> None:
        await self._mailer.close()
