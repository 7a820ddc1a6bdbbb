"""The transports of apps' own providers: which of them an app's messages go through, each opened when it is first needed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy.engine import Connection

from relance.channels.email.mailgun import Mailgun
from relance.channels.email.providers import MAILGUN
from relance.channels.email.smtp_account import SMTP_SERVER
from relance.channels.email.smtp_provider import SmtpProvider
from relance.channels.mobile_push.apns import Apns
from relance.channels.mobile_push.apns_account import APNS
from relance.channels.mobile_push.fcm import Fcm
from relance.channels.mobile_push.fcm_account import FCM
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import Opener, PausingTransport, ProviderTransport
from relance.channels.registry import KINDS
from relance.channels.sms.generic import GenericSender
from relance.channels.sms.providers import GENERIC_SMS, TWILIO
from relance.channels.sms.twilio import Twilio
from relance.channels.transport import Begin, LaneRoom, SendAddress, Transport
from relance.channels.web_push.vapid_account import VAPID
from relance.channels.web_push.vapid_provider import VapidProvider
from relance.channels.webhook.account import SIGNED_WEBHOOKS
from relance.channels.webhook.transport import SignedWebhooks
from relance.core.errors import InvalidError
from relance.core.time import MINUTE
from relance.providers.model import Provider
from relance.providers.service import Providers

#: By the name of a ``ProviderType``.
OPENERS: Mapping[str, Opener] = {
    FCM.name: Fcm,
    APNS.name: Apns,
    SMTP_SERVER.name: SmtpProvider,
    MAILGUN.name: Mailgun,
    TWILIO.name: Twilio,
    GENERIC_SMS.name: GenericSender,
    VAPID.name: VapidProvider,
    SIGNED_WEBHOOKS.name: SignedWebhooks,
}
PLACES = 64  # messages that a channel carries at once
MOST_IDLE = 200  # transports kept open while nothing goes through them
TEST_TIMEOUT = 15.0  # seconds: somebody waits for it on a page
UNUSABLE_WAIT = 5 * MINUTE  # until a provider with unusable settings is tried again


Completing = Callable[[Any, int], AbstractAsyncContextManager[Any]]


class _Open:
    """An open transport, of one version of a provider, and how many use it now."""

    def __init__(self, provider: Provider, transport: ProviderTransport) -> None:
        self.provider = provider
        self.transport = transport
        self.users = 0


class ProviderTransports:
    """One per process. ``look`` runs on any thread, everything else on the event loop."""

    def __init__(self, providers: Providers, openers: Mapping[str, Opener] = OPENERS) -> None:
        self._providers = providers
        self._openers = openers
        self._active: Mapping[int, Provider] = {}
        self._by_app: Mapping[tuple[int, str, str], Provider] = {}
        self._with_own: frozenset[tuple[int, str]] = frozenset()
        self._by_key: Mapping[tuple[int, str, str], Provider] = {}
        self._open: OrderedDict[int, _Open] = OrderedDict()

    def look(self, connection: Connection) -> None:
        """Learn which providers are active now: one small query, and a second one for what changed."""
        found = self._providers.active(connection, self._active)
        if found != self._active:
            services = {name: each.service for name, each in self._providers.types.items()}
            keys = {number: self._providers.key(one) for number, one in found.items()}
            usual = [one for number, one in found.items() if not keys[number]]
            self._by_app = {(one.app_id, one.channel, services.get(one.type, "")): one for one in usual}
            self._with_own = frozenset((one.app_id, one.channel) for one in usual)
            self._by_key = {(one.app_id, one.channel, keys[number]): one for number, one in found.items() if keys[number]}
        self._active = found

    def active(self, app_id: int, channel: str, address: str = "") -> Provider | None:
        """The provider that the app's messages to the address go through, as of the last ``look``."""
        kind = KINDS.get(channel)
        service = "" if kind is None or kind.service_of is None else kind.service_of(address)
        return self._by_app.get((app_id, channel, service))

    def has_own(self, app_id: int, channel: str) -> bool:
        """Whether the app has an active provider of its own on the channel, as of the last ``look``."""
        return (app_id, channel) in self._with_own

    def pace(self, app_id: int, channel: str, address: str) -> int:
        """How many messages a second may leave through the app's own provider; 0: as many as it takes."""
        found = self.active(app_id, channel, address)
        return 0 if found is None else int(found.settings.get("sends_per_second") or 0)

    def least_pace(self, app_id: int, channel: str) -> int:
        """The slowest of the app's own providers on a channel, likewise."""
        mine = (one for (app, its, _), one in self._by_app.items() if (app, its) == (app_id, channel))
        return min((pace for one in mine if (pace := int(one.settings.get("sends_per_second") or 0))), default=0)

    def versions(self, app_id: int, channel: str) -> frozenset[tuple[int, int]]:
        """(id, version) of the app's active providers on the channel, as of the last ``look``."""
        mine = (one for (app, its, _), one in self._by_app.items() if (app, its) == (app_id, channel))
        return frozenset((one.id, one.version) for one in mine)

    def keyed(self, app_id: int, channel: str, key: str) -> Provider | None:
        """The app's active provider that holds the key which an address was made with, as of the last ``look``."""
        return self._by_key.get((app_id, channel, key))

    async def send(self, provider: Provider, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        """Send through the provider. Settings that have become unusable hold messages back: somebody must mend them."""
        try:
            async with self._using(provider) as transport:
                return await transport.send(rendered, destination, now, begin)
        except InvalidError as error:
            return SendResult(SendState.HELD, f"{provider.name}: {error.message}", retry_after_ms=UNUSABLE_WAIT)

    async def test(self, app_id: int, number: int, to: str) -> SendResult:
        """Send a fixed text to an address, whether or not the provider is active.

        Raises ``ProviderNotFoundError``, and ``InvalidError`` if the address or the provider's settings cannot be used.
        """
        provider = await asyncio.to_thread(self._providers.get, app_id, number)
        async with self._using(provider) as transport:
            try:
                async with asyncio.timeout(TEST_TIMEOUT):
                    return await transport.test(to)
            except TimeoutError:
                said = f"The provider did not answer within {TEST_TIMEOUT:g} seconds."
                return SendResult(SendState.RETRY, said, uncertain=True)

    def paused(self, channel: str) -> list[dict[str, Any]]:
        """The providers of a channel whose sending pauses, as ``Transport.paused`` has it; ``service`` names the app."""
        return [
            {**each, "service": f"{each['service']} (app {one.provider.app_id})"}
            for one in self._open.values()
            if one.provider.channel == channel and isinstance(one.transport, PausingTransport)
            for each in one.transport.paused()
        ]

    async def close(self) -> None:
        """Close all of them."""
        while self._open:
            _, one = self._open.popitem()
            await one.transport.close()

    @asynccontextmanager
    async def _using(self, provider: Provider) -> AsyncIterator[ProviderTransport]:
        """Its transport. What another version replaced is closed when its last user has finished."""
        one = replaced = self._open.get(provider.id)
        if one is None or one.provider.version != provider.version:
            one = self._open[provider.id] = _Open(provider, self._opened(provider))
        self._open.move_to_end(provider.id)
        one.users += 1
        if replaced is not None and replaced is not one and not replaced.users:
            await replaced.transport.close()
        try:
            yield one.transport
        finally:
            one.users -= 1
            if not one.users and self._open.get(provider.id) is not one:
                await one.transport.close()
            await self._close_idle()

    def _opened(self, provider: Provider) -> ProviderTransport:
        settings, secrets = self._providers.account(provider)
        return self._openers[provider.type](settings, secrets, self._providers.context(provider))

    async def _close_idle(self) -> None:
        if len(self._open) <= MOST_IDLE:
            return
        for number in [number for number, one in self._open.items() if not one.users][: len(self._open) - MOST_IDLE]:
            await self._open.pop(number).transport.close()


class AppTransport:
    """The transport of one channel: each app's own provider or, for apps without one, the server's (``default``), if any.

    What goes to an address that was made with a key goes through who holds it: the default for ``own_key``. ``completing``
    fetches what messages of the channel lack, whoever carries them.
    """

    def __init__(
        self,
        channel: str,
        providers: ProviderTransports,
        default: Transport | None = None,
        *,
        own_key: str = "",
        completing: Completing | None = None,
    ) -> None:
        self._completing = completing
        self._channel = channel
        self._own_key = own_key
        self._providers = providers
        self._default = default
        self.room = LaneRoom(PLACES, waiting=PLACES) if default is None else default.room

    @property
    def has_default(self) -> bool:
        """Whether it carries messages of apps without a provider."""
        return self._default is not None

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        provider = self._providers.active(destination.app_id, self._channel, destination.address)
        if destination.key and destination.key != self._own_key:
            provider = self._providers.keyed(destination.app_id, self._channel, destination.key)
            if provider is None:  # any other key would be refused, and seem to be at fault
                return SendResult(SendState.FAILED, f"The app has no active key {destination.key[:20]}… any more.")
        if provider is not None:
            return await self._providers.send(provider, rendered, destination, now, begin)
        if self._default is not None:
            return await self._default.send(rendered, destination, now, begin)
        return SendResult(SendState.RETRY, "The app has no active provider any more.")

    def complete(self, rendered: Any, app_id: int) -> AbstractAsyncContextManager[Any]:
        """As ``channels.transport.CompletingTransport`` has it."""
        return nullcontext(rendered) if self._completing is None else self._completing(rendered, app_id)

    def paused(self) -> list[dict[str, Any]]:
        return self._providers.paused(self._channel) + ([] if self._default is None else self._default.paused())
