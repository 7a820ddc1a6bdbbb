"""What answers of FCM and APNs say: who is at fault, and whether to try again. Pure."""

from __future__ import annotations

from enum import Enum

import msgspec

from relance.channels.model import SendResult, SendState

DETAIL = 300  # characters of an answer kept for the operator


class Meaning(Enum):
    """What an answer says of a message."""

    TAKEN = "taken"
    GONE = "gone"  # the token has ended
    DOUBTFUL = "doubtful"  # the token or the key: others tell
    KEY = "key"  # the provider's settings are wrong: no message to anybody would do better
    RENEW = "renew"  # the credentials have expired: get new ones and try again
    MESSAGE = "message"  # this message will never be taken
    LATER = "later"  # the service takes nothing now
    AGAIN = "again"  # this device or its kind takes nothing now, others do


_STATES = {
    Meaning.TAKEN: SendState.SENT,
    Meaning.GONE: SendState.GONE,
    Meaning.DOUBTFUL: SendState.REFUSED,
    Meaning.KEY: SendState.HELD,
    Meaning.RENEW: SendState.HELD,  # new ones did not help
    Meaning.MESSAGE: SendState.FAILED,
    Meaning.LATER: SendState.RETRY,
    Meaning.AGAIN: SendState.RETRY,
}


class Reading(msgspec.Struct, frozen=True):
    """An answer, read. ``wait`` (ms) is how long the other side wants to be left alone."""

    meaning: Meaning
    detail: str
    provider_id: str = ""
    wait: int = 0
    is_uncertain: bool = False

    def result(self) -> SendResult:
        """The outcome of the attempt."""
        return SendResult(
            _STATES[self.meaning],
            self.detail[:DETAIL].strip(),
            self.provider_id,
            retry_after_ms=self.wait,
            uncertain=self.is_uncertain,
            is_outage=self.meaning is Meaning.LATER,
        )
