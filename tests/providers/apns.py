"""Apple's side of the push notification service, by what Apple publishes."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.providers.cases import Case
from tests.providers.http2_server import Misbehaviour, Reply, Request

TEAM, KEY_ID, TOPIC = "TEAM123456", "KEY1234567", "com.example.shop"
LIMIT = 4096
_MISBEHAVIOURS = {
    Case.SILENCE: Misbehaviour.SILENCE,
    Case.RESET: Misbehaviour.RESET,
    Case.GARBAGE: Misbehaviour.GARBAGE,
    Case.GOAWAY: Misbehaviour.LEAVE,
}
_BY_CASE = {
    Case.THROTTLED: (429, "TooManyRequests"),
    Case.RETRY_AFTER: (503, "ServiceUnavailable"),
    Case.BREAKDOWN: (500, "InternalServerError"),
    Case.WRONG_KEY: (403, "InvalidProviderToken"),
}
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


class FakeApns:
    """``sent`` are the notifications taken; ``cases`` what the next ones meet, or ``reasons``: their status and reason.

    ``ended`` are tokens that are no more, and since when (ms).
    """

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.sent: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.cases: list[Case] = []
        self.reasons: list[tuple[int, str]] = []
        self.ended: dict[str, int] = {}
        self.tokens: set[str] = set()  # provider tokens that were shown

    def p8(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    async def answer(self, request: Request) -> Reply | Misbehaviour:
        apns_id = request.headers.get("apns-id", "")
        case = self.cases.pop(0) if self.cases else Case.SUCCESS
        if case in _MISBEHAVIOURS:
            return _MISBEHAVIOURS[case]
        if case is Case.REDIRECT:
            return Reply(307, headers={"location": "https://169.254.169.254/", "apns-id": apns_id})
        status, reason = self.reasons.pop(0) if self.reasons else _BY_CASE.get(case) or self._take(request)
        headers = {"apns-id": apns_id} | ({"retry-after": "7"} if case is Case.RETRY_AFTER else {})
        if status == 200:
            return Reply(200, headers=headers)
        said: dict[str, Any] = {"reason": reason}
        if status == 410:
            said["timestamp"] = self.ended.get(request.path.rpartition("/")[2], 0)
        return Reply(status, json.dumps(said).encode(), headers)

    def _take(self, request: Request) -> tuple[int, str]:
        wrong = self._identity(request.headers) or _headers(request.headers) or _payload(request)
        if wrong:
            return wrong
        token = request.path.removeprefix("/3/device/")
        if not re.fullmatch(r"(?:[0-9a-f]{2}){32,100}", token):
            return 400, "BadDeviceToken"
        if token in self.ended:
            return 410, "Unregistered"
        self.sent.append((request.headers, json.loads(request.body)))
        return 200, ""

    def _identity(self, headers: dict[str, str]) -> tuple[int, str] | None:
        shown = headers.get("authorization", "")
        if not shown.startswith("bearer "):
            return 403, "MissingProviderToken"
        token = shown.removeprefix("bearer ")
        try:
            claims = jwt.decode(token, self.key.public_key(), algorithms=["ES256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return 403, "InvalidProviderToken"
        if jwt.get_unverified_header(token).get("kid") != KEY_ID or claims.get("iss") != TEAM:
            return 403, "InvalidProviderToken"
        if abs(time.time() - claims["iat"]) > 3_600:
            return 403, "ExpiredProviderToken"
        self.tokens.add(token)
        return None


def _headers(headers: dict[str, str]) -> tuple[int, str] | None:
    if headers[":method"] != "POST":
        return 405, "MethodNotAllowed"
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers.get("apns-id", "")):
        return 400, "BadMessageId"
    if headers.get("apns-topic") != TOPIC:
        return 400, "TopicDisallowed" if headers.get("apns-topic") else "MissingTopic"
    if headers.get("apns-push-type") not in ("alert", "background"):
        return 400, "InvalidPushType"
    if headers.get("apns-priority", "10") not in (("10", "5") if headers["apns-push-type"] == "alert" else ("5",)):
        return 400, "BadPriority"
    if not headers.get("apns-expiration", "0").isdigit():
        return 400, "BadExpirationDate"
    if len(headers.get("apns-collapse-id", "").encode()) > 64:
        return 400, "BadCollapseId"
    return None


def _payload(request: Request) -> tuple[int, str] | None:
    if len(request.body) > LIMIT:
        return 413, "PayloadTooLarge"
    aps = json.loads(request.body).get("aps")
    if not aps:
        return 400, "PayloadEmpty"
    assert set(aps) <= _APS, aps
    assert aps.get("interruption-level", "active") in ("passive", "active", "time-sensitive", "critical")
    if request.headers["apns-push-type"] == "background":
        assert aps == {"content-available": 1}
    return None
