"""The channels as the dispatcher sees them: each takes what was rendered for it and the address it goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from relance.channels.model import Email, PushSubscription, SendResult, SendState, Urgency
from relance.channels.webpush.standing import ServiceStanding, Verdict
from relance.channels.webpush.subscription import read_subscription
from relance.core.errors import InvalidError
from relance.messaging.lanes import LaneRoom
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
        self.room = LaneRoom(sender.connections, is_shared=True)
        self._standings: dict[str, ServiceStanding] = {}

    def paused(self) -> list[dict[str, Any]]:
        """The push services that refuse our key: since when sending there pauses, when one is tried again, what they said."""
        return [
            {"service": service, "since": one.paused_since, "next_try": one.next_try, "detail": one.said}
            for service, one in sorted(self._standings.items())
            if one.paused_since
        ]

    async def send(
        self,
        rendered: Rendered,
        subscription: Subscription,
        now: int,
        begin: Callable[[], Awaitable[None]],
    ) -> SendResult:
        if not isinstance(rendered, Push):
            return SendResult(SendState.FAILED, "This is no push message.")
        try:
            address = read_subscription({"endpoint": subscription.address, "keys": subscription.secret})
        except InvalidError as error:
            return SendResult(SendState.FAILED, error.message)
        service = urlsplit(address.endpoint).netloc
        standing = self._standings.setdefault(service, ServiceStanding())
        wait = standing.wait(now)
        if wait:
            return SendResult(SendState.HELD, f"Paused: {service} refuses our key ({standing.said}).", retry_after_ms=wait)
        await begin()
        result = await self._sender.send(address, rendered.payload, rendered.ttl, Urgency.NORMAL, rendered.topic)
        if result.state is SendState.SENT:
            standing.taken(address.endpoint, now)
        elif result.state is SendState.REFUSED:
            return judged(standing, address.endpoint, result, now)
        return result


def judged(standing: ServiceStanding, endpoint: str, result: SendResult, now: int) -> SendResult:
    """What a refusal comes to, by what the others of the service got."""
    verdict = standing.refused(endpoint, result.detail, now)
    if verdict is Verdict.ENDS:
        return SendResult(SendState.GONE, result.detail)
    if verdict is Verdict.PAUSES:
        return SendResult(SendState.HELD, result.detail, retry_after_ms=standing.next_try - now)
    return SendResult(SendState.RETRY, result.detail)


class EmailTransport:
    """E-mail: by one relay."""

    def __init__(self, sender: EmailSender) -> None:
        self._sender = sender
        self.room = LaneRoom(sender.connections, waiting=AHEAD)

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
