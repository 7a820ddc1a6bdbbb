"""E-mail as the dispatcher sends it: by one relay."""

from __future__ import annotations

from typing import Any, Protocol

from relance.channels.email.model import Email
from relance.channels.model import SendResult, SendState
from relance.channels.transport import Begin, LaneRoom, SendAddress

AHEAD = 192  # e-mails ready beside those that are sent: fewer claims are larger, and none waits longer than for seconds


class EmailSender(Protocol):
    """``service.Mailer``, as far as it is used here."""

    connections: int

    async def send(self, email: Email, now: int, begin: Begin) -> SendResult: ...


class EmailTransport:
    """Sends what ``content`` renders."""

    def __init__(self, sender: EmailSender) -> None:
        self._sender = sender
        self.room = LaneRoom(sender.connections, waiting=AHEAD)

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the mail
        if not isinstance(rendered, Email):
            return SendResult(SendState.FAILED, "This is no e-mail.")
        return await self._sender.send(rendered, now, begin)

    def paused(self) -> list[dict[str, Any]]:
        return []
