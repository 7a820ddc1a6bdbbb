"""A receiver that speaks as the Apple Push Notification service: what Apple publishes of its requests and its answers."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relance.channels.sandbox.http_server import ReceivedRequest, Reply

LIMIT = 4096  # bytes of a payload
TOKEN_AGE = 3_600  # seconds
PATH = "/3/device/"
_APS = {
    "alert",
    "badge",
    "sound",
    "thread-id",
    "category",
    "content-available",
    "mutable-content",
    "target-content-id",
    "interruption-level",
    "relevance-score",
}
_LEVELS = ("passive", "active", "time-sensitive", "critical")

Refusal = tuple[int, str]  # status and reason


class ApnsAccount(NamedTuple):
    """A developer's account with Apple: a key, and the app that it sends to."""

    key: ec.EllipticCurvePrivateKey
    team: str
    key_id: str
    topic: str

    def p8(self) -> str:
        """The file that Apple gives out once."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class ApnsReceiver:
    """``ended``: a device token → since when it is no more (ms), 0 where it never was, None where it is one.

    ``take`` gets the token, the headers and the payload of each notification; ``tokens`` are the provider tokens shown.
    """

    def __init__(
        self,
        account: ApnsAccount,
        ended: Callable[[str], int | None],
        take: Callable[[str, dict[str, str], dict[str, Any]], object],
    ) -> None:
        self._account = account
        self._ended = ended
        self._take = take
        self._key = account.key.public_key()
        self.tokens: set[str] = set()

    def reply(self, request: ReceivedRequest) -> Reply:
        """What Apple would answer."""
        apns_id = {"apns-id": request.headers.get("apns-id", "")}
        status, reason, since = self._judge(request)
        if status == 200:
            return Reply(200, headers=apns_id)
        said: dict[str, Any] = {"reason": reason}
        if status == 410:
            said["timestamp"] = since
        return Reply(status, json.dumps(said).encode(), apns_id)

    def _judge(self, request: ReceivedRequest) -> tuple[int, str, int]:
        wrong = self._identity(request.headers) or self._headers(request.headers) or _payload(request)
        if wrong:
            return *wrong, 0
        token = request.path.removeprefix(PATH)
        ended = self._ended(token) if re.fullmatch(r"(?:[0-9a-f]{2}){32,100}", token) else 0
        if ended == 0:
            return 400, "BadDeviceToken", 0
        if ended is not None:
            return 410, "Unregistered", ended
        self._take(token, request.headers, json.loads(request.body))
        return 200, "", 0

    def _identity(self, headers: dict[str, str]) -> Refusal | None:
        shown = headers.get("authorization", "")
        if not shown.startswith("bearer "):
            return 403, "MissingProviderToken"
        token = shown.removeprefix("bearer ")
        try:
            claims = jwt.decode(token, self._key, algorithms=["ES256"], options={"verify_iat": False, "require": ["iat"]})
            named = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            return 403, "InvalidProviderToken"
        if named != self._account.key_id or claims.get("iss") != self._account.team:
            return 403, "InvalidProviderToken"
        if abs(time.time() - claims["iat"]) > TOKEN_AGE:
            return 403, "ExpiredProviderToken"
        self.tokens = {*list(self.tokens)[:99], token}
        return None

    def _headers(self, headers: dict[str, str]) -> Refusal | None:
        if headers[":method"] != "POST":
            return 405, "MethodNotAllowed"
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers.get("apns-id", "")):
            return 400, "BadMessageId"
        if headers.get("apns-topic") != self._account.topic:
            return 400, "TopicDisallowed" if headers.get("apns-topic") else "MissingTopic"
        kind = headers.get("apns-push-type")
        if kind not in ("alert", "background"):
            return 400, "InvalidPushType"
        if headers.get("apns-priority", "10") not in (("10", "5") if kind == "alert" else ("5",)):
            return 400, "BadPriority"
        if not headers.get("apns-expiration", "0").isdigit():
            return 400, "BadExpirationDate"
        if len(headers.get("apns-collapse-id", "").encode()) > 64:
            return 400, "BadCollapseId"
        return None


def _payload(request: ReceivedRequest) -> Refusal | None:
    """Keys and values that Apple does not know are passed over there; here they are refused, so that somebody notices."""
    if len(request.body) > LIMIT:
        return 413, "PayloadTooLarge"
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        return 400, "PayloadEmpty"
    aps = payload.get("aps") if isinstance(payload, dict) else None
    if not aps or not isinstance(aps, dict):
        return 400, "PayloadEmpty"
    is_silent = request.headers["apns-push-type"] == "background"
    if (
        set(aps) - _APS
        or aps.get("interruption-level", "active") not in _LEVELS
        or (is_silent and aps != {"content-available": 1})
    ):
        return 400, "BadPayload"
    return None
