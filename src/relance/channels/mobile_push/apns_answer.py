"""What APNs's answers mean. Pure.

Source: https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns (read 2026-11-30);
``BadEnvironmentKeyInToken`` is what it answers in practice for ``BadEnvironmentKeyIdInToken``.
"""

from __future__ import annotations

import msgspec

from relance.channels.http2 import Answer
from relance.channels.mobile_push.meaning import Meaning, Reading

REASONS = {
    "BadCollapseId": Meaning.MESSAGE,
    "BadDeviceToken": Meaning.DOUBTFUL,  # no token, or one of the other environment
    "BadExpirationDate": Meaning.MESSAGE,
    "BadMessageId": Meaning.MESSAGE,
    "BadPriority": Meaning.MESSAGE,
    "BadTopic": Meaning.KEY,
    "DeviceTokenNotForTopic": Meaning.DOUBTFUL,  # another app's token, or the wrong topic
    "DuplicateHeaders": Meaning.MESSAGE,
    "IdleTimeout": Meaning.LATER,
    "InvalidPushType": Meaning.MESSAGE,
    "MissingDeviceToken": Meaning.MESSAGE,
    "MissingTopic": Meaning.KEY,
    "PayloadEmpty": Meaning.MESSAGE,
    "TopicDisallowed": Meaning.KEY,
    "BadCertificate": Meaning.KEY,
    "BadCertificateEnvironment": Meaning.KEY,
    "ExpiredProviderToken": Meaning.RENEW,
    "Forbidden": Meaning.KEY,
    "InvalidProviderToken": Meaning.KEY,
    "MissingProviderToken": Meaning.KEY,
    "UnrelatedKeyIdInToken": Meaning.KEY,
    "BadEnvironmentKeyIdInToken": Meaning.KEY,
    "BadEnvironmentKeyInToken": Meaning.KEY,
    "BadPath": Meaning.MESSAGE,
    "MethodNotAllowed": Meaning.MESSAGE,
    "ExpiredToken": Meaning.GONE,
    "Unregistered": Meaning.GONE,
    "PayloadTooLarge": Meaning.MESSAGE,
    "TooManyProviderTokenUpdates": Meaning.LATER,
    "TooManyRequests": Meaning.AGAIN,  # to this one device
    "InternalServerError": Meaning.LATER,
    "ServiceUnavailable": Meaning.LATER,
    "Shutdown": Meaning.LATER,
}
# Where the reason is none of these.
STATUSES = {403: Meaning.KEY, 408: Meaning.LATER, 410: Meaning.DOUBTFUL, 429: Meaning.LATER}
UPDATES_WAIT = 1_200_000  # ms; a provider token may be renewed every 20 minutes
BUSY_WAIT = 60_000  # ms; one device takes no more for now


class _Said(msgspec.Struct):
    reason: str = ""
    timestamp: int = 0  # ms: when the token was last known to have ended


def read_apns(answer: Answer, registered_at: int) -> Reading:
    """What an answer to ``/3/device/…`` means. ``registered_at`` (ms) is when the device last reported its token: one that APNs
    knew to have ended before then is in use again.
    """
    if answer.status == 200:
        return Reading(Meaning.TAKEN, "200")
    try:
        said = msgspec.json.decode(answer.body, type=_Said)
    except (msgspec.MsgspecError, UnicodeError):
        said = _Said()
    words = said.reason or answer.body[:300].decode("utf-8", "replace").strip()
    meaning = REASONS.get(said.reason) or STATUSES.get(answer.status)
    if meaning is None:
        meaning = Meaning.LATER if answer.status >= 500 else Meaning.MESSAGE
    if meaning is Meaning.GONE and said.timestamp and said.timestamp < registered_at:
        meaning = Meaning.AGAIN
    waits = meaning in (Meaning.LATER, Meaning.AGAIN)
    return Reading(meaning, f"{answer.status} {words}", wait=_wait(answer, said.reason) if waits else 0)


def _wait(answer: Answer, reason: str) -> int:
    if reason == "TooManyProviderTokenUpdates":
        return UPDATES_WAIT
    return answer.retry_after or (BUSY_WAIT if answer.status == 429 else 0)
