"""What refusals come to: the end of an address, or a pause of the provider, as the others' messages tell. Pure."""

from __future__ import annotations

from typing import Any

from relance.channels.mobile_push.meaning import Meaning, Reading
from relance.channels.model import SendResult, SendState
from relance.channels.standing import ServiceStanding


class Judgement:
    """One provider's. Instants are ms of the program's clock."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._standing = ServiceStanding()

    def held(self, now: int) -> SendResult | None:
        """Why nothing may be sent now; None = it may be tried."""
        wait = self._standing.wait(now)
        if not wait:
            return None
        return SendResult(
            SendState.HELD, f"Paused: {self._service} refuses our key ({self._standing.said}).", retry_after_ms=wait
        )

    def outcome(self, token: str, reading: Reading, now: int) -> SendResult:
        """What an answer comes to. Where the settings are at fault sending pauses, and no address ends by it."""
        if reading.meaning is Meaning.TAKEN:
            self._standing.taken(token, now)
        elif reading.meaning in (Meaning.KEY, Meaning.RENEW):
            self._standing.pause_for(reading.detail, now)
            return SendResult(SendState.HELD, reading.result().detail, retry_after_ms=self._standing.next_try - now)
        elif reading.meaning is Meaning.DOUBTFUL:
            return self._standing.judged(token, reading.result(), now)
        return reading.result()

    def paused(self) -> list[dict[str, Any]]:
        """Since when sending pauses, when it is tried again, and what was said."""
        one = self._standing
        if not one.paused_since:
            return []
        return [{"service": self._service, "since": one.paused_since, "next_try": one.next_try, "detail": one.said}]
