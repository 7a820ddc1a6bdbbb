"""Sends to subscriptions that were made with a key of another system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relance.channels.model import SendResult
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import Begin, SendAddress
from relance.channels.web_push.payload import Notification, fitted
from relance.channels.web_push.service import WebPush
from relance.channels.web_push.subscription import read_subscription
from relance.channels.web_push.transport import PushTransport
from relance.channels.web_push.vapid_account import VapidSecrets, VapidSettings, private_key_of
from relance.core.errors import InvalidError

TEST_TTL = 3_600  # seconds


class VapidProvider:
    """One key pair. Services that refuse it pause this key alone. ``contact``, ``trusted_prefixes``: as ``WebPush`` has them."""

    def __init__(
        self,
        settings: VapidSettings,
        secrets: VapidSecrets,
        context: ProviderContext,  # noqa: ARG002 - where it sends is what each subscription says
        *,
        contact: str = "",
        trusted_prefixes: Sequence[str] = (),
    ) -> None:
        key = private_key_of(secrets.private_key)
        self._push = WebPush(settings.contact or contact, key, trusted_prefixes=trusted_prefixes)
        self._transport = PushTransport(self._push)

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        return await self._transport.send(rendered, destination, now, begin)

    async def test(self, to: str) -> SendResult:
        """``to`` is a subscription as JSON, since nothing shorter names a browser."""
        try:
            subscription = read_subscription(to)
        except InvalidError as error:
            raise InvalidError(error.text, path="to") from None
        return await self._push.send(subscription, fitted(Notification("Relance", body="Test")), TEST_TTL)

    def paused(self) -> list[dict[str, Any]]:
        return self._transport.paused()

    async def close(self) -> None:
        await self._push.close()
