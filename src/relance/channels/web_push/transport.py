"""Web push as the dispatcher sends it: to whatever service each browser uses."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

from relance.channels.model import SendResult, SendState
from relance.channels.standing import ServiceStanding
from relance.channels.transport import Begin, LaneRoom, SendAddress
from relance.channels.web_push.model import Push, PushSubscription, Urgency
from relance.channels.web_push.subscription import read_subscription
from relance.core.errors import InvalidError


class PushSender(Protocol):
    """``service.WebPush``, as far as it is used here."""

    connections: int

    async def send(
        self, subscription: PushSubscription, payload: bytes, ttl: int, urgency: Urgency | str, topic: str
    ) -> SendResult: ...


class PushTransport:
    """Sends what ``content`` renders, and judges push services that refuse it."""

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

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        if not isinstance(rendered, Push):
            return SendResult(SendState.FAILED, "This is no push message.")
        try:
            address = read_subscription({"endpoint": destination.address, "keys": destination.secret})
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
            return standing.judged(address.endpoint, result, now)
        return result
