"""The channels as the dispatcher sees them: each takes what was rendered for it and the address it goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from relance.channels.model import Email, PushSubscription, SendResult, SendState, Urgency
from relance.channels.webpush.subscription import read_subscription
from relance.core.errors import InvalidError
from relance.messaging.lanes import Room
from relance.messaging.render import Push, Rendered
from relance.users.model import Subscription

AHEAD = 56  # e-mails ready beside those that are sent


class PushSender(Protocol):
    """``channels.webpush.service.WebPush``, as far as it is used here."""

    connections: int

    async def send(
        self, subscription: PushSubscription, payload: bytes, ttl: int, urgency: Urgency | str, topic: str
    ) -> SendResult: ...


class EmailSender(Protocol):
    """``channels.email.service.Mailer``, as far as it is used here."""

    connections: int

    async def send(self, email: Email, now: int, begin: Callable[[], Awaitable[None]]) -> SendResult: ...


class PushTransport:
    """Web push: to whatever service each browser uses."""

    def __init__(self, sender: PushSender) -> None:
        self._sender = sender
        self.room = Room(sender.connections, is_shared=True)

    async def send(
        self,
        rendered: Rendered,
        subscription: Subscription,
        now: int,  # noqa: ARG002
        begin: Callable[[], Awaitable[None]],
    ) -> SendResult:
        if not isinstance(rendered, Push):
            return SendResult(SendState.FAILED, "This is no push message.")
        try:
            address = read_subscription({"endpoint": subscription.address, "keys": subscription.secret})
        except InvalidError as error:
            return SendResult(SendState.FAILED, error.message)
        await begin()
        return await self._sender.send(address, rendered.payload, rendered.ttl, Urgency.NORMAL, rendered.topic)


class EmailTransport:
    """E-mail: by one relay."""

    def __init__(self, sender: EmailSender) -> None:
        self._sender = sender
        self.room = Room(sender.connections, waiting=AHEAD)

    async def send(
        self,
        rendered: Rendered,
        subscription: Subscription,  # noqa: ARG002
        now: int,
        begin: Callable[[], Awaitable[None]],
    ) -> SendResult:
        if not isinstance(rendered, Email):
            return SendResult(SendState.FAILED, "This is no e-mail.")
        return await self._sender.send(rendered, now, begin)
