"""Connects this version's channels to the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.channels.email.attachments import Attachments
from relance.channels.email.kind import EMAIL
from relance.channels.email.service import Mailer
from relance.channels.email.transport import EmailTransport
from relance.channels.fetching import GuardedFetcher
from relance.channels.mobile_push.kind import MOBILE_PUSH
from relance.channels.registry import Channel
from relance.channels.sandbox.service import FORMER_PUSH_PATH, PUSH_PATH
from relance.channels.sms.kind import SMS
from relance.channels.transport import Transport
from relance.channels.web_push.kind import WEB_PUSH
from relance.channels.web_push.service import WebPush
from relance.channels.web_push.transport import PushTransport
from relance.channels.web_push.vapid_account import VAPID
from relance.channels.web_push.vapid_provider import VapidProvider
from relance.channels.webhook.kind import WEBHOOK
from relance.channels.webhook_sender import WebhookSender
from relance.cli.folder import PUSH_KEY
from relance.core.configuration import Settings
from relance.core.hosts import hosts_of
from relance.core.time import SECOND
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.journeys.service import held_runs
from relance.messaging.service import Preparation
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.service import Providers
from relance.providers.transports import OPENERS, AppTransport, ProviderTransports
from relance.segments.membership import CommittedMembers


class Channels:
    """One transport per channel, those of apps' own providers, and the sender of webhooks.

    Without an SMTP server, e-mail goes to the built-in sandbox; without that, nowhere.
    """

    def __init__(self, settings: Settings, state: Engine, secret: bytes, sandbox_smtp_port: int) -> None:
        trusted = (f"{settings.url}{PUSH_PATH}", f"{settings.url}{FORMER_PUSH_PATH}") if settings.sandbox else ()
        self._push = WebPush(settings.vapid_contact, settings.folder / PUSH_KEY, trusted_prefixes=trusted)
        push_of_others = partial(VapidProvider, contact=settings.vapid_contact, trusted_prefixes=trusted)
        self.webhooks = WebhookSender(private=settings.webhook_private, open_secret=Sealing(secret, WEBHOOK_SECRETS).open)
        self.providers = ProviderTransports(
            Providers(
                state,
                secret,
                PROVIDER_TYPES,
                url=settings.url,
                private=settings.webhook_private,
                authority=settings.provider_authority,
            ),
            {**OPENERS, VAPID.name: push_of_others},
        )
        self._mailer = _open_mailer(settings, sandbox_smtp_port)
        mail = None if self._mailer is None else EmailTransport(self._mailer)
        self._attachments = Attachments(GuardedFetcher(private=settings.webhook_private))
        self.transports: dict[Channel, Transport] = {
            Channel(WEB_PUSH.name): AppTransport(
                WEB_PUSH.name, self.providers, PushTransport(self._push), own_key=self._push.public_key
            ),
            Channel(MOBILE_PUSH.name): AppTransport(MOBILE_PUSH.name, self.providers),
            Channel(EMAIL.name): AppTransport(EMAIL.name, self.providers, mail, completing=self._attachments.complete),
            Channel(SMS.name): AppTransport(SMS.name, self.providers),
            Channel(WEBHOOK.name): AppTransport(WEBHOOK.name, self.providers),
        }

    @property
    def carried(self) -> Iterable[Channel]:
        """The channels that the server has a transport for whatever app a message is of."""
        return [
            channel
            for channel, transport in self.transports.items()
            if not isinstance(transport, AppTransport) or transport.has_default
        ]

    async def close(self) -> None:
        """Close idle connections."""
        await self._push.close()
        await self.webhooks.close()
        await self._attachments.close()
        await self.providers.close()
        if self._mailer is not None:
            await self._mailer.close()


def _open_mailer(settings: Settings, sandbox_smtp_port: int) -> Mailer | None:
    default = EMAIL.server_default(settings)
    if default == "server":
        first, *others = hosts_of(settings.smtp_host, settings.smtp_port)
        return Mailer(
            first.host,
            first.port,
            others=others,
            user=settings.smtp_user,
            password=settings.smtp_password,
            security=settings.smtp_security,
        )
    return Mailer("127.0.0.1", sandbox_smtp_port, security="none") if default == "sandbox" else None


def open_preparation(settings: Settings, state: Engine, secret: bytes, channels: Channels) -> Preparation:
    """What the dispatcher checks before it sends."""
    patience = settings.address_wait_seconds * SECOND
    return Preparation(
        Accounts(state).app,
        held_runs,
        channels.carried,
        settings.url,
        secret,
        settings.email_from,
        patience,
        CommittedMembers(settings.partitions).segments_of,
        channels.providers,
        settings.bounce_domain,
        keeps_values=settings.kept_content_days > 0,
    )
