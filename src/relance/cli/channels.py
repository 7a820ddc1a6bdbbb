"""Wiring the channels of this version to the dispatcher."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.channels.email.service import Mailer
from relance.channels.model import Channel
from relance.channels.webpush.service import WebPush
from relance.core.configuration import Settings
from relance.journeys.service import stopped_runs
from relance.messaging.service import EmailTransport, Preparation, PushTransport, Transport


def open_transports(settings: Settings, smtp_port: int) -> dict[Channel, Transport]:
    """One transport a channel. Without an SMTP server of its own, e-mail goes to the built-in inbox."""
    push = WebPush(
        settings.vapid_contact,
        settings.folder / "vapid.pem",
        trusted_prefix=f"{settings.url}/inbox/push/" if settings.inbox else "",
    )
    if settings.smtp_host:
        mailer = Mailer(
            settings.smtp_host,
            settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password,
            security=settings.smtp_security,
        )
    else:
        mailer = Mailer("127.0.0.1", smtp_port, security="none")
    return {Channel.WEB_PUSH: PushTransport(push), Channel.EMAIL: EmailTransport(mailer)}


def open_preparation(settings: Settings, state: Engine, secret: bytes, channels: dict[Channel, Transport]) -> Preparation:
    return Preparation(Accounts(state).app, stopped_runs, channels, settings.url, secret, settings.email_from)
